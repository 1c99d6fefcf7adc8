"""What the engine adds to a step of a person's own task, against a plain loop that does the same arithmetic.

    python -m benchmarks.own_task [--repeats N]

Both take turns, so that what else the machine does meets both; the fastest of each is compared. Target: less than 2 % over.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import nn
from torch.nn import functional

from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.tasks.info import Metric, TaskInfo
from lrtui.training.coordinator import Job
from lrtui.training.engine import Engine
from lrtui.training.seeding import epoch_order
from tests.training.memory_coordinator import MemoryCoordinator

N, BATCH, EPOCHS = 6400, 64, 3
TASK = """
import torch
from torch import nn
from torch.nn import functional


def loss(model, batch):
    return functional.mse_loss(model(batch[0]), batch[1])


def error(model, batch):
    return (model(batch[0]) - batch[1]).square().mean(1)


def task(setup):
    width = setup.options["width"]
    x = torch.randn(6464, 64, generator=torch.Generator().manual_seed(0))
    y = x[:, :8].sin()
    return {
        "model": nn.Sequential(nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 8)),
        "train": (x[:6400], y[:6400]),
        "validation": (x[6400:], y[6400:]),
        "loss": loss,
        "score": error,
        "better": "lower",
    }
"""


def plain(width: int) -> Callable[[], float]:
    """Seconds per step of the loop that a person would write, LR schedule and mean training loss in it."""
    x = torch.randn(N + BATCH, 64, generator=torch.Generator().manual_seed(0))
    y = x[:, :8].sin()

    def run() -> float:
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 8))
        optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9, fused=True)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
        seconds = 0.0
        for epoch in range(1, EPOCHS + 1):
            started = time.perf_counter()
            model.train()
            losses = []
            for rows in torch.split(epoch_order(0, epoch, N), BATCH):
                loss = functional.mse_loss(model(x[rows]), y[rows])
                torch.autograd.backward(loss)
                optimizer.step()
                optimizer.zero_grad()
                losses.append(loss.detach())
            torch.stack(losses).mean().item()
            schedule.step()
            seconds += time.perf_counter() - started
        return seconds / (EPOCHS * N / BATCH)

    return run


def engine(width: int, folder: Path) -> Callable[[], float]:
    """The same through the engine, as its rows tell: without the evaluations."""
    path = folder / "mine.py"
    path.write_text(TASK)
    spec: Spec = spec_from_dict(
        {
            "task": f"{path}:task", "task_options": {"width": width}, "schedulers": ["cosine"], "epochs": EPOCHS,
            "batch_size": BATCH, "seeds": [0], "base_lrs": [0.01],
        }
    )  # fmt: skip
    spec = spec.with_info(
        TaskInfo("mine.py:task", Metric("error", "", "lower"), {"train": N, "validation": BATCH}, N // BATCH)
    )
    trainer = Engine("cpu", checkpoint_seconds=1e9)

    def run() -> float:
        coordinator = MemoryCoordinator()
        trainer.train([Job(1, spec, next(spec.runs()), folder / "run.pt", None)], coordinator)
        assert coordinator.results[0].error is None, coordinator.results[0].error
        return sum(N / row.examples_per_second for row in coordinator.rows) / (EPOCHS * N / BATCH)

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    torch.set_num_threads(1)
    with TemporaryDirectory() as folder:
        for width in (64, 256, 1024):
            loops = {"plain loop": plain(width), "own task": engine(width, Path(folder))}
            seconds = {name: [] for name in loops}  # type: dict[str, list[float]]
            for _ in range(repeats):
                for name, run in loops.items():
                    seconds[name].append(run())
            fastest = {name: min(times) for name, times in seconds.items()}
            over = fastest["own task"] / fastest["plain loop"] - 1
            times = ", ".join(f"{name} {1e6 * value:.1f} µs" for name, value in fastest.items())
            print(f"width {width:4}: {times} per step; {100 * over:+.1f} %", flush=True)


if __name__ == "__main__":
    main()
