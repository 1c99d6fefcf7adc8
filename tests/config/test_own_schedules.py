"""Own schedules: names, the file they are kept in, and that nothing in a file is lost."""

import os
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.comparison.own_schedules import LONGEST_NAME, Own, check_name, find, merged, suggested_name
from lrtui.comparison.spec import Choice
from lrtui.config.files import configuration_file
from lrtui.config.own_schedules import OwnSchedulesFile
from lrtui.errors import OperationFailed, UserError
from lrtui.schedules.registry import BUILT_IN_KEYS
from tests.comparison.test_spec import TYPED

SHORT = Choice("cosine-short", "cosine", {"T_max": 50})
LONG = Choice("cosine-long", "cosine", {"T_max": 500})
SLOW = Choice("slow", "step", {"step_size": 40, "gamma": 0.5})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "lrtui" / "schedules.toml"


def keep(path: Path, *own: Choice) -> OwnSchedulesFile:
    file = OwnSchedulesFile(path)
    file.read()
    file.keep(lambda: own)
    return file


def is_name(text: str) -> bool:
    try:
        return bool(check_name(text, ()))
    except UserError:
        return False


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=LONGEST_NAME).filter(is_name)


def typed(pair: tuple[str, dict[str, Any]]) -> Choice:
    from lrtui.schedules.registry import scheduler

    key, values = pair
    return Choice("", key, {name: scheduler(key).parameter(name).check(value) for name, value in values.items()})


@st.composite
def own_schedules(draw: st.DrawFn) -> Own:
    made = st.sampled_from(TYPED).map(typed) | st.sampled_from(BUILT_IN_KEYS).map(lambda key: Choice("", key))
    labels = draw(st.lists(names, max_size=6, unique_by=str.casefold))
    return tuple(Choice(label, one.scheduler, one.parameters) for label in labels for one in [draw(made)])


@settings(max_examples=100, deadline=None)
@given(own_schedules())
def test_what_is_kept_is_read_again(tmp_path_factory: pytest.TempPathFactory, own: Own) -> None:
    path = tmp_path_factory.mktemp("config") / "schedules.toml"
    keep(path, *own)
    assert OwnSchedulesFile(path).read() == own


@settings(max_examples=100, deadline=None)
@given(own_schedules(), own_schedules(), own_schedules())
def test_changes_of_two_dashboards_meet(before: Own, theirs: Own, after: Own) -> None:
    both = merged(theirs, before, after)
    labels = [choice.label.casefold() for choice in both]
    assert len(labels) == len(set(labels))
    was = {choice.label.casefold() for choice in before}
    assert {c.label.casefold() for c in theirs} - was <= set(labels), "what the other added stays"
    assert all(choice in both for choice in after if choice not in before), "what this one changed holds"
    assert merged(before, before, after) == after


def test_one_adds_another_deletes_a_third_edits(path: Path) -> None:
    keep(path, SHORT, LONG)
    here, there = OwnSchedulesFile(path), OwnSchedulesFile(path)
    here.read(), there.read()
    there.keep(lambda: (SHORT, LONG, SLOW))
    here.keep(lambda: (Choice("cosine-short", "cosine", {"T_max": 60}),))
    assert OwnSchedulesFile(path).read() == (Choice("cosine-short", "cosine", {"T_max": 60}), SLOW)


def test_the_file_is_what_a_spec_holds_and_private(path: Path) -> None:
    keep(path, SHORT)
    assert tomllib.loads(path.read_text()) == {
        "schedules": [{"label": "cosine-short", "scheduler": "cosine", "parameters": {"T_max": 50}}]
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_it_lies_beside_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert OwnSchedulesFile().path == configuration_file("settings.toml").with_name("schedules.toml")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[schedules]", "not a TOML file"),
        ("\xff", "not a TOML file"),
        ("[" * 100_000, "not a TOML file"),
        ("schedule = []", "unknown setting 'schedule': did you mean 'schedules'?"),
        ('[[schedules]]\nlabel = "a"\nscheduler = "cosin"', "did you mean 'cosine'"),
        ('[[schedules]]\nlabel = "a"\nscheduler = "cosine"\nparameters = { T_mx = 3 }', "did you mean 'T_max'"),
        ('[[schedules]]\nlabel = "a"\nscheduler = "cosine"\nparameters = { T_max = 0 }', "T_max=0: expected"),
        ('[[schedules]]\nscheduler = "cosine"', "another name than that of a scheduler in the catalogue"),
        ('[[schedules]]\nlabel = "a,b"\nscheduler = "cosine"', "name='a,b': expected 1 to 40 characters"),
        (
            '[[schedules]]\nlabel = "A"\nscheduler = "cosine"\n[[schedules]]\nlabel = "a"\nscheduler = "step"',
            "name='a': one of your schedules is called so",
        ),
    ],
)
def test_a_broken_file_is_one_sentence_and_never_overwritten(path: Path, text: str, sentence: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode("latin-1"))
    file = OwnSchedulesFile(path)
    tries: list[Callable[[], object]] = [file.read, lambda: file.keep(lambda: (SHORT,))]
    for attempt in tries:
        with pytest.raises(UserError) as told:
            attempt()
        assert sentence in str(told.value)
        assert str(told.value).startswith(str(path))
        assert str(told.value).count(str(path)) == 1
    assert path.read_bytes() == text.encode("latin-1")
    path.unlink()
    file.keep(lambda: (SHORT,))
    assert OwnSchedulesFile(path).read() == (SHORT,)


def test_a_file_that_cannot_be_written_is_said_and_kept_later(path: Path) -> None:
    in_the_way = path.with_name(f".{path.name}.{os.getpid()}")
    in_the_way.mkdir(parents=True)
    file = OwnSchedulesFile(path)
    with pytest.raises(OperationFailed, match=r"schedules.toml: cannot be written"):
        file.keep(lambda: (SHORT,))
    assert not path.exists()
    in_the_way.rmdir()
    file.keep(lambda: (SHORT,))
    assert OwnSchedulesFile(path).read() == (SHORT,)


def test_nothing_is_written_where_nothing_changed(path: Path) -> None:
    file = keep(path, SHORT)
    path.unlink()
    file.keep(lambda: (SHORT,))
    assert not path.exists()


@pytest.mark.parametrize("name", ["", " a", "a ", "a,b", "-a", "a\n", "a\x1b[31m", "a\u202eb", "a" * 41, "\ud800"])
def test_a_name_that_no_command_line_takes_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="expected 1 to 40 characters"):
        check_name(name, ())


@pytest.mark.parametrize("name", ["cosine-short", "step every 20", "코사인 짧게", "γ=0.5", "a"])
def test_names_people_give(name: str) -> None:
    assert check_name(name, ["other"]) == name
    with pytest.raises(UserError, match="one of your schedules is called so"):
        check_name(name, [name.upper()])


@pytest.mark.parametrize("name", ["cosine", "Cosine", "STEP"])
def test_a_scheduler_of_the_catalogue_keeps_its_name(name: str) -> None:
    with pytest.raises(UserError, match="another name than that of a scheduler"):
        check_name(name, ())


def test_suggested_names_are_free() -> None:
    assert suggested_name("cosine", ()) == "cosine-2"
    assert suggested_name("cosine", (Choice("Cosine-2", "cosine"),)) == "cosine-3"
    assert suggested_name("cosine-2", (Choice("cosine-2", "cosine"),)) == "cosine-3"
    assert suggested_name("cosine-short", (SHORT,)) == "cosine-short-2"
    long = "x" * LONGEST_NAME
    first = suggested_name(long, (Choice(long, "step"),))
    assert check_name(first, [long]) == first
    assert suggested_name(long, (Choice(first, "step"),)) != first


def test_a_name_finds_a_schedule_or_the_nearest() -> None:
    assert find("cosine", (SHORT,)) == Choice("cosine", "cosine")
    assert find("cosine-short", (SHORT,)) is SHORT
    with pytest.raises(UserError, match="did you mean 'cosine-short'"):
        find("cosine-shrt", (SHORT,))
