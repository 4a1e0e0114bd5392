"""The server's database, for a desktop that reaches it itself (LAN set-up): which one it is, and of which version."""

from __future__ import annotations

import time
from functools import cache

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from apps.sync.protocol import Refused, Unreachable
from locanext_project import workspaces


def is_lan() -> bool:
    """Whether this desktop is a node of the server: it reaches its database itself."""
    return workspaces.OFFLINE_ALIAS in settings.DATABASES


def name() -> str:
    """The database in one word, without its password; a login is good for this one only."""
    found = connections[_alias()].settings_dict
    return f"{connections[_alias()].vendor}://{found['HOST']}:{found['PORT']}/{found['NAME']}"


def require_same_version() -> None:
    """Make sure that this program may work on the server's database. It is the server who brings that up to date.

    Raises Refused("too_old") where one of the two is older, and Unreachable.
    """
    try:
        applied = set(MigrationRecorder(connections[_alias()]).applied_migrations())
    except (OperationalError, InterfaceError) as error:
        raise Unreachable(str(error)) from error
    known, replaced = _of_this_program()
    if applied - known - replaced or known - applied:
        raise different_version()


def different_version() -> Refused:
    """The refusal of a database that is not of this program's version."""
    return Refused("too_old", _("This program and the server are of different versions. Bring both to the same one."))


def milliseconds() -> int:
    """How long the database takes to answer. Raises Unreachable."""
    began = time.monotonic()
    try:
        with connections[_alias()].cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError) as error:
        raise Unreachable(str(error)) from error
    return round((time.monotonic() - began) * 1000)


def _alias() -> str:
    return workspaces.alias_of(workspaces.SERVER)


@cache
def _of_this_program() -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """The migrations of this version, and those that it has in a squashed form."""
    loader = MigrationLoader(None)
    replaced = {part for migration in loader.disk_migrations.values() for part in migration.replaces}
    return frozenset(loader.disk_migrations), frozenset((app, one) for app, one in replaced)
