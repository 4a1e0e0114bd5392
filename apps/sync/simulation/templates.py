"""What every simulated world begins with: a server with people and two files, and desktops that know it."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from apps.accounts.models import Role, User
from apps.accounts.services.local_person import adopt
from apps.ldm.models import File, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.sync.client import link, snapshot
from apps.sync.models import Link
from apps.sync.protocol import SyncPeer
from apps.sync.simulation.connections import Node, SqliteNode, postgres_node, sqlite_node
from locanext_project import workspaces
from locanext_project.local_ids import DESKTOP

PEOPLE = (("lead", Role.LEAD), ("anna", Role.TRANSLATOR), ("boris", Role.TRANSLATOR), ("chloe", Role.TRANSLATOR))
USER_OF = ("anna", "boris", "anna")
"""Who sits at each desktop; one person has two."""
PROBE_USER = "chloe"
FILES = {"quest.xml": 6, "menu.xml": 4}


@dataclass(slots=True)
class Templates:
    """Databases that are copied for each run; the nodes that the copies go to."""

    server: Node
    server_kept: Any
    server_template: SqliteNode | None
    cold: list[SqliteNode]
    """Desktops that have logged in, and mirror nothing yet; the last is the single user's."""
    warm: list[SqliteNode]
    nodes: list[SqliteNode]
    people: dict[str, int]
    files: list[int]
    rows: list[int]
    _persons: dict[tuple[str, int], User] = field(default_factory=dict)

    def person(self, alias: str, pk: int) -> User:
        """A person, of the present workspace; nothing in a run changes who they are."""
        if (alias, pk) not in self._persons:
            self._persons[alias, pk] = User.objects.get(pk=pk)
        return self._persons[alias, pk]

    def end(self) -> None:
        """Give everything back."""
        for node in [self.server, *self.cold, *self.warm, *self.nodes]:
            node.end()


@contextmanager
def data_folder() -> Iterator[None]:
    """A folder of its own for what nodes keep beside their databases, until the block ends."""
    before = settings.DATA_DIR
    with tempfile.TemporaryDirectory(prefix="locanext-simulation-") as folder:
        settings.DATA_DIR = Path(folder)
        try:
            yield
        finally:
            settings.DATA_DIR = before


def empty_data_folder() -> None:
    """Every run begins with an empty one."""
    for entry in Path(settings.DATA_DIR).iterdir():
        shutil.rmtree(entry)


@contextmanager
def aliases() -> Iterator[None]:
    """Two aliases, as on a desktop in the LAN set-up, whose connections may be changed until the block ends."""
    added = workspaces.OFFLINE_ALIAS not in settings.DATABASES
    if added:
        settings.DATABASES[workspaces.OFFLINE_ALIAS] = connections.databases["default"] | {}
        connections.databases[workspaces.OFFLINE_ALIAS] = settings.DATABASES[workspaces.OFFLINE_ALIAS]
        settings.DATABASE_ROLES[workspaces.OFFLINE_ALIAS] = DESKTOP
    names = ("default", workspaces.OFFLINE_ALIAS)
    before = {name: connections[name] for name in names}
    try:
        yield
    finally:
        for name in names:
            connections[name] = before[name]
        if added:
            del connections[workspaces.OFFLINE_ALIAS]
            settings.DATABASES.pop(workspaces.OFFLINE_ALIAS, None)
            connections.databases.pop(workspaces.OFFLINE_ALIAS, None)
            settings.DATABASE_ROLES.pop(workspaces.OFFLINE_ALIAS, None)


_tables: dict[str, bytes] = {}
"""By alias: a SQLite database with all tables and nothing in them; making one takes longer than many runs."""


def migrate(node: Node) -> None:
    """Make the tables of a node in memory or on PostgreSQL, and put it behind its alias."""
    connections[node.alias] = node
    if isinstance(node, SqliteNode) and node.alias in _tables:
        node.ensure_connection()
        node.bring_back(_tables[node.alias])
        return
    migrate_fully(node)
    if isinstance(node, SqliteNode):
        _tables[node.alias] = node.keep()


def migrate_fully(node: Node) -> None:
    """Run the migrations of a node behind its alias, in its workspace."""
    workspace = workspaces.OFFLINE if node.alias == workspaces.OFFLINE_ALIAS else workspaces.SERVER
    with workspaces.use(workspace):
        call_command("migrate", database=node.alias, verbosity=0, interactive=False)


def server_database(name: str, configured: dict[str, Any] | None) -> Node:
    """An empty database for the server: in memory, or on the PostgreSQL server that `configured` reaches."""
    return sqlite_node("default") if configured is None else postgres_node("default", configured, name)


def xml(rows: int, *, first: int = 0, gone: int | None = None) -> bytes:
    """A LocStr file."""
    lines = [
        f'<LocStr StringId="K{n}" StrOrigin="줄 {n}" Str="{f"line {n}" if n % 3 == 0 else ""}" />'
        for n in range(first, first + rows)
        if n != gone
    ]
    return ("<LanguageData>\n" + "\n".join(lines) + "\n</LanguageData>\n").encode()


def fill_server() -> dict[str, int]:
    """People, a tree and two files; {name: id of the person}."""
    people: dict[str, User] = {}
    for name, role in PEOPLE:
        people[name] = User.objects.create_user(name, None, role=role, display_name=name.title())
    lead = people["lead"]
    platform = create_platform(actor=lead, name="PC")
    project = create_project(
        actor=lead, platform_id=platform.pk, name="Passage", source_language="ko", target_language="en"
    )
    folder = create_folder(actor=lead, project_id=project.pk, parent_id=None, name="text")
    for name, rows in FILES.items():
        import_file(actor=lead, project=project, folder=folder, filename=name, data=xml(rows))
    return {name: person.pk for name, person in people.items()}


def log_in(peer: SyncPeer, client: int) -> None:
    """What is in a desktop's database after its person has logged in for the first time."""
    known = link.current()
    known.client = uuid.UUID(int=client)
    known.server_url = "https://server.invalid"
    known.save()
    person = adopt(link.greet(peer).user)
    Link.objects.filter(pk=known.pk).update(user_id=person.pk, user_name=person.name)


def mirror_all(peer: SyncPeer, files: Sequence[int]) -> None:
    """Mirror files, with their places, whole."""
    for file_id in files:
        while not snapshot.resume(peer, file_id):
            pass


def contents_of_server() -> tuple[list[int], list[int]]:
    """The ids of the server's files and rows, in order."""
    files = list(File.objects.order_by("pk").values_list("pk", flat=True))
    return files, list(Row.objects.order_by("pk").values_list("pk", flat=True))
