"""Ids of what is born on a desktop: below zero, from a counter that never goes back, never from a clock.

Things of the server keep the server's ids, above zero, wherever they are mirrored; so an id says
where a thing was born, and no id is ever rewritten. The counter's table and the guards that hold
this in the database are made by `id_guards`, which knows what each database is for.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections, models

from locanext_project import workspaces

DESKTOP = "desktop"
SERVER = "server"
TABLE = "local_id"
STORAGE_ID = -1
"""The platform and the project "Offline Storage"; the counter begins below it."""


def role_of(alias: str) -> str:
    """What a database is for: "server" or "desktop"."""
    return str(settings.DATABASE_ROLES[alias])


def is_desktop() -> bool:
    """Whether this work happens in a desktop's database."""
    return role_of(workspaces.alias()) == DESKTOP


def reserve(count: int, alias: str | None = None) -> range:
    """`count` new ids, each used once: from the highest down. In the transaction of what they are for."""
    with connections[alias or workspaces.alias()].cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET value = value - %s WHERE id = 1 RETURNING value", [count])  # noqa: S608
        lowest = int(cursor.fetchone()[0])
    return range(lowest + count - 1, lowest - 1, -1)


def new_ids(count: int, order: str) -> str:
    """An SQL expression that gives `count` selected rows new ids on a desktop, in an order ("position", "id").

    For INSERT … SELECT, in its transaction; the rows must be `count` at most.
    """
    ids = reserve(count)
    return f"{ids.start} + 1 - ROW_NUMBER() OVER (ORDER BY {order})"


class EntityId(models.BigAutoField):  # type: ignore[type-arg]
    """The primary key of what is shared between server and desktops."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # As Django makes a primary key of its own: to migrations it is the column it always was.
        super().__init__(*args, **{"auto_created": True, "serialize": False, "verbose_name": "ID", **kwargs})

    def get_pk_value_on_save(self, instance: models.Model) -> Any:
        """Django asks this when an id is missing; on a server the database gives one."""
        value = super().get_pk_value_on_save(instance)
        if value:
            return value
        alias = instance._state.db or workspaces.alias()
        return reserve(1, alias)[0] if role_of(alias) == DESKTOP else None

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """The plain field: what it does beyond it needs no column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BigAutoField", args, kwargs
