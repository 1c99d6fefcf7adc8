"""Ready-made comparisons. `quick` is the demo; `defaults` is the outline's section 3-1; `study` is the study it comes from."""

from typing import Any

from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.errors import unknown
from lrtui.schedules.registry import TABLE

_EVERYTHING = ["constant", *TABLE]
# Ten learning rates, equal steps on a log axis from 5e-5 to 1e-2.
_STUDY_LRS = [float(f"{5e-5 * (1e-2 / 5e-5) ** (i / 9):.6g}") for i in range(10)]
# 28 epochs: enough for digits, few enough to commit every row of 780 runs, and a whole number of fitted cosine cycles
# (4 + 8 + 16). The middle base LR is the best one of most schedules, so the choice among them is a real one.
_SECTION_3: dict[str, Any] = {"epochs": 28, "seeds": 10, "base_lrs": [0.3, 0.1, 0.03]}

PRESETS: dict[str, dict[str, Any]] = {
    "quick": {"name": "quick", "schedulers": _EVERYTHING, "seeds": 3},
    "defaults": {"name": "defaults", "schedulers": _EVERYTHING, **_SECTION_3},
    "fitted": {"name": "fitted", "profile": "fitted", "schedulers": _EVERYTHING, **_SECTION_3},
    "study": {
        "name": "study",
        "profile": "study",
        "schedulers": _EVERYTHING,
        "dataset": "mnist",
        "model": "cnn",
        "optimizer": "adamw",
        "weight_decay": 0.01,
        "epochs": 100,
        "early_stopping": 10,
        "splits": [2_000, 2_000, 5_000],
        "base_lrs": _STUDY_LRS,
        "seeds": 10,
        "precision": "auto",
    },
}


def preset(name: str) -> Spec:
    """The preset called `name`.

    Raises:
        UserError: there is none.
    """
    if name not in PRESETS:
        raise unknown("preset", name, PRESETS)
    return spec_from_dict(PRESETS[name])
