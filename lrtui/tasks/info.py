"""What everybody but a worker knows of a task: its metric, its sizes, and where its code came from. No torch.

The helper process loads a task once and describes it as a `TaskInfo`, which is stored with the comparison. Tables, charts,
ranking and reports read that, and never the task itself.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Metric:
    """What a run is scored by.

    Scores in "%" are stored as fractions and shown times 100; all others are stored and shown as plain numbers in `unit`
    ("" where there is none). `chance` is the score of guessing, None where it is not known.
    """

    name: str = "accuracy"
    unit: str = "%"
    better: Better = "higher"
    chance: float | None = None

    @property
    def percent(self) -> bool:
        """Whether scores are fractions that people read in percent, and differences in points."""
        return self.unit == "%"

    @property
    def is_accuracy(self) -> bool:
        """Whether scores go by the public names `val_acc` and `test_acc` too."""
        return self.name == "accuracy"

    @property
    def sign(self) -> int:
        """1 where higher is better, -1 where lower is."""
        return 1 if self.better == "higher" else -1

    def oriented(self, score: float) -> float:
        """The score turned so that higher is better; turning it twice gives it back."""
        return score if self.better == "higher" else -score


ACCURACY = Metric()


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a task, loop or schedule comes from: its absolute path, the SHA-256 (hex) of its bytes, and its text.

    `modules` are the local modules it imported, path to SHA-256. `text` is a copy for reading; it is never run.
    """

    path: str
    sha256: str
    modules: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """A task as the helper process found it, or a built-in one as its name says.

    `sizes` counts the examples of "train", "validation", "selection" and "test"; a split that the task does not have is
    absent: validation then stands in for selection, and validation at the last evaluation for test. None as a size:
    the task does not say. `parameters` counts the model's trainable numbers, None where nobody has looked.
    `unpaired` says why runs of one seed cannot be compared pair by pair, "" where they can.
    """

    reference: str
    metric: Metric
    sizes: Mapping[str, int | None]
    steps_per_epoch: int
    parameters: int | None = None
    unpaired: str = ""
    source: Source | None = None

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return asdict(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "TaskInfo":
        """The task that `to_dict` made plain data of; what is not known to this version is left out."""
        known = _known(TaskInfo, data)
        source = known.get("source")
        return TaskInfo(
            **(
                known
                | {"metric": Metric(**_known(Metric, known["metric"]))}
                | {"source": None if source is None else Source(**_known(Source, source))}
            )
        )


def _known(kind: type[TaskInfo] | type[Metric] | type[Source], data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in kind.__slots__}
