"""Database connections that last longer than one request, in threads that last longer.

By default every request opens and closes its own: right under Daphne, where each has a thread of its own. The threads
of granian and those of the sockets stay, and opening cost them more than the work: on PostgreSQL a process of the
server and a login, on SQLite the file's schema, a cold cache, and a checkpoint by whoever closed last.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections


def keep() -> None:
    """Keep the connections of every thread of this process for KEEP_CONNECTIONS_SECONDS; 0: no longer than before.

    For a process whose threads stay. One that broke is found out before it is used, and opened anew.
    """
    for alias in connections.settings if settings.KEEP_CONNECTIONS_SECONDS else ():
        connections.settings[alias].update(_kept())


def keep_in_this_thread() -> None:
    """The same for one thread only, at its start."""
    for alias in connections.settings if settings.KEEP_CONNECTIONS_SECONDS else ():
        connection = connections[alias]
        connection.settings_dict = {**connection.settings_dict, **_kept()}


def _kept() -> dict[str, Any]:
    return {"CONN_MAX_AGE": settings.KEEP_CONNECTIONS_SECONDS, "CONN_HEALTH_CHECKS": True}
