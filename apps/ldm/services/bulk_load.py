"""Loading many rows at once: COPY on PostgreSQL, executemany on SQLite, behind one function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connections, models

from locanext_project import workspaces

BATCH = 5000


def bulk_load(model: type[models.Model], fields: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    """Insert tuples of `fields` (attribute names such as "file_id"); returns how many.

    Values must be what the database stores (JSON as text, dates aware); fields not named get
    their database default, so name every field without one. Ids come from the database. Runs in
    the caller's transaction, or in its own.
    """
    connection = connections[workspaces.alias()]
    columns = [model._meta.get_field(name) for name in fields]
    with workspaces.atomic():
        if connection.vendor == "postgresql":
            return _copy(connection, model, columns, rows)
        return _executemany(connection, model, columns, rows)


def _names(connection: Any, model: type[models.Model], columns: Sequence[Any]) -> tuple[str, str]:
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), ", ".join(quote(column.column) for column in columns)


def _copy(connection: Any, model: type[models.Model], columns: Sequence[Any], rows: Iterable[tuple[Any, ...]]) -> int:
    table, names = _names(connection, model, columns)
    types = [_postgres_type(column.db_type(connection)) for column in columns]
    count = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        write = copy.write_row
        for row in rows:
            write(row)
            count += 1
    return count


def _postgres_type(declared: str) -> str:
    """The name COPY's binary form knows a column type by."""
    base = declared.split("(")[0].strip()
    return {
        "bigint": "int8",
        "integer": "int4",
        "smallint": "int2",
        "boolean": "bool",
        "timestamp with time zone": "timestamptz",
        "varchar": "varchar",
    }.get(base, base)


def _executemany(
    connection: Any, model: type[models.Model], columns: Sequence[Any], rows: Iterable[tuple[Any, ...]]
) -> int:
    table, names = _names(connection, model, columns)
    # The driver's own cursor: Django's rewrites %s placeholders for every batch.
    sql = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
    count = 0
    iterator: Iterator[tuple[Any, ...]] = iter(rows)
    with connection.cursor() as cursor:
        raw = cursor.connection.cursor()
        while batch := list(islice(iterator, BATCH)):
            raw.executemany(sql, batch)
            count += len(batch)
    return count
