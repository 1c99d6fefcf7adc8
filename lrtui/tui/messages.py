"""What other threads tell the application. Each is one frozen value; a newer one replaces an older one in the queue."""

from dataclasses import dataclass

from textual.message import Message

from lrtui.domain.ranking import Ranking
from lrtui.domain.snapshot import Snapshot
from lrtui.tui.charts.curve_choice import Curves
from lrtui.tui.ranked.evidence import Evidence
from lrtui.tui.ranked.verdicts import Due, Verdict


@dataclass
class SnapshotReady(Message):
    """The database as it is now. `snapshot` is frozen: it is shared, never copied."""

    snapshot: Snapshot

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts."""
        return isinstance(message, SnapshotReady)


@dataclass
class DatabaseTrouble(Message):
    """The database cannot be read; `sentence` says what happened and what to do. None: it can again."""

    sentence: str | None


@dataclass
class RankingReady(Message):
    """The ranking of a comparison, computed off the loop."""

    comparison_id: int
    ranking: Ranking

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts."""
        return isinstance(message, RankingReady)


@dataclass
class EvidenceReady(Message):
    """What stands behind a ranking, computed off the loop."""

    comparison_id: int
    evidence: Evidence

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts."""
        return isinstance(message, EvidenceReady)


@dataclass
class VerdictReady(Message):
    """A comparison's verdict, computed off the loop, with the state it is of."""

    due: Due
    verdict: Verdict


@dataclass
class CurvesReady(Message):
    """The curves of a comparison, made off the loop."""

    comparison_id: int
    curves: Curves

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts."""
        return isinstance(message, CurvesReady)
