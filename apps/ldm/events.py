"""What happened to a file, told to whoever listens once it is committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.ldm.models import Row
from locanext_project import workspaces

MOST_ROWS = 200
"""An act on more rows is told without them: listeners fetch the changes."""


@dataclass(frozen=True, slots=True)
class RowsChanged:
    """One revision of a file. `rows` are as they were written, or empty where they are too many."""

    alias: str
    file_id: int
    revision: int
    rows: tuple[Row, ...]


Listener = Callable[[RowsChanged], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have `listener` called after every commit that changed rows; in the thread that committed, so be quick."""
    if listener not in _listeners:
        _listeners.append(listener)


def rows_changed(file_id: int, revision: int, rows: Sequence[Row]) -> None:
    """Tell the listeners when the present transaction commits; not at all when it is rolled back."""
    event = RowsChanged(workspaces.alias(), file_id, revision, tuple(rows) if len(rows) <= MOST_ROWS else ())
    workspaces.on_commit(lambda: _tell(event))


def _tell(event: RowsChanged) -> None:
    for listener in _listeners:
        listener(event)
