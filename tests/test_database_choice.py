"""One start, one database: decided by the parent, handed to its children, never guessed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from locanext_project.database_choice import PROBE_SECONDS, decide, refuse_undecided, sqlite_settings
from tests.postgres import free_port, from_url

ROOT = Path(__file__).resolve().parents[1]


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter with a fresh environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("POSTGRES_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**clean, "LOCANEXT_ENV_FILE": "none", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_auto_without_postgresql_means_sqlite() -> None:
    environment: dict[str, str] = {}
    assert decide(environment) == "sqlite"
    assert environment == {"DATABASE_TYPE": "sqlite"}


def test_auto_falls_back_at_once_when_nothing_listens_and_says_so() -> None:
    environment = {"DATABASE_TYPE": "auto", "POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": str(free_port())}
    begin = time.monotonic()
    assert decide(environment) == "sqlite"
    assert time.monotonic() - begin < PROBE_SECONDS
    assert environment["DATABASE_FALLBACK"] == "1"


def test_the_probe_ends_after_three_seconds_when_the_server_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {"POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": str(silent.getsockname()[1])}
        begin = time.monotonic()
        assert decide(environment) == "sqlite"
        assert PROBE_SECONDS - 1 <= time.monotonic() - begin < PROBE_SECONDS + 1.5


def test_a_named_type_is_not_probed() -> None:
    environment = {"DATABASE_TYPE": " PostgreSQL ", "POSTGRES_HOST": "192.0.2.1"}
    assert decide(environment) == "postgresql"
    assert environment["DATABASE_TYPE"] == "postgresql"
    assert "DATABASE_FALLBACK" not in environment


def test_an_unknown_type_is_refused() -> None:
    for function in (lambda: decide({"DATABASE_TYPE": "mysql"}), lambda: refuse_undecided("mysql")):
        with pytest.raises(ImproperlyConfigured, match="'mysql'. It can be auto, postgresql or sqlite"):
            function()


def test_a_child_that_finds_auto_refuses_to_start(tmp_path: Path) -> None:
    code = "import locanext_project.settings.server"
    refused = run(code, LOCANEXT_DATA=str(tmp_path), DATABASE_TYPE="auto")
    assert refused.returncode != 0
    assert "DATABASE_TYPE is still auto" in refused.stderr
    undecided = run(code, LOCANEXT_DATA=str(tmp_path))
    assert "DATABASE_TYPE is still auto" in undecided.stderr
    assert run(code, LOCANEXT_DATA=str(tmp_path), DATABASE_TYPE="sqlite").returncode == 0


def test_children_inherit_the_choice() -> None:
    code = (
        "import os, subprocess, sys\n"
        "from locanext_project.database_choice import decide_for_this_process\n"
        "decide_for_this_process()\n"
        "child = 'import os; print(os.environ[\"DATABASE_TYPE\"])'\n"
        "print(subprocess.run([sys.executable, '-c', child], capture_output=True, text=True).stdout.strip())"
    )
    assert run(code).stdout.strip() == "sqlite"


@pytest.mark.postgres
def test_auto_finds_a_running_postgresql() -> None:
    environment = {name: value for name, value in os.environ.items() if name.startswith("POSTGRES_")}
    assert decide(environment) == "postgresql"
    assert "DATABASE_FALLBACK" not in environment


@pytest.mark.postgres
def test_a_wrong_password_counts_as_no_answer() -> None:
    environment = {name: value for name, value in os.environ.items() if name.startswith("POSTGRES_")}
    environment["POSTGRES_PASSWORD"] = "wrong"
    assert decide(environment) == "sqlite"
    assert environment["DATABASE_FALLBACK"] == "1"


@pytest.mark.postgres
@pytest.mark.django_db
def test_this_run_is_on_postgresql() -> None:
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        assert cursor.fetchone() == ("UTF8",)
        # The C character type would make no trigrams of Hangul.
        cursor.execute("SELECT lower('ÄÖ'), '가' ~ '[[:alpha:]]'")
        assert cursor.fetchone() == ("äö", True)


def test_sqlite_settings_follow_the_library_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 40, 1))
    assert "wal_autocheckpoint=0" in sqlite_settings(Path("x"))["OPTIONS"]["init_command"]
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 3))
    assert "wal_autocheckpoint=1000" in sqlite_settings(Path("x"))["OPTIONS"]["init_command"]


def test_a_database_url_becomes_settings() -> None:
    assert from_url("postgresql://ann:p%40ss@db.example:6432/loca") == {
        "POSTGRES_HOST": "db.example",
        "POSTGRES_PORT": "6432",
        "POSTGRES_USER": "ann",
        "POSTGRES_PASSWORD": "p@ss",
        "POSTGRES_DB": "loca",
    }
