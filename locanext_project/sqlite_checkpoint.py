"""Checkpoints of SQLite's write-ahead log by one connection at a time.

SQLite before 3.51.3 can corrupt a file when two connections checkpoint at the same moment, so
automatic checkpoints are off there (`database_choice.sqlite_settings`) and the worker does them,
under a lock on a file beside the database.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.db import connections

LARGE_BYTES = 64 * 1024 * 1024


def checkpoint(alias: str) -> bool:
    """Bring the log into the database file; whether this call did.

    Does nothing on other databases, in memory, where there is nothing to bring, and while another
    process is at it. A log grown beyond 64 MiB is emptied, which waits for readers to finish.
    """
    connection = connections[alias]
    if connection.vendor != "sqlite":
        return False
    path = Path(str(connection.settings_dict["NAME"]))
    log = Path(f"{path}-wal")
    try:
        size = log.stat().st_size
    except OSError:
        return False
    if size == 0:
        return False
    with _alone(Path(f"{path}-checkpoint")) as free:
        if not free:
            return False
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if size > LARGE_BYTES else 'PASSIVE'})")
            busy = cursor.fetchone()[0]
        return not busy


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether this process holds the lock file; it is let go at the end, and by the system when a process dies."""
    with path.open("a+b") as file:
        held = _lock(file)
        try:
            yield held
        finally:
            if held:
                _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
