"""Conflicts that people decide, on the server and on desktops, at the same time and while messages are lost.

C1: both texts of a conflict stay in the row's history. C2: it is decided once, and alike on all sides; what
a desktop decided for is sent before the decision.
"""

from __future__ import annotations

import random
from typing import Any

from apps.ldm.models import Row, RowRevision
from apps.sync.models import Conflict, PendingEdit
from apps.sync.services.resolve import KEPT, SWAPPED, THIRD, resolve
from apps.sync.simulation.connections import Crash
from apps.sync.simulation.judge import Violation
from apps.sync.simulation.ledger import SERVER, Saved, Version
from apps.sync.simulation.script import Step
from apps.sync.simulation.world import Desktop, World
from locanext_project import by_ids, workspaces
from locanext_project.errors import ServiceError
from locanext_project.prepared import Prepared

Conflicts = list[tuple[Any, ...]]
HOW = {"keep": KEPT, "swap": SWAPPED, "third": THIRD}
_open = Prepared(lambda: Conflict.objects.filter(resolution="").order_by("pk").values_list("op", "row_id", "lost"))
_all = Prepared(
    lambda: Conflict.objects.order_by("pk").values_list(
        "op", "file_id", "row_id", "kept", "lost", "resolution", "resolution_sent", "kept_by_id", "lost_by_id"
    )
)
_decided = Prepared(
    lambda: Conflict.objects.exclude(resolution="").order_by("pk").values_list("op", "resolution", "resolved_by_id")
)
_told = Prepared(
    lambda: Conflict.objects.filter(resolution=SWAPPED, resolution_sent=True).values_list("op", "row_id", "lost")
)


def decide(world: World, step: Step) -> None:
    """A lead or one of the two decides a conflict, on the server (`how` begins with "there") or at a desktop."""
    place, _, way = step.how.partition(" ")
    if place == "there":
        with world.on_server(("lead", "boris", "anna")[step.node]) as person:
            _decide(world, SERVER, person, HOW[way], step.salt)
        world.look()
        return
    desktop = world.desktops[step.node]
    with world.on(desktop) as person:
        _decide(world, desktop.name, person, HOW[way], step.salt)


def decide_in_flight(world: World, desktop: Desktop, way: str = "") -> bool:
    """The person at a desktop decides while a request is under way; whether there was something to decide."""
    chance = world.draw.chance if world.draw else random.Random(0)
    with world.on(desktop) as person:
        if not _open():
            return False
        _decide(world, desktop.name, person, HOW[way or chance.choice(list(HOW))], chance.getrandbits(16))
    return True


def _decide(world: World, node: str, person: Any, resolution: str, salt: int) -> None:
    """Decide an open conflict of this workspace; the ledger knows the edit that comes of it."""
    waiting = _open()
    if not waiting:
        return
    op, row_id, _lost = waiting[salt % len(waiting)]
    row = by_ids.one(Row, row_id)
    if row is None:
        return
    world.operations += 1
    world.texts += 1
    target = f"{node} 번역 {world.texts}" if resolution == THIRD else None
    seen, unsent = (row.target, row.status), None if node == SERVER else _unsent(world, node, row_id)
    try:
        resolve(actor=person, op=str(op), resolution=resolution, target=target)
    except ServiceError:
        return
    except Crash:
        _note(world, node, row_id, seen, unsent, resolution)
        raise
    _note(world, node, row_id, seen, unsent, resolution)


def _unsent(world: World, node: str, row_id: int) -> Saved | None:
    pending = next(by_ids.values_of(PendingEdit, ("target", "status"), [row_id]), None)
    return world.ledger.find(node, row_id, (pending[0], pending[1])) if pending else None


def _note(world: World, node: str, row_id: int, seen: Version, unsent: Saved | None, resolution: str) -> None:
    ((target, status),) = by_ids.values_of(Row, ("target", "status"), [row_id])
    version: Version = (target, status)
    if version == seen:
        return
    ledger = world.ledger
    if resolution == SWAPPED:
        # A text that was there before: to have seen it tells nothing, and taken back to it nothing is to send.
        ledger.twice.add((row_id, version))
        ledger.let_go.add((node, row_id))
    else:
        ledger.let_go.discard((node, row_id))
    ledger.add(Saved(node, row_id, version, world.time, seen, unsent))


# ---- what must be true ----
def look(world: World) -> None:
    """C2 on the server: what was decided stays as it was decided."""
    with workspaces.use(workspaces.SERVER):
        for op, resolution, by in _decided():
            if world.decided.setdefault(op, (resolution, by)) != (resolution, by):
                raise Violation("C2", f"conflict {op} was {world.decided[op]} and is {(resolution, by)}")
            world.checks["C2"] += 1


def told_after_text(desktop: Desktop) -> None:
    """C2 of the order: a desktop, which is at work, has not told of a swap whose text still waits here."""
    told = _told()
    if not told:
        return
    waiting = dict(by_ids.values_of(PendingEdit, ("row_id", "target"), sorted({row for _op, row, _lost in told})))
    conflicts = [(row, lost) for _op, _file, row, _kept, lost, *_rest in _all()]
    for op, row, lost in told:
        if waiting.get(row) == lost and conflicts.count((row, lost)) == 1:
            raise Violation("C2", f"{desktop.name}: the swap {op} of row {row} was told before its text was sent")


def all_hold(world: World, server: Any, desktops: list[Desktop], *, beside: bool) -> None:
    """C1 and C2 of a world at rest; `beside`: everyone has fetched conflicts of every file."""
    look(world)
    with workspaces.use(workspaces.SERVER):
        there = {one[0]: one for one in _all()}
    for _op, _file, row, kept, lost, *_rest in there.values():
        if gone := [text for text in (kept, lost) if text and text not in server.texts[row]]:
            raise Violation("C1", f"{gone} of a conflict in row {row} is not in the server's history")
        world.checks["C1"] += 1
    for desktop in desktops:
        with world.on(desktop):
            here = _all()
            if here:
                _desktop(world, desktop, server, here, there, beside)


def _desktop(
    world: World, desktop: Desktop, server: Any, here: Conflicts, there: dict[Any, tuple[Any, ...]], beside: bool
) -> None:
    rows = {one[2] for one in here}
    texts: dict[int, set[str]] = {row: set() for row in rows}
    for row, before, after in RowRevision.objects.filter(row_id__in=rows).values_list(
        "row_id", "target_before", "target"
    ):
        texts[row] |= {before, after}
    waiting = {row for (row,) in by_ids.values_of(PendingEdit, ("row_id",), sorted(rows))}
    for op, file_id, row, _kept, lost, resolution, sent, kept_by, lost_by in here:
        if lost and lost not in texts[row]:
            raise Violation("C1", f"{desktop.name}: {lost!r} of a conflict in row {row} is not in the history here")
        world.checks["C1"] += 1
        known = there.get(op)
        if known is None or row in waiting or not server.sees(desktop.user_id, file_id):
            continue
        if desktop.user_id not in (kept_by, lost_by):
            continue
        if not sent:
            raise Violation("C2", f"{desktop.name}: that conflict {op} is {resolution} was not told")
        if (resolution or beside) and known[5] != resolution:
            raise Violation("C2", f"conflict {op} is {resolution!r} on {desktop.name} and {known[5]!r} on the server")
        world.checks["C2"] += 1
