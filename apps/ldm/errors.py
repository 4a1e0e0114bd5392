"""The refusals of this app that carry more than a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.ldm.models import Row, RowLease
from locanext_project.errors import Conflict


class StaleRow(Conflict):
    """Somebody saved the row first. `row` is the present one; the API adds its JSON to the details."""

    code = "stale"

    def __init__(self, row: Row) -> None:
        who = row.edited_by_name or _("Somebody")
        super().__init__(_("%(name)s saved this row first. Your text is kept beside it.") % {"name": who})
        self.row = row


class RowLeased(Conflict):
    """Somebody else is editing the row. `details` name them and say until when they hold it, at the latest."""

    code = "leased"

    def __init__(self, lease: RowLease) -> None:
        super().__init__(
            _("%(name)s is editing this row. Your text is kept.") % {"name": lease.user_name},
            holder={"id": lease.user_id, "name": lease.user_name},
            until=lease.until.isoformat(),
        )
        self.lease = lease
