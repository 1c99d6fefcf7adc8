"""Measures how busy this machine is: its GPUs as NVML tells, its CPU and memory, and what the workers take of them."""

from collections.abc import Callable, Iterable
from typing import Any

import psutil

from lrtui.machine.load import GpuLoad, MachineLoad, WorkersLoad


class LoadMeter:
    """Shares of time are those since the last reading, so that the first reading has none. For one thread at a time."""

    def __init__(self) -> None:
        self._processes: dict[int, psutil.Process] = {}
        self._cpu: tuple[float, float] | None = None
        self._nvml, self._handles = _open_gpus()

    def read(self, worker_pids: Iterable[int]) -> MachineLoad:
        """How busy everything is, and what these processes take of it; those that are gone take nothing."""
        memory = psutil.virtual_memory()
        return MachineLoad(
            gpus=tuple(self._gpu(index, handle) for index, handle in enumerate(self._handles)),
            cores=psutil.cpu_count() or 1,
            busy=self._busy(),
            waiting=_load_average(),
            memory_used=memory.total - memory.available,
            memory_total=memory.total,
            workers=self._workers(worker_pids),
        )

    def _busy(self) -> float | None:
        """Not `psutil.cpu_percent`: it remembers the last reading of each thread, and readings come from several."""
        times = psutil.cpu_times()
        idle, total = times.idle + getattr(times, "iowait", 0.0), sum(times[:8])  # what follows is counted in these
        before, self._cpu = self._cpu, (idle, total)
        if before is None or total <= before[1]:
            return None
        return max(0.0, min(1.0, 1 - (idle - before[0]) / (total - before[1])))

    def _workers(self, pids: Iterable[int]) -> WorkersLoad:
        known, self._processes = self._processes, {}
        count, cores, memory, measured = 0, 0.0, 0, True
        for pid in pids:
            try:
                process = known.get(pid) or psutil.Process(pid)
                cores += process.cpu_percent() / 100
                memory += process.memory_info().rss
            except psutil.Error:
                continue
            count += 1
            measured = measured and pid in known
            self._processes[pid] = process
        return WorkersLoad(count, cores if measured else None, memory)

    def _gpu(self, index: int, handle: Any) -> GpuLoad:
        nvml = self._nvml
        rates = self._told(nvml.nvmlDeviceGetUtilizationRates, handle)
        memory = self._told(nvml.nvmlDeviceGetMemoryInfo, handle)
        milliwatts = self._told(nvml.nvmlDeviceGetPowerUsage, handle)
        name = self._told(nvml.nvmlDeviceGetName, handle)
        return GpuLoad(
            index,
            name.decode(errors="replace") if isinstance(name, bytes) else str(name or "GPU"),
            None if rates is None else rates.gpu / 100,
            None if memory is None else int(memory.used),
            None if memory is None else int(memory.total),
            self._told(nvml.nvmlDeviceGetTemperature, handle, nvml.NVML_TEMPERATURE_GPU),
            None if milliwatts is None else milliwatts / 1000,
        )

    def _told(self, question: Callable[..., Any], *about: Any) -> Any:
        """NVML's answer; None where this GPU, its driver or a missing permission has none."""
        try:
            return question(*about)
        except self._nvml.NVMLError:
            return None


def _open_gpus() -> tuple[Any, list[Any]]:
    """NVML with a handle for each GPU; it stays open until the process ends. No handles where there is no driver."""
    import pynvml

    try:
        pynvml.nvmlInit()
        return pynvml, [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(pynvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError:
        return pynvml, []


def _load_average() -> float | None:
    try:
        return psutil.getloadavg()[0]
    except OSError:
        return None
