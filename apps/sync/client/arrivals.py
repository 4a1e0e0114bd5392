"""Rows of the server as they arrive: written into the mirror, with all that hangs on them.

A row that has an edit to send keeps its text; what arrived of it waits as its shadow. Only its place
follows, so that the file's order stays whole. Everything runs in the caller's transaction, in which
the guard of ids is open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat
from typing import Any, cast

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import events
from apps.ldm.models import File, Project, Row, RowRevision, Status
from apps.ldm.services import counters
from apps.ldm.services.rows import counting, row_checks, search_index
from apps.ldm.services.rows.change_rows import KEEP_INDEX_BELOW, REVISION_FIELDS, STAMPS, UPDATED
from apps.ldm.services.rows.revisions import raise_revision
from apps.sync.client import link
from apps.sync.models import MirroredRow, PendingEdit, Shadow
from apps.sync.models.client import UNKNOWN
from apps.sync.protocol import Refused
from apps.sync.server.rows import COLUMNS, from_wire
from locanext_project import by_ids
from locanext_project.bulk_load import bulk_load, bulk_update
from locanext_project.chunks import chunks

ID, TEXT_REV = COLUMNS.index("id"), COLUMNS.index("text_rev")
PLACE = ("position", "segment", "removed_at")
"""What a row that has an edit to send takes over all the same."""
HISTORIC = ("target", "status", "source", "blank_intended")
_STATUS, _WORDS, _FLAGGED, _REMOVED = (
    COLUMNS.index(name) for name in ("status", "words", "source_changed", "removed_at")
)
Wire = Sequence[Any]


def _by_itself() -> dict[str, Any]:
    """{column: what the database gives a new row by itself}."""
    fields = [field for field in Row._meta.concrete_fields if field.attname in COLUMNS]
    given = {field.attname: field.db_default for field in fields if field.has_db_default()}
    return given | {field.attname: None for field in fields if field.null}


_BY_ITSELF = _by_itself()


@dataclass(slots=True)
class _Page:
    """What becomes of a page of rows."""

    fresh: Sequence[Wire]
    changed: list[Row] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    moves: list[tuple[Status | None, Status | None, int]] = field(default_factory=list)
    history: list[tuple[Row, dict[str, Any]]] = field(default_factory=list)
    flagged: int = 0
    removed: int = 0


def in_our_columns(columns: Sequence[str], rows: list[list[Any]]) -> list[list[Any]]:
    """Rows in the order of COLUMNS. Raises Refused("too_old") where the server leaves one out."""
    if tuple(columns) == COLUMNS:
        return rows
    try:
        order = [list(columns).index(name) for name in COLUMNS]
    except ValueError:
        raise Refused("too_old", _("The server sends rows in a shape that this program does not know.")) from None
    return [[row[n] for n in order] for row in rows]


def write(file_id: int, rows: Sequence[Wire], *, at_once: bool = True, rebase: bool = False) -> int:
    """Take over rows of a file (in COLUMNS); how many of them are other than before.

    `at_once`: search index and checks follow now, where the rows are not too many; else the caller
    has it done. `rebase`: the rows are a new snapshot, by which edits made from forgotten revisions
    find out whether they saw its text. A row older than what is here is passed over.
    """
    ids = [row[ID] for row in rows]
    if not ids:
        return 0
    if min(ids) <= 0:
        raise Refused("invalid", _("The server sent a row with an id of a desktop."))
    here = {row.pk: row for row in by_ids.found(Row, _perhaps(Row, ids))}
    known = dict(by_ids.values_of(MirroredRow, ("row_id", "rev"), _perhaps(MirroredRow, ids)))
    edits = _waiting(ids)
    if not (here or known or edits):
        changed = _keep(file_id, _Page(fresh=rows), at_once)
        bulk_load(MirroredRow, ("row_id", "rev"), ((wire[ID], wire[TEXT_REV]) for wire in rows))
        return changed
    page, held = _Page(fresh := []), list[Wire]()
    for wire in rows:
        pk = wire[ID]
        if known.get(pk, UNKNOWN) > wire[TEXT_REV]:
            continue
        if pk in edits:
            held.append(wire)
        row = here.get(pk)
        if row is None:
            fresh.append(wire)
        else:
            _change(page, row, wire, PLACE if pk in edits else None)
    _hold(held, edits)
    if rebase:
        _rebase([(edits[wire[ID]], wire) for wire in held if wire[ID] not in known])
    changed = _keep(file_id, page, at_once)
    _remember_revisions(rows, known)
    return changed


def _waiting(ids: Sequence[int]) -> dict[int, PendingEdit]:
    return {edit.pk: edit for edit in by_ids.found(PendingEdit, _perhaps(PendingEdit, ids))}


def _perhaps(model: type[Model], ids: Sequence[int]) -> Sequence[int]:
    """The ids to look up: none where nothing at all lies between the first and the last, as in a first mirror."""
    if len(ids) > by_ids.FEW and not model._default_manager.filter(pk__gte=min(ids), pk__lte=max(ids)).exists():
        return ()
    return ids


def _change(page: _Page, row: Row, wire: Wire, only: Collection[str] | None) -> None:
    """Give a row what arrived; `only` these columns where it has an edit to send."""
    arrived = from_wire(wire)
    names = [name for name in arrived if name not in ("id", "text_rev") and (only is None or name in only)]
    before = {name: getattr(row, name) for name in names if getattr(row, name) != arrived[name]}
    if not before:
        return
    alive, status, words, flagged = row.removed_at is None, Status(row.status), row.words, row.source_changed
    for name in before:
        setattr(row, name, arrived[name])
    alive_after = row.removed_at is None
    page.moves.append((status if alive else None, None, words))
    page.moves.append((None, Status(row.status) if alive_after else None, row.words))
    page.flagged += int(row.source_changed and alive_after) - int(flagged and alive)
    page.removed += int(alive) - int(alive_after)
    page.columns.update(before)
    page.changed.append(row)
    if any(name in before for name in HISTORIC):
        page.history.append((row, before))


def _hold(held: Sequence[Wire], edits: dict[int, PendingEdit]) -> None:
    """Keep rows behind their edits. An edit that the server would not have is tried again on a version that is news."""
    known = {pk: one.payload for some in chunks(edits, 900) for pk, one in Shadow.objects.in_bulk(some).items()}
    Shadow.objects.bulk_create(
        [Shadow(row_id=wire[ID], payload=list(wire), rev=wire[TEXT_REV]) for wire in held],
        batch_size=200, update_conflicts=True, unique_fields=["row_id"], update_fields=["payload", "rev"],
    )  # fmt: skip
    again = [wire[ID] for wire in held if edits[wire[ID]].quarantined and known.get(wire[ID]) != list(wire)]
    for some in chunks(again, 900):
        PendingEdit.objects.filter(pk__in=some).update(quarantined=False, reason="", error="", refusals=0)


def _rebase(held: Iterable[tuple[PendingEdit, Wire]]) -> None:
    """Revisions of another life of the data mean nothing: text and status say whether an edit has seen them."""
    for edit, wire in held:
        arrived = from_wire(wire)
        seen = (arrived["target"], arrived["status"]) == (edit.base_target, edit.base_status)
        PendingEdit.objects.filter(pk=edit.pk).update(base_rev=wire[TEXT_REV] if seen else UNKNOWN)


def _keep(file_id: int, page: _Page, at_once: bool) -> int:
    """Write what is new and changed under one revision of this mirror, with counters, index, checks and history."""
    count = len(page.fresh) + len(page.changed)
    if not count:
        return 0
    small = at_once and count <= KEEP_INDEX_BELOW
    revision = raise_revision(file_id, searchable=small)
    fresh = _count_fresh(page)
    for row in page.changed:
        row.rev = revision
    for row, before in page.history:
        if "target" in before or "status" in before:
            row.text_rev = revision
    if page.fresh:
        bulk_load(Row, *_loaded(file_id, page.fresh, revision))
    columns = [name for name in UPDATED if name in page.columns or name in STAMPS]
    bulk_update(Row, columns, ((row.pk, *[getattr(row, name) for name in columns]) for row in page.changed))
    bulk_load(RowRevision, REVISION_FIELDS, (_revision(row, before) for row, before in page.history))
    counters.apply(file_id, _together(fresh, counting.sum_moves(page.moves)))
    counting.flag(file_id, page.flagged, page.removed)
    if small:
        _follow(file_id, [*(Row(file_id=file_id, **from_wire(wire)) for wire in page.fresh), *page.changed])
    elif at_once:
        index_and_check(file_id)
    events.rows_changed(file_id, revision, [] if page.fresh else page.changed)
    return count


def _count_fresh(page: _Page) -> dict[Status, tuple[int, int]]:
    """Rows and words by status of the rows that are new."""
    rows, words = Counter[int](), Counter[int]()
    for wire in page.fresh:
        if wire[_REMOVED] is None:
            rows[wire[_STATUS]] += 1
            words[wire[_STATUS]] += wire[_WORDS]
            page.flagged += bool(wire[_FLAGGED])
        else:
            page.removed += 1
    return {Status(status): (count, words[status]) for status, count in rows.items()}


def _together(left: counters.Counts, right: counters.Counts) -> counters.Counts:
    return counters.counts_of(counters.add(counters.vector_from(left), counters.vector_from(right)))


def _loaded(file_id: int, rows: Sequence[Wire], revision: int) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Columns and values of new rows. A first mirror has many: no instance is made of each.

    A column in which all of them have what the database gives by itself is left to it.
    """
    names, columns = ["file_id", "rev", "text_rev"], list[Iterable[Any]]()
    for name, values in zip(COLUMNS, zip(*rows, strict=True), strict=True):
        if name == "text_rev" or (name in _BY_ITSELF and values.count(_BY_ITSELF[name]) == len(values)):
            continue
        names.append(name)
        times = name in ("edited_at", "removed_at")
        columns.append([one and datetime.fromisoformat(one) for one in values] if times else values)
    ours = (repeat(value, len(rows)) for value in (file_id, revision, revision))
    return names, zip(*ours, *columns, strict=True)


def _follow(file_id: int, rows: Sequence[Row]) -> None:
    """Search index and checks of a few rows, in the present transaction."""
    file = next(by_ids.found(File, [file_id]))
    if file.project_id is not None:
        file.project = next(by_ids.found(Project, [file.project_id]))
    search_index.keep(row for row in rows if row.removed_at is None)
    # Done here and now, it is done in nobody's name.
    row_checks.keep_many(actor=cast(User, link.owner()), file=file, rows=rows, at_once=True)


def index_and_check(file_id: int) -> None:
    """Have the worker bring the search index and the checks of a file up to date."""
    from apps.tasks.services import enqueue

    for kind in ("ldm.index", "ldm.check"):
        enqueue(
            actor=link.owner(), kind=kind, args={"file_id": file_id}, subject_kind="file", subject_id=file_id,
            silent=True,
        )  # fmt: skip


def _revision(row: Row, before: dict[str, Any]) -> tuple[Any, ...]:
    """A row's history: what it was here, and what the server has, by whom."""
    rest = {name: before[name] for name in ("source", "blank_intended") if name in before} or None
    return (
        row.pk, None, str(RowRevision.Kind.SYNC), row.rev, row.edited_at or timezone.now(), row.edited_by_id,
        row.edited_by_name, before.get("target", row.target), row.target, int(before.get("status", row.status)),
        int(row.status), str(row.origin), row.score, "", rest,
    )  # fmt: skip


def _remember_revisions(rows: Iterable[Wire], known: dict[int, int]) -> None:
    fresh, moved = [], []
    for wire in rows:
        pk, rev = wire[ID], wire[TEXT_REV]
        before = known.get(pk)
        if before is None:
            fresh.append((pk, rev))
        elif rev > before:
            moved.append((pk, rev))
    bulk_load(MirroredRow, ("row_id", "rev"), fresh)
    bulk_update(MirroredRow, ("rev",), moved)
