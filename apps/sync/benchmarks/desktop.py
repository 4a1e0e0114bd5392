"""A desktop for a benchmark: a database of its own in a temporary folder, behind the second alias."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

from apps.accounts.models import User
from apps.accounts.services.local_person import adopt
from apps.sync.client import link
from apps.sync.models import Link
from apps.sync.protocol import SyncPeer
from apps.sync.simulation.connections import sqlite_node
from apps.sync.simulation.templates import aliases, migrate_fully
from locanext_project import workspaces
from locanext_project.database_choice import sqlite_settings


@contextmanager
def fresh_desktop() -> Iterator[None]:
    """An empty desktop database on disk, behind `offline`, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="locanext-desktop-") as folder, aliases():
        node = sqlite_node(workspaces.OFFLINE_ALIAS)
        wanted = sqlite_settings(Path(folder) / "desktop.sqlite3")
        node.settings_dict.update(NAME=wanted["NAME"], OPTIONS=wanted["OPTIONS"])
        connections[node.alias] = node
        # Other threads make connections of their own.
        before = connections.databases[node.alias]
        connections.databases[node.alias] = before | wanted
        migrate_fully(node)
        try:
            yield
        finally:
            connections[workspaces.OFFLINE_ALIAS].close()
            connections.databases[node.alias] = before


def log_in(peer: SyncPeer, url: str) -> User:
    """What is in the desktop's database after its person has logged in; the person."""
    known = link.current()
    known.server_url = url
    known.save(update_fields=["server_url"])
    person = adopt(link.greet(peer).user)
    Link.objects.filter(pk=known.pk).update(user_id=person.pk, user_name=person.name)
    return person
