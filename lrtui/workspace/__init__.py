"""What can be asked of lrtui. Command line and dashboard are skins of it, and it is the Python API; see docs/python-api.md."""

from typing import TYPE_CHECKING

from lrtui.workspace.workspace import Workspace, database_error

if TYPE_CHECKING:
    from lrtui.store.reader import Reader as Reader

__all__ = ["Workspace", "database_error"]
