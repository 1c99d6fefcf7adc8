"""Which files of code this person has trusted, by their SHA-256: `trusted.toml` in the configuration folder.

A file is trusted as it is when its name is typed, or by `lrtui trust`. What stands in a database or a spec file from
elsewhere is not: nothing that it names is run before.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from lrtui.comparison.spec import Spec
from lrtui.config.files import configuration_file, read_toml, write_toml
from lrtui.errors import UserError
from lrtui.tasks.info import Source
from lrtui.tasks.own_files import changed_files, root_of, source_of_file, source_on_disk
from lrtui.tasks.references import parse_reference


class Untrusted(UserError):
    """Somebody's code that this person has not trusted."""


def trust(source: Source) -> None:
    """Trust a file and its local modules as they are in `source`.

    Raises:
        OperationFailed: the configuration folder cannot be written.
    """
    new = {digest: path for path, digest in _files(source).items() if digest}
    if all(digest in _trusted() for digest in new):
        return
    path = trusted_file()
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(path):
        known = _trusted()
        for digest, place in new.items():
            known.setdefault(digest, {"path": place, "at": moment})
        write_toml(path, {"files": known})


def trust_typed(what: str, reference: str) -> None:
    """Trust what a person has typed the name of, as it is now. Nothing where it names no file: that is said elsewhere."""
    try:
        source = source_on_disk(what, reference)
    except UserError:
        return
    trust(source)


def untrusted_files(source: Source) -> list[str]:
    """The files of a source that this person has not trusted as they are in it."""
    known = _trusted()
    return [path for path, digest in _files(source).items() if digest not in known]


def check_trust(source: Source, what_then: str = "or type its reference on the command line") -> None:
    """See to it that all files of a source are trusted.

    Raises:
        Untrusted: some are not.
    """
    files = untrusted_files(source)
    if files:
        raise Untrusted(
            f"{files[0]} is code that you have not trusted (SHA-256 {_files(source)[files[0]][:12]}…), and training runs it: "
            f"look at it and `lrtui trust {source.path}`, {what_then}"
        )


def refusal(spec: Spec, comparison_id: int) -> str | None:
    """Why the code of a stored comparison is not to be run now, in one sentence; None where it may be, or has none.

    It has to be what the comparison began with, and this person has to have trusted all of it.
    """
    if spec.own is None:
        return None
    source = spec.info.source if spec.info else None
    if source is None:
        return f"{spec.own}: where this code came from is not on record, so that it is not run"
    changed = changed_files(source)
    if changed:
        happened = "has changed since" if os.path.exists(changed[0]) else "is not there any more, as it was when"
        return (
            f"{changed[0]} {happened} comparison {comparison_id} began: put it back and `lrtui resume {comparison_id}`, "
            f"or go on with what is there now: `lrtui resume {comparison_id} --accept-change`"
        )
    reference = parse_reference("task", spec.own)
    try:
        now = source_of_file(Path(source.path), root_of(reference, Path(source.path)))
        check_trust(source, f"then `lrtui resume {comparison_id}`")
        check_trust(now, f"then `lrtui resume {comparison_id}`")
    except UserError as refused:
        return str(refused)
    return None


def check_spec(spec: Spec) -> None:
    """See to it that the code that a spec names is trusted as it is on this disk now.

    Raises:
        Untrusted: it is not.
        UserError: it is not there.
    """
    for what, reference in references_of(spec):
        check_trust(source_on_disk(what, reference))


def references_of(spec: Spec) -> list[tuple[str, str]]:
    """What a spec names of people's own code: the setting, and the reference."""
    named = [("task", spec.task), ("loop", spec.loop)]
    named += [("schedule", choice.scheduler) for choice in spec.schedules if ":" in choice.scheduler]
    return [(what, reference) for what, reference in named if reference is not None]


def trusted_file() -> Path:
    """The file that holds it."""
    return configuration_file("trusted.toml")


def _files(source: Source) -> dict[str, str]:
    return {source.path: source.sha256, **source.modules}


def _trusted() -> dict[str, object]:
    files = read_toml(trusted_file()).get("files", {})
    if not isinstance(files, dict):
        raise UserError(f"{trusted_file()}: expected a table of files; remove it, and trust them again")
    return dict(files)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """No other process changes the file meanwhile."""
    descriptor = os.open(path.with_name(".trusted.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
