"""What hubs are told, and how it travels between processes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from rest_framework.utils.encoders import JSONEncoder

from apps.ldm import events
from apps.ldm.live.spans import Fragment
from apps.ldm.models import Presence, RowLease
from apps.ldm.selectors.rows import present

Key = tuple[str, int]
"""A database alias and a file."""
_encoder = JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Person:
    """One window in a file."""

    connection: str
    id: int
    name: str
    row: int | None

    @classmethod
    def of(cls, presence: Presence) -> Person:
        """From the table."""
        return cls(presence.connection, presence.user_id, presence.user_name, presence.row_id)

    def json(self) -> dict[str, Any]:
        """As in a frame."""
        return {"connection": self.connection, "id": self.id, "name": self.name, "row": self.row}


@dataclass(frozen=True, slots=True)
class Held:
    """One lease; `until` is a time in ISO 8601, UTC, whose texts sort as the times do."""

    row: int
    id: int
    name: str
    connection: str
    until: str

    @classmethod
    def of(cls, lease: RowLease) -> Held:
        """From the table."""
        until = f"{lease.until:%Y-%m-%dT%H:%M:%S.%f}Z"
        return cls(lease.row_id, lease.user_id, lease.user_name, lease.connection, until)

    def json(self) -> dict[str, Any]:
        """As in a frame."""
        return {
            "row": self.row,
            "id": self.id,
            "name": self.name,
            "until": self.until,
            "connection": self.connection,
        }


class RowNews:
    """A revision of a file. Its rows become JSON once in a process, and only where somebody listens."""

    __slots__ = ("_event", "_fragments", "key", "revision")

    def __init__(
        self,
        key: Key,
        revision: int,
        fragments: tuple[Fragment, ...] | None = None,
        event: events.RowsChanged | None = None,
    ) -> None:
        self.key = key
        self.revision = revision
        self._fragments = fragments
        self._event = event

    @classmethod
    def of(cls, event: events.RowsChanged) -> RowNews:
        """From a commit of this process."""
        return cls((event.alias, event.file_id), event.revision, None, event)

    def fragments(self) -> tuple[Fragment, ...] | None:
        """Its rows as JSON, or None: fetch them."""
        event = self._event
        if event is not None:
            self._fragments = tuple((row.pk, _encoder.encode(present(row))) for row in event.rows) or None
            self._event = None
        return self._fragments

    def wire(self) -> dict[str, Any]:
        """As a message to other processes."""
        fragments = self.fragments()
        rows = [list(fragment) for fragment in fragments] if fragments is not None else None
        return {"kind": "rows", "revision": self.revision, "rows": rows}


@dataclass(frozen=True, slots=True)
class LeaseNews:
    """Leases taken or renewed, and rows given back."""

    key: Key
    taken: tuple[Held, ...]
    released: tuple[int, ...]

    @classmethod
    def of(cls, event: events.LeasesChanged) -> LeaseNews:
        """From a commit of this process."""
        return cls((event.alias, event.file_id), tuple(map(Held.of, event.taken)), event.released)

    def wire(self) -> dict[str, Any]:
        """As a message to other processes."""
        return {"kind": "leases", "taken": [held.json() for held in self.taken], "released": list(self.released)}


@dataclass(frozen=True, slots=True)
class PeopleNews:
    """Windows that came or whose cursor moved, and windows that went."""

    key: Key
    here: tuple[Person, ...]
    left: tuple[str, ...]

    def wire(self) -> dict[str, Any]:
        """As a message to other processes."""
        return {"kind": "people", "here": [person.json() for person in self.here], "left": list(self.left)}


@dataclass(frozen=True, slots=True)
class TypingNews:
    """What the holder of a row has typed so far."""

    key: Key
    row: int
    id: int
    name: str
    text: str
    connection: str

    def wire(self) -> dict[str, Any]:
        """As a message to other processes."""
        return {
            "kind": "typing",
            "row": self.row,
            "id": self.id,
            "name": self.name,
            "text": self.text,
            "connection": self.connection,
        }


@dataclass(frozen=True, slots=True)
class OvertakenNews:
    """A save made here met another text on the server that it had not seen: whoever made it is asked.

    `op` is the conflict; `won` says which of the two texts the row has now. `theirs` is theirs with its
    status, `by` whose it is.
    """

    key: Key
    row: int
    op: str
    won: bool
    mine: str
    theirs: str
    status: str
    by: dict[str, Any]

    def data(self) -> dict[str, Any]:
        """As in a frame."""
        return {
            "row": self.row,
            "op": self.op,
            "won": self.won,
            "mine": self.mine,
            "theirs": {"target": self.theirs, "status": self.status, "edited_by": self.by},
        }

    def wire(self) -> dict[str, Any]:
        """As a message to other processes."""
        theirs = {"theirs": self.theirs, "status": self.status, "by": self.by}
        return {"kind": "overtaken", "row": self.row, "op": self.op, "won": self.won, "mine": self.mine, **theirs}


@dataclass(frozen=True, slots=True)
class LoginsOver:
    """Logins that ended: their sockets are closed."""

    ids: frozenset[uuid.UUID]

    def wire(self) -> dict[str, Any]:
        """As a message to other processes."""
        return {"kind": "logins", "ids": [one.hex for one in self.ids]}


FileNews = RowNews | LeaseNews | PeopleNews | TypingNews | OvertakenNews
News = FileNews | LoginsOver


def of_wire(key: Key, message: dict[str, Any]) -> FileNews:
    """What another process sent. Raises KeyError, TypeError or ValueError where this one cannot read it."""
    kind = message["kind"]
    if kind == "rows":
        rows = message["rows"]
        fragments = tuple((int(pk), str(text)) for pk, text in rows) if rows is not None else None
        return RowNews(key, int(message["revision"]), fragments)
    if kind == "leases":
        return LeaseNews(key, tuple(Held(**held) for held in message["taken"]), tuple(message["released"]))
    if kind == "people":
        return PeopleNews(key, tuple(Person(**person) for person in message["here"]), tuple(message["left"]))
    if kind in ("typing", "overtaken"):
        given = {name: value for name, value in message.items() if name != "kind"}
        return TypingNews(key, **given) if kind == "typing" else OvertakenNews(key, **given)
    raise ValueError(kind)


def frame(data: dict[str, Any]) -> str:
    """The text of a frame."""
    return _encoder.encode(data)
