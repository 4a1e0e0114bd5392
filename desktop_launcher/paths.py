"""Where a desktop keeps its things: one folder of the user's, which nobody else may read."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

DATA_VARIABLE = "LOCANEXT_DATA"
PROJECT = Path(__file__).resolve().parent.parent
"""The source tree, or the folder of a bundle that holds its data files."""


@dataclass(frozen=True)
class Places:
    """The files and folders of one desktop."""

    data: Path

    @property
    def database(self) -> Path:
        return self.data / "locanext.sqlite3"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def window(self) -> Path:
        """What the window remembers: its place, and the web engine's own files."""
        return self.data / "window"


def is_frozen() -> bool:
    """Whether this is the bundle, not a source tree."""
    return bool(getattr(sys, "frozen", False))


def places() -> Places:
    """The folders, made where they are missing. Raises OSError where that is impossible."""
    default = platformdirs.user_data_dir("LocaNext", appauthor=False)
    data = Path(os.environ.setdefault(DATA_VARIABLE, default)).absolute()
    found = Places(data)
    for folder in (data, found.backups, found.logs, found.window):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.name != "nt":  # on Windows the profile folder is the user's alone already
        data.chmod(0o700)
    return found
