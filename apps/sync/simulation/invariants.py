"""What must be true: after a step of the desktop that acted, and of everything once all have spoken to each other."""

from __future__ import annotations

from typing import Any

from django.db import connections

from apps.ldm.models import File, Folder, Platform, Project, Row, RowRevision
from apps.ldm.services.files.export_file import export_file
from apps.sync.client import originals
from apps.sync.models import Conflict, MirroredFile, MirroredRow, PendingEdit, Shadow
from apps.sync.server.rows import COLUMNS
from apps.sync.simulation import births, decisions, memories
from apps.sync.simulation.judge import Violation
from apps.sync.simulation.steps import exchange, exchange_beside
from apps.sync.simulation.world import Desktop, World
from locanext_project import by_ids, workspaces
from locanext_project.errors import ServiceError
from locanext_project.prepared import Prepared

ROUNDS = 3
SAME = tuple(name for name in COLUMNS if name != "text_rev")
"""The columns in which a mirrored row is what the server's is; the revision has a place of its own."""


# Looked at after every step: building the statements took longer than answering them.
_places = Prepared(lambda: MirroredFile.objects.values_list("pk", "epoch", "generation", "cursor"))
_rows_of_server = Prepared(lambda: Row.objects.filter(pk__gt=0).values_list("pk"))
_homeless = Prepared(lambda: File.objects.filter(pk__gt=0).exclude(project__isnull=False).values_list("pk")[:1])
_edits = Prepared(lambda: PendingEdit.objects.values_list("row_id", "target", "status"))
_current = Prepared(lambda: MirroredFile.objects.filter(state=MirroredFile.State.CURRENT).values_list("pk", "cursor"))
_waiting = Prepared(lambda: PendingEdit.objects.values_list("file_id"))
_revisions = Prepared(lambda: MirroredRow.objects.values_list("row_id", "rev"))
_mirrored_rows = Prepared(lambda: Row.objects.filter(pk__gt=0).values_list(*SAME))
_marks = Prepared(lambda: MirroredFile.objects.values_list("pk", "state", "cursor"))
_shadows = Prepared(lambda: Shadow.objects.values_list("row_id"))
_written = Prepared(lambda: RowRevision.objects.values_list("target"))
_server_rows = Prepared(lambda: Row.objects.order_by("pk").values_list(*COLUMNS, "file_id"))
_history = Prepared(lambda: RowRevision.objects.values_list("row_id", "target_before", "target"))
_lowest = {
    model: Prepared(lambda model=model: model._default_manager.order_by("pk").values_list("pk")[:1])
    for model in (Platform, Project, Folder, File, Row)
}
_untold = Prepared(lambda: Conflict.objects.filter(resolution_sent=False).values_list("file_id"))
_live = Prepared(lambda: File.objects.filter(trash__isnull=True).order_by("pk").values_list("pk", "revision"))


# ---- after a step ----
def desktop_holds(world: World, desktop: Desktop, seen: dict[str, Any]) -> None:
    """P8, P11, P12 and P15 on one desktop; `seen` is what it was at the last look, and becomes what it is."""
    with world.on(desktop):
        dirty = {row: (target, status) for row, target, status in _edits()}
        for row, target, status in by_ids.values_of(Row, ("id", "target", "status"), list(dirty)):
            if dirty[row] != (target, status):
                raise Violation("P8", f"{desktop.name}: row {row} lost {dirty[row][0]!r}, which is still to send")
        world.checks["P8"] += 1
        places = {pk: (epoch, generation, cursor) for pk, epoch, generation, cursor in _places()}
        for file, (epoch, generation, cursor) in seen.get("places", {}).items():
            now = places.get(file)
            if now is None or (now[:2] == (epoch, generation) and now[2] < cursor):
                raise Violation("P11", f"{desktop.name}: the cursor of file {file} fell from {cursor} to {now}")
        rows = {pk for (pk,) in _rows_of_server()}
        if lost := seen.get("rows", set()) - rows:
            raise Violation("P15", f"{desktop.name}: rows {sorted(lost)} are gone")
        world.checks["P15"] += 1
        if _homeless():
            raise Violation("P12", f"{desktop.name}: a file without its project")
        decisions.told_after_text(desktop)
        world.checks["P12"] += 1
        seen.update(places=places, rows=rows)


# ---- at the end ----
def heal(world: World, desktops: list[Desktop], files: list[int], *, whole: bool = False, beside: bool = False) -> None:
    """The network is well again, what was still on its way arrives, and everyone speaks to the server three times.

    About these files, the last time of everything (`whole`). Who is level with the server has nothing to say;
    whether that is true is looked at afterwards. When nobody has anything to send any more everyone looks at
    conflicts and memories (`beside`).
    """
    while world.late:
        world.arrive(world.late.pop())
        world.look()
    for n in range(ROUNDS):
        for desktop in desktops:
            world.time += 400.0
            with world.on(desktop):
                everything = whole and n == ROUNDS - 1
                if behind := files if everything else _behind(files):
                    exchange(world, desktop, behind, whole=everything)
    for desktop in desktops if whole or beside else ():
        with world.on(desktop):
            exchange_beside(world, desktop, files)


def _behind(files: list[int]) -> list[int]:
    """Those of which the present desktop is not where the server is, or has something to send."""
    known, waiting = dict(_current()), {pk for (pk,) in _waiting()} | {pk for (pk,) in _untold()}
    with workspaces.use(workspaces.SERVER):
        live = [(pk, revision) for pk, revision in _live() if pk in files]
    return [pk for pk, revision in live if pk in waiting or known.get(pk) != revision]


def all_hold(world: World, *, beside: bool) -> None:
    """Everything that is true of a world at rest; `beside`: memories and conflicts too were fetched by everyone.

    Raises Violation.
    """
    with workspaces.use(workspaces.SERVER):
        server = _Server()
    for desktop in world.desktops[:-1]:
        with world.on(desktop):
            _converged(world, desktop, server)
            _queue(world, desktop, server)
            _ids(desktop)
            _uploads(world, desktop, server)
            world.checks["P13"] += 1
    _texts(world, server)
    decisions.all_hold(world, server, world.desktops[:-1], beside=beside)
    content = memories.server_holds(world)
    if beside:
        for desktop in world.desktops[:-1]:
            sees = server.sees(desktop.user_id, world.templates.files[0])
            memories.desktop_holds(world, desktop, content, sees=sees)
    if server.lowest <= 0:
        raise Violation("P13", f"the server holds an id of a desktop: {server.lowest}")


class _Server:
    """The server's rows and history, read once."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[str, Any]] = {
            row[0]: dict(zip((*COLUMNS, "file_id"), row, strict=True)) for row in _server_rows()
        }
        self.files = {file.pk: file for file in File.objects.select_related("project")}
        self.texts: dict[int, list[str]] = {pk: [row["target"]] for pk, row in self.rows.items()}
        for row, before, after in _history():
            self.texts[row] += [before, after]
        self.lowest = min(pk for lowest in _lowest.values() for (pk,) in lowest())
        self.readers = {
            pk: set(file.project.grants.values_list("user_id", flat=True)) if file.project.restricted else None
            for pk, file in self.files.items()
        }

    def sees(self, user_id: int, file_id: int) -> bool:
        """Whether a person of no special role may read a file."""
        if file_id not in self.files or self.files[file_id].trash_id is not None:
            return False
        readers = self.readers[file_id]
        return readers is None or user_id in readers


def _converged(world: World, desktop: Desktop, server: _Server) -> None:
    """P1 and P10: the mirror is what the server has, and knows how far it is."""
    dirty = {row for row, _target, _status in _edits()}
    revisions = dict(_revisions())
    here = {row[0]: row for row in _mirrored_rows()}
    marks = {pk: (state, cursor) for pk, state, cursor in _marks()}
    for file_id in world.templates.files:
        file = server.files[file_id]
        if not server.sees(desktop.user_id, file_id):
            continue
        mark = marks.get(file_id)
        if mark != (MirroredFile.State.CURRENT, file.revision):
            raise Violation("P10", f"{desktop.name}: file {file_id} is at {mark}, not {file.revision}")
        world.checks["P10"] += 1
    # What was uploaded and cut before its mirror was whole goes on with the next upload, not with a round of others.
    current = MirroredFile.State.CURRENT
    level = {pk for pk, file in server.files.items() if marks.get(pk) == (current, file.revision)}
    for pk, row in server.rows.items():
        if row["file_id"] not in level or not server.sees(desktop.user_id, row["file_id"]) or pk in dirty:
            continue
        mine = here.get(pk)
        if mine is None:
            raise Violation("P1", f"{desktop.name}: row {pk} is not here")
        theirs = [row[name] for name in SAME]
        pairs = zip(SAME, mine, theirs, strict=True)
        other = [f"{name}: {one!r}, not {two!r}" for name, one, two in pairs if one != two]
        if other:
            raise Violation("P1", f"{desktop.name}: row {pk} differs: {'; '.join(other)}")
        if revisions.get(pk) != row["text_rev"]:
            raise Violation("P1", f"{desktop.name}: row {pk} is known at {revisions.get(pk)}, not {row['text_rev']}")
        world.checks["P1"] += 1


def _queue(world: World, desktop: Desktop, server: _Server) -> None:
    """P16: what is still to send is what the server will not have; and nothing is forgotten."""
    pending = {edit.pk: edit for edit in PendingEdit.objects.all()}
    for pk, edit in pending.items():
        row = server.rows.get(pk)
        refused = row is None or row["locked"] or row["removed_at"] is not None
        if not refused and server.sees(desktop.user_id, edit.file_id):
            raise Violation("P16", f"{desktop.name}: the edit of row {pk} is not sent: {edit.error}")
    if left := {row for (row,) in _shadows()} - set(pending):
        raise Violation("P16", f"{desktop.name}: shadows without an edit: {sorted(left)}")
    last = {saved.row: saved for saved in world.ledger.saved if saved.node == desktop.name}
    decided = set(world.ledger.texts.values())
    for row_id, saved in last.items():
        if saved.at <= world.ledger.restored_at or (desktop.name, row_id) in world.ledger.let_go:
            continue
        if (row_id, saved.version[0]) not in decided and row_id not in pending:
            raise Violation("P16", f"{desktop.name}: {saved.version[0]!r} of row {row_id} never reached the server")
    world.checks["P16"] += 1


def _ids(desktop: Desktop) -> None:
    """P13 on a desktop, and whole references."""
    with connections[workspaces.OFFLINE_ALIAS].cursor() as cursor:
        cursor.execute("SELECT value, mirror FROM local_id")
        lowest, open_guard = cursor.fetchone()
        cursor.execute("PRAGMA foreign_key_check")
        if broken := cursor.fetchall():
            raise Violation("P12", f"{desktop.name}: {broken}")
    if open_guard:
        raise Violation("P13", f"{desktop.name}: the guard of ids stayed open")
    for model in _lowest:
        for (pk,) in _lowest[model]():
            if pk < lowest:
                raise Violation("P13", f"{desktop.name}: {model.__name__} {pk} is below the counter {lowest}")


def _uploads(world: World, desktop: Desktop, server: _Server) -> None:
    """P4 of files: what was sent to the server is there once, whole, and is not lost here before that."""
    for name in world.ledger.born[desktop.name]:
        copies = [file for file in server.files.values() if file.name.startswith(name.removesuffix(".xml"))]
        if len(copies) > 1 + world.ledger.told_edited[name]:
            raise Violation("P4", f"{desktop.name}: {name} is on the server {len(copies)} times")
        rows = [row for row in server.rows.values() if copies and row["file_id"] == copies[0].pk]
        here = File.objects.filter(pk__lt=0, name=name, trash__isnull=True).exists()
        mirrored = File.objects.filter(pk__gt=0, name=name).exists()
        if (copies and len(rows) != births.ROWS) or not (here or mirrored):
            raise Violation("P2", f"{desktop.name}: of {name} the server has {len(rows)} rows")
        texts = {row["target"] for row in server.rows.values() if row["file_id"] in {copy.pk for copy in copies}}
        live = Row.objects.filter(file__trash__isnull=True).values_list("target", flat=True)
        if missing := set(world.ledger.born_texts[desktop.name, name]) - texts - set(live):
            last = world.ledger.born_texts[desktop.name, name][-1]
            if last in missing:
                raise Violation("P2", f"{desktop.name}: {last!r} of {name} did not reach the server and is in the bin")
        world.checks["P4"] += 1


def _texts(world: World, server: _Server) -> None:
    """P2 and P3: every text that was saved is somewhere; every text that the server took is on the server."""
    local: dict[str, set[str]] = {}
    for desktop in world.desktops:
        with world.on(desktop):
            local[desktop.name] = {target for (target,) in _written()} | {target for _row, target, _status in _edits()}
    for edit in world.ledger.saved:
        text = edit.version[0]
        there = text in server.texts.get(edit.row, ())
        if text and not there and text not in local.get(edit.node, ()) and text not in world.ledger.given_up:
            raise Violation("P2", f"{text!r}, written on {edit.node} in row {edit.row}, is nowhere")
        world.checks["P2"] += 1
    for op, (row, text) in world.ledger.texts.items():
        if text not in server.texts.get(row, ()):
            raise Violation("P3", f"{text!r} of row {row} was {world.ledger.answers[op]} and is not on the server")
        world.checks["P3"] += 1


def exports_agree(world: World, desktop: Desktop) -> None:
    """P25: a whole mirror exports the very bytes that the server exports."""
    with workspaces.use(workspaces.SERVER):
        server = _Server()
    with world.on(desktop) as person:
        exchange(world, desktop, world.templates.files)
        dirty = set(PendingEdit.objects.values_list("file_id", flat=True))
        whole = MirroredFile.objects.filter(state=MirroredFile.State.CURRENT).values_list("pk", flat=True)
        files = [pk for pk in whole if server.sees(desktop.user_id, pk) and pk not in dirty]
        for pk in files:
            originals.fetch(world.peer(desktop), pk)
            mine = _exported(person.pk, pk)
            with workspaces.use(workspaces.SERVER):
                theirs = _exported(person.pk, pk)
            if mine != theirs:
                raise Violation("P25", f"{desktop.name}: file {pk} is exported otherwise than on the server")
            world.checks["P25"] += 1


def _exported(user_id: int, file_id: int) -> Any:
    from apps.accounts.models import User
    from apps.ldm import permissions

    person = User.objects.get(pk=user_id)
    try:
        return export_file(actor=person, file=permissions.get_file(person, file_id))
    except ServiceError as error:
        return str(error)


def server_texts_of(world: World) -> dict[int, str]:
    """The server's targets by row."""
    with workspaces.use(workspaces.SERVER):
        return dict(Row.objects.values_list("pk", "target"))
