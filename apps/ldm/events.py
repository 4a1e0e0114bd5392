"""What happened to a file, told to whoever listens once it is committed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from apps.ldm.models import Row, RowLease
from locanext_project import workspaces

MOST_ROWS = 200
"""An act on more rows is told without them: listeners fetch the changes."""


@dataclass(frozen=True, slots=True)
class RowsChanged:
    """One revision of a file. `rows` are all rows it changed, as they were written, or empty: fetch the changes."""

    alias: str
    file_id: int
    revision: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class LeasesChanged:
    """Leases of a file's rows that were taken, renewed or taken over, and rows that were given back."""

    alias: str
    file_id: int
    taken: tuple[RowLease, ...]
    released: tuple[int, ...]


class TextBefore(NamedTuple):
    """A row's text, and whose it was, before a change; and the reason that was given for the change."""

    target: str
    status: int
    origin: str
    score: int | None
    blank_intended: bool
    source_changed: bool
    old_source: str | None
    edited_at: datetime | None
    edited_by_id: int | None
    edited_by_name: str
    note: str = ""

    @classmethod
    def of(cls, row: Row, note: str = "") -> TextBefore:
        """Of a row that is about to change."""
        return cls(
            row.target, int(row.status), str(row.origin), row.score, row.blank_intended, row.source_changed,
            row.old_source, row.edited_at, row.edited_by_id, row.edited_by_name, note,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowsWritten:
    """Rows of a file as an edit has written them, and before; rows whose target and status stayed are among them."""

    file_id: int
    rows: tuple[Row, ...]
    before: Mapping[int, TextBefore]


Listener = Callable[[RowsChanged], None]
LeaseListener = Callable[[LeasesChanged], None]
Keeper = Callable[[RowsWritten], None]
_keepers: list[Keeper] = []
_listeners: list[Listener] = []
_lease_listeners: list[LeaseListener] = []


def in_transaction(keeper: Keeper) -> None:
    """Have `keeper` called inside the transaction of every edit of rows: what it writes is kept or undone with it."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def rows_written(file_id: int, rows: Sequence[Row], before: Mapping[int, TextBefore]) -> None:
    """Let the keepers add to the present transaction what belongs to an edit. No cost where there are none."""
    if rows and _keepers:
        event = RowsWritten(file_id, tuple(rows), before)
        for keeper in _keepers:
            keeper(event)


def listen(listener: Listener) -> None:
    """Have `listener` called after every commit that changed rows; in the thread that committed, so be quick."""
    if listener not in _listeners:
        _listeners.append(listener)


def listen_to_leases(listener: LeaseListener) -> None:
    """Have `listener` called after every commit that changed leases; in the thread that committed, so be quick."""
    if listener not in _lease_listeners:
        _lease_listeners.append(listener)


def rows_changed(file_id: int, revision: int, rows: Sequence[Row]) -> None:
    """Tell the listeners when the present transaction commits; not at all when it is rolled back.

    `rows` are every row that this revision changed, or none where the caller does not have them all.
    """
    event = RowsChanged(workspaces.alias(), file_id, revision, tuple(rows) if len(rows) <= MOST_ROWS else ())
    workspaces.on_commit(lambda: _tell(event))


def leases_changed(file_id: int, *, taken: Sequence[RowLease] = (), released: Sequence[int] = ()) -> None:
    """Tell who listens to leases when the present transaction commits."""
    event = LeasesChanged(workspaces.alias(), file_id, tuple(taken), tuple(released))
    workspaces.on_commit(lambda: _tell_leases(event))


def _tell(event: RowsChanged) -> None:
    for listener in _listeners:
        listener(event)


def _tell_leases(event: LeasesChanged) -> None:
    for listener in _lease_listeners:
        listener(event)
