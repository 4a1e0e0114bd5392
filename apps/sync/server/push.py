"""Taking in the edits of a desktop: each has its answer, none blocks another, asked again it changes nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import ChangeSet, File, Origin, Row, RowRevision, Status
from apps.ldm.services.memories import confirm
from apps.ldm.services.rows import row_checks, rules
from apps.ldm.services.rows.change_rows import RowChange, change_rows, lock_rows
from apps.ldm.services.rows.edit_row import RowEdit
from apps.sync import clock
from apps.sync.models import AppliedEdit, Conflict
from apps.sync.protocol import MOST_OPS, Caller, Op, OpAnswer, Pushed
from apps.sync.server.conflicts import conflict_json, conflict_of
from apps.sync.server.decide import Present, Verdict, decide, time_of
from apps.sync.server.given import problem_of
from apps.sync.server.rows import COLUMNS, one_to_wire
from locanext_project import workspaces
from locanext_project.errors import Forbidden, Invalid, NotFound, ServiceError

REPLACED = "replaced"
"""Of an edit that never arrived before a later one of its row that names it: it has nothing to say any more."""


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
    # The moment of arrival: whatever is waited for from here on must not make an edit look younger than it is.
    arrived = clock.now()
    if len(ops) > MOST_OPS:
        raise Invalid(_("Send at most %(most)s edits at once.") % {"most": MOST_OPS})
    problems = {op.op: problem for op in ops if (problem := problem_of(op))}
    answers = {op: OpAnswer(op, "invalid", message=problem) for op, problem in problems.items()}
    good = [op for op in ops if op.op not in problems]
    files = dict(Row.objects.filter(pk__in=[op.row_id for op in good]).values_list("pk", "file_id"))
    by_file: dict[int | None, list[Op]] = defaultdict(list)
    for op in good:
        by_file[files.get(op.row_id)].append(op)
    revisions: dict[int, int] = {}
    for file_id, group in by_file.items():
        if file_id is None:
            answers |= {op.op: OpAnswer(op.op, "gone", message=_("This row does not exist.")) for op in group}
            continue
        for wave in _waves(group):
            answers |= _push_wave(actor, caller, arrived, file_id, wave, revisions)
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
    actor: User, caller: Caller, arrived: float, file_id: int, ops: Sequence[Op], revisions: dict[int, int]
) -> dict[str, OpAnswer]:
    try:
        with workspaces.atomic():
            file = permissions.get_file(actor, file_id)
            permissions.require(actor, "edit_rows", file)
            rows = lock_rows(file, [op.row_id for op in ops])
            # Under the lock: the same edit may have come by another request a moment ago.
            done = {edit.op.hex: edit for edit in AppliedEdit.objects.filter(op__in=[op.op for op in ops])}
            wave = _Wave(actor, file, caller, rows, arrived)
            fresh = [op for op in ops if _hex(op.op) not in done and op.row_id in rows]
            _decide_all(wave, fresh)
            if wave.changes or wave.conflicts:
                revisions[file.pk] = _write(wave, fresh)
            _remember(wave, fresh)
            return _answers(wave, ops, done)
    except (NotFound, Forbidden) as error:
        outcome = "gone" if isinstance(error, NotFound) else "forbidden"
        return {op.op: OpAnswer(op.op, outcome, message=error.message) for op in ops}


def _hex(op: str) -> str:
    return uuid.UUID(op).hex


def _decide_all(wave: _Wave, ops: Sequence[Op]) -> None:
    present_revs = {(row.pk, row.text_rev) for row in wave.rows.values()}
    made = AppliedEdit.objects.filter(row_id__in=list(wave.rows), status="applied")
    last = {row: str(op) for op, row, rev in made.values_list("op", "row_id", "rev") if (row, rev) in present_revs}
    for op in ops:
        row = wave.rows[op.row_id]
        if row.removed_at is not None:
            wave.refused[op.op] = OpAnswer(
                op.op, "gone", one_to_wire(row), message=_("This row is not in the file now.")
            )
            continue
        # No edit is older than the time that dates begin with, whatever a clock says.
        at = max(0.0, time_of(server_now=wave.now, client_now=wave.caller.now, edited_at=op.edited_at))
        edited = row.edited_at.timestamp() if row.edited_at else None
        present = Present(row.target, row.status, row.text_rev, edited, last.get(row.pk, ""), row.blank_intended)
        verdict = decide(
            present, op=op.op, base_rev=op.base_rev, after=op.after, target=op.target, status=op.status, at=at,
            blank=_blank_of(op), flag_only=op.fields.get("flag_only", False),
        )  # fmt: skip
        try:
            if verdict.outcome == "applied" and not _take(wave, row, op, verdict):
                verdict = Verdict("noop", False, at)
        except ServiceError as error:
            outcome = "forbidden" if isinstance(error, Forbidden) else "invalid"
            wave.refused[op.op] = OpAnswer(op.op, outcome, one_to_wire(row), message=error.message)
            continue
        wave.verdicts[op.op] = verdict
        if verdict.concurrent:
            wave.conflicts.append(conflict_of(wave.actor, row, op, verdict, skew=wave.now - wave.caller.now))


def _blank_of(op: Op) -> bool | None:
    """What an edit says of a row without a text; None where its text or its status says it already."""
    return None if op.target or op.status >= Status.TRANSLATED else op.fields.get("blank_intended")


def _take(wave: _Wave, row: Row, op: Op, verdict: Verdict) -> bool:
    """Note what an edit sets; False where that is what the row has.

    Raises Forbidden, Invalid and CheckFailed, as the same edit made here would.
    """
    if (op.target, op.status) == (row.target, row.status):
        change = rules.resolve(wave.actor, wave.file, row, RowEdit(blank_intended=_blank_of(op)))
        row_checks.refuse(wave.file, row, change.fields)
        note = op.fields.get("note", "")
        wave.changes.append(RowChange(row.pk, change.fields, note=note, kind=change.kind))
        return True
    status, given = Status(op.status), op.fields
    if status == Status.ORIGINAL != row.status:
        # Taken back to what the import brought, while somebody worked on it here.
        status = Status.TRANSLATED if op.target else Status.NEW
    edit = RowEdit(
        target=op.target,
        status=status,
        blank_intended=given.get("blank_intended", bool(not op.target and status >= Status.TRANSLATED)),
        origin=Origin(given.get("origin") or Origin.HUMAN),
        score=given.get("score"),
    )
    change = rules.resolve(wave.actor, wave.file, row, edit)
    if all(getattr(row, name) == value for name, value in change.fields.items()):
        return False
    row_checks.refuse(wave.file, row, change.fields)
    wave.before[row.pk] = (row.status, row.target)
    at = datetime.fromtimestamp(verdict.at, UTC)
    wave.changes.append(RowChange(row.pk, change.fields | {"edited_at": at}, note=given.get("note", "")))
    return True


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
            # Of a text its own; a flag has another, so that it never stands for the edit that made the text.
            rev=wave.rows[op.row_id].rev,
            edited_at=wave.verdicts[op.op].at,
        )
        for op in ops
        if op.op in wave.verdicts
    )
    # Earlier edits that these replace may still be on their way: arriving later, they are old news.
    AppliedEdit.objects.bulk_create(
        (
            AppliedEdit(
                op=earlier, client=wave.caller.client, user_id=wave.actor.pk, row_id=op.row_id, status=REPLACED,
                rev=wave.rows[op.row_id].text_rev, edited_at=wave.verdicts[op.op].at,
            )
            for op in ops
            if op.op in wave.verdicts
            for earlier in op.after
        ),
        ignore_conflicts=True,
    )  # fmt: skip


def _answers(wave: _Wave, ops: Sequence[Op], done: Mapping[str, AppliedEdit]) -> dict[str, OpAnswer]:
    """An answer for each edit; for one that was decided before, the same answer as then."""
    conflicts = {str(one.op): one for one in wave.conflicts}
    conflicts |= {str(one.op): one for one in Conflict.objects.filter(op__in=[edit.op for edit in done.values()])}
    answers = {}
    for op in ops:
        row, before = wave.rows.get(op.row_id), done.get(_hex(op.op))
        if op.op in wave.refused:
            answers[op.op] = wave.refused[op.op]
        elif row is None:
            answers[op.op] = OpAnswer(op.op, "gone", message=_("This row does not exist."))
        else:
            outcome = before.status if before is not None else wave.verdicts[op.op].outcome
            outcome = "noop" if outcome == REPLACED else outcome
            conflict = conflicts.get(str(uuid.UUID(op.op)))
            answer = OpAnswer(op.op, outcome, one_to_wire(row), conflict_json(conflict) if conflict else None)
            answers[op.op] = answer
    return answers
