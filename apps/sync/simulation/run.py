"""Playing scripts: one after the other in fresh copies of the same databases, each judged by the invariants."""

from __future__ import annotations

import os
import random
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.simulation import decisions, invariants, probe, steps
from apps.sync.simulation.clocks import START, governed
from apps.sync.simulation.connections import SqliteNode, sqlite_node
from apps.sync.simulation.judge import Violation
from apps.sync.simulation.script import Script, without
from apps.sync.simulation.templates import (
    PROBE_USER,
    USER_OF,
    Templates,
    aliases,
    contents_of_server,
    data_folder,
    empty_data_folder,
    fill_server,
    log_in,
    migrate,
    mirror_all,
    server_database,
)
from apps.sync.simulation.world import World
from locanext_project import workspaces

ERROR = "error"
"""What an exception is called that no code of the product caught."""
EXPORTS = 10
"""One in so many runs also compares exports."""
WHOLE = 4
"""In one in so many the last exchanges are of everything, not of rows only."""
BESIDE = ("memory", "bring", "resolve")
"""Kinds of steps after which everyone must have fetched everything."""
SHRINKS = 300


@dataclass(slots=True)
class Result:
    """How one run went."""

    operations: int
    checks: Counter[str]
    broken: str = ""
    """The invariant that did not hold; empty when all did."""
    message: str = ""
    crashes: int = 0
    counts: Counter[str] = field(default_factory=Counter)


class Simulation:
    """Runs of scripts on shared templates. Use as made by `prepared`."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def run(self, script: Script, *, probed: bool = True) -> Result:
        """Play a script; the databases are as they were left when this returns."""
        world = World(self._templates, script, in_flight=steps.go_on)
        entropy = random.Random(f"ids {script.probe}")
        empty_data_folder()
        with governed(world.now, entropy):
            try:
                self._play(world, script, probed)
            except Violation as violation:
                return Result(world.operations, world.checks, violation.invariant, str(violation), world.crashes)
            except Exception as error:
                if _own(error):
                    raise
                return Result(world.operations, world.checks, ERROR, traceback.format_exc(), world.crashes)
        return Result(world.operations, world.checks, crashes=world.crashes)

    def _play(self, world: World, script: Script, probed: bool) -> None:
        world.begin()
        seen: dict[str, dict[str, Any]] = {desktop.name: {} for desktop in world.desktops}
        for step in script.steps:
            steps.play(world, step)
            desktop = world.desktops[step.node]
            if step.kind in ("edit", "round", "let_go", "upload"):
                invariants.desktop_holds(world, desktop, seen[desktop.name])
            if step.kind in ("round", "resolve", "arrive"):
                decisions.look(world)
        beside = any(step.kind in BESIDE for step in script.steps)
        whole = script.probe % WHOLE == 0
        invariants.heal(world, world.desktops[:-1], self._templates.files, whole=whole, beside=beside)
        for desktop in world.desktops[:-1]:
            invariants.desktop_holds(world, desktop, seen[desktop.name])
        invariants.all_hold(world, beside=whole or beside)
        if script.probe % EXPORTS == 0:
            invariants.exports_agree(world, world.desktops[0])
        if probed:
            probe.single_user(world, script.probe)

    def shrink(self, script: Script, broken: str) -> Script:
        """A shorter script that breaks the same invariant; the same one where every step is needed."""
        tries, size = 0, max(1, len(script.steps) // 2)
        while size:
            start = 0
            while start < len(script.steps) and tries < SHRINKS:
                shorter = without(script, range(start, start + size))
                tries += 1
                if self.run(shorter).broken == broken:
                    script = shorter
                else:
                    start += size
            size //= 2
        return script


def _own(error: Exception) -> bool:
    """Whether the simulation itself is at fault: the innermost code of ours is its own."""
    ours = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
    ours = [name for name in ours if name.startswith(root) and "site-packages" not in name]
    return bool(ours) and os.path.dirname(ours[-1]) == os.path.dirname(__file__)


@contextmanager
def prepared(postgres: dict[str, Any] | None = None) -> Iterator[Simulation]:
    """A simulation with its databases, until the block ends.

    The server's is SQLite in memory, or one of its own on the PostgreSQL server whose Django
    settings are given; the desktops' are SQLite in memory.
    """
    with aliases(), data_folder(), _server_name(postgres) as name, governed(lambda: START - 86400.0, random.Random(0)):
        templates = _templates(name, postgres)
        try:
            yield Simulation(templates)
        finally:
            templates.end()


def _templates(name: str, postgres: dict[str, Any] | None) -> Templates:
    server = server_database(name, postgres)
    migrate(server)
    with workspaces.use(workspaces.SERVER):
        people = fill_server()
        files, rows = contents_of_server()
    empty = sqlite_node(workspaces.OFFLINE_ALIAS)
    migrate(empty)
    cold: list[SqliteNode] = []
    warm: list[SqliteNode] = []
    for n, user in enumerate((*USER_OF, PROBE_USER)):
        peer = InProcessPeer(people[user])
        cold.append(_copy(empty))
        with workspaces.use(workspaces.OFFLINE):
            log_in(peer, n + 1)
        warm.append(_copy(cold[-1]))
        with workspaces.use(workspaces.OFFLINE):
            mirror_all(peer, files)
    empty.end()
    template = None
    if isinstance(server, SqliteNode):
        template = sqlite_node("default")
        template.copy_from(server)
    nodes = [sqlite_node(workspaces.OFFLINE_ALIAS) for _ in cold]
    return Templates(server, server.keep(), template, cold, warm, nodes, people, files, rows)


def _copy(node: SqliteNode) -> SqliteNode:
    """Another database like this one, put behind the alias."""
    copy = sqlite_node(workspaces.OFFLINE_ALIAS)
    copy.copy_from(node)
    connections[workspaces.OFFLINE_ALIAS] = copy
    return copy


@contextmanager
def _server_name(postgres: dict[str, Any] | None) -> Iterator[str]:
    """The name of the server's database; on PostgreSQL it is made, and removed with the block."""
    if postgres is None:
        yield ":memory:"
        return
    import psycopg
    from psycopg import sql

    name = f"locanext_simulation_{os.getpid()}"
    login = {key: postgres[setting] for key, setting in (("host", "HOST"), ("port", "PORT"), ("user", "USER"))}
    with psycopg.connect(
        **login, password=postgres["PASSWORD"], dbname=postgres["NAME"], autocommit=True
    ) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield name
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
