"""One migrated database for all tests of the launcher, and displays of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desktop_launcher.desks import desk


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file as a first start leaves it."""
    folder = tmp_path_factory.mktemp("template")
    with desk(folder) as first:
        first.wait("ready")
    return folder / "locanext.sqlite3"
