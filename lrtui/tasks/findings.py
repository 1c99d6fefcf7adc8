"""What looking at a person's own code has found. The helper process writes it, everybody else reads it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake, and what to change; `line` of `file` where that is known. With a warning it can still be trained."""

    code: str
    sentence: str
    file: str = ""
    line: int | None = None
    level: Level = "error"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The outcome of `lrtui check`.

    `kind` is "task", "loop" or "schedule". `paired`: runs of one seed start alike and see the same data. `task` is what is
    known of it as plain data: metric, sizes, steps per epoch, parameters, seconds per step, memory in bytes.
    """

    kind: str
    paired: bool
    findings: tuple[Finding, ...]
    task: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether it can be trained."""
        return not any(finding.level == "error" for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The public JSON of `lrtui check`."""
        return {"ok": self.ok, "kind": self.kind, "paired": self.paired, "findings": [asdict(f) for f in self.findings], "task": dict(self.task)}  # fmt: skip

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "CheckReport":
        """The report that `to_dict` made plain data of."""
        return CheckReport(data["kind"], data["paired"], tuple(Finding(**f) for f in data["findings"]), data["task"])
