"""Desktops for tests: a data folder with a migrated database, and the real processes over it without a window."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop_launcher.api_client import Api
from desktop_launcher.link import Message
from desktop_launcher.paths import Places
from desktop_launcher.supervisor import Supervisor

READY_SECONDS = 120.0
# Variables of the test run that a desktop of its own must not see.
POSTGRES = ("DATABASE_URL", *(f"POSTGRES_{name}" for name in ("HOST", "PORT", "USER", "PASSWORD", "DB")))
FOREIGN = (
    *POSTGRES,
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_TYPE",
    "LOCANEXT_DATA",
    "STATIC_ROOT",
    "LOCANEXT_LAUNCH_SECRET",
)


class Desk:
    """A running desktop without a window, and what its supervisor said."""

    def __init__(self, places: Places, with_worker: bool = False) -> None:
        self.places = places
        self.heard: list[tuple[str, Message]] = []
        self._changed = threading.Condition()
        self.supervisor = Supervisor(places, self._hear, with_worker=with_worker)

    def _hear(self, state: str, message: Message) -> None:
        with self._changed:
            self.heard.append((state, message))
            self._changed.notify_all()

    def states(self) -> list[str]:
        return [state for state, _ in self.heard]

    def wait(self, *states: str, seconds: float = READY_SECONDS, after: int = 0) -> Message:
        """The first message of one of these states, from the one with the number `after` on."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                for state, message in self.heard[after:]:
                    if state in states:
                        return message
                if not self._changed.wait(end - time.monotonic()):
                    raise AssertionError(f"none of {states} came, but {self.heard}")

    @property
    def api(self) -> Api:
        return Api(self.supervisor.port, self.supervisor.secret)


def environment(folder: Path) -> dict[str, str]:
    """The environment of a program that is not part of the test run."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, "LOCANEXT_DATA": str(folder), "LOCANEXT_ENV_FILE": "none"}


def places_in(folder: Path) -> Places:
    """The folders of a desktop, made."""
    places = Places(folder)
    for part in (folder, places.backups, places.logs, places.window):
        part.mkdir(parents=True, exist_ok=True, mode=0o700)
    return places


@contextmanager
def desk(folder: Path, *, with_worker: bool = False) -> Iterator[Desk]:
    """A desktop over the data in `folder`, started, and ended with the block."""
    before = {name: os.environ.pop(name, None) for name in FOREIGN}
    os.environ["LOCANEXT_DATA"] = str(folder)
    found = Desk(places_in(folder), with_worker)
    found.supervisor.start()
    try:
        yield found
    finally:
        found.supervisor.stop()
        found.supervisor.join(30)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def copy_of(template: Path, folder: Path) -> Path:
    """A data folder with a copy of a migrated database."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, folder / "locanext.sqlite3")
    return folder


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database file, without Django; what was changed is committed."""
    connection = sqlite3.connect(folder / "locanext.sqlite3")
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def integrity(folder: Path) -> str:
    """What SQLite says of the file: "ok"."""
    with opened(folder) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def until(condition: Callable[[], Any], seconds: float = 15.0) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for counts as gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False
