"""A server and its desktops: whose turn it is, what time it is, what goes wrong on the way and at commits."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from apps.accounts.models import User
from apps.ldm.models import Row
from apps.sync.carriers import faulty
from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.protocol import Unreachable
from apps.sync.simulation.clocks import START
from apps.sync.simulation.connections import Crash, SqliteNode
from apps.sync.simulation.judge import Judge, Violation
from apps.sync.simulation.ledger import SERVER, Kept, Ledger, Version
from apps.sync.simulation.script import Draw, Script, Step
from apps.sync.simulation.templates import PROBE_USER, USER_OF, Templates
from locanext_project import workspaces
from locanext_project.prepared import Prepared

LOST, UNANSWERED, DOUBLED, DELAYED, REFUSED = 0.12, 0.10, 0.05, 0.05, 0.03
CRASH = 0.06
IN_FLIGHT = 0.30
MEANWHILE = ("push", "changes", "snapshot")
"""Calls during which the person goes on editing."""
_versions = Prepared(lambda: Row.objects.values_list("pk", "target", "status", "text_rev"))
PAGE = 3
"""Rows of a page: small files have several."""


@dataclass(slots=True)
class Desktop:
    """One desktop: its database, its person and its clock."""

    name: str
    node: SqliteNode
    user_id: int
    skew: float
    judge: Judge
    restarts: int = 0


@dataclass(slots=True)
class Late:
    """A request that is still on its way."""

    desktop: Desktop
    sent_at: float
    request: Callable[[], object]


@dataclass(slots=True)
class World:
    """Everything of one run."""

    templates: Templates
    script: Script
    time: float = START
    ledger: Ledger = field(default_factory=Ledger)
    desktops: list[Desktop] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    acting: Desktop | None = None
    draw: Draw | None = None
    in_flight: Callable[[World, Desktop, int | str | None], None] = lambda world, desktop, what: None
    operations: int = 0
    texts: int = 0
    backup: Any = None
    backed_up: Kept | None = None
    backed_up_at: float = START
    revisions: dict[int, int] = field(default_factory=dict)
    """By row of the server: the highest revision it was seen at."""
    checks: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    holds: dict[tuple[int, str], Any] = field(default_factory=dict)
    """By row and person: what somebody who has the row open on the server saw in it."""
    decided: dict[Any, tuple[str, int | None]] = field(default_factory=dict)
    """By conflict of the server: how it was decided, and by whom."""

    playground: list[int] = field(default_factory=list)
    """The rows in which people go on editing while a request is under way; all where it is empty."""

    @property
    def rows(self) -> list[int]:
        """The rows that the server's files began with."""
        return self.templates.rows

    def begin(self) -> None:
        """Copy the templates and put them behind the aliases."""
        templates = self.templates
        connections["default"] = templates.server
        if templates.server_template is not None:
            templates.server.copy_from(templates.server_template)  # type: ignore[union-attr,arg-type]
        else:
            templates.server.bring_back(templates.server_kept)
        templates.server.commit_point = lambda moment: self._commit_point(SERVER, moment)
        sources = templates.warm if self.script.warm else templates.cold
        users = [*USER_OF, PROBE_USER]
        skews = [*self.script.skews, self.script.skews[0]]
        for n, (node, user) in enumerate(zip(templates.nodes, users, strict=True)):
            # The single user works on what is there: who begins with nothing is among the others.
            node.copy_from(sources[n] if n < len(USER_OF) else templates.warm[n])
            name, user_id = f"desktop {n}", templates.people[user]
            judge = Judge(InProcessPeer(user_id), name, self.ledger, lambda: self.time, self.checks)
            self.desktops.append(Desktop(name, node, user_id, skews[n], judge))
            node.commit_point = lambda moment, name=name: self._commit_point(name, moment)
        self.look()

    # ---- whose turn, what time ----
    def now(self) -> float:
        """What the clock of the node shows where the program runs at this moment."""
        if workspaces.current() == workspaces.OFFLINE and self.acting is not None:
            return self.time + self.acting.skew
        return self.time

    @contextmanager
    def on(self, desktop: Desktop) -> Iterator[User]:
        """Work on a desktop, as its person, until the block ends."""
        before = self.acting
        self.acting = desktop
        connections[workspaces.OFFLINE_ALIAS] = desktop.node
        try:
            with workspaces.use(workspaces.OFFLINE):
                yield self.templates.person(workspaces.OFFLINE_ALIAS, desktop.user_id)
        finally:
            self.acting = before
            if before is not None:
                connections[workspaces.OFFLINE_ALIAS] = before.node

    @contextmanager
    def on_server(self, name: str = "lead") -> Iterator[User]:
        """Work on the server, as one of its people, until the block ends."""
        with workspaces.use(workspaces.SERVER):
            yield self.templates.person("default", self.templates.people[name])

    @contextmanager
    def chances(self, step: Step) -> Iterator[None]:
        """What may go wrong in this step."""
        before = self.draw
        self.draw = Draw(random.Random(step.salt), step)
        try:
            yield
        finally:
            self.draw = before

    def look(self) -> None:
        """Note what the server's rows are."""
        with workspaces.use(workspaces.SERVER):
            versions: dict[int, Version] = {}
            for pk, target, status, rev in _versions():
                versions[pk] = (target, status)
                if rev < self.revisions.get(pk, 0):
                    raise Violation("P11", f"row {pk} fell from revision {self.revisions[pk]} to {rev}")
                self.revisions[pk] = rev
        self.checks["P11"] += 1
        self.ledger.look(versions, self.time)

    # ---- the way to the server ----
    def peer(self, desktop: Desktop) -> faulty.FaultyPeer:
        """The server as a desktop reaches it at this moment."""
        return faulty.FaultyPeer(
            _Served(desktop.judge, self),  # type: ignore[arg-type]
            fault=self._fault,
            later=lambda request: self.late.append(Late(desktop, self.time, request)),
            on_the_way=lambda call: self._on_the_way(desktop, call),
            rows=PAGE,
        )

    def arrive(self, late: Late) -> None:
        """A request that was given up arrives after all; nobody waits for its answer."""
        judge = late.desktop.judge
        judge.late = self.time - late.sent_at
        try:
            late.request()
        except Exception:  # noqa: BLE001, S110 (whatever the answer is, nobody hears it)
            pass
        finally:
            judge.late = 0.0

    def _fault(self, call: str) -> str:
        self.operations += 1
        self.time += 0.02
        draw = self.draw
        if draw is None:
            return faulty.FINE
        forced = (draw.step.force or {}).get("faults", {}).get(call)
        number = draw.calls[call] = draw.calls.get(call, 0) + 1
        if forced is not None:
            return str(forced[number - 1]) if number <= len(forced) else faulty.FINE
        if not self.script.chances:
            return faulty.FINE
        chance = draw.chance.random()
        for share, fault in (
            (LOST, faulty.LOST),
            (UNANSWERED, faulty.UNANSWERED),
            (DOUBLED, faulty.DOUBLED),
            (DELAYED, faulty.DELAYED),
            (REFUSED, draw.chance.choice(("login", "busy"))),
        ):
            if chance < share:
                return fault
            chance -= share
        return faulty.FINE

    def _on_the_way(self, desktop: Desktop, call: str) -> None:
        draw = self.draw
        if draw is None:
            return
        forced = (draw.step.force or {}).get("in_flight", {}).get(call)
        if forced is not None:
            if draw.calls.get(call) == 1:
                self.in_flight(self, desktop, forced if isinstance(forced, str) else self.rows[forced])
        elif self.script.chances and call in MEANWHILE and draw.chance.random() < IN_FLIGHT:
            self.in_flight(self, desktop, None)

    def _commit_point(self, node: str, moment: str) -> None:
        self.operations += moment == "before"
        draw = self.draw
        if draw is None:
            return
        forced = (draw.step.force or {}).get("crash_after")
        if forced is not None:
            dies = moment == "after" and node != SERVER and forced in draw.calls and not draw.died
        else:
            dies = self.script.chances and draw.chance.random() < CRASH / 2
        if dies:
            draw.died = True
            self.crashes += 1
            raise Crash(node)


class _Served:
    """The server's process: where it dies, its desktop hears nothing."""

    def __init__(self, judge: Judge, world: World) -> None:
        self._judge = judge
        self._world = world

    def __getattr__(self, name: str) -> Callable[..., object]:
        def request(*args: object) -> object:
            self._world.time += 0.02
            try:
                return getattr(self._judge, name)(*args)
            except Crash as crash:
                if crash.args != (SERVER,):
                    raise
                raise Unreachable("the server went away") from None

        return request
