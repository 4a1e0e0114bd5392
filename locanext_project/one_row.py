"""Writing one row: statements put together once, where Django takes longer to write them than the database to run them.

For what every save of a text writes. The values go through the fields, as in Django's own statements; defaults,
signals and `save` of the model do not apply.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connections, models

from locanext_project import local_ids, workspaces


def insert(
    model: type[models.Model],
    names: tuple[str, ...],
    values: Sequence[Any],
    *,
    over: str = "",
    returning: str = "",
) -> Any:
    """Insert one row by attribute names such as "file_id"; the value of the column `returning`, or None.

    Name every field that has no database default. `over` names a unique column: a row that is there already is
    overwritten. An id comes from the database, on a desktop from its counter. In the caller's transaction.
    """
    connection = connections[workspaces.alias()]
    key: Any = model._meta.pk
    if isinstance(key, local_ids.EntityId) and key.attname not in names and local_ids.is_desktop():
        names, values = (key.attname, *names), (local_ids.reserve(1)[0], *values)
    statement, fields = _insertion(model, names, over, returning)
    parameters = [field.get_db_prep_save(value, connection) for field, value in zip(fields, values, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0] if returning else None


def update(model: type[models.Model], pk: Any, names: tuple[str, ...], values: Sequence[Any]) -> None:
    """Set fields of the row with this primary key, which is there and locked. In the caller's transaction."""
    connection = connections[workspaces.alias()]
    statement, fields = _change(model, names)
    given = zip(fields, (*values, pk), strict=True)
    parameters = [field.get_db_prep_save(value, connection) for field, value in given]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@lru_cache(maxsize=256)
def _insertion(model: type[models.Model], names: tuple[str, ...], over: str, returning: str) -> tuple[str, list[Any]]:
    fields = _fields(model, names)
    columns = [f'"{field.column}"' for field in fields]
    marks = ", ".join(["%s"] * len(columns))
    statement = f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) VALUES ({marks})'  # noqa: S608
    if over:
        (unique,) = _fields(model, (over,))
        others = [f'"{field.column}" = EXCLUDED."{field.column}"' for field in fields if field is not unique]
        statement += f' ON CONFLICT ("{unique.column}") DO UPDATE SET {", ".join(others)}'
    return f'{statement} RETURNING "{returning}"' if returning else statement, fields


@lru_cache(maxsize=256)
def _change(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields = _fields(model, names)
    key: Any = model._meta.pk
    assignments = ", ".join(f'"{field.column}" = %s' for field in fields)
    return f'UPDATE "{model._meta.db_table}" SET {assignments} WHERE "{key.column}" = %s', [*fields, key]  # noqa: S608


def _fields(model: type[models.Model], names: tuple[str, ...]) -> list[Any]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]
