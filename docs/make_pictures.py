"""Makes the README's pictures, by driving the real dashboard over the repository's runs.db, and its tables of keys and settings.

Run it as `python docs/make_pictures.py` after a change of the dashboard.
"""

import asyncio
import os
import re
import shutil
import tempfile
from pathlib import Path

from lrtui.comparison import settings
from lrtui.tui import keys
from lrtui.tui.app import Dashboard

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SIZE = (120, 34)
# Name of the picture, the keys that lead to it, and a text that shows when it is there.
SHOTS = (
    ("schedules", ("1", "down", "down", "down", "space", "down", "down", "down", "space", "down", "space"), "cosine"),
    ("compare", ("2", "o", "o"), "mid-cycle"),
    ("live", ("3",), "each at its best base LR"),
    ("ranking", ("4",), "how firm"),
)


async def shoot(database: Path) -> None:
    """One dashboard, one picture after the other."""
    app = Dashboard(database, open_id=1)
    async with app.run_test(size=SIZE) as pilot:
        for name, pressed, sign in SHOTS:
            await pilot.press(*pressed)
            svg = ""
            while sign.replace(" ", "&#160;") not in svg:
                await pilot.pause(0.1)
                svg = app.export_screenshot(title=f"lrtui: {name}")
            await pilot.pause(1.0)  # charts and the analysis come after the text
            (PICTURES / f"{name}.svg").write_text(app.export_screenshot(title=f"lrtui: {name}"), encoding="utf-8")


def main() -> None:
    """Make every picture, from a copy of the database, and the table."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = folder  # nothing is set up, and nobody's settings hold
        database = Path(shutil.copy(ROOT / "runs.db", folder))
        asyncio.run(asyncio.wait_for(shoot(database), timeout=60))
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    for name, rows in (("keys", keys.readme_table()), ("settings", settings.readme_table())):
        table = f"<!-- {name} -->\n{rows}<!-- /{name} -->"
        text = re.sub(f"<!-- {name} -->.*<!-- /{name} -->", lambda _, table=table: table, text, flags=re.DOTALL)
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
