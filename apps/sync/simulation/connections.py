"""The databases of a simulated world: one a node, put behind the two aliases, and able to die at a commit."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper

from locanext_project import workspaces

CommitPoint = Callable[[str], None]
"""Called with "before" and "after" each commit; what it raises is the death of the process there."""


class Crash(BaseException):
    """The process of a node ended here. Not an Exception: no code of the product survives its own end."""


class _Mortal:
    """A database connection whose process may end around a commit."""

    commit_point: CommitPoint | None = None
    connection: Any
    run_on_commit: list[Any]

    def _commit(self) -> Any:
        if self.commit_point is not None:
            self._meet("before", self.commit_point)
        done = super()._commit()  # type: ignore[misc]
        if self.commit_point is not None:
            self._meet("after", self.commit_point)
        return done

    def _meet(self, moment: str, point: CommitPoint) -> None:
        try:
            point(moment)
        except BaseException:
            # What was not committed is gone, and so is everything that waited for the commit.
            self.connection.rollback()
            self.run_on_commit = []
            raise


class SqliteNode(_Mortal, SqliteWrapper):
    """A node's SQLite database, in memory."""

    def copy_from(self, template: SqliteNode) -> None:
        """Become what another is."""
        template.ensure_connection()
        self.ensure_connection()
        template.connection.backup(self.connection)

    def keep(self) -> bytes:
        """A backup."""
        return bytes(self.connection.serialize())

    def bring_back(self, kept: bytes) -> None:
        """Become what a backup holds."""
        from_backup = sqlite3.connect(":memory:")
        from_backup.deserialize(kept)
        from_backup.backup(self.connection)
        from_backup.close()

    def end(self) -> None:
        """Give the memory back."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


@dataclass(frozen=True, slots=True)
class KeptTables:
    """A backup of a PostgreSQL database: rows as COPY writes them, and where each sequence stands."""

    rows: dict[str, bytes]
    sequences: list[tuple[str, int | None]]


class PostgresNode(_Mortal, PostgresWrapper):
    """The server's PostgreSQL database: its small content is kept and brought back by COPY."""

    def _tables(self) -> list[str]:
        with self.cursor() as cursor:
            names = self.introspection.table_names(cursor)
        return sorted(name for name in names if name != "django_migrations")

    def keep(self) -> KeptTables:
        """A backup: every row, and where the sequences stand."""
        rows: dict[str, bytes] = {}
        with self.cursor() as cursor:
            for table in self._tables():
                with cursor.copy(f"COPY {self.ops.quote_name(table)} TO STDOUT") as out:
                    if content := b"".join(bytes(part) for part in out):
                        rows[table] = content
            cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()")
            return KeptTables(rows, cursor.fetchall())

    def bring_back(self, kept: KeptTables) -> None:
        """Become what a backup holds. Foreign keys are looked at when it is whole."""
        quote = self.ops.quote_name
        with workspaces.atomic(self.alias), self.cursor() as cursor:
            cursor.execute("".join(f"DELETE FROM {quote(table)};" for table in self._tables()))  # noqa: S608
            for table, content in kept.rows.items():
                with cursor.copy(f"COPY {quote(table)} FROM STDIN") as into:
                    into.write(content)
            for name, last in kept.sequences:
                cursor.execute("SELECT setval(%s, %s, %s)", [quote(name), last or 1, last is not None])

    def end(self) -> None:
        """Leave the server."""
        self.close()


Node = SqliteNode | PostgresNode


def sqlite_node(alias: str) -> SqliteNode:
    """An empty SQLite database in memory, for an alias."""
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "USER": "",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
        "TEST": {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None},
    }
    return SqliteNode(settings, alias)


def postgres_node(alias: str, settings: dict[str, Any], name: str) -> PostgresNode:
    """Another database of the server that `settings` reach."""
    changed = copy.deepcopy(settings)
    changed.update(NAME=name, CONN_MAX_AGE=None)
    return PostgresNode(changed, alias)
