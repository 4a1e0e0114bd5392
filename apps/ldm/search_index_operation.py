"""The trigram index over RowText, made per database vendor."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

SQLITE_FORWARDS = (
    "CREATE VIRTUAL TABLE ldm_rowtext_fts"
    " USING fts5(text, content='ldm_rowtext', content_rowid='row_id', tokenize='trigram')",
    "CREATE TRIGGER ldm_rowtext_fts_insert AFTER INSERT ON ldm_rowtext BEGIN"
    " INSERT INTO ldm_rowtext_fts(rowid, text) VALUES (new.row_id, new.text); END",
    "CREATE TRIGGER ldm_rowtext_fts_delete AFTER DELETE ON ldm_rowtext BEGIN"
    " INSERT INTO ldm_rowtext_fts(ldm_rowtext_fts, rowid, text) VALUES ('delete', old.row_id, old.text); END",
    "CREATE TRIGGER ldm_rowtext_fts_update AFTER UPDATE ON ldm_rowtext BEGIN"
    " INSERT INTO ldm_rowtext_fts(ldm_rowtext_fts, rowid, text) VALUES ('delete', old.row_id, old.text);"
    " INSERT INTO ldm_rowtext_fts(rowid, text) VALUES (new.row_id, new.text); END",
)
SQLITE_BACKWARDS = (
    "DROP TRIGGER ldm_rowtext_fts_update",
    "DROP TRIGGER ldm_rowtext_fts_delete",
    "DROP TRIGGER ldm_rowtext_fts_insert",
    "DROP TABLE ldm_rowtext_fts",
)

_REST = "substr(text, instr(text, char(31)) + 1) AS text"
_FIRST = "substr(text, 1, instr(text, char(31)) - 1)"


def _fields_of(texts: str) -> str:
    """A query of the four fields of each text; `texts`: a query of row_id and text."""
    keys = f"SELECT row_id, {_FIRST} AS key, {_REST} FROM ({texts})"  # noqa: S608 (no value of anybody's)
    sources = f"SELECT row_id, key, {_FIRST} AS source, {_REST} FROM ({keys})"  # noqa: S608
    last = "substr(text, instr(text, char(31)) + 1)"
    return f"SELECT row_id, key, source, {_FIRST} AS target, {last} AS comment FROM ({sources})"  # noqa: S608


_NAMES = "rowid, key, source, target, comment"
_ADD = f"INSERT INTO ldm_rowtext_fts({_NAMES}) {_fields_of('SELECT new.row_id AS row_id, new.text AS text')};"
_DROP = (
    f"INSERT INTO ldm_rowtext_fts(ldm_rowtext_fts, {_NAMES}) SELECT 'delete', * FROM"  # noqa: S608
    f" ({_fields_of('SELECT old.row_id AS row_id, old.text AS text')});"
)
SQLITE_BY_FIELD = (
    f"CREATE VIEW ldm_rowtext_fields AS {_fields_of('SELECT row_id, text FROM ldm_rowtext')}",  # noqa: S608
    "CREATE VIRTUAL TABLE ldm_rowtext_fts USING fts5(key, source, target, comment,"
    " content='ldm_rowtext_fields', content_rowid='row_id', tokenize='trigram')",
    f"CREATE TRIGGER ldm_rowtext_fts_insert AFTER INSERT ON ldm_rowtext BEGIN {_ADD} END",
    f"CREATE TRIGGER ldm_rowtext_fts_delete AFTER DELETE ON ldm_rowtext BEGIN {_DROP} END",
    f"CREATE TRIGGER ldm_rowtext_fts_update AFTER UPDATE ON ldm_rowtext BEGIN {_DROP} {_ADD} END",
    "INSERT INTO ldm_rowtext_fts(ldm_rowtext_fts) VALUES ('rebuild')",
)
SQLITE_IN_ONE = (
    *SQLITE_BACKWARDS,
    "DROP VIEW ldm_rowtext_fields",
    *SQLITE_FORWARDS,
    "INSERT INTO ldm_rowtext_fts(ldm_rowtext_fts) VALUES ('rebuild')",
)


class IndexByField(Operation):
    """SQLite: the index knows in which field a text stands, so that no text need be read to tell.

    Takes minutes for a million rows: all of them are indexed again.
    """

    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is in Django's picture of the models."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for statement in (*SQLITE_BACKWARDS, *SQLITE_BY_FIELD):
                schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for statement in SQLITE_IN_ONE:
                schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return "Let the index of the row search know its fields"


class CreateSearchIndex(Operation):
    """FTS5 trigrams on SQLite; a GIN trigram index on PostgreSQL where pg_trgm can be had.

    Without pg_trgm nothing is made and search scans: the extension is never required.
    """

    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is in Django's picture of the models."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        vendor = schema_editor.connection.vendor
        if vendor == "sqlite":
            for statement in SQLITE_FORWARDS:
                schema_editor.execute(statement, params=None)
        elif vendor == "postgresql" and _has_trigrams(schema_editor):
            schema_editor.execute(
                "CREATE INDEX ldm_rowtext_trigrams ON ldm_rowtext USING gin (text gin_trgm_ops)", params=None
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        vendor = schema_editor.connection.vendor
        if vendor == "sqlite":
            for statement in SQLITE_BACKWARDS:
                schema_editor.execute(statement, params=None)
        elif vendor == "postgresql":
            schema_editor.execute("DROP INDEX IF EXISTS ldm_rowtext_trigrams", params=None)

    def describe(self) -> str:
        return "Make the trigram index of the row search"


def _has_trigrams(schema_editor: Any) -> bool:
    """Whether pg_trgm is installed, installing it where that is allowed and where it knows Korean.

    A database whose LC_CTYPE is C makes no trigram of any letter beyond ASCII.
    """
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if not cursor.fetchone():
            cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
            if not cursor.fetchone():
                return False
            cursor.execute(
                "SELECT has_database_privilege(current_user, current_database(), 'CREATE')"
                " OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
            )
            if not cursor.fetchone()[0]:
                return False
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT cardinality(show_trgm('역사')) > 0")
        return bool(cursor.fetchone()[0])
