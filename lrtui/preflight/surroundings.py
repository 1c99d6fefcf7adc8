"""Checks before the start that depend on this machine: its disk, its network, its logins. `lrtui doctor` looks at the same."""

from collections.abc import Callable, Iterator
from pathlib import Path

from lrtui.comparison.checks.advice import Advice, Code
from lrtui.errors import UserError
from lrtui.machine.network import unreachable
from lrtui.preflight.health import Check, check_data_folder, check_disk, check_filesystem, check_logout
from lrtui.tasks.data_files import LAYOUTS, MissingFiles, cache_folder, download_folder, find_files

_TITLES = {
    Code.NETWORK_DISK: "database on a network disk",
    Code.LITTLE_SPACE: "little disk space",
    Code.LOGOUT: "logging out ends training",
}


def check_machine(database: Path) -> Iterator[Advice]:
    """What is wrong with where the database lies, and with what happens at logout."""
    looks: dict[Code, Callable[[], Check]] = {
        Code.NETWORK_DISK: lambda: check_filesystem(database),
        Code.LITTLE_SPACE: lambda: check_disk(database),
        Code.LOGOUT: check_logout,
    }
    for code, look in looks.items():
        found = look()
        if found.status != "ok":
            yield Advice(code, "warning", _TITLES[code], found.message, found.remedy)


def check_data(dataset: str, data_dir: Path | None) -> Iterator[Advice]:
    """Whether the data set's files are here; where they are not, whether they can be downloaded. May take two seconds."""
    try:
        find_files(dataset, data_dir)
        return
    except MissingFiles:
        pass
    except UserError as error:  # torn files: the start will refuse them
        yield Advice(Code.DATA, "warning", f"{dataset}: files that cannot be used", str(error))
        return
    nowhere = f"the files of {dataset} are not on this machine" + (f", nor in {data_dir}" if data_dir else "")
    reason = unreachable(LAYOUTS[dataset].addresses)
    if reason is not None:
        yield Advice(
            Code.DATA,
            "warning",
            f"{dataset}: no network for the download",
            f"{nowhere}, and {reason}",
            "name the folder that holds them as data folder (--data-dir), or take digits, which is bundled",
        )
        return
    folder = check_data_folder(data_dir or cache_folder())
    if folder.status != "ok":
        yield Advice(Code.DATA, "warning", f"{dataset}: no place for the download", folder.message, folder.remedy)
        return
    yield Advice(
        Code.DATA,
        "note",
        f"{dataset} is downloaded first",
        f"{nowhere}: the start downloads them to {download_folder(dataset, data_dir)}",
        "if they are here, name their folder as data folder (--data-dir)",
    )
