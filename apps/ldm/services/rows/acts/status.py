"""One status for many rows, and sending finished rows back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Row, RowRevision, Status
from apps.ldm.services.rows import row_checks, rules
from apps.ldm.services.rows.acts.act import Act
from apps.ldm.services.rows.change_rows import RowChange
from locanext_project.errors import Forbidden, Invalid


@dataclass(slots=True)
class SetStatus(Act):
    """`reject`: rows that are confirmed or higher go back to translated, by a reviewer, with a reason."""

    name = "status"
    history = RowRevision.Kind.STATUS

    status: Status
    reason: str = ""
    reject: bool = False
    _writers: dict[int, int | None] = field(default_factory=dict)

    def begin(self, actor: User, file: File) -> None:
        """Raises Forbidden where the role does not reach, Invalid for a status that nobody sets."""
        Act.begin(self, actor, file)
        if self.status == Status.ORIGINAL:
            raise Invalid(_("Only an import makes a row original."), field="status", code="role")
        if self.status == Status.APPROVED and not permissions.leads(actor, file.pk):
            raise Forbidden(_("Leads approve rows."), code="role")
        if self.status == Status.REVIEWED and not permissions.reviews(actor, file.pk):
            raise Forbidden(_("Reviewers review rows."), code="role")
        if self.reject and not permissions.reviews(actor, file.pk):
            raise Forbidden(_("Reviewers send rows back."), code="role")
        if self.reject and not self.reason.strip():
            raise Invalid(_("Say why these rows go back."), field="reason")

    def prepare(self, actor: User, file: File, rows: Sequence[Row]) -> None:
        if self.status == Status.REVIEWED and not permissions.leads(actor, file.pk):
            self._writers = last_writers([row.pk for row in rows])

    def change(self, actor: User, file: File, row: Row) -> RowChange | None:
        if row.status == self.status or (self.reject and row.status < Status.CONFIRMED):
            return None
        if Status.CONFIRMED <= self.status < row.status:
            # Confirming many rows takes none of them back: what is reviewed or approved is more than confirmed.
            return None
        if row.locked:
            raise Forbidden(_("This row is locked."), code="locked")
        if self.status == Status.NEW:
            emptied = {"target": "", "origin": "", "score": None, "blank_intended": False}
            return RowChange(row.pk, {"status": Status.NEW, **emptied})
        if not row.target and not row.blank_intended:
            raise Invalid(_("This row is empty."), code="empty")
        if self._writers.get(row.pk) == actor.pk:
            raise Forbidden(_("A second person reviews this text: it is yours."), code="own_text")
        fields: dict[str, Any] = {"status": self.status}
        if self.status >= Status.CONFIRMED:
            fields |= {"source_changed": False, "old_source": None}
        row_checks.refuse(file, row, fields)
        return RowChange(row.pk, fields)

    def counts(self) -> dict[str, Any]:
        return {"status": self.status.label} | ({"reject": True} if self.reject else {})

    def plain(self) -> dict[str, Any]:
        return {"act": self.name, "status": self.status.label, "reject": self.reject}


def last_writers(row_ids: Sequence[int]) -> dict[int, int | None]:
    """Who wrote the present text of each row that people changed: `rules.last_writer` for many, in one query."""
    changes = RowRevision.objects.filter(row_id__in=row_ids).exclude(target=F("target_before"))
    changes = changes.exclude(kind=RowRevision.Kind.CONFLICT_LOST).order_by("row_id", "-id")
    writers: dict[int, int | None] = {}
    reverted: list[int] = []
    for row_id, kind, author in changes.values_list("row_id", "kind", "author_id").iterator(chunk_size=5000):
        if row_id in writers:
            continue
        writers[row_id] = None if kind == RowRevision.Kind.IMPORT else author
        if kind == RowRevision.Kind.REVERT:
            # Who reverts brings back a text that somebody else wrote.
            reverted.append(row_id)
    for row in Row.objects.filter(pk__in=reverted):
        writers[row.pk] = rules.last_writer(row)
    return writers
