"""The user's configuration folder and the TOML files in it: readable by their owner only, replaced as a whole."""

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from lrtui.errors import OperationFailed, UserError


def configuration_file(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """`$XDG_CONFIG_HOME/lrtui/NAME`, else below `~/.config`."""
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path("~/.config").expanduser()) / "lrtui" / name


def read_toml(path: Path) -> dict[str, Any]:
    """What the file holds; nothing where there is no file.

    Raises:
        UserError: it cannot be read, or is no TOML file.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: not a TOML file ({error})") from None


def write_toml(path: Path, data: Mapping[str, Any]) -> None:
    """Make the file hold this. It is complete, or as it was before.

    Raises:
        OperationFailed: the disk or its permissions do not allow it.
    """
    import tomli_w

    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            tomli_w.dump(data, file)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):  # there may be no folder to remove it from
            temporary.unlink()
        raise OperationFailed(f"{path}: cannot be written ({error.strerror})") from None
