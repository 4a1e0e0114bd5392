"""Rows as a block of cells for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.formats.clipboard_block import write_block
from apps.ldm.models import File, Status
from apps.ldm.services.rows.acts.scan import Scan
from apps.ldm.services.rows.acts.scope import Scope
from locanext_project.errors import Invalid, TooLarge

MOST_ROWS = 20_000
COLUMNS = {
    "n": "position", "key": "key", "source": "source", "target": "target", "status": "status", "comment": "comment",
    "context": "context", "location": "location", "origin": "origin", "score": "score", "max_length": "max_length",
    "edited_by": "edited_by_name", "edited_at": "edited_at", "assignee": "assignee_name", "old_source": "old_source",
}  # fmt: skip
"""The columns of a block, and the fields of a row that they show."""


def block(user: User, file: File, scope: Scope, columns: Sequence[str], *, header: bool = False) -> str:
    """Tab-separated text of the rows, in the order of the scope; `header` puts the names of the columns above them.

    Raises Invalid for an unknown column, NotFound for a view that is gone, TooLarge above MOST_ROWS rows.
    """
    for name in columns:
        if name not in COLUMNS:
            words = {"name": name, "names": ", ".join(COLUMNS)}
            raise Invalid(_("There is no column “%(name)s”. There are %(names)s.") % words, field="columns")
    if not 1 <= len(columns) <= len(COLUMNS):
        raise Invalid(_("Choose at least one column."), field="columns")
    fields = [COLUMNS[name] for name in columns]
    scan = Scan(user, file, scope, fields)
    if scan.total > MOST_ROWS:
        limit = {"most": f"{MOST_ROWS:,}"}
        raise TooLarge(_("At most %(most)s rows are copied at once. A download of the file has them all.") % limit)
    lines = [list(columns)] if header else []
    for portion in scan.portions():
        lines += [
            [_shown(field, value) for field, value in zip(fields, values, strict=True)] for values, _place in portion
        ]
    return write_block(lines)


def _shown(field: str, value: Any) -> str:
    if value is None:
        return ""
    if field == "position":
        return str(value + 1)
    if field == "status":
        return Status(value).label
    return value.isoformat(timespec="seconds") if field == "edited_at" else str(value)
