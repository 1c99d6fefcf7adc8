"""How busy the machine is while workers are at work on it: GPUs, CPU, memory, and what the workers take."""

from functools import partial
from typing import TYPE_CHECKING

from lrtui.comparison.snapshot import WorkerView
from lrtui.machine.load import GpuLoad, MachineLoad
from lrtui.terminal_text import clean
from lrtui.tui.figures import bar
from lrtui.tui.live.looking import LookingPanel

if TYPE_CHECKING:
    from lrtui.machine.load_meter import LoadMeter

_BAR = 10
_ROOM_FOR_NAMES = 76


class DevicePanel(LookingPanel):
    """Looks once a second while workers are at work."""

    _meter: "LoadMeter | None" = None

    def follow(self, workers: tuple[WorkerView, ...]) -> None:
        """These are the workers at work."""
        pids = tuple(sorted(worker.pid for worker in workers))
        if pids:
            self.look_for(pids, partial(self._read, pids, *self.size), goes_on=True)
        else:
            self.rest(" no worker is at work")

    def _read(self, pids: tuple[int, ...], width: int, height: int) -> str:
        if self._meter is None:
            from lrtui.machine.load_meter import LoadMeter  # psutil and NVML: not before somebody looks

            self._meter = LoadMeter()
        return "\n".join(load_lines(self._meter.read(pids), width, height))


def load_lines(load: MachineLoad, width: int, height: int) -> list[str]:
    """The load in words, in a panel of this size. Where there is no room for all GPUs, the last line says how many more."""
    workers = load.workers
    took = f"{_number(workers.cores, '.1f')} cores, {_gib(workers.memory)} GiB" if workers.count else "nothing"
    machine = [
        _line("CPU", load.busy, f"of {load.cores} cores, load {_number(load.waiting, '.1f')}", width),
        _line("memory", load.memory_used / load.memory_total, f"{_gib(load.memory_used)} of {_gib(load.memory_total)} GiB", width),
        f" {'worker' if workers.count == 1 else 'workers':<8}{workers.count} at work: {took}",
    ]  # fmt: skip
    gpus = [_gpu_line(gpu, width) for gpu in load.gpus]
    room = max(1, height - len(machine))
    if len(gpus) > room:
        gpus = [*gpus[: room - 1], f" and {len(gpus) - room + 1} more GPUs"]
    return gpus + machine


def _gpu_line(gpu: GpuLoad, width: int) -> str:
    known = [
        None if gpu.memory_used is None or gpu.memory_total is None else f"{_gib(gpu.memory_used)} of {_gib(gpu.memory_total)} GiB",
        None if gpu.celsius is None else f"{gpu.celsius:.0f} °C",
        None if gpu.watts is None else f"{gpu.watts:.0f} W",
        clean(gpu.name, 40) if width >= _ROOM_FOR_NAMES else None,
    ]  # fmt: skip
    return _line(f"GPU {gpu.index}", gpu.busy, "  ".join(text for text in known if text), width)


def _line(name: str, share: float | None, rest: str, width: int) -> str:
    drawn = f"{bar(share or 0.0, _BAR)} " if width >= 56 else ""
    return f" {name:<8}{drawn}{_number(None if share is None else 100 * share, '3.0f'):>3} %  {rest}"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _gib(count: int) -> str:
    return f"{count / 2**30:.1f}"
