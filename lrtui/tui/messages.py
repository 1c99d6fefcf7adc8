"""What other threads tell the application, as frozen values; of some only the newest in the queue counts."""

from dataclasses import dataclass

from textual.message import Message

from lrtui.analysis.result import Ranking
from lrtui.comparison.snapshot import Snapshot
from lrtui.tui.history.verdicts import Due, Verdict
from lrtui.tui.live.curve_choice import Curves
from lrtui.tui.ranking.evidence import Evidence


class _Newest(Message):
    """A message that takes the place of an older one of its kind that waits."""

    def can_replace(self, message: Message) -> bool:
        """Whether the other one is of its kind."""
        return isinstance(message, type(self))


@dataclass
class SnapshotReady(_Newest):
    """The database as it is now. `snapshot` is frozen: it is shared, never copied."""

    snapshot: Snapshot


@dataclass
class DatabaseTrouble(Message):
    """The database cannot be read; `sentence` says what happened and what to do. None: it can again."""

    sentence: str | None


@dataclass
class RankingReady(_Newest):
    """The ranking of a comparison, computed off the loop."""

    comparison_id: int
    ranking: Ranking


@dataclass
class EvidenceReady(_Newest):
    """What stands behind a ranking, computed off the loop."""

    comparison_id: int
    evidence: Evidence


@dataclass
class VerdictReady(Message):
    """A comparison's verdict, computed off the loop, with the state it is of."""

    due: Due
    verdict: Verdict


@dataclass
class CurvesReady(_Newest):
    """The curves of a comparison, made off the loop."""

    comparison_id: int
    curves: Curves
