"""The columns of a ranking, once: command line, dashboard, Markdown, HTML, CSV and JSON all go through `RANK_COLUMNS`.

To add one, append it there (and its title to `texts_*.toml`, without which reports call it by its key).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lrtui import formats
from lrtui.analysis.result import Ranking, RankRow
from lrtui.formats import NONE
from lrtui.report.document import Table
from lrtui.report.texts import Texts
from lrtui.tasks.info import Metric
from lrtui.terminal_text import clean

Show = Callable[[RankRow, Metric], str]
Tone = Literal["", "good", "bad", "strong"]
DRAWN = 32
"""Columns of a terminal that a drawn interval takes."""


def _no_tone(row: RankRow) -> Tone:
    return ""


@dataclass(frozen=True, kw_only=True)
class RankColumn:
    """One column.

    `key` names it: reports say `columns.KEY` of their texts above it. `text` is what people read (None: a column for
    scripts only), `data` what scripts read, by public key: plain values, None where there is none. On screens it is
    under `heading`, in which `{split}` and `{score}` are filled in, `width` columns wide (`plain_width` where scores are not
    in percent), on screens of `from_width` columns or more; `place` orders those. In reports `report` says something
    else than `text`, if it is given, and with `bracket` the column goes in brackets into the one before it.
    """

    key: str
    data: Mapping[str, Callable[[RankRow, Metric], Any]] = field(default_factory=dict)
    text: Show | None = None
    report: Callable[[RankRow, Texts], str] | None = None
    bracket: bool = False
    in_report: bool = True
    heading: str = ""
    align: Literal["left", "right"] = "right"
    width: int = 8
    plain_width: int = 0
    from_width: int | None = 115
    place: int = 50
    tone: Callable[[RankRow], Tone] = _no_tone
    draw: bool = False

    def title(self, metric: Metric, split: str = "test") -> str:
        """What stands above it on a screen."""
        return (self.heading or self.key).format(split=split, score=_brief(metric))

    def columns(self, metric: Metric, split: str = "test") -> int:
        """How wide it is on a screen; 0: as wide as what the others leave."""
        width = self.width if metric.percent else self.plain_width or self.width
        return width and max(width, len(self.title(metric, split)))


def _brief(metric: Metric) -> str:
    """What scores are, in a word for a heading: "%", "loss", "loss nats"."""
    return "%" if metric.is_accuracy else clean(formats.heading(metric))


def _value(name: str) -> Callable[[RankRow, Metric], Any]:
    return lambda row, metric: getattr(row, name)


def _accuracy(name: str) -> Callable[[RankRow, Metric], Any]:
    """The value where it is an accuracy: these are the public names of the time when everything was one."""
    return lambda row, metric: getattr(row, name) if metric.is_accuracy else None


def _nothing_yet(row: RankRow, metric: Metric) -> None:
    return None


def _delta(row: RankRow, metric: Metric) -> str:
    """The best is not compared with itself."""
    return "best" if row.rank == 1 else formats.difference(row.delta_to_best, metric)


def _leads(row: RankRow, words: Texts) -> str:
    return words.say("columns.leads_value") if row.leads else ""


RANK_COLUMNS: tuple[RankColumn, ...] = (
    RankColumn(
        key="rank",
        heading="#",
        data={"rank": _value("rank")},
        text=lambda row, metric: str(row.rank),
        width=3,
        from_width=0,
        place=0,
    ),
    RankColumn(
        key="scheduler",
        heading="scheduler",
        data={"scheduler": _value("label")},
        text=lambda row, metric: row.label,
        align="left",
        width=0,
        from_width=0,
        place=2,
        tone=lambda row: "strong" if row.leads else "",
    ),
    RankColumn(
        key="base_lr",
        heading="base LR",
        data={"base_lr": _value("base_lr")},
        text=lambda row, metric: formats.rate(row.base_lr),
        report=lambda row, words: formats.exact_rate(row.base_lr),
        width=7,
        from_width=0,
        place=3,
    ),
    RankColumn(
        key="n",
        heading="n",
        data={"n": _value("n")},
        text=lambda row, metric: str(row.n),
        width=4,
        place=8,
    ),
    RankColumn(
        key="score",
        heading="{split} {score}",
        data={"test_acc": _accuracy("score")},
        text=lambda row, metric: formats.score(row.score, metric),
        width=6,
        plain_width=9,
        from_width=0,
        place=4,
        tone=lambda row: "strong",
    ),
    RankColumn(
        key="interval",
        heading="95 % interval",
        data={"ci_low": _accuracy("score_low"), "ci_high": _accuracy("score_high")},
        text=lambda row, metric: formats.interval(row.score_low, row.score_high, metric),
        report=lambda row, words: formats.ends(row.score_low, row.score_high, words.metric),
        bracket=True,
        align="left",
        width=13,
        plain_width=20,
        from_width=72,
        place=5,
    ),
    RankColumn(
        key="drawn",
        heading="interval drawn",
        text=lambda row, metric: "",
        draw=True,
        in_report=False,
        align="left",
        width=DRAWN,
        from_width=150,
        place=13,
    ),
    RankColumn(
        key="delta",
        heading="to best",
        data={"delta_to_best": _value("delta_to_best")},
        text=_delta,
        report=lambda row, words: NONE if row.rank == 1 else formats.difference(row.delta_to_best, words.metric),
        width=7,
        plain_width=10,
        from_width=72,
        place=6,
    ),
    RankColumn(
        key="delta_interval",
        heading="to best, interval",
        data={"delta_low": _value("delta_low"), "delta_high": _value("delta_high")},
        text=lambda row, metric: formats.interval(row.delta_low, row.delta_high, metric, signed=True),
        report=lambda row, words: (
            NONE if row.rank == 1 else formats.ends(row.delta_low, row.delta_high, words.metric, signed=True)
        ),
        bracket=True,
        align="left",
        width=17,
        plain_width=23,
        from_width=150,
        place=14,
    ),
    RankColumn(
        key="p_mcs",
        heading="p",
        data={"p_mcs": _value("p_mcs")},
        text=lambda row, metric: formats.p_value(row.p_mcs),
        report=lambda row, words: NONE if row.p_mcs is None else formats.equals_p(row.p_mcs).removeprefix("= "),
        width=6,
        from_width=72,
        place=7,
    ),
    RankColumn(
        key="leads",
        heading="lead",
        data={"leads": _value("leads")},
        text=lambda row, metric: "  ●" if row.leads else "",
        report=_leads,
        align="left",
        width=4,
        from_width=0,
        place=1,
        tone=lambda row: "good",
    ),
    RankColumn(
        key="last",
        heading="last {score}",
        text=lambda row, metric: formats.score(row.score_last, metric),
        width=6,
        plain_width=9,
        place=11,
    ),
    RankColumn(
        key="best_epoch",
        heading="best ep",
        data={"best_epoch": _value("best_epoch")},
        text=lambda row, metric: NONE if row.best_epoch is None else f"{row.best_epoch:.0f}",
        report=lambda row, words: formats.mean_epoch(row.best_epoch),
        width=7,
        place=10,
    ),
    RankColumn(key="last_data", data={"test_acc_last": _accuracy("score_last")}),
    RankColumn(
        key="diverged",
        heading="diverged",
        data={"diverged": _value("diverged")},
        text=lambda row, metric: str(row.diverged),
        width=8,
        place=9,
        tone=lambda row: "bad" if row.diverged else "",
    ),
    RankColumn(
        key="seconds",
        heading="time",
        data={"seconds": _value("seconds")},
        text=lambda row, metric: formats.duration(row.seconds),
        report=lambda row, words: formats.seconds(row.seconds),
        width=8,
        place=12,
    ),
    RankColumn(key="score_data", data={name: _value(name) for name in ("score", "score_low", "score_high", "score_last")}),
    RankColumn(key="looks_data", data={"regret_high": _nothing_yet, "dropped_at": _nothing_yet}),
)  # fmt: skip


def shown(width: int | None = None) -> tuple[RankColumn, ...]:
    """The columns for people: those that fit a screen of that width, in its order; None: all that can be printed."""
    found = [column for column in RANK_COLUMNS if column.text is not None and column.from_width is not None]
    if width is None:
        return tuple(column for column in found if not column.draw)
    fits = (column for column in found if (column.from_width or 0) <= width)
    return tuple(sorted(fits, key=lambda column: column.place))


def data_keys() -> tuple[str, ...]:
    """The public keys of a row, for CSV and JSON."""
    return tuple(key for column in RANK_COLUMNS for key in column.data)


def row_data(row: RankRow, metric: Metric) -> dict[str, Any]:
    """A row for CSV and JSON."""
    return {key: value(row, metric) for column in RANK_COLUMNS for key, value in column.data.items()}


def ranking_table(ranking: Ranking, words: Texts) -> Table:
    """The ranking as reports have it."""
    header: list[str] = []
    numbers: set[int] = set()
    rows: list[list[str]] = [[] for _ in ranking.rows]
    for column, cells in _in_report(ranking, words):
        title = _title(column, ranking, words)
        if not column.bracket:
            numbers |= {len(header)} if column.align == "right" else set()
            header.append(title)
        else:
            header[-1] += f" [{title}]"
        for row, cell in zip(rows, cells, strict=True):
            if not column.bracket:
                row.append(cell)
            elif cell != NONE:
                row[-1] += f" [{cell}]"
    return Table(tuple(header), tuple(map(tuple, rows)), frozenset(numbers))


def _in_report(ranking: Ranking, words: Texts) -> Iterator[tuple[RankColumn, list[str]]]:
    for column in RANK_COLUMNS:
        if column.text is None or not column.in_report:
            continue
        show = column.report
        if show is not None:
            yield column, [show(row, words) for row in ranking.rows]
        else:
            yield column, [column.text(row, words.metric) for row in ranking.rows]


def _title(column: RankColumn, ranking: Ranking, words: Texts) -> str:
    key = f"columns.{column.key}"
    return words.say(key, level=formats.level(ranking.alpha)) if key in words.keys else column.key
