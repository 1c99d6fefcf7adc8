"""How far a comparison is, as a few numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of runs and epochs, with those that a search has still to propose. `epochs_left` is what may still be trained."""

    runs: int
    ended: int
    active: int  # queued or running: something will happen to them by itself
    failed: int
    epochs_done: int
    epochs_planned: int
    epochs_left: int

    @property
    def over(self) -> bool:
        """Whether every run has ended."""
        return self.ended == self.runs
