"""Writing many rows at once: COPY on PostgreSQL, executemany on SQLite, behind two functions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connections, models

from locanext_project import local_ids, workspaces

BATCH = 5000
AT_ONCE = 50
"""Rows of one INSERT on SQLite: where a table has a guard, each statement has a price of its own."""
ADAPTED = (models.JSONField, models.DateTimeField, models.UUIDField)
Rows = Iterable[tuple[Any, ...]]

_POSTGRES_TYPES = {
    "bigint": "int8",
    "integer": "int4",
    "smallint": "int2",
    "boolean": "bool",
    "timestamp with time zone": "timestamptz",
}


def bulk_load(model: type[models.Model], fields: Sequence[str], rows: Rows) -> int:
    """Insert tuples of `fields` (attribute names such as "file_id"); returns how many.

    Name every field that has no database default: Django's own defaults do not apply. Ids come
    from the database, on a desktop from its counter. Runs in the caller's transaction, or in its own.
    """
    connection = connections[workspaces.alias()]
    columns = [model._meta.get_field(name) for name in fields]
    table = connection.ops.quote_name(model._meta.db_table)
    with workspaces.atomic():
        if connection.vendor == "postgresql":
            return _copy(connection, table, columns, rows)
        if local_ids.is_desktop() and isinstance(model._meta.pk, local_ids.EntityId) and model._meta.pk not in columns:
            columns, rows = [model._meta.pk, *columns], _with_ids(rows)
        into = f"INSERT INTO {table} ({_names(connection, columns)}) VALUES"
        return _executemany(connection, into, columns, rows, f"({', '.join('?' * len(columns))})")


def _with_ids(rows: Rows) -> Iterator[tuple[Any, ...]]:
    """Rows of a desktop with new ids before their values."""
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield from ((pk, *row) for pk, row in zip(local_ids.reserve(len(batch)), batch, strict=True))


def bulk_update(model: type[models.Model], fields: Sequence[str], rows: Rows) -> int:
    """Set `fields` of existing rows; each tuple is the primary key and then the values. Returns how many.

    Runs in the caller's transaction, or in its own.
    """
    connection = connections[workspaces.alias()]
    key: Any = model._meta.pk
    columns: list[Any] = [key, *(model._meta.get_field(name) for name in fields)]
    quote = connection.ops.quote_name
    table, key_name = quote(model._meta.db_table), quote(key.column)
    with workspaces.atomic():
        if connection.vendor != "postgresql":
            assignments = ", ".join(f"{quote(column.column)} = ?{n}" for n, column in enumerate(columns[1:], 2))
            statement = f"UPDATE {table} SET {assignments} WHERE {key_name} = ?1"
            return _executemany(connection, statement, columns, rows)
        staged = quote(f"staged_{model._meta.db_table}")
        assignments = ", ".join(f"{quote(c.column)} = {staged}.{quote(c.column)}" for c in columns[1:])
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE {staged} ON COMMIT DROP AS"
                f" SELECT {_names(connection, columns)} FROM {table} WHERE false"
            )
            count = _copy(connection, staged, columns, rows)
            cursor.execute(
                f"UPDATE {table} SET {assignments} FROM {staged} WHERE {table}.{key_name} = {staged}.{key_name}"
            )
            cursor.execute(f"DROP TABLE {staged}")
        return count


def _names(connection: Any, columns: Sequence[Any]) -> str:
    return ", ".join(connection.ops.quote_name(column.column) for column in columns)


def _copy(connection: Any, table: str, columns: Sequence[Any], rows: Rows) -> int:
    declared = [
        column.rel_db_type(connection) if column.primary_key else column.db_type(connection) for column in columns
    ]
    types = [_POSTGRES_TYPES.get(kind.split("(")[0].strip(), kind.split("(")[0].strip()) for kind in declared]
    count = 0
    statement = f"COPY {table} ({_names(connection, columns)}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        write = copy.write_row
        for row in rows:
            write(row)
            count += 1
    return count


def _executemany(connection: Any, statement: str, columns: Sequence[Any], rows: Rows, marks: str = "") -> int:
    """Run on the driver's own cursor: Django's rewrites the placeholders of every batch.

    `marks`: those of one row, which `statement` takes any number of.
    """
    special = [n for n, column in enumerate(columns) if isinstance(_value_field(column), ADAPTED)]
    count = 0
    iterator: Iterator[tuple[Any, ...]] = iter(rows)
    with connection.cursor() as cursor:
        raw = cursor.connection.cursor()
        while batch := list(islice(iterator, BATCH)):
            count += len(batch)
            if special:
                batch = _all_adapted(connection, special, batch)
            if marks and len(batch) >= AT_ONCE:
                together = len(batch) // AT_ONCE * AT_ONCE
                parts = (batch[at : at + AT_ONCE] for at in range(0, together, AT_ONCE))
                many = ", ".join([marks] * AT_ONCE)
                raw.executemany(f"{statement} {many}", (list(chain.from_iterable(part)) for part in parts))
                batch = batch[together:]
            raw.executemany(f"{statement} {marks}", batch)
    return count


def _all_adapted(connection: Any, special: Sequence[int], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows as SQLite keeps them; most have nothing where something would have to be done."""
    pick = itemgetter(*special)
    nothing = None if len(special) == 1 else (None,) * len(special)
    return [row if pick(row) == nothing else _adapted(connection, special, row) for row in rows]


def _value_field(column: Any) -> Any:
    """The field that says what a column's values are: a foreign key's is the one it points to."""
    return column.target_field if isinstance(column, models.ForeignKey) else column


def _adapted(connection: Any, special: Sequence[int], row: tuple[Any, ...]) -> tuple[Any, ...]:
    """JSON, dates and UUIDs as SQLite keeps them; most rows have none."""
    changed: list[Any] | None = None
    for n in special:
        value = row[n]
        if value is None:
            continue
        changed = changed or list(row)
        if isinstance(value, datetime):
            changed[n] = connection.ops.adapt_datetimefield_value(value)
        elif isinstance(value, UUID):
            changed[n] = value.hex
        else:
            changed[n] = json.dumps(value, ensure_ascii=False)
    return tuple(changed) if changed else row
