"""Changing many rows of a file as one change set: what bulk acts, imports and reverts are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.ldm import events
from apps.ldm.models import ChangeSet, File, Row, RowRevision, Status
from apps.ldm.services import counters
from apps.ldm.services.rows import counting, row_checks, search_index
from apps.ldm.services.rows.revisions import raise_revision
from locanext_project.bulk_load import bulk_load, bulk_update
from locanext_project.chunks import chunks

CHUNK = 500
WRITE_CHUNK = 20_000
KEEP_INDEX_BELOW = 2000
"""Up to so many rows, the search index follows in the same transaction; above, as a task."""

REVISION_FIELDS = (
    "row_id", "change_set_id", "kind", "rev", "at", "author_id", "author_name", "target_before", "target",
    "status_before", "status", "origin", "score", "note", "before",
)  # fmt: skip
UPDATED = (
    "position", "segment", "key", "source", "target", "source_hash", "status", "origin", "score", "words", "locked",
    "source_changed", "blank_intended", "old_source", "context", "comment", "location", "max_length", "codes", "rev",
    "text_rev", "edited_at", "edited_by_id", "edited_by_name", "removed_at", "assignee_id", "assignee_name",
)  # fmt: skip
STAMPS = frozenset(("rev", "text_rev", "edited_at", "edited_by_id", "edited_by_name"))
"""What is written with every change, whatever it is of."""


@dataclass(slots=True)
class RowChange:
    """New field values for one row; `note` goes into its history."""

    row_id: int
    fields: dict[str, Any]
    note: str = ""
    remembered: bool = True
    """False for changes nobody reads about: a row that only moved."""
    kind: RowRevision.Kind | None = None
    """How the history calls it, where not as the others."""


@dataclass(slots=True)
class Outcome:
    """What `change_rows` did."""

    revision: int
    changed: int = 0
    counts: counting.Counts = field(default_factory=dict)


def lock_rows(file: File, row_ids: Sequence[int]) -> dict[int, Row]:
    """The file's rows with these ids, locked until the transaction ends, in id order."""
    found: dict[int, Row] = {}
    for chunk in chunks(sorted(set(row_ids)), CHUNK):
        for row in Row.objects.select_for_update(of=("self",)).filter(file_id=file.pk, pk__in=chunk).order_by("pk"):
            found[row.pk] = row
    return found


def change_rows(
    *,
    actor: User,
    file: File,
    rows: Mapping[int, Row],
    changes: Iterable[RowChange],
    change_set: ChangeSet | None,
    kind: RowRevision.Kind,
    indexed_later: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Write changes to rows that the caller has locked; raises the file's revision once.

    Fields equal to the present ones are no change. The caller's transaction, change set and audit
    entry make it one act; without a change set it is a single edit. `edited_at` among the fields of
    a change is when it was made, elsewhere, instead of now. `indexed_later`: the caller changes more
    rows under the same revision, and has the search index built and the rows checked behind them.
    """
    changes, now = list(changes), timezone.now()
    # The mark of the index may follow only where every row of this revision is indexed with it.
    small = len(changes) <= KEEP_INDEX_BELOW and not indexed_later
    outcome = Outcome(raise_revision(file.pk, searchable=small, changed_by=(actor.pk, actor.name)))
    moves: list[tuple[Status | None, Status | None, int]] = []
    flagged = removed = 0
    touched, columns = list[Row](), set[str]()
    history: list[tuple[Any, ...]] = []
    texts: dict[int, events.TextBefore] = {}
    for change in changes:
        row = rows[change.row_id]
        fields = {name: value for name, value in change.fields.items() if getattr(row, name) != value}
        if not fields:
            continue
        before = {name: getattr(row, name) for name in fields}
        alive, status, words, was_flagged = row.removed_at is None, Status(row.status), row.words, row.source_changed
        texts[row.pk] = text = events.TextBefore.of(row, change.note)
        _set(row, fields, outcome.revision, actor, now)
        columns.update(fields)
        alive_after = row.removed_at is None
        moves.append((status if alive else None, None, words))
        moves.append((None, Status(row.status) if alive_after else None, row.words))
        flagged += int(row.source_changed and alive_after) - int(was_flagged and alive)
        removed += int(alive) - int(alive_after)
        touched.append(row)
        if change.remembered:
            history.append(_revision(row, change_set, change.kind or kind, actor, now, text, before))
        outcome.changed += 1
    _write(touched, columns, progress)
    events.rows_written(file.pk, touched, texts)
    bulk_load(RowRevision, REVISION_FIELDS, history)
    outcome.counts = counting.sum_moves(moves)
    if not indexed_later:
        _follow(actor, file, touched, at_once=small)
    counters.apply(file.pk, outcome.counts)
    counting.flag(file.pk, flagged, removed)
    # Where the caller adds rows to this revision, these are not all of it.
    events.rows_changed(file.pk, outcome.revision, [] if indexed_later else touched)
    if change_set is not None:
        change_set.revision = outcome.revision
        change_set.save(update_fields=["revision"])
    return outcome


def _follow(actor: User, file: File, rows: Sequence[Row], *, at_once: bool) -> None:
    """Bring the search index and the findings of the checks up to date, or have a task do it."""
    if at_once:
        search_index.keep(row for row in rows if row.removed_at is None)
    else:
        search_index.submit(actor=actor, file=file)
    row_checks.keep_many(actor=actor, file=file, rows=rows, at_once=at_once)


def _set(row: Row, fields: Mapping[str, Any], revision: int, actor: User, now: datetime) -> None:
    """The new values; who changed a target or status is its editor."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.rev = revision
    if "target" in fields or "status" in fields:
        row.text_rev = revision
        row.edited_at = fields.get("edited_at") or now
        row.edited_by_id, row.edited_by_name = actor.pk, actor.name


def _revision(
    row: Row,
    change_set: ChangeSet | None,
    kind: RowRevision.Kind,
    actor: User,
    now: datetime,
    text: events.TextBefore,
    before: dict[str, Any],
) -> tuple[Any, ...]:
    rest = {name: _plain(value) for name, value in before.items() if name not in ("target", "status", "edited_at")}
    return (
        row.pk, change_set.pk if change_set else None, str(kind), row.rev, now, actor.pk, actor.name, text.target,
        row.target, int(text.status), int(row.status), str(row.origin), row.score, text.note[:500], rest or None,
    )  # fmt: skip


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _write(rows: list[Row], changed: set[str], progress: Callable[[int], None]) -> None:
    """Write the columns that some row changed: every other one costs its indexes for nothing."""
    columns = [name for name in UPDATED if name in changed or name in STAMPS]
    for start in range(0, len(rows), WRITE_CHUNK):
        part = rows[start : start + WRITE_CHUNK]
        bulk_update(Row, columns, ((row.pk, *(getattr(row, name) for name in columns)) for row in part))
        progress(start + len(part))
