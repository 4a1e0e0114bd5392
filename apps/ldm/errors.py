"""The refusals of this app that carry more than a sentence."""

from __future__ import annotations

from apps.ldm.models import Row
from locanext_project.errors import Conflict


class StaleRow(Conflict):
    """Somebody saved the row first. `row` is the present one; the API adds its JSON to the details."""

    code = "stale"

    def __init__(self, row: Row) -> None:
        who = row.edited_by_name or "Somebody"
        super().__init__(f"{who} saved this row first. Your text is kept beside it.")
        self.row = row
