"""Compare learning-rate schedulers, and learn whether the difference is real.

What is public here is imported when it is first used: `import lrtui` costs nothing.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from lrtui.comparison.spec import Spec
    from lrtui.training.loop_job import run
    from lrtui.workspace import Workspace
    from lrtui.workspace.elsewhere import rank
    from lrtui.workspace.results import Ranking

__all__ = ["Ranking", "Spec", "Workspace", "__version__", "rank", "run"]

_WHERE = {
    "Ranking": "lrtui.workspace.results",
    "Spec": "lrtui.comparison.spec",
    "Workspace": "lrtui.workspace",
    "rank": "lrtui.workspace.elsewhere",
    "run": "lrtui.training.loop_job",
}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module 'lrtui' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_WHERE[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*__all__]
