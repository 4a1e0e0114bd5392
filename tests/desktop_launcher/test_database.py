"""A desktop's database before the window opens: newer, damaged, in use, brought up to date, put back, cut off."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from desktop_launcher import database
from desktop_launcher.api_client import Refusal
from desktop_launcher.locks import FileLock
from desktop_launcher.troubles import Trouble, sentence
from tests.desktop_launcher.desks import copy_of, desk, integrity, opened

LAST = "DELETE FROM django_migrations WHERE app = 'accounts' AND name = '0002_local_person'"


def tables(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()


def test_a_newer_database_is_refused_and_left_alone(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "data")
    with opened(folder) as connection:
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('ldm', '9999_later', 0)")
    before = (folder / "locanext.sqlite3").read_bytes()
    with desk(folder) as found:
        trouble = found.wait("trouble", "ready")
    assert (trouble["code"], trouble["detail"]) == ("newer_database", "ldm.9999_later")
    assert "newer version" in sentence("newer_database")
    assert (folder / "locanext.sqlite3").read_bytes()[100:] == before[100:]
    assert list((folder / "backups").iterdir()) == []


def test_bringing_it_up_to_date_makes_a_backup_first(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "data")
    with opened(folder) as connection:
        connection.execute(LAST)
        connection.execute("DROP TABLE accounts_localperson")
    with desk(folder) as found:
        found.wait("ready")
        assert found.states() == ["starting", "migrating", "ready"]
        assert found.api.get("auth/me")["id"] == -1
    (backup,) = (folder / "backups").iterdir()
    assert "accounts_localperson" not in tables(backup)
    assert "accounts_localperson" in tables(folder / "locanext.sqlite3")
    assert integrity(folder) == "ok"
    assert not (folder / "locanext.updating").exists()


def test_a_failed_update_is_put_back_and_opened_for_reading(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "data")
    with opened(folder) as connection:
        connection.execute(LAST)  # its table is there: the migration cannot make it
        before = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
    with desk(folder) as found:
        message = found.wait("ready", "trouble")
        assert message["state"] == "ready" and message["read_only"]
        assert found.api.get("auth/me")["id"] == -1
        with pytest.raises(Refusal) as refused:
            found.api.post("folders", {"project_id": -1, "name": "No"})
        assert refused.value.status == 503 and "read_only" in refused.value.text
    with opened(folder) as connection:
        assert connection.execute("SELECT count(*) FROM django_migrations").fetchone() == before
    assert integrity(folder) == "ok"
    assert not (folder / "locanext.updating").exists()


def test_a_file_that_is_no_database_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "locanext.sqlite3"
    file.write_bytes(b"a letter to grandmother" * 100)
    with pytest.raises(Trouble) as trouble:
        database.check_place(file)
    assert trouble.value.code == "database_damaged"
    assert file.read_bytes().startswith(b"a letter")


def test_a_torn_database_is_told(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "data")
    file = folder / "locanext.sqlite3"
    data = bytearray(file.read_bytes())
    data[100:4096] = b"\xff" * 3996
    file.write_bytes(data)
    with desk(folder) as found:
        assert found.wait("trouble", "ready")["code"] == "database_damaged"


def test_a_database_that_another_one_has_open_is_refused(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "data")
    other = FileLock(folder / "locanext.lock")
    assert other.take()
    with desk(folder) as found:
        assert found.wait("trouble", "ready")["code"] == "database_in_use"
    other.release()
    with pytest.raises(Trouble, match="folder_not_writable"):
        database.hold(tmp_path / "missing" / "locanext.sqlite3")


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full: Any = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    with pytest.raises(Trouble, match="disk_full"):
        database.check_place(tmp_path / "locanext.sqlite3")
    assert list(tmp_path.iterdir()) == []
    assert "full" in sentence("disk_full") and "full" not in sentence("anything else")


@pytest.mark.parametrize("moment", ["before", "log gone", "replaced"])
def test_an_update_that_was_cut_off_is_undone_at_the_next_start(tmp_path: Path, moment: str) -> None:
    """Whatever had happened when the process was killed, also while the backup was being put back."""
    file, backup = tmp_path / "locanext.sqlite3", tmp_path / "backups" / "locanext-1.sqlite3"
    backup.parent.mkdir()
    for path, value in ((backup, "before"), (file, "half")):
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE word (text)")
        connection.execute("INSERT INTO word VALUES (?)", (value,))
        connection.commit()
        connection.close()
    if moment == "before":
        Path(f"{file}-wal").write_bytes(b"pages of the half update")
    if moment == "replaced":
        shutil.copyfile(backup, file)
    (tmp_path / "locanext.updating").write_text(json.dumps({"backup": backup.name}))
    database.finish_restore(file)
    database.finish_restore(file)
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT text FROM word").fetchall() == [("before",)]
    connection.close()
    assert {path.name for path in tmp_path.iterdir()} <= {"locanext.sqlite3", "backups"}


def test_a_first_start_that_was_cut_off_begins_anew(tmp_path: Path) -> None:
    file = tmp_path / "locanext.sqlite3"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").write_bytes(b"half")
    (tmp_path / "locanext.updating").write_text(json.dumps({"backup": None}))
    database.finish_restore(file)
    assert list(tmp_path.iterdir()) == []
