"""Conflicts: who sees which, and pages of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Row, Status
from apps.ldm.selectors.folders import chunks
from apps.sync.models import Conflict
from apps.sync.protocol import MOST_KNOWN
from apps.sync.server.given import is_uuid
from locanext_project import local_ids
from locanext_project.errors import Invalid

OPEN, RESOLVED = "open", "resolved"
STATES = (OPEN, RESOLVED, "")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which conflicts; None and "" ask for nothing."""

    project: int | None = None
    file: int | None = None
    state: str = ""


def visible(user: User, wanted: Filter | None = None) -> QuerySet[Conflict]:
    """The person's own conflicts, whichever text was theirs, and for leads those of every project they see.

    On a desktop all of them: what is there is the person's. Nothing of files that one may not see
    any more. Raises NotFound for a file or project that the person does not see, Invalid.
    """
    wanted = wanted or Filter()
    if wanted.state not in STATES:
        raise Invalid(_("state is open or resolved."), field="state")
    found = Conflict.objects.all()
    if not local_ids.is_desktop():
        files = File.objects.filter(permissions.project_q(user, "project__"), trash__isnull=True)
        found = found.filter(file_id__in=files.values("pk"))
        if not permissions.rights_of(user).is_lead:
            found = found.filter(Q(lost_by_id=user.pk) | Q(kept_by_id=user.pk))
    if wanted.file is not None:
        found = found.filter(file_id=permissions.get_file(user, wanted.file).pk)
    if wanted.project is not None:
        project = permissions.get_project(user, wanted.project)
        found = found.filter(file_id__in=File.objects.filter(project_id=project.pk).values("pk"))
    if wanted.state:
        found = found.filter(resolved_at__isnull=wanted.state == OPEN)
    return found


def open_of_file(user: User, file_id: int, known: Sequence[str] = ()) -> list[Conflict]:
    """Those of a file that nobody has decided, or that are `known` by their op, the oldest first.

    Raises NotFound, and Invalid for too many, or what is no op.
    """
    if len(known) > MOST_KNOWN or not all(map(is_uuid, known)):
        raise Invalid(_("known is %(most)d UUIDs at the most.") % {"most": MOST_KNOWN}, field="known")
    wanted = Q(resolved_at__isnull=True)
    if known:
        wanted |= Q(op__in=known)
    return list(visible(user, Filter(file=file_id)).filter(wanted).order_by("pk"))


def rows_in_conflict(user: User, file_ids: Sequence[int]) -> set[int]:
    """Rows of some files with a conflict that nobody has decided and that the person may know of."""
    found = visible(user, Filter(state=OPEN))
    rows: set[int] = set()
    for some in chunks(file_ids):
        rows.update(found.filter(file_id__in=some).values_list("row_id", flat=True))
    return rows


def count_open(user: User) -> int:
    """How many wait for a decision."""
    return visible(user, Filter(state=OPEN)).count()


def page(user: User, wanted: Filter, *, before: int | None, limit: int) -> tuple[list[dict[str, Any]], int | None, int]:
    """A page, the newest first, behind the conflict with the id `before`; that id for the next page, and how many
    there are in all."""
    found = visible(user, wanted)
    behind = found if before is None else found.filter(pk__lt=before)
    conflicts = list(behind.order_by("-pk")[: limit + 1])
    following = conflicts[limit - 1].pk if len(conflicts) > limit else None
    return present(conflicts[:limit]), following, found.count()


def present(conflicts: Sequence[Conflict]) -> list[dict[str, Any]]:
    """Conflicts as the API shows them, with the file's name and the row's key, source and number ("" and null where
    they are gone)."""
    files = dict(File.objects.filter(pk__in={one.file_id for one in conflicts}).values_list("pk", "name"))
    rows = Row.objects.filter(pk__in={one.row_id for one in conflicts}).values_list("pk", "key", "source", "position")
    texts = {pk: (key, source, position + 1 if position >= 0 else None) for pk, key, source, position in rows}
    return [_json(one, files.get(one.file_id, ""), *texts.get(one.row_id, ("", "", None))) for one in conflicts]


def _json(one: Conflict, file_name: str, key: str, source: str, n: int | None) -> dict[str, Any]:
    return {
        "op": str(one.op),
        "file_id": one.file_id,
        "file_name": file_name,
        "row_id": one.row_id,
        "key": key,
        "source": source,
        "n": n,
        "base": one.base,
        "kept": one.kept,
        "kept_by": _person(one.kept_by_id, one.kept_by_name),
        "kept_at": one.kept_at,
        "lost": one.lost,
        "lost_status": Status(one.lost_status).label,
        "lost_by": _person(one.lost_by_id, one.lost_by_name),
        "lost_at": one.lost_at,
        "reason": one.reason,
        "resolution": one.resolution,
        "resolved_by": _person(one.resolved_by_id, one.resolved_by_name),
        "resolved_at": one.resolved_at,
    }


def _person(pk: int | None, name: str) -> dict[str, Any] | None:
    return {"id": pk, "name": name} if name or pk is not None else None
