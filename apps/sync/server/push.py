"""Taking in the edits of a desktop: each has its answer, none blocks another, asked again it changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import ChangeSet, File, Origin, Row, RowRevision, Status
from apps.ldm.services.memories import confirm
from apps.ldm.services.rows import rules
from apps.ldm.services.rows.change_rows import RowChange, change_rows, lock_rows
from apps.sync import clock
from apps.sync.models import AppliedEdit, Conflict
from apps.sync.protocol import MOST_OPS, Caller, Op, OpAnswer, Pushed
from apps.sync.server.conflicts import conflict_json, conflict_of
from apps.sync.server.decide import Present, Verdict, decide, time_of
from apps.sync.server.rows import COLUMNS, one_to_wire
from locanext_project import workspaces
from locanext_project.errors import Forbidden, Invalid, NotFound, ServiceError

KEPT_FIELDS = ("blank_intended", "origin", "score")


@dataclass(slots=True)
class _Wave:
    """Edits of one file, at most one a row, that are written together."""

    actor: User
    file: File
    caller: Caller
    rows: dict[int, Row]
    now: float
    changes: list[RowChange] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    before: dict[int, tuple[int, str]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    refused: dict[str, OpAnswer] = field(default_factory=dict)


def push(*, actor: User, caller: Caller, ops: Sequence[Op]) -> Pushed:
    """Apply edits; an answer for every one, in order. Raises Invalid for too many.

    The edits of one file are one transaction and, where they are several, one change set.
    """
    if len(ops) > MOST_OPS:
        raise Invalid(f"Send at most {MOST_OPS} edits at once.")
    answers: dict[str, OpAnswer] = {}
    files = dict(Row.objects.filter(pk__in=[op.row_id for op in ops]).values_list("pk", "file_id"))
    by_file: dict[int | None, list[Op]] = defaultdict(list)
    for op in ops:
        by_file[files.get(op.row_id)].append(op)
    revisions: dict[int, int] = {}
    for file_id, group in by_file.items():
        if file_id is None:
            answers |= {op.op: OpAnswer(op.op, "gone", message="This row does not exist.") for op in group}
            continue
        for wave in _waves(group):
            answers |= _push_wave(actor, caller, file_id, wave, revisions)
    return Pushed(COLUMNS, [answers[op.op] for op in ops], revisions)


def _waves(ops: Iterable[Op]) -> list[list[Op]]:
    """Edits of one row one after the other, in their order; the same edit twice is one."""
    waves: list[dict[int, Op]] = []
    seen: set[str] = set()
    for op in ops:
        if op.op in seen:
            continue
        seen.add(op.op)
        free = next((wave for wave in waves if op.row_id not in wave), None)
        if free is None:
            waves.append(free := {})
        free[op.row_id] = op
    return [list(wave.values()) for wave in waves]


def _push_wave(
    actor: User, caller: Caller, file_id: int, ops: Sequence[Op], revisions: dict[int, int]
) -> dict[str, OpAnswer]:
    try:
        with workspaces.atomic():
            file = permissions.get_file(actor, file_id)
            permissions.require(actor, "edit_rows", file)
            rows = lock_rows(file, [op.row_id for op in ops])
            # Under the lock: the same edit may have come by another request a moment ago.
            done = {edit.op.hex: edit for edit in AppliedEdit.objects.filter(op__in=[op.op for op in ops])}
            wave = _Wave(actor, file, caller, rows, clock.now())
            fresh = [op for op in ops if _hex(op.op) not in done and op.row_id in rows]
            _decide_all(wave, fresh)
            if wave.changes or wave.conflicts:
                revisions[file.pk] = _write(wave, fresh)
            _remember(wave, fresh)
            return {op.op: _answer(wave, op, done.get(_hex(op.op))) for op in ops}
    except (NotFound, Forbidden) as error:
        outcome = "gone" if isinstance(error, NotFound) else "forbidden"
        return {op.op: OpAnswer(op.op, outcome, message=error.message) for op in ops}


def _hex(op: str) -> str:
    return op.replace("-", "")


def _decide_all(wave: _Wave, ops: Sequence[Op]) -> None:
    present_revs = {(row.pk, row.text_rev) for row in wave.rows.values()}
    made = AppliedEdit.objects.filter(row_id__in=list(wave.rows), status="applied")
    last = {row: str(op) for op, row, rev in made.values_list("op", "row_id", "rev") if (row, rev) in present_revs}
    for op in ops:
        row = wave.rows[op.row_id]
        if row.removed_at is not None:
            wave.refused[op.op] = OpAnswer(op.op, "gone", one_to_wire(row), message="This row is not in the file now.")
            continue
        at = time_of(server_now=wave.now, client_now=wave.caller.now, edited_at=op.edited_at)
        edited = row.edited_at.timestamp() if row.edited_at else None
        present = Present(row.target, row.status, row.text_rev, edited, last.get(row.pk, ""))
        verdict = decide(
            present, op=op.op, base_rev=op.base_rev, after=op.after, target=op.target, status=op.status, at=at
        )
        try:
            if verdict.outcome == "applied":
                wave.changes.append(_change(wave, row, op, verdict))
        except ServiceError as error:
            outcome = "forbidden" if isinstance(error, Forbidden) else "invalid"
            wave.refused[op.op] = OpAnswer(op.op, outcome, one_to_wire(row), message=error.message)
            continue
        wave.verdicts[op.op] = verdict
        if verdict.concurrent:
            wave.conflicts.append(conflict_of(wave.actor, row, op, verdict))


def _change(wave: _Wave, row: Row, op: Op, verdict: Verdict) -> RowChange:
    """The fields that an edit sets. Raises Forbidden and Invalid, as the same edit made here would."""
    if row.locked:
        raise Forbidden("This row is locked.", code="locked")
    status, text_changes = Status(op.status), op.target != row.target
    if text_changes:
        rules.check_text(wave.file, op.target)
    if status != row.status:
        rules.require_status(wave.actor, row, status, text_changes)
    fields: dict[str, Any] = {"target": op.target, "status": status}
    fields |= {name: value for name, value in op.fields.items() if name in KEPT_FIELDS}
    if text_changes:
        fields.setdefault("origin", str(Origin.HUMAN if op.target else Origin.NONE))
    if status >= Status.CONFIRMED:
        fields |= {"source_changed": False, "old_source": None}
    fields["edited_at"] = datetime.fromtimestamp(verdict.at, UTC)
    wave.before[row.pk] = (row.status, row.target)
    return RowChange(row.pk, fields, note=str(op.fields.get("note", "")))


def _write(wave: _Wave, ops: Sequence[Op]) -> int:
    """Write what won, keep what lost in the history; the file's revision after it."""
    file, actor = wave.file, wave.actor
    several = len(wave.changes) > 1
    change_set = (
        ChangeSet.objects.create(file=file, kind=ChangeSet.Kind.SYNC, author_id=actor.pk, author_name=actor.name)
        if several
        else None
    )
    outcome = change_rows(
        actor=actor, file=file, rows=wave.rows, changes=wave.changes, change_set=change_set, kind=RowRevision.Kind.EDIT
    )
    if change_set is not None:
        change_set.counts = {"changed": outcome.changed, "conflicts": len(wave.conflicts)}
        change_set.save(update_fields=["counts"])
    lost = [op for op in ops if op.op in wave.verdicts and wave.verdicts[op.op].outcome == "lost"]
    RowRevision.objects.bulk_create([_lost_revision(wave, op) for op in lost])
    Conflict.objects.bulk_create(wave.conflicts)
    risen = [
        wave.rows[pk]
        for pk, (status, target) in wave.before.items()
        if confirm.enters(wave.rows[pk], status_before=status, target_before=target)
    ]
    confirm.remember(actor=actor, file=file, rows=sorted(risen, key=lambda row: row.position))
    record(
        "edits_received", actor=actor, target_kind="file", target_id=file.pk, target_name=file.name,
        detail={"count": outcome.changed, "conflicts": len(wave.conflicts), "client": wave.caller.client},
    )  # fmt: skip
    return outcome.revision


def _lost_revision(wave: _Wave, op: Op) -> RowRevision:
    row = wave.rows[op.row_id]
    return RowRevision(
        row=row, kind=RowRevision.Kind.CONFLICT_LOST, rev=row.rev, at=timezone.now(), author_id=wave.actor.pk,
        author_name=wave.actor.name, target_before=op.base_target, target=op.target, status_before=row.status,
        status=op.status, origin=Origin.HUMAN,
    )  # fmt: skip


def _remember(wave: _Wave, ops: Sequence[Op]) -> None:
    """Each decided edit with its answer, in the same transaction as what it did."""
    AppliedEdit.objects.bulk_create(
        AppliedEdit(
            op=op.op,
            client=wave.caller.client,
            user_id=wave.actor.pk,
            row_id=op.row_id,
            status=wave.verdicts[op.op].outcome,
            rev=wave.rows[op.row_id].text_rev,
            edited_at=wave.verdicts[op.op].at,
        )
        for op in ops
        if op.op in wave.verdicts
    )


def _answer(wave: _Wave, op: Op, done: AppliedEdit | None) -> OpAnswer:
    if op.op in wave.refused:
        return wave.refused[op.op]
    row = wave.rows.get(op.row_id)
    if row is None:
        return OpAnswer(op.op, "gone", message="This row does not exist.")
    if done is not None:
        conflict = Conflict.objects.filter(op=op.op).first()
        return OpAnswer(op.op, done.status, one_to_wire(row), conflict_json(conflict) if conflict else None)
    conflict = next((one for one in wave.conflicts if str(one.op) == op.op), None)
    return OpAnswer(
        op.op, wave.verdicts[op.op].outcome, one_to_wire(row), conflict_json(conflict) if conflict else None
    )
