"""Section 3-3 of the report: the analysis' reasons, from codes and facts to sentences."""

from collections.abc import Iterator, Mapping, Sequence

from lrtui.analysis.reason_codes import Reason, ReasonCode
from lrtui.analysis.values import Analysis
from lrtui.report.document import Block, Bullets, Heading, Paragraph
from lrtui.report.texts import Said, Texts
from lrtui.tasks.info import Metric

Facts = Mapping[str, object]


def reasons(analysis: Analysis, words: Texts) -> Iterator[Block]:
    """The section's blocks: about the whole comparison first, then by schedule in the order of the ranking."""
    yield Heading(3, words.say("headings.reasons"))
    lines = reason_lines(analysis, words)
    yield Paragraph(words.say("reasons.whole" if lines else "reasons.nothing"))
    if lines:
        yield Bullets(tuple(lines))


def reason_lines(analysis: Analysis, words: Texts) -> list[str]:
    """One line about each reason for the whole, then one line a schedule with all of its reasons; heaviest first."""
    ordered = sorted(analysis.reasons, key=lambda reason: -reason.weight)
    lines: list[str] = [sentence(reason, words) for reason in ordered if reason.scheduler is None]
    ranked = [row.label for row in analysis.ranking.rows]
    others = sorted({r.scheduler for r in ordered if r.scheduler is not None} - set(ranked))
    for label in [*ranked, *others]:
        own = [sentence(reason, words) for reason in ordered if reason.scheduler == label]
        if own:
            lines.append(words.say("reasons.of_schedule", label=label, sentences=Said(" ".join(own))))
    return lines


def sentence(reason: Reason, words: Texts) -> Said:
    """A reason in words. Parts whose evidence is missing are left out."""
    facts = dict(reason.facts)
    for name, value in reason.facts.items():
        if isinstance(value, tuple):
            facts[f"{name}_count"] = len(value)
    if reason.code is ReasonCode.IDENTICAL:
        facts["others"] = _names(facts, "schedulers")[1:]
    if reason.code is ReasonCode.DIVERGED:
        facts["cells"] = _cells(facts, words)
    keys = [f"reasons.{reason.code}.{part}" for part in _parts(reason.code, facts, words.metric)]
    return Said(" ".join(words.say(key, **facts) for key in keys))


def _parts(code: ReasonCode, facts: Facts, metric: Metric) -> Sequence[str]:
    """Which of the templates of a code its facts call for, in the order they are said."""
    match code:
        case ReasonCode.IDLE | ReasonCode.IDENTICAL:
            return ["text", *_sameness(code, facts)]
        case ReasonCode.NEVER_CHANGED:
            return [str(facts["cause"])]
        case ReasonCode.FINAL_LR:
            low, high = sorted(metric.oriented(_number(facts, name)) for name in ("diff_low", "diff_high"))
            return ["text", "better" if low > 0 else "worse" if high < 0 else "unclear"]
        case ReasonCode.DIVERGED:
            epoch = ["epoch"] if facts["epoch"] is not None else []
            return ["text", *epoch, *(["ranked"] if facts["ranked"] else [])]
        case ReasonCode.LR_AT_EDGE:
            return [str(facts["edge"])]
        case ReasonCode.REACHED_ZERO:
            return ["text"] if facts["gain"] is None else ["text", "gain"]
        case ReasonCode.NOISY_END:
            return ["text"] if facts["wobble"] is None else ["text", "wobble"]
        case ReasonCode.PLATEAU_FIRED:
            if facts["fewest"] != facts["most"]:
                return ["varied"]
            return ["once" if facts["most"] == 1 else "same"]
        case ReasonCode.MOMENTUM_MOVED:
            return ["sgd" if facts["optimizer"] == "sgd" else "adam"]
    return ["text"]


def _sameness(code: ReasonCode, facts: Facts) -> Sequence[str]:
    difference = facts["largest_difference"]
    if difference is None:
        return []
    if difference:
        return ["differ"]
    return ["equal_baseline" if code is ReasonCode.IDLE and facts["baseline"] is not None else "equal"]


def _cells(facts: Facts, words: Texts) -> tuple[Said, ...]:
    columns = (facts["base_lrs"], facts["diverged"], facts["of"])
    assert all(isinstance(column, tuple) for column in columns)
    rows = zip(*columns, strict=True)  # type: ignore[call-overload]
    return tuple(words.say("reasons.diverged.cell", base_lr=lr, diverged=n, of=of) for lr, n, of in rows)


def _names(facts: Facts, name: str) -> tuple[str, ...]:
    value = facts[name]
    assert isinstance(value, tuple)
    return tuple(map(str, value))


def _number(facts: Facts, name: str) -> float:
    value = facts[name]
    assert isinstance(value, int | float)
    return float(value)
