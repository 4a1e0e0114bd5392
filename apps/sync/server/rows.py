"""Rows as they travel: which columns, and how a value becomes JSON and comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from apps.ldm.models import Row

COLUMNS = (
    "id", "position", "segment", "key", "plural", "source", "target", "source_hash", "status", "origin", "score",
    "words", "locked", "source_changed", "blank_intended", "old_source", "context", "comment", "location",
    "max_length", "codes", "text_rev", "edited_at", "edited_by_id", "edited_by_name", "removed_at", "assignee_id",
    "assignee_name",
)  # fmt: skip
"""`text_rev` is the server's: what an edit says it has seen. The row's `rev` does not travel."""
_TIMES = tuple(COLUMNS.index(name) for name in ("edited_at", "removed_at"))


def to_wire(values: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Tuples of COLUMNS as JSON can hold them."""
    rows = [list(row) for row in values]
    for row in rows:
        for at in _TIMES:
            if row[at] is not None:
                row[at] = row[at].isoformat()
    return rows


def one_to_wire(row: Row) -> list[Any]:
    """A loaded row."""
    return to_wire([[getattr(row, name) for name in COLUMNS]])[0]


def from_wire(row: Sequence[Any]) -> dict[str, Any]:
    """{column: value} of a row that came. Raises ValueError when it is not in the shape of COLUMNS."""
    if len(row) != len(COLUMNS):
        raise ValueError(f"a row has {len(COLUMNS)} columns, this one {len(row)}")
    values = dict(zip(COLUMNS, row, strict=True))
    for at in _TIMES:
        name = COLUMNS[at]
        if values[name] is not None:
            values[name] = datetime.fromisoformat(values[name])
    return values
