"""What the acts that write targets share: the row as an edit would leave it, with what an edit refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import File, Origin, Row, Status
from apps.ldm.services.rows import rules
from apps.ldm.services.rows.change_rows import RowChange
from apps.ldm.services.rows.edit_row import RowEdit
from locanext_project.errors import Invalid

KEEP = "keep"
STATUSES = ("translated", "confirmed", KEEP)


def status_of(data: Mapping[str, Any], *, default: str = "translated", keep: bool = False) -> str:
    """The status that rows get, out of JSON: the name of one, or "keep". Raises Invalid."""
    valid = STATUSES if keep else STATUSES[:2]
    wanted = data.get("status") or default
    if wanted not in valid:
        raise Invalid(_("status is one of %(names)s.") % {"names": ", ".join(valid)}, field="status")
    return str(wanted)


def write_target(
    actor: User,
    file: File,
    row: Row,
    target: str,
    status: str,
    *,
    note: str = "",
    origin: str = Origin.HUMAN,
    score: int | None = None,
) -> RowChange | None:
    """Another target for a row; None where it has it. An empty one makes the row new.

    `status` "keep": confirmed and higher rows stay so, all others are translated. Raises Forbidden and Invalid.
    """
    if target == row.target:
        return None
    wanted: Status | None = None
    if target:
        wanted = Status(row.status) if status == KEEP else Status.of(status)
        wanted = max(wanted, Status.TRANSLATED)
    edit = RowEdit(target=target, status=wanted, blank_intended=False, origin=Origin(origin), score=score)
    return RowChange(row.pk, rules.resolve(actor, file, row, edit).fields, note)
