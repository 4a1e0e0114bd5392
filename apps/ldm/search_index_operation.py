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
