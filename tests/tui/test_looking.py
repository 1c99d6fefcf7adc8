"""Panels that look at something in a thread: what is wanted now is what they show."""

from functools import partial
from threading import Event

from textual.app import App, ComposeResult

from lrtui.tui.live.looking import LookingPanel

PATIENCE = 10.0


class Looking(App[None]):
    """A panel, and looks that end when they may."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.may_end = Event()

    def compose(self) -> ComposeResult:
        yield LookingPanel(id="panel")

    def want(self, name: str) -> None:
        """Look for something that takes its time."""
        self.query_one(LookingPanel).look_for(name, partial(self._look, name), goes_on=False)

    def _look(self, name: str) -> str:
        assert self.may_end.wait(PATIENCE)
        self.seen.append(name)
        return name

    @property
    def at_rest(self) -> bool:
        """Whether nothing is looked for."""
        return not self.query_one(LookingPanel)._looking


async def looks(wanted: str) -> tuple[list[str], str]:
    """What is looked for, and what is shown at last, when these are wanted one after the other during the first look."""
    app = Looking()
    async with app.run_test() as pilot:
        for name in wanted:
            app.want(name)
        app.may_end.set()
        await pilot.app.workers.wait_for_complete()
        while not app.at_rest:
            await pilot.pause()
        return app.seen, str(app.query_one(LookingPanel).content)


async def test_what_was_wanted_last_during_a_look_is_looked_for_next() -> None:
    assert await looks("abc") == (["a", "c"], "c")


async def test_back_at_what_is_looked_for_nothing_else_is_wanted_any_more() -> None:
    assert await looks("aba") == (["a"], "a")


async def test_a_look_that_fails_is_told_with_the_type_of_what_failed() -> None:
    app = Looking()
    async with app.run_test() as pilot:
        panel = app.query_one(LookingPanel)
        panel.look_for("a", partial(getattr, panel, "lost"), goes_on=False)
        await pilot.app.workers.wait_for_complete()
        while not app.at_rest:
            await pilot.pause()
        assert str(panel.content).startswith(" AttributeError: ")
