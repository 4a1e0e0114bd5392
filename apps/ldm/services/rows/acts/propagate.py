"""The target of one row for the others with the same source: offered, looked at, never done by itself."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.errors import StaleRow
from apps.ldm.models import ChangeSet, File, Row, Status
from apps.ldm.selectors.repeats import same_source
from apps.ldm.services.rows.acts.act import Act, Progress
from apps.ldm.services.rows.acts.scope import Scope
from apps.ldm.services.rows.acts.text_acts import write_target
from apps.ldm.services.rows.change_rows import RowChange
from locanext_project.errors import Forbidden, Invalid, NotFound

FILE, PROJECT = "file", "project"


@dataclass(slots=True)
class Propagate(Act):
    """From the row `row` to those of its `to`: its file or its project, a file at a time.

    `confirmed`: rows that people confirmed as well. `rows`: those only. `text_rev`: of the row when it was seen.
    """

    name = "propagate"
    kind = ChangeSet.Kind.PROPAGATE

    row: int
    to: str = FILE
    confirmed: bool = False
    status: str = "translated"
    rows: frozenset[int] | None = None
    text_rev: int | None = None
    _from: Row | None = field(default=None)

    def begin(self, actor: User, file: File) -> None:
        """Raises NotFound, Forbidden, Invalid for a row without a text, StaleRow where it moved since it was seen."""
        Act.begin(self, actor, file)
        self.origin_row(actor)

    def origin_row(self, actor: User) -> Row:
        """The row that the text comes from, as it is now. Raises as `begin`."""
        row = Row.objects.filter(pk=self.row, removed_at__isnull=True).first()
        if row is None:
            raise NotFound
        permissions.get_file(actor, row.file_id)
        if self.text_rev is not None and row.text_rev != self.text_rev:
            raise StaleRow(row)
        if not row.target:
            raise Invalid(_("This row is empty."), code="empty", field="row")
        # What comes after this, and the second look under lock, is about this text and no other.
        self.text_rev = row.text_rev
        self._from = row
        return row

    def size(self, actor: User, file: File, scope: Scope) -> int:
        del scope
        return self.candidates(actor, files_of(actor, file, self.to)).count()

    def choose(self, actor: User, file: File, scope: Scope, progress: Progress) -> array[int]:
        del scope, progress
        return array("q", self.candidates(actor, [file.pk]).order_by("pk").values_list("pk", flat=True))

    def candidates(self, actor: User, file_ids: list[int]) -> QuerySet[Row]:
        """Live rows of the files with the same source and plural form and another target."""
        row = self._from or self.origin_row(actor)
        found = same_source(row, file_ids).exclude(pk=row.pk).exclude(target=row.target)
        if not self.confirmed:
            found = found.filter(status__lt=Status.CONFIRMED)
        return found if self.rows is None else found.filter(pk__in=self.rows)

    def change(self, actor: User, file: File, row: Row) -> RowChange | None:
        origin = self._from
        assert origin is not None  # noqa: S101 (begin comes first)
        if (row.source, row.plural) != (origin.source, origin.plural):
            raise Invalid(_("This row has another source now."), code="source_differs")
        if row.status >= Status.CONFIRMED and not self.confirmed:
            raise Forbidden(_("Somebody confirmed this row."), code="confirmed")
        note = _("from row %(n)s") % {"n": f"{origin.position + 1:,}"}
        return write_target(
            actor, file, row, origin.target, self.status, note=note, origin=origin.origin, score=origin.score
        )

    def counts(self) -> dict[str, Any]:
        return {"row": self.row}

    def plain(self) -> dict[str, Any]:
        return {
            "act": self.name, "row": self.row, "to": self.to, "confirmed": self.confirmed, "status": self.status,
            "rows": None if self.rows is None else sorted(self.rows), "text_rev": self.text_rev,
        }  # fmt: skip


def files_of(actor: User, file: File, to: str) -> list[int]:
    """The files that are meant, the row's own first."""
    if to == FILE:
        return [file.pk]
    project = permissions.get_project(actor, file.project_id)
    others = File.objects.filter(project=project, trash__isnull=True).exclude(pk=file.pk).order_by("pk")
    return [file.pk, *others.values_list("pk", flat=True)]
