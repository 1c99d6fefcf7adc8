"""The `study` training on the CPU: lrtui's engine against a plain DataLoader loop, in seconds an epoch and accuracy.

`python benchmarks/study.py [--epochs N] [--seeds N] [--data-dir DIR]`. Both train 2,000 images and validate 2,000 each
epoch with the same model, optimizer and batch size. The plain loop has torch's default threads; lrtui has one
single-threaded process a core, as its supervisor starts them, each with its own seeds.
"""

import argparse
import math
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

import torch
from PIL import Image
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from lrtui.comparison.records import EvaluationRow, Provenance, RunResult
from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.errors import UserError
from lrtui.tasks.catalogue import DATASETS
from lrtui.tasks.data_files import LAYOUTS, find_files, read_file
from lrtui.training.coordinator import Job, Request
from lrtui.training.datasets import stratified_order
from lrtui.training.devices import describe
from lrtui.training.engine import Engine
from lrtui.training.models import initial_model

BASE_LR = 0.0009
WEIGHT_DECAY = 0.01
BATCH = 32
TRAIN, VALIDATION = 2_000, 2_000


@dataclass(frozen=True)
class Measured:
    """What one way of training takes and gives: wall seconds over epochs trained, test accuracy of each seed."""

    name: str
    seconds: float
    accuracies: list[float]


class PlainDataset(Dataset[tuple[torch.Tensor, int]]):
    """A data set as tutorials write it: one image at a time, from PIL to a normalised tensor."""

    def __init__(self, images: torch.Tensor, labels: torch.Tensor, transform: transforms.Compose) -> None:
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.images[index].numpy())), int(self.labels[index])


def plain_loaders(dataset: str, data_dir: Path | None) -> tuple[DataLoader[tuple[torch.Tensor, int]], ...]:
    """Loaders of the very images that lrtui trains, validates and tests on."""
    contents = [
        torch.frombuffer(bytearray(read_file(path, LAYOUTS[dataset].files[name])), dtype=torch.uint8)
        for name, path in find_files(dataset, data_dir).items()
    ]
    images, labels, test_images, test_labels = contents
    images, test_images = images.view(-1, 28, 28), test_images.view(-1, 28, 28)
    order = stratified_order(labels.long(), 10)
    train, validation = order[:TRAIN], order[TRAIN : TRAIN + VALIDATION]
    pixels = images[train] / 255
    transform = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((pixels.mean().item(),), (pixels.std().item(),))]
    )
    return (
        DataLoader(PlainDataset(images[train], labels[train], transform), batch_size=BATCH, shuffle=True),
        DataLoader(PlainDataset(images[validation], labels[validation], transform), batch_size=BATCH),
        DataLoader(PlainDataset(test_images, test_labels, transform), batch_size=BATCH),
    )


def plain_accuracy(model: torch.nn.Module, loader: DataLoader[tuple[torch.Tensor, int]]) -> float:
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in loader:
            correct += int((model(images).argmax(1) == labels).sum().item())
    return correct / len(loader.dataset)  # type: ignore[arg-type]


def plain_loop(dataset: str, data_dir: Path | None, epochs: int, seeds: int) -> Measured:
    train, validation, test = plain_loaders(dataset, data_dir)
    seconds, accuracies = 0.0, []
    for seed in range(seeds):
        torch.manual_seed(1000 + seed)
        model = initial_model("cnn", DATASETS[dataset], seed).module.to(memory_format=torch.contiguous_format)
        optimizer = torch.optim.AdamW(model.parameters(), lr=BASE_LR, weight_decay=WEIGHT_DECAY)
        started = time.perf_counter()
        for _ in range(epochs):
            model.train()
            total = 0.0
            for images, labels in train:
                optimizer.zero_grad()
                loss = functional.cross_entropy(model(images), labels)
                torch.autograd.backward(loss)
                optimizer.step()
                total += loss.item()
            plain_accuracy(model, validation)
        seconds += time.perf_counter() - started
        accuracies.append(plain_accuracy(model, test))
    return Measured(f"plain DataLoader loop, {torch.get_num_threads()} threads", seconds / (epochs * seeds), accuracies)


class Results:
    """A coordinator that keeps results and the seconds of all epochs."""

    def __init__(self) -> None:
        self.accuracies: list[float] = []
        self.seconds = 0.0
        self.precision = ""

    def provenance(self, run_id: int, provenance: Provenance) -> None:
        self.precision = provenance.precision

    def evaluated(self, run_id: int, row: EvaluationRow) -> None:
        self.seconds += row.seconds

    def finish(self, run_id: int, result: RunResult) -> None:
        self.accuracies.append(result.test_last or 0.0)

    def paused(self, run_id: int, reason: str | None = None) -> None:
        raise AssertionError(reason)

    def stopped(self, run_id: int) -> None:
        raise AssertionError(run_id)

    def notice(self, run_id: int, message: str, detail: str | None = None) -> None:
        print(message)

    def claim(self, n: int, accepts: Sequence[str]) -> list[Job]:
        return []

    def stop_all(self) -> None:
        raise AssertionError

    def requested(self, run_id: int) -> Request:
        return "go"


def study_spec(dataset: str, precision: str, epochs: int, seeds: list[int]) -> Spec:
    return spec_from_dict(
        {
            "schedulers": ["constant"], "dataset": dataset, "model": "cnn", "optimizer": "adamw", "seeds": seeds,
            "weight_decay": WEIGHT_DECAY, "batch_size": BATCH, "base_lrs": [BASE_LR], "epochs": epochs,
            "splits": [TRAIN, VALIDATION, 100], "precision": precision,
        }
    )  # fmt: skip


def train_seeds(spec: Spec, data_dir: Path | None, ready: Barrier) -> tuple[list[float], float, str]:
    """One worker's share: accuracies, seconds of training and validation, precision."""
    torch.set_num_threads(1)
    engine, coordinator = Engine("cpu"), Results()
    with tempfile.TemporaryDirectory() as folder:
        warm_up = study_spec(spec.dataset, spec.precision, 1, [999])
        for part in (warm_up, spec):
            coordinator = Results()
            if part is spec:
                ready.wait()  # data and code are loaded everywhere: a worker does that once for all its runs
            engine.train(
                [Job(r.number, part, r, Path(folder) / f"{r.number}.pt", data_dir) for r in part.runs()], coordinator
            )
    return coordinator.accuracies, coordinator.seconds, coordinator.precision


def _worker(spec: Spec, data_dir: Path | None) -> tuple[list[float], float, str]:
    return train_seeds(spec, data_dir, _ready)


def _set_barrier(ready: Barrier) -> None:
    global _ready  # noqa: PLW0603 - a pool hands a barrier over to its processes in no other way
    _ready = ready


_ready: Barrier


def lrtui_engine(dataset: str, data_dir: Path | None, precision: str, epochs: int, seeds: int) -> Measured:
    cores = len(os.sched_getaffinity(0))
    share = math.ceil(seeds / cores)
    specs = [
        study_spec(dataset, precision, epochs, list(range(core * share, (core + 1) * share))) for core in range(cores)
    ]
    context = multiprocessing.get_context("spawn")
    with context.Pool(cores, _set_barrier, (context.Barrier(cores),)) as pool:
        parts = pool.starmap(_worker, [(spec, data_dir) for spec in specs], chunksize=1)
    wall = max(seconds for _, seconds, _ in parts)
    accuracies = [accuracy for part, _, _ in parts for accuracy in part]
    name = f"lrtui, {cores} processes, precision {precision} = {parts[0][2]}"
    return Measured(name, wall / (cores * share * epochs), accuracies)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=5, help="for each way of training; rounded up to fill all cores")
    parser.add_argument("--data-dir", type=Path)
    options = parser.parse_args()
    dataset = "mnist"
    try:
        find_files(dataset, options.data_dir)
    except UserError:
        dataset = "fashion-mnist"
        find_files(dataset, options.data_dir)
    cpu = describe(torch.device("cpu"))
    print(f"{cpu}, {len(os.sched_getaffinity(0))} cores, torch {torch.__version__}, load {os.getloadavg()[0]:.1f}")
    print(f"{dataset}, cnn, AdamW, batch {BATCH}, {TRAIN} training and {VALIDATION} validation images, {options.epochs} epochs")  # fmt: skip
    plain = plain_loop(dataset, options.data_dir, options.epochs, options.seeds)
    rows = [plain]
    rows += [lrtui_engine(dataset, options.data_dir, p, options.epochs, options.seeds) for p in ("fp32", "auto")]
    print(f"{'':44} {'s/epoch':>8} {'faster':>7}   test accuracy, mean ± standard deviation")
    for row in rows:
        spread = statistics.stdev(row.accuracies) if len(row.accuracies) > 1 else 0.0
        print(
            f"{row.name:44} {row.seconds:8.3f} {plain.seconds / row.seconds:6.1f}x   "
            f"{100 * statistics.mean(row.accuracies):.2f} ± {100 * spread:.2f} % over {len(row.accuracies)} seeds"
        )


if __name__ == "__main__":
    main()
