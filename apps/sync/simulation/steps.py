"""What each kind of step does in a world: through the services that people's clicks and the desktop's loop call."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from apps.accounts.models import User
from apps.ldm.errors import RowLeased
from apps.ldm.models import File, Grant, Project, Row, Status
from apps.ldm.services.reimport.apply import apply_plan
from apps.ldm.services.reimport.plan import make_plan
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.restore import restore
from apps.ldm.services.tree.structure import Ref
from apps.sync.client import inbox, rounds, shadows, snapshot
from apps.sync.client import memories as memories_here
from apps.sync.models import MirroredFile, PendingEdit
from apps.sync.protocol import Refused, Unreachable
from apps.sync.server import epoch
from apps.sync.simulation import births, decisions, leases, memories
from apps.sync.simulation.connections import Crash
from apps.sync.simulation.ledger import SERVER, Saved, Version
from apps.sync.simulation.script import Step
from apps.sync.simulation.templates import FILES, xml
from apps.sync.simulation.world import Desktop, World
from locanext_project import by_ids, workspaces
from locanext_project.errors import ServiceError
from locanext_project.prepared import Prepared

BOTH, WHOLE = 3, 8
"""One round in so many is of both files; one in so many is of everything."""
JUMPS = (-1e6, -7200.0, -30.0, 45.0, 7200.0, 1e6)


def play(world: World, step: Step) -> None:
    """Do one step; a node that dies in it is started again."""
    world.time += step.pause
    with world.chances(step):
        try:
            KINDS[step.kind](world, step)
        except Crash:
            world.desktops[step.node].restarts += 1
            # Whoever died behind a commit told nobody what it had done.
            world.look()


def _row(world: World, step: Step) -> int:
    return world.rows[step.row % len(world.rows)]


# ---- edits ----
def write(world: World, node: str, actor: User, row_id: int, how: str) -> None:
    """One person edits one row in the present workspace; the ledger knows it as soon as the database does."""
    row = by_ids.one(Row, row_id)
    if row is None:
        return
    seen: Version = (row.target, row.status)
    version, edit = _wanted(world, node, row, how)
    if version == seen:
        return
    if how == "back":
        world.ledger.twice.add((row_id, version))
    saved = Saved(node, row_id, version, world.time, seen, _unsent(world, node, row_id))
    world.operations += 1
    try:
        edit_row(actor=actor, row_id=row_id, seen_text_rev=row.text_rev, edit=edit)
    except RowLeased:
        leases.check_refused(actor, row_id)
        return
    except ServiceError:
        return
    except Crash:
        if Row.objects.filter(pk=row_id, target=version[0], status=version[1]).exists():
            _note(world, saved, how)
        raise
    _note(world, saved, how)
    leases.check_saved(actor, row_id)


def _note(world: World, saved: Saved, how: str) -> None:
    world.ledger.add(saved)
    if how == "back":
        # The very version that the desktop began with: nothing is to send any more.
        world.ledger.let_go.add((saved.node, saved.row))
    else:
        world.ledger.let_go.discard((saved.node, saved.row))


def _wanted(world: World, node: str, row: Row, how: str) -> tuple[Version, RowEdit]:
    """The version that an edit of this kind makes: texts are never used twice."""
    if how == "back":
        known = PendingEdit.objects.filter(pk=row.pk).values_list("base_target", "base_status").first()
        if node == SERVER or known is None or known[1] == Status.ORIGINAL:
            # Only an import makes a row original.
            return (row.target, row.status), RowEdit()
        return known, RowEdit(target=known[0], status=Status(known[1]) if known[0] else None)
    if how == "status":
        target, status = row.target, Status.CONFIRMED
        if not target or row.status >= Status.CONFIRMED:
            return (row.target, row.status), RowEdit()
        return (target, int(status)), RowEdit(status=status)
    world.texts += 1
    target = f"{node} 번역 {world.texts}"
    status = Status.CONFIRMED if how == "confirmed" else Status.TRANSLATED
    return (target, int(status)), RowEdit(target=target, status=status)


def _unsent(world: World, node: str, row_id: int) -> Saved | None:
    if node == SERVER:
        return None
    pending = next(by_ids.values_of(PendingEdit, ("target", "status"), [row_id]), None)
    return world.ledger.find(node, row_id, (pending[0], pending[1])) if pending else None


def edit(world: World, step: Step) -> None:
    """The person at a desktop edits a row of its mirror, whatever the network does."""
    desktop = world.desktops[step.node]
    with world.on(desktop) as person:
        row = _row(world, step)
        if step.how == "back" or step.salt % 4 == 0:
            # Once more in a row that waits, whose edit may be on its way.
            waiting = [pk for (pk,) in _waiting()]
            row = waiting[step.row % len(waiting)] if waiting else row
        write(world, desktop.name, person, row, step.how)


_waiting = Prepared(lambda: PendingEdit.objects.order_by("pk").values_list("pk"))


def go_on(world: World, desktop: Desktop, what: int | str | None) -> None:
    """The person goes on while a request is under way: in this row, with this decision, or as chance chooses."""
    chance = world.draw.chance if world.draw else random.Random(0)
    world.time += 2.0
    if isinstance(what, str):
        decisions.decide_in_flight(world, desktop, what)
        return
    if what is None and not world.playground and chance.random() < 0.4 and decisions.decide_in_flight(world, desktop):
        return
    row = what
    with world.on(desktop) as person:
        if row is None:
            pending = list(PendingEdit.objects.order_by("pk").values_list("pk", flat=True))
            row = pending[0] if pending and chance.random() < 0.7 else chance.choice(world.playground or world.rows)
        write(world, desktop.name, person, row, "text")
    world.time += 2.0


def online(world: World, step: Step) -> None:
    """Somebody edits in the browser, on the server."""
    name = ("lead", "boris", "anna")[step.node]
    with world.on_server(name) as person:
        write(world, SERVER, person, _row(world, step), step.how)
    world.look()


# ---- a desktop and its server ----
def make_round(world: World, step: Step) -> None:
    """What the desktop's loop does: mirrors that are not whole go on, then everything is exchanged."""
    desktop = world.desktops[step.node]
    with world.on(desktop):
        files = world.templates.files if step.salt % BOTH == 0 else world.templates.files[:1]
        exchange(world, desktop, files, whole=step.salt % WHOLE == 0)


_mirrored = Prepared(lambda: MirroredFile.objects.values_list("pk"))


def exchange(world: World, desktop: Desktop, files: Sequence[int], *, whole: bool = False) -> None:
    """One turn of the loop, in the workspace of the desktop; `whole` with tree, originals and all that is beside."""
    peer = world.peer(desktop)
    known = {pk for (pk,) in _mirrored()}
    for file_id in files:
        if file_id not in known:
            try:
                snapshot.resume(peer, file_id)
            except Unreachable:
                return
            except Refused as refusal:
                if refusal.reason not in ("gone", "forbidden"):
                    return
    if not known.issuperset(files):
        known = {pk for (pk,) in _mirrored()}
        files = [file_id for file_id in files if file_id in known]
    rounds.run(peer, files=None if whole else files)
    world.look()


def exchange_beside(world: World, desktop: Desktop, files: Sequence[int]) -> None:
    """The part of a round about everything that is of conflicts and memories, in the workspace of the desktop."""
    peer = world.peer(desktop)
    known = {pk for (pk,) in _mirrored()}
    for file_id in known.intersection(files):
        try:
            inbox.fetch(peer, file_id)
        except Refused as refusal:
            if refusal.reason not in ("gone", "forbidden"):
                raise
    memories_here.refresh(peer, sorted(known))


def arrive(world: World, step: Step) -> None:
    """A request that was given up long ago reaches the server after all."""
    if world.late:
        world.arrive(world.late.pop(step.salt % len(world.late)))
        world.look()


def leave(world: World, step: Step) -> None:
    """A request that was given up never arrives."""
    if world.late:
        world.late.pop(step.salt % len(world.late))


def restart(world: World, step: Step) -> None:
    """The desktop is ended and started again: nothing but its database is left."""
    world.desktops[step.node].restarts += 1


def jump(world: World, step: Step) -> None:
    """A desktop's clock is set: from here on nobody can say which of two concurrent edits was later."""
    world.desktops[step.node].skew += JUMPS[step.salt % len(JUMPS)]
    for desktop in world.desktops:
        desktop.judge.steady = False


def let_go(world: World, step: Step) -> None:
    """The person lets an unsent edit go: the row becomes the server's."""
    desktop = world.desktops[step.node]
    with world.on(desktop) as person:
        quarantined = list(PendingEdit.objects.filter(quarantined=True).order_by("pk")[:1])
        for pending in quarantined:
            world.ledger.let_go.add((desktop.name, pending.pk))
            shadows.let_go(actor=person, row_id=pending.pk)


# ---- the server ----
def rights(world: World, step: Step) -> None:
    """A person may not see the project any more, or may again."""
    name = ("anna", "boris", "anna")[step.node]
    with world.on_server() as lead:
        user_id = world.templates.people[name]
        project = Project.objects.get()
        if not project.restricted:
            Project.objects.filter(pk=project.pk).update(restricted=True)
            for other in world.templates.people.values():
                Grant.objects.create(user_id=other, project=project, granted_by_name=lead.name)
        grants = Grant.objects.filter(user_id=user_id, project=project)
        if not grants.delete()[0]:
            Grant.objects.create(user_id=user_id, project=project, granted_by_name=lead.name)


def lock(world: World, step: Step) -> None:
    """A lead locks a row, or unlocks it."""
    with world.on_server() as lead:
        row = Row.objects.filter(pk=_row(world, step), removed_at__isnull=True, file__trash__isnull=True).first()
        if row is not None:
            edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(locked=not row.locked))


def backup(world: World, step: Step) -> None:
    """The server's database is backed up."""
    world.backup = world.templates.server.keep()
    world.backed_up_at, world.backed_up = world.time, world.ledger.keep()


def put_back(world: World, step: Step) -> None:
    """The server's database is lost, and put back from its backup: a new life of its data."""
    if world.backup is None or world.backed_up is None:
        return
    world.templates.server.bring_back(world.backup)
    _renew()
    world.ledger.restored(world.backed_up, world.backed_up_at, world.time)
    world.revisions.clear()
    world.decided.clear()
    memories.note(world)
    for desktop in world.desktops:
        desktop.judge.steady = False
    world.look()


def _renew() -> None:
    """Begin the new life; who restores sees when the command dies, and gives it again before anybody is let in."""
    with workspaces.use(workspaces.SERVER):
        while True:
            try:
                epoch.renew()
            except Crash:
                continue
            return


def reimport(world: World, step: Step) -> None:
    """A newer version of a file comes: a row is gone from it, or comes back."""
    with world.on_server() as lead:
        file = File.objects.filter(name="quest.xml", trash__isnull=True).first()
        if file is None:
            return
        removed = Row.objects.filter(file=file, removed_at__isnull=False).exists()
        data = xml(FILES["quest.xml"], gone=None if removed else step.row % FILES["quest.xml"])
        plan = make_plan(actor=lead, file=file, filename="quest.xml", data=data)
        apply_plan(actor=lead, plan=plan)
    world.look()


def recycle(world: World, step: Step) -> None:
    """A file goes into the server's recycle bin, or comes back."""
    with world.on_server() as lead:
        file = File.objects.select_related("trash").filter(name="menu.xml").first()
        if file is None:
            return
        if file.trash is None:
            delete(actor=lead, items=[Ref("file", file.pk)])
        else:
            restore(actor=lead, item_id=file.trash.pk)


KINDS: dict[str, Callable[[World, Step], None]] = {
    "edit": edit,
    "round": make_round,
    "online": online,
    "arrive": arrive,
    "leave": leave,
    "restart": restart,
    "clock": jump,
    "rights": rights,
    "lock": lock,
    "let_go": let_go,
    "backup": backup,
    "restore": put_back,
    "reimport": reimport,
    "bin": recycle,
    "upload": births.file,
    "resolve": decisions.decide,
    "lease": leases.lease,
    "memory": memories.memory,
    "bring": memories.bring,
}
