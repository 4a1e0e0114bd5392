"""Rows that people hold: a lease says who may save now, never whose text counts (P20).

What leases.py of the product allows and refuses is compared with the leases in the database and with
what the person had before the eyes. Whoever holds a row types; when the text is saved may be long
after somebody else's arrived.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.errors import RowLeased, StaleRow
from apps.ldm.models import Row, RowLease, Status
from apps.ldm.services.rows import leases, mirrored_leases
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.mirrored_leases import Mirrored
from apps.sync.simulation.connections import Crash
from apps.sync.simulation.judge import Violation
from apps.sync.simulation.ledger import SERVER, Saved, Version
from apps.sync.simulation.script import Step
from apps.sync.simulation.world import World
from locanext_project import by_ids, workspaces
from locanext_project.errors import ServiceError
from locanext_project.prepared import Prepared

PEOPLE = ("lead", "boris", "anna")
_of_row = Prepared(lambda row_id: RowLease.objects.filter(row_id=row_id).values_list("user_id", "until"))


@dataclass(frozen=True, slots=True)
class Hold:
    """A row that somebody has open on the server: what was in it when they looked last."""

    seen: Version
    rev: int


def holder_of(row_id: int) -> int | None:
    """Who holds a row of this workspace now."""
    return next((user_id for user_id, until in _of_row(row_id) if until > timezone.now()), None)


def lease(world: World, step: Step) -> None:
    """Somebody takes a row, saves what they typed, gives it back, or tries what is not theirs to do."""
    row_id, name = _chosen(world, step)
    world.checks["P20"] += 1
    if step.how in ("hear", "here"):
        (_hear if step.how == "hear" else _here)(world, step, row_id)
        return
    with world.on_server(name) as person:
        if step.how == "forge":
            _forge(person, row_id)
        elif step.how == "release":
            leases.release(actor=person, row_id=row_id, connection=_window(person.pk))
        elif step.how == "save" and (row_id, name) in world.holds:
            _save(world, name, person, row_id)
        else:
            _open(world, name, person, row_id)


def _chosen(world: World, step: Step) -> tuple[int, str]:
    """Row and person: of a save somebody who has one open, of a trick a row that is open, else often the row that was
    edited last, for there people meet."""
    open_rows = sorted(world.holds)
    if step.how in ("save", "forge") and open_rows:
        row_id, name = open_rows[step.salt % len(open_rows)]
        return row_id, name if step.how == "save" else PEOPLE[step.node]
    last = world.ledger.saved[-1].row if world.ledger.saved and step.salt % 2 else None
    return last or world.rows[step.row % len(world.rows)], PEOPLE[step.node]


def check_saved(actor: User, row_id: int) -> None:
    """A save was taken. Raises Violation where somebody else holds the row."""
    if holder_of(row_id) not in (None, actor.pk):
        raise Violation("P20", f"row {row_id} was saved by {actor.name} while somebody else held it")


def check_refused(actor: User, row_id: int) -> None:
    """A save was refused for a lease. Raises Violation where nobody else holds the row."""
    if holder_of(row_id) in (None, actor.pk):
        raise Violation("P20", f"row {row_id}: {actor.name} was refused and nobody else holds it")


def _window(user_id: int) -> str:
    return f"window{user_id}"


def _take(person: User, row_id: int) -> bool:
    others = holder_of(row_id) not in (None, person.pk)
    try:
        leases.take(actor=person, row_id=row_id, connection=_window(person.pk))
    except RowLeased:
        check_refused(person, row_id)
        return False
    except ServiceError:
        return False
    if others:
        raise Violation("P20", f"row {row_id} was given to {person.name} while somebody else held it")
    return True


def _open(world: World, name: str, person: User, row_id: int) -> None:
    """The person opens a row, and sees what is in it."""
    row = by_ids.one(Row, row_id)
    if row is not None and _take(person, row_id):
        world.holds[row_id, name] = Hold((row.target, row.status), row.text_rev)


def _save(world: World, name: str, person: User, row_id: int) -> None:
    """The person saves over what they saw, however long ago; a text that is refused stays in the cell."""
    row, hold = by_ids.one(Row, row_id), world.holds[row_id, name]
    if row is None:
        return
    world.texts += 1
    world.operations += 1
    version = f"{SERVER} 번역 {world.texts}", int(Status.TRANSLATED)
    saved = Saved(SERVER, row_id, version, world.time, hold.seen)
    others, unseen = holder_of(row_id) not in (None, person.pk), row.text_rev != hold.rev
    try:
        edit = RowEdit(target=version[0], status=Status(version[1]))
        edit_row(actor=person, row_id=row_id, seen_text_rev=hold.rev, edit=edit)
    except RowLeased:
        check_refused(person, row_id)
        return
    except StaleRow:
        if not unseen:
            raise Violation("P20", f"row {row_id}: {name} was refused over what they saw") from None
        # They look at it now: their text is in the cell, and their next save is over what they see.
        world.holds[row_id, name] = Hold((row.target, row.status), row.text_rev)
        return
    except ServiceError:
        return
    except Crash:
        if Row.objects.filter(pk=row_id, target=version[0]).exists():
            world.ledger.add(saved)
        raise
    world.ledger.add(saved)
    del world.holds[row_id, name]
    if others or unseen:
        raise Violation("P20", f"row {row_id}: {name} saved over {row.target!r}, which they had not seen")
    world.look()


def _forge(person: User, row_id: int) -> None:
    """Somebody names the window of another: what they do not hold is not theirs to give back or to pass on."""
    holder = holder_of(row_id)
    if holder is None or holder == person.pk:
        return
    leases.release(actor=person, row_id=row_id, connection=_window(holder))
    leases.release_connection(connection=_window(holder), user_id=person.pk)
    if holder_of(row_id) != holder:
        raise Violation("P20", f"row {row_id}: {person.name} gave back what somebody else holds")


def _here(world: World, step: Step, row_id: int) -> None:
    """The person at a desktop opens a row, whoever has it on the server."""
    with world.on(world.desktops[step.node]) as person:
        _take(person, row_id)


def _hear(world: World, step: Step, row_id: int) -> None:
    """A desktop hears on its line who holds what on the server."""
    with workspaces.use(workspaces.SERVER):
        living = RowLease.objects.filter(until__gt=timezone.now()).order_by("row_id")
        held = {one.row_id: one for one in living}
        files = dict(Row.objects.filter(pk__gt=0).values_list("pk", "file_id"))
    with world.on(world.desktops[step.node]):
        for file_id in sorted(set(files.values())):
            told = [one for pk, one in held.items() if files[pk] == file_id]
            taken = [Mirrored(one.row_id, one.user_id, one.user_name, one.connection) for one in told]
            free = [pk for pk, its in files.items() if its == file_id and pk not in held]
            mirrored_leases.mirror(file_id=file_id, taken=taken, released=free)
