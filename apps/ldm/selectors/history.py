"""What happened to a row and to a file's rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import ChangeSet, File, ImportPlan, ImportPlanItem, RowRevision, Status
from locanext_project.errors import NotFound


def person(pk: int | None, name: str) -> dict[str, Any] | None:
    """A person as the API shows them; None where nobody did it."""
    return {"id": pk, "name": name} if name or pk is not None else None


def revision_json(revision: RowRevision) -> dict[str, Any]:
    """One entry of a row's history."""
    return {
        "id": revision.pk,
        "kind": revision.kind,
        "rev": revision.rev,
        "at": revision.at,
        "author": person(revision.author_id, revision.author_name),
        "target_before": revision.target_before,
        "target": revision.target,
        "status_before": Status(revision.status_before).label,
        "status": Status(revision.status).label,
        "origin": revision.origin,
        "score": revision.score,
        "note": revision.note,
        "change_set": revision.change_set_id,
        "before": _shown(revision.before),
    }


def _shown(before: dict[str, Any] | None) -> dict[str, Any] | None:
    """Of the other fields, those a person reads about."""
    if not before:
        return None
    names = ("key", "source", "locked", "blank_intended", "max_length", "assignee_name")
    shown: dict[str, Any] = {name: before[name] for name in names if name in before}
    return shown or None


def change_set_json(user: User, file: File, change_set: ChangeSet) -> dict[str, Any]:
    """One act on a file's rows; `reverted` names the change set that undid it."""
    undone = ChangeSet.objects.filter(reverts=change_set).values_list("pk", flat=True).first()
    return {
        "id": change_set.pk,
        "kind": change_set.kind,
        "reason": change_set.reason,
        "counts": change_set.counts,
        "author": person(change_set.author_id, change_set.author_name),
        "created_at": change_set.created_at,
        "revision": change_set.revision,
        "reverted": undone,
        "reverts": change_set.reverts_id,
        "may_revert": undone is None
        and change_set.kind != ChangeSet.Kind.IMPORT
        and (change_set.author_id == user.pk or permissions.leads(user, file.pk)),
        "file": {"id": file.pk, "name": file.name},
    }


def get_change_set(user: User, pk: int) -> tuple[ChangeSet, File]:
    """A change set of a file the person may see. Raises NotFound."""
    change_set = ChangeSet.objects.filter(pk=pk).first()
    if change_set is None:
        raise NotFound
    return change_set, permissions.get_file(user, change_set.file_id)


def edited_since(change_set: ChangeSet) -> int:
    """How many rows of a change set got another text or status after it: a revert leaves about so many."""
    rows = RowRevision.objects.filter(change_set=change_set, row__text_rev__gt=change_set.revision)
    return rows.values("row_id").distinct().count()


def item_json(revision: RowRevision, upto: int) -> dict[str, Any]:
    """One row of a change set, with its number and source; `since` says who changed its text after revision `upto`."""
    row = revision.row
    since = {"name": row.edited_by_name, "at": row.edited_at} if row.text_rev > upto else None
    return revision_json(revision) | {
        "since": since,
        "row_id": row.pk,
        "n": row.position + 1,
        "key": row.key,
        "source": row.source,
        "removed": row.removed_at is not None,
    }


def get_plan(user: User, pk: str) -> ImportPlan:
    """A dry run of a file the person may see. Raises NotFound."""
    plan = ImportPlan.objects.filter(pk=pk).first()
    if plan is None:
        raise NotFound(_("This dry run is gone. Compare again."))
    permissions.get_file(user, plan.file_id)
    return plan


def plan_items(plan: ImportPlan, kinds: Iterable[str]) -> Any:
    """The plan's items of some kinds (all when empty), as a queryset to page."""
    wanted = [kind for kind in kinds if kind in ImportPlanItem.Kind.values]
    items = ImportPlanItem.objects.filter(plan=plan)
    return items.filter(kind__in=wanted) if wanted else items


def plan_item_json(item: ImportPlanItem) -> dict[str, Any]:
    """One item of a dry run."""
    return {
        "id": item.pk,
        "kind": item.kind,
        "row_id": item.row_id,
        "key": item.key,
        "old_key": item.old_key,
        "source": item.source,
        "old_source": item.old_source,
        "target_here": item.target_here,
        "target_file": item.target_file,
        "recognised_by": item.recognised_by,
        "note": _note(item),
    }


def _note(item: ImportPlanItem) -> str:
    """A code for the sentence that explains the item; the page has the words."""
    if item.kind == ImportPlanItem.Kind.CONFLICTING:
        return "both_changed"
    if item.kind != ImportPlanItem.Kind.CHANGED:
        return str(item.kind)
    if item.old_source is not None:
        return "source_changed"
    if item.target_file is not None:
        return "target_changed_in_file"
    return "recognised_by_source" if item.recognised_by == "source" else "details_changed"
