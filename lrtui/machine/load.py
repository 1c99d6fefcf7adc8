"""How busy a machine is at one moment. What cannot be measured is None."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GpuLoad:
    """A GPU: `busy` is a share of time, 0 to 1; memory in bytes."""

    index: int
    name: str
    busy: float | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    celsius: float | None = None
    watts: float | None = None


@dataclass(frozen=True, slots=True)
class WorkersLoad:
    """What the workers take together: `cores` as in 1.6 cores' worth of time, memory in bytes."""

    count: int
    cores: float | None
    memory: int


@dataclass(frozen=True, slots=True)
class MachineLoad:
    """Everything: `busy` is the share of all cores' time, 0 to 1; `waiting` the load average of the last minute."""

    gpus: tuple[GpuLoad, ...]
    cores: int
    busy: float | None
    waiting: float | None
    memory_used: int
    memory_total: int
    workers: WorkersLoad
