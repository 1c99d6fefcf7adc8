"""How long a whole study takes on a device, through the program itself: supervisor, worker, store and all.

100 runs of the study preset's training (2,000 images, cnn, AdamW, early stopping) at one base LR: ten schedulers, ten
seeds. On MNIST or Fashion-MNIST where their files are, else on digits, and then the figure is not the study's: the
output says which. The budget on one H100 is 15 s. Prints the wall time, epochs a second, and the device.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lrtui.errors import UserError
from lrtui.schedules.registry import TABLE
from lrtui.tasks.data_files import find_files


def dataset(data_dir: Path | None) -> str:
    """The first of the study's data sets whose files are here."""
    for key in ("mnist", "fashion-mnist"):
        try:
            find_files(key, data_dir)
        except UserError:
            continue
        return key
    return "digits"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--schedulers", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=100)
    options = parser.parse_args()
    key = dataset(options.data_dir)
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "spec.toml")
        splits = "splits = [2000, 2000, 5000]\n" if key != "digits" else ""
        spec.write_text(
            f'dataset = "{key}"\nmodel = "cnn"\noptimizer = "adamw"\nweight_decay = 0.01\nearly_stopping = 10\n'
            f'profile = "study"\nprecision = "auto"\nbase_lrs = [0.0009]\nepochs = {options.epochs}\n'
            f"seeds = {options.seeds}\nschedulers = {json.dumps(list(TABLE[: options.schedulers]))}\n{splits}"
        )
        lrtui = [sys.executable, "-m", "lrtui", "--db", str(Path(folder, "runs.db"))]
        data = ["--data-dir", str(options.data_dir)] if options.data_dir else []
        started = time.perf_counter()
        subprocess.run(
            [*lrtui, "run", str(spec), "--device", options.device, *data], check=True, stdout=subprocess.DEVNULL
        )
        seconds = time.perf_counter() - started
        shown = json.loads(subprocess.run([*lrtui, "show", "last", "--json"], check=True, capture_output=True).stdout)
    runs, environment = shown["runs"], shown["comparison"]["environment"]
    epochs = sum(run["epoch"] for run in runs)
    devices = sorted({str(run["device"]) for run in runs})
    print(
        f"{key}, cnn: {len(runs)} runs, {epochs} epochs in {seconds:.1f} s: {epochs / seconds:.1f} epochs/s, starting included"
    )
    print(f"on {', '.join(devices)}: {environment['cpu']}, {environment['cores']} cores, {environment['gpus'] or 'no GPU'}, torch {environment['torch']}")  # fmt: skip


if __name__ == "__main__":
    main()
