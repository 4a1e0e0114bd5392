"""A memory of the project: what is confirmed anywhere arrives in it, once, and everywhere; and memories born offline.

M1: nothing that was confirmed or written is missing. M2: nothing is there twice, and a mirror has what the server has.
"""

from __future__ import annotations

from collections import Counter

from apps.accounts.models import User
from apps.ldm.models import Project
from apps.ldm.services.memories.create import create
from apps.ldm.services.tree.structure import Ref
from apps.sync.models import MirroredMemory, PendingEdit
from apps.sync.simulation import births
from apps.sync.simulation.judge import Violation
from apps.sync.simulation.script import Step
from apps.sync.simulation.world import Desktop, World
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.services.entries.act import act
from apps.tm.services.entries.upsert import ConfirmedText, upsert
from locanext_project import workspaces

NAME = "confirmed"
COLUMNS = ("memory_id", "pk", "source", "target", "key", "confirmed")
Content = dict[int, tuple[str, str, str, bool]]
"""By id of an entry: source, target, key, confirmed."""


# ---- steps ----
def memory(world: World, step: Step) -> None:
    """A lead gives the project a memory; later another one, or an entry is removed."""
    with world.on_server() as lead:
        given = Memory.objects.filter(name=NAME).first()
        try:
            if given is None or step.salt % 2:
                world.texts += 1
                name = NAME if given is None else f"{NAME} {world.texts}"
                place = Ref("project", Project.objects.get().pk)
                create(actor=lead, name=name, source_language="ko", target_language="en", to=place)
            else:
                live = Entry.objects.filter(memory_id=given.pk, removed_at__isnull=True)
                ids = list(live.order_by("pk").values_list("pk", flat=True)[:1])
                if ids:
                    act(actor=lead, memory_id=given.pk, act="delete", ids=ids)
        finally:
            note(world)


def note(world: World) -> None:
    """Note whether the project has its memory now: what is confirmed from here on goes into it."""
    with workspaces.use(workspaces.SERVER):
        world.ledger.remembering = Memory.objects.filter(name=NAME).exists()


def bring(world: World, step: Step) -> None:
    """A memory that was born on a desktop is sent to the server, or written to and then sent; else one is made."""
    births.bring(world, step, _find, _make, _write)


def _find() -> Memory | None:
    return Memory.objects.filter(pk__lt=0, trashed_at__isnull=True, name__startswith="born").first()


def _make(world: World, desktop: Desktop, person: User) -> Memory:
    world.texts += 1
    local = create(actor=person, name=f"born{world.texts}x", source_language="ko", target_language="en")
    _write(world, desktop, person, local)
    return local


def _write(world: World, desktop: Desktop, person: User, local: births.Born) -> None:
    world.texts += 1
    text = f"{desktop.name} 항목 {world.texts}"
    upsert(actor=person, memory_id=local.pk, texts=[ConfirmedText("", f"원문 {world.texts}", text)])
    world.ledger.entries_born[desktop.name, local.name].append(text)


# ---- at the end ----
def server_holds(world: World) -> dict[int, Content]:
    """M1 and M2 of the server; what its memories contain."""
    with workspaces.use(workspaces.SERVER):
        entries = list(Entry.objects.values_list(*COLUMNS, "removed_at"))
        known = {one[3] for one in entries}
        known |= set(EntryRevision.objects.exclude(target_before=None).values_list("target_before", flat=True))
    for text in world.ledger.remembered:
        if text not in known:
            raise Violation("M1", f"{text!r} was confirmed and is not in the memory")
        world.checks["M1"] += 1
    content: dict[int, Content] = {}
    once = Counter[tuple[int, str, str]]()
    for memory_id, pk, source, target, key, confirmed, removed_at in entries:
        if removed_at is None:
            content.setdefault(memory_id, {})[pk] = (source, target, key, confirmed)
            once[memory_id, source, key] += 1
    if twice := [pair for pair, count in once.items() if count > 1]:
        raise Violation("M2", f"the server's memory has {twice} more than once")
    return content


def desktop_holds(world: World, desktop: Desktop, there: dict[int, Content], *, sees: bool) -> None:
    """M1 and M2 of a desktop that has fetched everything; `sees`: its person may see the project."""
    with workspaces.use(workspaces.SERVER):
        memories = {one.pk: one for one in Memory.objects.filter(trashed_at__isnull=True)}
    with world.on(desktop):
        mirrored = dict(MirroredMemory.objects.values_list("memory_id", "whole"))
        here: dict[int, Content] = {}
        for memory_id, pk, *values in Entry.objects.filter(removed_at__isnull=True).values_list(*COLUMNS):
            here.setdefault(memory_id, {})[pk] = tuple(values)  # type: ignore[assignment]
        counts = dict(Memory.objects.values_list("pk", "entries"))
        waiting = PendingEdit.objects.filter(quarantined=False).exists()
        live_here = set(Memory.objects.filter(trashed_at__isnull=True).values_list("pk", flat=True))
    if sees and not waiting:
        for pk in memories:
            mine, theirs = here.get(pk, {}), there.get(pk, {})
            if not mirrored.get(pk):
                raise Violation("M1", f"{desktop.name}: memory {pk} is not here")
            if mine != theirs:
                other = {entry for entry in mine.keys() | theirs.keys() if mine.get(entry) != theirs.get(entry)}
                raise Violation("M2", f"{desktop.name}: entries {sorted(other)} of memory {pk} differ")
            if counts[pk] != len(mine):
                raise Violation("M2", f"{desktop.name}: memory {pk} counts {counts[pk]} entries, not {len(mine)}")
            world.checks["M2"] += 1
    texts = {target for pk in live_here for _source, target, _key, _confirmed in here.get(pk, {}).values()}
    texts |= {target for content in there.values() for _source, target, _key, _confirmed in content.values()}
    for (node, name), written in world.ledger.entries_born.items():
        if node != desktop.name:
            continue
        if missing := [text for text in written if text not in texts]:
            raise Violation("M1", f"{desktop.name}: {missing} of {name} did not reach the server and are in the bin")
        copies = sum(one.name.startswith(name) for one in memories.values())
        if copies > 1 + world.ledger.told_edited[name]:
            raise Violation("M2", f"{desktop.name}: {name} is on the server {copies} times")
        world.checks["M1"] += 1
