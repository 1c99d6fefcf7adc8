"""`python -m lrtui.supervisor DATABASE`: started by `lrtui` when it is needed, not by people."""

import sys
from pathlib import Path

from lrtui.machine.paths import Files
from lrtui.supervisor.supervise import supervise

sys.exit(supervise(Files(Path(sys.argv[1]))))
