"""Setting findings aside: a person says that one is no mistake, and it stays so while it is the same finding."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import RowIssue
from locanext_project import workspaces
from locanext_project.errors import Invalid

MOST = 500


def dismiss(*, actor: User, file_id: int, ids: Sequence[int], dismissed: bool = True) -> list[int]:
    """Dismiss findings of one file, or take that back; the ids that changed.

    Ids of other files, and of findings that are gone, are left out. Raises NotFound, Forbidden, Invalid.
    """
    if not ids or len(ids) > MOST:
        raise Invalid(_("Choose 1 to %(most)s findings.") % {"most": MOST}, field="ids")
    ids = [pk for pk in ids if 0 < pk < 2**63]
    with workspaces.atomic():
        file = permissions.get_file(actor, file_id)
        permissions.require(actor, "edit_rows", file)
        other = Q(dismissed_at__isnull=dismissed)
        found = RowIssue.objects.select_for_update().filter(other, pk__in=ids, file_id=file.pk).order_by("pk")
        changed = [(issue.pk, issue.row_id, issue.kind) for issue in found]
        if not changed:
            return []
        RowIssue.objects.filter(pk__in=[pk for pk, _row, _kind in changed]).update(
            dismissed_at=timezone.now() if dismissed else None,
            dismissed_by_id=actor.pk if dismissed else None,
            dismissed_by_name=actor.name if dismissed else "",
        )
        record(
            "findings_dismissed" if dismissed else "findings_reopened",
            actor=actor,
            target_kind="file",
            target_id=file.pk,
            target_name=file.name,
            detail={
                "count": len(changed),
                "rows": sorted({row for _pk, row, _kind in changed})[:100],
                "kinds": sorted({kind for _pk, _row, kind in changed}),
            },
        )
    return [pk for pk, _row, _kind in changed]
