"""The source as the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.services.rows.acts.act import Act
from apps.ldm.services.rows.acts.text_acts import write_target
from apps.ldm.services.rows.change_rows import RowChange


@dataclass(slots=True)
class CopySource(Act):
    """`only_empty`: rows that have a target keep it."""

    name = "copy_source"

    only_empty: bool = False
    status: str = "translated"

    def change(self, actor: User, file: File, row: Row) -> RowChange | None:
        if self.only_empty and (row.target or row.blank_intended):
            return None
        return write_target(actor, file, row, row.source, self.status)

    def plain(self) -> dict[str, Any]:
        return {"act": self.name, "only_empty": self.only_empty, "status": self.status}
