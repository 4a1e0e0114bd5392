"""Setting the status of several rows at once, as one change set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import ChangeSet, Row, Status
from apps.ldm.services.rows.acts.run import run
from apps.ldm.services.rows.acts.scope import MAX_IDS
from apps.ldm.services.rows.acts.status import SetStatus
from locanext_project.errors import Invalid, NotFound

MAX_ROWS = MAX_IDS


@dataclass(frozen=True, slots=True)
class StatusResult:
    """The change set (None when nothing changed) and the rows that could not be changed, with why."""

    change_set: ChangeSet | None
    changed: int
    refused: list[tuple[int, str]]


def set_status(*, actor: User, row_ids: Sequence[int], status: Status, reason: str = "") -> StatusResult:
    """Set a status on rows of one file, at most 500; rows that may not have it are left and listed.

    Raises NotFound, Forbidden and Invalid, changing nothing.
    """
    if not row_ids or len(row_ids) > MAX_ROWS:
        raise Invalid(_("Choose 1 to %(most)s rows.") % {"most": MAX_ROWS}, field="ids")
    # SQLite refuses numbers of more than 64 bits; no row has one.
    row_ids = [pk for pk in row_ids if -(2**63) <= pk < 2**63]
    file_ids = set(Row.objects.filter(pk__in=row_ids, removed_at__isnull=True).values_list("file_id", flat=True))
    if not file_ids:
        raise NotFound
    if len(file_ids) > 1:
        raise Invalid(_("These rows belong to more than one file."), field="ids")
    file = permissions.get_file(actor, file_ids.pop())
    done = run(actor=actor, file_id=file.pk, act=SetStatus(status, reason), ids=row_ids, reason=reason)
    return StatusResult(done.change_set, done.changed, [(one.row_id, one.message) for one in done.refusals.kept])
