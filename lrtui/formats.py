"""How figures are written for people, once: scores, differences, p-values, rates, shares, durations, counts.

Scores in "%" are fractions, shown times 100 with two decimals; their differences are points. Other scores are plain numbers,
shown with four significant digits; their unit is said beside them, in a heading or a sentence.
"""

from math import floor, log10
from typing import Protocol

NONE = "–"
"""What stands for a figure that is not there."""


class Scale(Protocol):
    """What is to be known of a metric to write its scores: `lrtui.tasks.info.Metric` is one."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def unit(self) -> str:
        """How people read it, "" where there is no unit."""

    @property
    def percent(self) -> bool:
        """Whether scores are fractions that people read in percent."""


def percent(fraction: float, digits: int = 2) -> str:
    """A fraction times 100: 0.9341 → 93.41."""
    return f"{100 * fraction:.{digits}f}"


def significant(value: float, sign: str = "") -> str:
    """A number with four significant digits: 0.1235, 12.30, 1234.6, 2.5e+06 and 1.000e-05 for the large and the small."""
    size = abs(value)
    if size and not 1e-4 <= size < 1e6:
        return f"{value:{sign}.3e}"
    decimals = max(1, 3 - floor(log10(size))) if size else 3
    return f"{value:{sign}.{decimals}f}"


def drawn(value: float, scale: Scale) -> float:
    """A score as a chart places it: in percent, or as it is."""
    return 100 * value if scale.percent else value


def on_axis(value: float, *, percents: bool) -> str:
    """A value that a chart has placed, beside its mark: 93.41, 0.1235."""
    return f"{value:.2f}" if percents else significant(value)


def score(value: float | None, scale: Scale) -> str:
    """A score, without its unit: 93.41, 0.1235."""
    if value is None:
        return NONE
    return percent(value) if scale.percent else significant(value)


def difference(value: float | None, scale: Scale) -> str:
    """A signed difference of two scores, without its unit: -1.30, +0.0123."""
    if value is None:
        return NONE
    return f"{100 * value:+.2f}" if scale.percent else significant(value, "+")


def interval(low: float | None, high: float | None, scale: Scale, *, signed: bool = False) -> str:
    """Both ends of an interval of scores, or signed of differences: "93.41–93.88", "-1.30 … -0.20"."""
    if low is None or high is None:
        return NONE
    if signed:
        return f"{difference(low, scale)} … {difference(high, scale)}"
    between = "–" if low >= 0 else " … "
    return f"{score(low, scale)}{between}{score(high, scale)}"


def ends(low: float | None, high: float | None, scale: Scale, *, signed: bool = False) -> str:
    """Both ends of an interval as they stand in brackets: "93.41, 93.88"."""
    if low is None or high is None:
        return NONE
    write = difference if signed else score
    return f"{write(low, scale)}, {write(high, scale)}"


def heading(scale: Scale) -> str:
    """What scores are, in a few letters for the heading of a column: "acc %", "loss", "error cm"."""
    return "acc %" if scale.name == "accuracy" else with_unit(scale.name[:14], scale.unit[:11])


def loss(value: float | None) -> str:
    """A loss; None is one that was not finite."""
    return "not finite" if value is None else f"{value:.4f}"


def in_unit(scale: Scale) -> str:
    """The unit after a heading: ", %", ", nats", or nothing."""
    return f", {scale.unit}" if scale.unit else ""


def with_unit(text: str, unit: str) -> str:
    """A figure with its unit, where it has one: "93.41 %", "0.1235"."""
    return f"{text} {unit}" if unit else text


def p_value(p: float | None) -> str:
    """A p-value: 0.031, <0.001."""
    if p is None:
        return NONE
    return f"{p:.3f}" if p >= 0.001 else "<0.001"


def equals_p(p: float) -> str:
    """A p-value after the letter p: "= 0.031", "< 0.001"."""
    return f"= {p:.3f}" if p >= 0.001 else "< 0.001"


def rate(lr: float | None) -> str:
    """A learning rate in at most eight characters: 0.1, 0.00123, 5e-05."""
    return NONE if lr is None else f"{lr:.3g}"


def exact_rate(lr: float) -> str:
    """A learning rate as it was typed, up to six digits: 0.1, 0.00123457."""
    return f"{lr:g}"


def share(part: float, digits: int = 0) -> str:
    """A part of a whole: 12 %, or 12.3 %."""
    return f"{percent(part, digits)} %"


def level(alpha: float) -> str:
    """A confidence level: 95 %."""
    return f"{100 * (1 - alpha):g} %"


def mean_epoch(epoch: float | None) -> str:
    """An epoch that is a mean over runs: 12.5."""
    return NONE if epoch is None else f"{epoch:.1f}"


def seconds(value: float | None) -> str:
    """Seconds to a tenth: 2.5."""
    return NONE if value is None else f"{value:.1f}"


def counted(n: int, what: str) -> str:
    """A number with its noun, whose plural has an s: 1 run, 18 runs."""
    return f"{n} {what}{'' if n == 1 else 's'}"


def duration(seconds: float | None) -> str:
    """A stretch of time: 8 s, 3 min, 2 h 05; absent → –."""
    if seconds is None:
        return NONE
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60:02d}"
