"""P6: one person on one desktop, with every fault there is, never meets a conflict and loses nothing."""

from __future__ import annotations

import random

from apps.ldm.models import Row
from apps.sync.models import Conflict, PendingEdit
from apps.sync.simulation import invariants, steps
from apps.sync.simulation.judge import Violation
from apps.sync.simulation.script import Step
from apps.sync.simulation.world import World
from locanext_project import workspaces

STEPS = 5


def single_user(world: World, salt: int) -> None:
    """Let the last desktop, which nobody else's edits meet, work alone. Raises Violation."""
    chance = random.Random(salt)
    desktop, number = world.desktops[-1], len(world.desktops) - 1
    with world.on(desktop):
        steps.exchange(world, desktop, world.templates.files[:1])
    with workspaces.use(workspaces.SERVER):
        free = Row.objects.filter(locked=False, removed_at__isnull=True, file__name="quest.xml")
        world.playground = list(free.order_by("pk").values_list("pk", flat=True)[:2])
        rows = [world.rows.index(pk) for pk in world.playground]
        before = Conflict.objects.count()
    for _ in range(STEPS):
        kind = chance.choice(("edit", "edit", "round", "round", "arrive"))
        row = chance.choice(rows)
        steps.play(world, Step(kind, node=number, row=row, how="text", salt=chance.getrandbits(32)))
    invariants.heal(world, [desktop], world.templates.files[:1])
    with workspaces.use(workspaces.SERVER):
        if Conflict.objects.count() != before:
            texts = list(Conflict.objects.order_by("-pk").values_list("kept", "lost")[:1])
            raise Violation("P6", f"one person alone has a conflict with the own text: {texts}")
    world.checks["P6"] += 1
    with world.on(desktop):
        if PendingEdit.objects.exists():
            raise Violation("P16", "the single user's edits do not get through")
    last = {edit.row: edit.version[0] for edit in world.ledger.saved if edit.node == desktop.name}
    there = invariants.server_texts_of(world)
    for row, text in last.items():
        if there[row] != text:
            raise Violation(
                "P5", f"the single user's last text of row {row} is {text!r}; the server has {there[row]!r}"
            )
