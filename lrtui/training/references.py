"""Loads people's own code by reference. Only workers and the helper process may: whatever the file says is run."""

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from lrtui.errors import UserError
from lrtui.tasks.info import Source
from lrtui.tasks.references import Reference, parse_reference

_LONGEST_COPY = 200_000  # characters of a file that are kept for reading


class FaultInFile(UserError):
    """A mistake in a person's own file: which line of which file, where that is known."""

    def __init__(self, sentence: str, file: str = "", line: int | None = None, code: str = "load") -> None:
        where = f"{Path(file).name}, line {line}: " if file and line else f"{Path(file).name}: " if file else ""
        super().__init__(f"{where}{sentence}")
        self.sentence, self.file, self.line, self.code = sentence, file, line, code


@dataclass(frozen=True)
class Loaded:
    """A function of a person's own, its module, and where it came from."""

    function: Callable[..., Any]
    module: ModuleType
    source: Source


def load_reference(what: str, text: str, source: Source | None = None) -> Loaded:
    """Import what a reference names.

    Args:
        what: the setting that holds the reference: task, loop or schedule.
        text: "file.py:name" or "package.module:name".
        source: where it was when it was first looked at; a relative path is the same file then wherever this runs.

    Raises:
        FaultInFile: the file is not there or cannot be imported, has no such name, or that is no function.
        UserError: it is no reference.
    """
    reference = parse_reference(what, text)
    module = _import(what, reference, source)
    path = str(Path(module.__file__).absolute()) if module.__file__ else ""
    function = getattr(module, reference.name, None)
    if function is None:
        names = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        near = get_close_matches(reference.name, names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}? " if near else ""
        have = f"it has {', '.join(names[:10])}" if names else "it has no functions"
        raise FaultInFile(f"no function {reference.name!r}: {hint}{have}", path, code="no-function")
    if not callable(function):
        kind = type(function).__name__
        raise FaultInFile(f"{reference.name} is a {kind}: expected a function", path, _line_of(path, reference.name), "no-function")  # fmt: skip
    return Loaded(function, module, source_of(module))


def source_of(module: ModuleType) -> Source:
    """The file of a module and the local modules among all that are imported now: those in its folder or below."""
    path = Path(module.__file__ or "").absolute()
    content = path.read_bytes()
    root = _root(path, module.__name__ if _is_dotted(module) else path.stem)
    modules = {}
    for other in list(sys.modules.values()):
        file = getattr(other, "__file__", None)
        if not file or other is module:
            continue
        theirs = Path(file).absolute()
        inside = theirs.is_relative_to(root) and "site-packages" not in theirs.parts and theirs.suffix == ".py"
        if inside and theirs != path and not theirs.is_relative_to(_LRTUI):
            modules[str(theirs)] = _digest(theirs.read_bytes())
    text = content.decode(errors="replace")[:_LONGEST_COPY]
    return Source(str(path), _digest(content), dict(sorted(modules.items())), text)


_LRTUI = Path(__file__).absolute().parents[1]


def _import(what: str, reference: Reference, source: Source | None) -> ModuleType:
    if reference.is_file:
        path = Path(source.path) if source else reference.path
        if not path.is_file():
            raise UserError(f"{what}={reference.place}:{reference.name}: there is no file {path}")
        _put_on_path(path.parent)
        name = f"lrtui_own_{path.stem}_{_digest(str(path).encode())[:8]}"
        if name in sys.modules:
            return sys.modules[name]
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        return _run(spec, path)
    _put_on_path(_root(Path(source.path), reference.place) if source else Path.cwd())
    try:
        return importlib.import_module(reference.place)
    except ModuleNotFoundError as error:
        if error.name and (reference.place == error.name or reference.place.startswith(f"{error.name}.")):
            raise UserError(f"{what}={reference.place}:{reference.name}: there is no module {error.name}") from None
        raise _fault(error, source.path if source else "") from error
    except (Exception, SystemExit) as error:
        found = importlib.util.find_spec(reference.place.partition(".")[0])
        raise _fault(error, source.path if source else (found and found.origin) or "") from error


def _run(spec: ModuleSpec, path: Path) -> ModuleType:
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickle look a module up by its name
    try:
        assert spec.loader is not None
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[spec.name]
        raise _fault(error, str(path)) from error
    return module


def _fault(error: BaseException, path: str) -> FaultInFile:
    """One sentence about what importing a file raised."""
    if isinstance(error, SyntaxError):
        return FaultInFile(f"a syntax error: {error.msg}", error.filename or path, error.lineno, "syntax")
    line = line_in(path, error)
    if isinstance(error, ImportError):
        return FaultInFile(f"an import fails: {error}", path, line, "import")
    ends = "it ends the process" if isinstance(error, SystemExit) else f"importing it raises {type(error).__name__}: {error}"  # fmt: skip
    return FaultInFile(ends, path, line, "import")


def line_in(path: str, error: BaseException) -> int | None:
    """The line of a file that an error came from, however far below it was raised."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename) == Path(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _line_of(path: str, name: str) -> int | None:
    """The line that gives a name at the top of a file its value."""
    for number, text in enumerate(Path(path).read_text(errors="replace").splitlines(), 1):
        if text.startswith(name) and text[len(name) :].lstrip().startswith(("=", ":")):
            return number
    return None


def _put_on_path(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def _root(path: Path, module: str) -> Path:
    """The folder from which a module of this name is imported, given its file."""
    parts = module.count(".") + (path.name == "__init__.py")
    return path.parents[parts]


def _is_dotted(module: ModuleType) -> bool:
    return not module.__name__.startswith("lrtui_own_")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
