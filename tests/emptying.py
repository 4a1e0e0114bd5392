"""How a test that commits leaves its databases empty: only what holds rows is emptied, content types stay."""

from __future__ import annotations

from typing import Any

# The same in every test; made anew after each one, they would cost more than all the rest.
KEPT = {"django_content_type", "auth_permission"}


def empty_what_holds_rows() -> None:
    """Let `flush`, as tests call it, delete from the few tables that hold rows: emptying all 90 takes far longer."""
    from django.core.management.commands import flush

    every_table, tell_apps = flush.sql_flush, flush.emit_post_migrate_signal
    kept_in: set[str] = set()

    def sql_flush(style: Any, connection: Any, reset_sequences: bool = True, allow_cascade: bool = False) -> list[str]:
        kept_in.discard(connection.alias)
        if reset_sequences or allow_cascade or not _may_pass_over_keys(connection):
            return list(every_table(style, connection, reset_sequences, allow_cascade))
        kept_in.add(connection.alias)
        deletes = [f"DELETE FROM {connection.ops.quote_name(name)}" for name in _filled(connection)]
        # Rows are deleted in any order: their foreign keys are not looked at, as little as by TRUNCATE.
        return ["SET LOCAL session_replication_role = replica", *deletes] if _is_postgresql(connection) else deletes

    def emit_post_migrate_signal(verbosity: int, interactive: bool, db: str, **options: Any) -> None:
        if db not in kept_in:
            tell_apps(verbosity, interactive, db, **options)

    flush.sql_flush, flush.emit_post_migrate_signal = sql_flush, emit_post_migrate_signal


def _is_postgresql(connection: Any) -> bool:
    return bool(connection.vendor == "postgresql")


def _filled(connection: Any) -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    quote = connection.ops.quote_name
    asked = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in sorted({*names} - KEPT)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]


def _may_pass_over_keys(connection: Any) -> bool:
    """Whether deleting may leave foreign keys unchecked: on a PostgreSQL server that is given, perhaps not."""
    if not _is_postgresql(connection):
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
