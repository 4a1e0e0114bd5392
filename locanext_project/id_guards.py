"""The migration operation that keeps ids in their half: triggers on every table of shared things.

On a desktop an id above zero comes in only while a mirror is being written (`open_for_mirror`);
on a server no id below zero comes in at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.migrations.operations.base import Operation

from locanext_project import workspaces
from locanext_project.local_ids import DESKTOP, TABLE, role_of

SERVER_REFUSAL = "an id below zero belongs to a desktop"
DESKTOP_REFUSAL = "an id above zero belongs to the server"


@contextmanager
def open_for_mirror() -> Iterator[None]:
    """Let ids of the server into this desktop's database. Inside a transaction: undone with it."""
    connection = connections[workspaces.alias()]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET mirror = 1 WHERE id = 1")  # noqa: S608
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute(f"UPDATE {TABLE} SET mirror = 0 WHERE id = 1")  # noqa: S608


class GuardIds(Operation):
    """Make the counter and the guards of some tables, as the role of the database asks."""

    reversible = True

    def __init__(self, tables: Sequence[str]) -> None:
        self.tables = tuple(tables)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {"tables": self.tables}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is in Django's picture of the models."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in self._statements(schema_editor.connection):
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        connection = schema_editor.connection
        for table in self.tables:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_id_guard{on}", params=None)
        if connection.vendor == "postgresql":
            schema_editor.execute("DROP FUNCTION IF EXISTS refuse_local_id()", params=None)
        schema_editor.execute(f"DROP TABLE IF EXISTS {TABLE}", params=None)

    def describe(self) -> str:
        return "Guard the ids of shared things"

    def _statements(self, connection: Any) -> Iterator[str]:
        desktop = role_of(connection.alias) == DESKTOP
        if connection.vendor == "postgresql":
            # A desktop's own database is always SQLite.
            yield (
                "CREATE FUNCTION refuse_local_id() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION '{SERVER_REFUSAL}' USING ERRCODE = 'check_violation'; END $$"
            )
            for table in self.tables:
                yield (
                    f"CREATE TRIGGER {table}_id_guard BEFORE INSERT ON {table} FOR EACH ROW"
                    " WHEN (NEW.id < 0) EXECUTE FUNCTION refuse_local_id()"
                )
            return
        if desktop:
            yield (
                f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY CHECK (id = 1),"
                " value INTEGER NOT NULL, mirror INTEGER NOT NULL DEFAULT 0)"
            )
            yield f"INSERT INTO {TABLE} (id, value) VALUES (1, -1)"  # noqa: S608
        # A missing id is -1 or NULL in a BEFORE trigger: the guards look at the row as it was written.
        wrong, refusal = (
            (f"NEW.id > 0 AND (SELECT mirror FROM {TABLE}) = 0", DESKTOP_REFUSAL)  # noqa: S608
            if desktop
            else ("NEW.id < 0", SERVER_REFUSAL)
        )
        for table in self.tables:
            yield (
                f"CREATE TRIGGER {table}_id_guard AFTER INSERT ON {table} WHEN {wrong}"
                f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
