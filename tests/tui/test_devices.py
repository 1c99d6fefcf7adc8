"""The panels of Live that look at the machine: how busy it is, and the selected run's log."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from lrtui.machine.load import GpuLoad, MachineLoad, WorkersLoad
from lrtui.machine.load_meter import LoadMeter
from lrtui.machine.paths import Files
from lrtui.tui.live.device_panel import load_lines
from tests.processes.lab import Lab
from tests.tui.databases import Writer
from tests.tui.driver import drive


class Nvml(ModuleType):
    """A driver with two GPUs, of which the second tells next to nothing."""

    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        pass

    def __init__(self, gpus: int = 2) -> None:
        super().__init__("pynvml")
        self.gpus = gpus
        self.busy = 40

    def nvmlInit(self) -> None:
        if not self.gpus:
            raise self.NVMLError("driver not loaded")

    def nvmlDeviceGetCount(self) -> int:
        return self.gpus

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetName(self, handle: int) -> str:
        return "Made-up 100\x1b[31m"

    def _told(self, handle: int, answer: Any) -> Any:
        if handle:
            raise self.NVMLError("not supported")
        return answer

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:
        return self._told(handle, SimpleNamespace(gpu=self.busy))

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        return self._told(handle, SimpleNamespace(used=3 << 30, total=80 << 30))

    def nvmlDeviceGetPowerUsage(self, handle: int) -> Any:
        return self._told(handle, 310_400)

    def nvmlDeviceGetTemperature(self, handle: int, sensor: int) -> Any:
        return self._told(handle, 61)


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nvml]:
    driver = Nvml()
    monkeypatch.setitem(sys.modules, "pynvml", driver)
    return driver


def test_what_a_gpu_does_not_tell_is_absent(nvml: Nvml) -> None:
    first, second = LoadMeter().read([]).gpus
    assert first == GpuLoad(0, "Made-up 100\x1b[31m", 0.4, 3 << 30, 80 << 30, 61, 310.4)
    assert second == GpuLoad(1, "Made-up 100\x1b[31m")


def test_without_a_driver_there_are_no_gpus_and_the_cpu_is_measured_from_the_second_look(nvml: Nvml) -> None:
    nvml.gpus = 0
    meter = LoadMeter()
    first = meter.read([os.getpid(), 2**22 - 1])
    assert (first.gpus, first.busy, first.workers.count, first.workers.cores) == ((), None, 1, None)
    assert 0 < first.workers.memory < first.memory_used <= first.memory_total
    total = sum(range(1_000_000))  # some time must go by, and it is this process that is busy
    second = meter.read([os.getpid()])
    assert total
    assert second.workers.cores is not None
    assert second.workers.cores > 0
    assert second.busy is None or 0 <= second.busy <= 1


LOAD = MachineLoad((), 2, 0.925, 2.13, 3 << 30, 8 << 30, WorkersLoad(2, 1.62, 3 << 29))


def test_the_load_in_words() -> None:
    assert load_lines(LOAD, 50, 6) == [
        " CPU      92 %  of 2 cores, load 2.1",
        " memory   38 %  3.0 of 8.0 GiB",
        " workers 2 at work: 1.6 cores, 1.5 GiB",
    ]
    gpus = (GpuLoad(0, "H\x1b]0;x\x07", 0.4, 3 << 30, 80 << 30, 61, 310.4), GpuLoad(1, "H"))
    narrow = load_lines(replace(LOAD, gpus=gpus), 50, 6)
    assert narrow[:2] == [" GPU 0    40 %  3.0 of 80.0 GiB  61 °C  310 W", " GPU 1     – %  "]
    wide = load_lines(replace(LOAD, gpus=gpus), 100, 6)
    assert wide[0] == " GPU 0   ━━━━······  40 %  3.0 of 80.0 GiB  61 °C  310 W  H·]0;x·"
    many = load_lines(replace(LOAD, gpus=gpus * 4), 50, 6)
    assert len(many) == 6
    assert many[2] == " and 6 more GPUs"


async def test_the_panel_is_read_while_workers_are_at_work_and_not_before_it_is_shown(
    writer: Writer, nvml: Nvml
) -> None:
    number = writer.create(seeds=1)
    claim = writer.claim()
    assert claim is not None
    async with drive(writer.database, open_id=number) as driver:  # 80×24: the panel is a page of its own
        await driver.sees("▶ running")
        await driver.press("m", "m", "m", "m", "m")
        await driver.sees("GPU 0", "40 %", "61 °C", "310 W", "GPU 1", "1 at work")
        nvml.busy = 97
        await driver.sees("97 %")
        writer.leave()
        await driver.sees("no worker is at work")


async def test_the_log_of_the_selected_run_is_cleaned_and_followed(writer: Writer) -> None:
    number = writer.create(seeds=1)
    assert writer.claim() is not None
    log = Files(writer.database).worker_log("cpu:0")
    log.write_text(
        f"run {number}/9: other, base LR 0.1, seed 0\nrun {number}/1: constant, base LR 0.1, seed 0\n\x1b[2Jhot\n"
    )
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("▶ running")
        await driver.press("m", "m", "m", "m")
        await driver.sees("runs.db.d/worker-cpu-0.log, to the end of run 1:", "·[2Jhot")
        with log.open("a") as file:
            file.write("and more\n")
        await driver.sees("and more")
        await driver.press("down")
        await driver.sees("no worker's log tells of run 2")


async def test_real_training_shows_its_load_and_its_log(lab: Lab) -> None:
    number = lab.create(epochs=2000)
    lab.supervise()
    lab.trains_past(1)
    async with drive(lab.database, (170, 50), open_id=number) as driver:
        await driver.sees("▶ running", "1 at work", "CPU", f"run {number}/1: constant, base LR 0.1, seed 0")
        await driver.until(lambda: bool(re.search(r"1 at work: \d+\.\d cores", driver.text)))
