"""What the dashboard remembers of a person, in TOML under their configuration folder."""

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any


def preferences_path(environment: Mapping[str, str] = os.environ) -> Path:
    """`$XDG_CONFIG_HOME/lrtui/dashboard.toml`, else below `~/.config`."""
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path("~/.config").expanduser()) / "lrtui" / "dashboard.toml"


def read_preferences(path: Path) -> dict[str, Any]:
    """What is remembered; nothing where the file is missing or torn: preferences are no reason to refuse to start."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def remember(path: Path, **changes: Any) -> None:
    """Change what is remembered; a folder that cannot be written is left alone."""
    import tomli_w

    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_text(tomli_w.dumps(read_preferences(path) | changes), encoding="utf-8")
        temporary.replace(path)
