"""Applying a dry run: one change set that keeps row ids and every text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.formats import Document
from apps.ldm.formats.words import count_words
from apps.ldm.models import ChangeSet, File, ImportPlan, Origin, Original, Row, RowRevision, Status
from apps.ldm.services import blobs, counters
from apps.ldm.services.checks import whole_file as check_whole_file
from apps.ldm.services.files import reading, row_values
from apps.ldm.services.reimport import compare
from apps.ldm.services.reimport.order import pack_order
from apps.ldm.services.reimport.plan import positions_of
from apps.ldm.services.rows import search_index
from apps.ldm.services.rows.change_rows import REVISION_FIELDS, RowChange, change_rows
from apps.ldm.services.rows.whole_file import lock_all_rows
from apps.tm.matching.normalise import text_hash
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load
from locanext_project.errors import Conflict, Forbidden, Invalid

Progress = Callable[[int, int, str], None]


def apply_plan(
    *,
    actor: User,
    plan: ImportPlan,
    reason: str = "",
    conflicts: str = "ours",
    progress: Progress = lambda done, total, step: None,
) -> ChangeSet:
    """Bring the file to the newer version as one change set.

    Compared again under lock, so that edits made since the dry run are seen. `conflicts`: "ours"
    keeps the present text and puts the file's into the row's history; "file" the other way round.
    Raises Conflict when the plan was applied already, Forbidden, Invalid.
    """
    original = _check(actor, plan, conflicts)
    progress(0, 0, "reading")
    newer = reading.read_original(original)
    positions = positions_of(plan.file, newer)
    row_values.check_storable(newer.segments, positions)
    documents = {plan.file.original_id: _present(plan.file)}
    with workspaces.atomic():
        file, rows, removed = lock_all_rows(actor, plan.file_id)
        if not ImportPlan.objects.filter(pk=plan.pk, applied_at__isnull=True).update(applied_at=timezone.now()):
            raise Conflict(_("This dry run was applied already."), code="applied")
        # Another version may have been applied, or taken back, since the documents were read.
        present = documents[file.original_id] if file.original_id in documents else _present(file)
        comparison = compare.compare(rows, removed, present, newer, positions, rule=plan.recognise_by)
        change_set = ChangeSet.objects.create(
            file=file,
            kind=ChangeSet.Kind.REIMPORT,
            reason=reason[:500],
            author_id=actor.pk,
            author_name=actor.name,
            before={"original": file.original_id, "generation": file.generation},
            order_before=blobs.store(pack_order(rows)),
        )
        added = _write(actor, file, rows, comparison, change_set, conflicts, progress)
        _point_to(file, original)
        change_set.counts = comparison.counts() | {"added": added, "conflicts": conflicts}
        change_set.save(update_fields=["counts"])
        record(
            "file_reimported", actor=actor, target_kind="file", target_id=file.pk, target_name=file.name,
            detail={"change_set": change_set.pk, **comparison.counts()},
        )  # fmt: skip
    search_index.submit(actor=actor, file=file)
    check_whole_file.submit(actor=actor, file=file)
    return change_set


def _check(actor: User, plan: ImportPlan, conflicts: str) -> Original:
    """The newer original, if this person may apply the plan now."""
    if conflicts not in ("ours", "file"):
        raise Invalid(_("conflicts is ours or file."), field="conflicts")
    permissions.require(actor, "import", plan.file)
    if plan.owner_id != actor.pk and not permissions.leads(actor, plan.file_id):
        raise Forbidden(_("Somebody else made this dry run."))
    if plan.original is None or plan.applied_at is not None:
        raise Conflict(_("This dry run was applied already."), code="applied")
    return plan.original


def _present(file: File) -> Document | None:
    return reading.read_original(file.original) if file.original is not None else None


def _write(
    actor: User,
    file: File,
    rows: list[Row],
    comparison: compare.Comparison,
    change_set: ChangeSet,
    conflicts: str,
    progress: Progress,
) -> int:
    """Change the rows that stay or go, keep the texts that lost, insert the new rows; how many those are."""
    language = file.source_language
    order = {id(item): n for n, item in enumerate(i for i in comparison.items if i.segment is not None)}
    changes = [
        _change(item, item.row, order.get(id(item), -1), language, conflicts)
        for item in comparison.items
        if item.row is not None
    ]
    outcome = change_rows(
        actor=actor, file=file, rows=_known(rows, comparison), changes=changes, change_set=change_set,
        kind=RowRevision.Kind.IMPORT, indexed_later=True,
        progress=lambda done: progress(done, len(rows), "writing"),
    )  # fmt: skip
    _keep_losers(actor, comparison, change_set, outcome.revision, conflicts)
    return _add_new(file, comparison, order, outcome.revision, language)


def _known(rows: list[Row], comparison: compare.Comparison) -> dict[int, Row]:
    """The live rows and those that come back, by id."""
    return {row.pk: row for row in rows} | {item.row.pk: item.row for item in comparison.items if item.row is not None}


def _change(item: compare.Item, row: Row, position: int, language: str, conflicts: str) -> RowChange:
    """The new values of a present row."""
    segment = item.segment
    if segment is None:
        return RowChange(row.pk, {"removed_at": timezone.now(), "position": -1, "segment": -1}, "gone")
    fields: dict[str, Any] = {
        "position": position,
        "segment": item.segment_position,
        "removed_at": None,
        "key": segment.key,
        "context": segment.context,
        "comment": segment.comment,
        "location": segment.location[:255],
        "max_length": segment.max_length,
        "codes": dict(segment.codes) or None,
        "locked": item.locked,
    }
    remembered = item.kind not in (compare.MOVED, compare.UNCHANGED)
    if segment.source != row.source:
        fields |= {
            "source": segment.source,
            "source_hash": text_hash(segment.source),
            "words": count_words(segment.source, language),
        }
        before = row.old_source if row.source_changed else row.source
        decided = bool(row.target) or row.blank_intended
        if decided and before == segment.source:
            # Back to the source that the text was written for.
            fields |= {"source_changed": False, "old_source": None}
        elif decided:
            fields |= {"source_changed": True, "old_source": before}
            if row.status >= Status.CONFIRMED:
                fields["status"] = Status.TRANSLATED
    if item.target_from_file and (item.kind != compare.CONFLICTING or conflicts == "file"):
        untouched = row.status <= Status.ORIGINAL
        fields |= {
            "target": segment.target,
            "status": Status.ORIGINAL if untouched else Status.TRANSLATED,
            "origin": Origin.IMPORT,
            "score": None,
            "blank_intended": False,
            # The file's text belongs to the file's source.
            "source_changed": False,
            "old_source": None,
        }
    return RowChange(row.pk, fields, item.recognised_by, remembered)


def _keep_losers(
    actor: User, comparison: compare.Comparison, change_set: ChangeSet, revision: int, conflicts: str
) -> None:
    """The file's text of every conflict that was decided for ours goes into the row's history."""
    if conflicts != "ours":
        return
    now = timezone.now()
    lost = [
        (
            item.row.pk, change_set.pk, str(RowRevision.Kind.CONFLICT_LOST), revision, now, actor.pk, actor.name,
            item.row.target, item.segment.target, int(item.row.status), int(item.row.status), str(Origin.IMPORT),
            None, "file", None,
        )
        for item in comparison.items
        if item.kind == compare.CONFLICTING and item.row is not None and item.segment is not None
    ]  # fmt: skip
    bulk_load(RowRevision, REVISION_FIELDS, lost)


def _add_new(file: File, comparison: compare.Comparison, order: dict[int, int], revision: int, language: str) -> int:
    """Insert the rows the newer version brings."""
    items = [item for item in comparison.items if item.row is None and item.segment is not None]
    segments = [item.segment for item in items if item.segment is not None]
    prepared = row_values.prepare(segments, list(range(len(segments))), language)
    fields = row_values.fields_of(segments)
    tuples = row_values.row_tuples(file.pk, segments, prepared, revision, fields)
    placed = (
        (values[0], order[id(item)], item.segment_position, *values[3:])
        for item, values in zip(items, tuples, strict=True)
    )
    added = bulk_load(Row, fields, placed)
    counters.apply(file.pk, prepared.counts)
    return added


def _point_to(file: File, original: Original) -> None:
    File.objects.filter(pk=file.pk).update(original=original, format=original.format)
