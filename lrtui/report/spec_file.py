"""A spec as a TOML file: what `lrtui spec` prints, the dashboard saves and `lrtui run` reads."""

import tomllib
from pathlib import Path

from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.errors import UserError
from lrtui.machine.paths import typed_path
from lrtui.report.write import write_file
from lrtui.terminal_text import clean


def spec_text(spec: Spec) -> str:
    """The spec as TOML that is safe to print; `read_spec` reads it back."""
    import tomli_w

    return "".join(_toml_safe(char) for char in tomli_w.dumps(spec.to_dict()))


def _toml_safe(char: str) -> str:
    """Characters that a terminal would obey, as TOML escapes: they only occur inside strings."""
    return char if char == "\n" or clean(char) == char else f"\\U{ord(char):08X}"


def write_spec(spec: Spec, path: Path) -> Path:
    """Write it to a file, over what is there. Returns the absolute path.

    Raises:
        OperationFailed: the file cannot be written.
    """
    return write_file(spec_text(spec), path)


def read_spec(path: Path) -> Spec:
    """The spec that a TOML file holds.

    Raises:
        UserError: it cannot be read, is no TOML, or describes no comparison.
    """
    try:
        with typed_path(path).open("rb") as file:
            data = tomllib.load(file)
    except OSError as error:
        raise UserError(f"{path}: expected a spec in TOML ({error.strerror}); `lrtui spec ID` prints one") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not a TOML file ({error})") from None
    return spec_from_dict(data)
