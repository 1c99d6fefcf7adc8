"""`python -m lrtui.tui DATABASE [ID]`: the dashboard alone, for looking at it without the command line."""

import sys

from lrtui.machine.paths import database_path
from lrtui.tui.start import run_dashboard

database = database_path(sys.argv[1] if len(sys.argv) > 1 else None)
sys.exit(run_dashboard(database, int(sys.argv[2]) if sys.argv[2:] else None))
