"""Which database a start uses: decided once, in the parent process, and handed to its children.

`auto` probes PostgreSQL for three seconds and falls back to SQLite. A settings module that
still finds `auto` refuses to start: two processes of one start must never decide differently.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

PROBE_SECONDS = 3.0
TYPES = ("postgresql", "sqlite")


def decide(environment: MutableMapping[str, str]) -> str:
    """Resolve DATABASE_TYPE in `environment` for this process and its children; returns the choice.

    Sets DATABASE_FALLBACK=1 when `auto` was asked, PostgreSQL is configured and did not answer.
    Raises ImproperlyConfigured for an unknown type.
    """
    wanted = (environment.get("DATABASE_TYPE") or "auto").strip().lower()
    if wanted == "auto":
        configured = bool(environment.get("POSTGRES_HOST"))
        wanted = "postgresql" if configured and _answers(environment) else "sqlite"
        if configured and wanted == "sqlite":
            environment["DATABASE_FALLBACK"] = "1"
    if wanted not in TYPES:
        raise ImproperlyConfigured(f"DATABASE_TYPE is {wanted!r}. It can be auto, postgresql or sqlite.")
    environment["DATABASE_TYPE"] = wanted
    return wanted


def refuse_undecided(wanted: str) -> str:
    """The decided type. Raises ImproperlyConfigured when the parent process left `auto`."""
    if wanted == "auto":
        raise ImproperlyConfigured(
            "DATABASE_TYPE is still auto. Start through start.py or manage.py, which choose once for all processes."
        )
    if wanted not in TYPES:
        raise ImproperlyConfigured(f"DATABASE_TYPE is {wanted!r}. It can be auto, postgresql or sqlite.")
    return wanted


def _answers(environment: MutableMapping[str, str]) -> bool:
    """Whether PostgreSQL accepts a login within the probe time."""
    import psycopg

    try:
        with psycopg.connect(
            host=environment.get("POSTGRES_HOST"),
            port=environment.get("POSTGRES_PORT") or "5432",
            user=environment.get("POSTGRES_USER") or None,
            password=environment.get("POSTGRES_PASSWORD") or None,
            dbname=environment.get("POSTGRES_DB") or "locanext",
            connect_timeout=int(PROBE_SECONDS),
            prepare_threshold=None,
        ):
            return True
    except (psycopg.Error, OSError):
        return False


def database_settings(kind: str, env: Any, data_dir: Path) -> dict[str, Any]:
    """Django's settings of the `default` alias."""
    if kind == "sqlite":
        return sqlite_settings(data_dir / "locanext.sqlite3")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": env.str("POSTGRES_HOST", default="127.0.0.1"),
        "PORT": env.str("POSTGRES_PORT", default="5432"),
        "USER": env.str("POSTGRES_USER", default="locanext"),
        "PASSWORD": env.str("POSTGRES_PASSWORD", default=""),
        "NAME": env.str("POSTGRES_DB", default="locanext"),
        # Transaction pooling: no session state, no server-side cursors, no prepared statements.
        "CONN_MAX_AGE": 0,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"prepare_threshold": None},
    }


MAPPED_BYTES = 2_147_418_112
"""SQLite's own limit. Only addresses: a search in a large file reads pages all over it, without a call for each."""


def sqlite_settings(path: Path) -> dict[str, Any]:
    """SQLite for many threads: WAL and IMMEDIATE together (either alone fails under contention)."""
    import sqlite3

    # Below 3.51.3 two connections that checkpoint at the same moment can corrupt the file,
    # so automatic checkpoints are off there and one connection does them.
    automatic = 1000 if sqlite3.sqlite_version_info >= (3, 51, 3) else 0
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                f"PRAGMA wal_autocheckpoint={automatic}; PRAGMA cache_size=-32000; PRAGMA mmap_size={MAPPED_BYTES}"
            ),
        },
    }


def decide_for_this_process() -> str:
    """`decide` on the process's own environment; children inherit it."""
    return decide(os.environ)
