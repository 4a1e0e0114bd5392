"""A desktop's database file before anybody works with it: refused, backed up, brought up to date, or put back.

Bringing it up to date is one step as a whole. A marker beside the file says that it is going on; who finds the
marker at a start puts the backup back first. So a process killed at any moment leaves the data of before or
of afterwards, never something in between.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop_launcher.locks import FileLock
from desktop_launcher.troubles import Trouble

logger = logging.getLogger(__name__)
KEEP_BACKUPS = 3
SPARE_BYTES = 64 * 1024 * 1024
MAGIC = b"SQLite format 3\0"


def hold(file: Path) -> FileLock:
    """Take the file for this process. Raises Trouble where another one has it, or the folder cannot be used."""
    lock = FileLock(file.with_suffix(".lock"))
    try:
        taken = lock.take()
    except OSError as error:
        raise Trouble("folder_not_writable", str(file.parent)) from error
    if not taken:
        raise Trouble("database_in_use", str(file))
    return lock


def check_place(file: Path) -> None:
    """Raises Trouble where the disk is full, the folder cannot be written, or the file is no database."""
    if shutil.disk_usage(file.parent).free < SPARE_BYTES:
        raise Trouble("disk_full", str(file.parent))
    if not os.access(file.parent, os.W_OK) or (file.exists() and not os.access(file, os.W_OK)):
        raise Trouble("folder_not_writable", str(file.parent))
    if file.exists() and file.stat().st_size:
        with file.open("rb") as begin:
            if begin.read(len(MAGIC)) != MAGIC:
                raise Trouble("database_damaged", str(file))


def finish_restore(file: Path) -> None:
    """Put the backup back where an update was cut off; without a backup there was no data yet."""
    marker = _marker(file)
    try:
        text = marker.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    backup = json.loads(text)["backup"]
    put_back(file, file.parent / "backups" / backup if backup else None)
    marker.unlink()


def put_back(file: Path, backup: Path | None) -> None:
    """Make `file` what `backup` is (None: nothing). Nobody may have it open."""
    fresh = file.with_suffix(".restoring")
    if backup is not None:
        shutil.copyfile(backup, fresh)
        _sync(fresh)
    # First the log: left beside another database file it would be played into it. The marker is there until the end.
    for suffix in ("-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    if backup is None:
        file.unlink(missing_ok=True)
    else:
        os.replace(fresh, file)


def prepare(alias: str, file: Path, say: Callable[[str], None], *, read_only: bool = False) -> None:
    """Bring the database up to this version, with a backup. `say` hears "migrating" where that takes a while.

    Raises Trouble: newer_database, database_damaged, disk_full, update_failed (the backup is back then).
    """
    from django.db import DatabaseError, connections

    try:
        unknown, pending = _state(alias)
        if unknown:
            raise Trouble("newer_database", ", ".join(unknown[:3]))
        if read_only or not pending:
            return
        say("migrating")
        is_new = not connections[alias].introspection.table_names()
        backup = None if is_new else back_up(alias, file)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise _trouble_of(error, file) from error
    _marker(file).write_text(json.dumps({"backup": backup.name if backup else None}), encoding="utf-8")
    try:
        _migrate(alias)
        _check(alias)
    except Exception as error:
        logger.exception("The database could not be brought up to date.")
        connections[alias].close()
        finish_restore(file)
        found = _trouble_of(error, file)
        raise found if found.code == "disk_full" else Trouble("update_failed", str(file)) from error
    _marker(file).unlink()


def back_up(alias: str, file: Path) -> Path:
    """A whole copy of the database beside it; the three newest are kept. Raises Trouble on a full disk."""
    from django.db import DatabaseError, connections

    folder = file.parent / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    if shutil.disk_usage(folder).free < file.stat().st_size * 2 + SPARE_BYTES:
        raise Trouble("disk_full", str(folder))
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    partial, whole = folder / f"locanext-{stamp}.partial", folder / f"locanext-{stamp}.sqlite3"
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(partial)])
    except DatabaseError:
        partial.unlink(missing_ok=True)
        raise
    _sync(partial)
    partial.replace(whole)
    for old in sorted(folder.glob("locanext-*.sqlite3"))[:-KEEP_BACKUPS]:
        old.unlink()
    for cut_off in folder.glob("*.partial"):
        cut_off.unlink()
    return whole


def empty_log(alias: str) -> None:
    """Bring the write-ahead log into the file and close; at the end of a process that has the file for itself."""
    from django.db import DatabaseError, connections

    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except DatabaseError:
        # Somebody still reads, or it is open for reading only: the log is complete, and brought in next time.
        logger.info("The write-ahead log stays for the next start.")
    finally:
        connections[alias].close()


def _state(alias: str) -> tuple[list[str], list[str]]:
    """(migrations of the file that this version does not have, those that the file does not have)."""
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connections[alias])
    applied, known = set(loader.applied_migrations), set(loader.disk_migrations)
    # A squashed migration's parts are applied with it and may be gone from the program.
    replaced = {part for migration in loader.disk_migrations.values() for part in migration.replaces}
    unknown, pending = sorted(applied - known - replaced), sorted(known - applied)
    return [".".join(one) for one in unknown], [".".join(one) for one in pending]


def _migrate(alias: str) -> None:
    from django.core.management import call_command

    call_command("migrate", database=alias, interactive=False, verbosity=0, skip_checks=True)


def _check(alias: str) -> None:
    """Raises DatabaseError where the updated database does not hold together."""
    from django.db import DatabaseError, connections

    with connections[alias].cursor() as cursor:
        broken: list[Any] = cursor.execute("PRAGMA foreign_key_check").fetchmany(5)
        verdict = cursor.execute("PRAGMA quick_check(1)").fetchone()
    if broken or verdict[0] != "ok":
        raise DatabaseError(f"After the update: {broken or verdict}")


def _trouble_of(error: Exception, file: Path) -> Trouble:
    text = str(error)
    if "disk is full" in text or "disk I/O" in text or getattr(error, "errno", 0) == 28:
        return Trouble("disk_full", str(file.parent))
    if "locked" in text:
        return Trouble("database_in_use", str(file))
    if "readonly" in text or "unable to open" in text:
        return Trouble("folder_not_writable", str(file.parent))
    return Trouble("database_damaged", str(file))


def _marker(file: Path) -> Path:
    return file.with_suffix(".updating")


def _sync(path: Path) -> None:
    """Have the system write the file down before anything relies on it."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
