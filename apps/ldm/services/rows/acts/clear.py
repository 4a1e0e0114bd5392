"""Taking targets away: to be translated anew, or because the row is to stay empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User
from apps.ldm.models import File, Row, Status
from apps.ldm.services.rows import rules
from apps.ldm.services.rows.acts.act import Act
from apps.ldm.services.rows.change_rows import RowChange
from apps.ldm.services.rows.edit_row import RowEdit


@dataclass(slots=True)
class Clear(Act):
    """Targets go, the rows are new."""

    name = "clear"

    def change(self, actor: User, file: File, row: Row) -> RowChange | None:
        if not row.target and not row.blank_intended and row.status == Status.NEW:
            return None
        edit = RowEdit(target="", status=Status.NEW, blank_intended=False)
        return RowChange(row.pk, rules.resolve(actor, file, row, edit).fields)

    def plain(self) -> dict[str, Any]:
        return {"act": self.name}


@dataclass(slots=True)
class Blank(Act):
    """Targets go and are not missed: the rows are translated, and empty on purpose."""

    name = "blank"

    def change(self, actor: User, file: File, row: Row) -> RowChange | None:
        if not row.target and row.blank_intended and row.status >= Status.TRANSLATED:
            return None
        edit = RowEdit(target="", status=Status.TRANSLATED, blank_intended=True)
        return RowChange(row.pk, rules.resolve(actor, file, row, edit).fields)

    def plain(self) -> dict[str, Any]:
        return {"act": self.name}
