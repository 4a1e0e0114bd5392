"""What a desktop and its server say to each other: one interface, whatever carries it.

Plain data that JSON can hold. Pages are small enough for one request; every cursor is opaque to the
desktop but for a file's revision. Nothing here deletes: what is gone on one side is said, not done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

VERSION = 1
"""Raised when an older desktop could do harm; a server names the lowest it still speaks."""
OLDEST = 1
MOST_OPS = 200
PAGE_ROWS = 2500
"""While a desktop writes a page, an edit on it waits: so many take it some hundredths of a second."""
PAGE_NODES = 500
MOST_KNOWN = 100
MOST_PARTS = 200
"""Places of the tree that one request names: its address stays shorter than what proxies take."""
BLOB_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Caller:
    """Who speaks: the installation and its clock at the moment of sending (seconds since 1970)."""

    client: str
    now: float
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Hello:
    """Who answers, when, and for whom."""

    epoch: str
    server_time: float
    oldest: int
    user: dict[str, Any]
    """{"id", "name", "username", "role", "language"}."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """A page of the tree, parents before children: [{"kind", "id", "parent", …the fields of the model}]."""

    nodes: list[dict[str, Any]]
    next: str


@dataclass(frozen=True, slots=True)
class RowsPage:
    """A page of rows: of a snapshot (`next` names the following page, "" at the end) or of changes (`more`)."""

    columns: tuple[str, ...]
    rows: list[list[Any]]
    cursor: int
    """The file's revision that holds for a snapshot from its first page on; where changes go on."""
    generation: int
    next: str = ""
    more: bool = False
    reset: bool = False
    """The cursor means nothing here any more: take a snapshot."""


@dataclass(frozen=True, slots=True)
class Op:
    """One edit of one row: the newest text, what it was made from, and the earlier edits it replaces."""

    op: str
    row_id: int
    base_rev: int
    base_target: str
    target: str
    status: int
    edited_at: float
    after: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    """All optional: blank_intended, origin, score, note; flag_only where the person wrote no text, only the first."""


@dataclass(frozen=True, slots=True)
class OpAnswer:
    """applied, noop, lost (the text is in the history and the inbox), gone, forbidden, invalid."""

    op: str
    status: str
    row: list[Any] | None = None
    """The row as it is now, in the columns of RowsPage; None where it may not be seen."""
    conflict: dict[str, Any] | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """An answer for every edit, in order, and the revision of each file that moved."""

    columns: tuple[str, ...]
    answers: list[OpAnswer]
    revisions: dict[int, int]


class Refused(Exception):
    """It will not: `reason` is login, forbidden, gone, too_old, invalid, busy, epoch or certificate."""

    def __init__(self, reason: str, message: str = "", retry_after: float | None = None) -> None:
        super().__init__(message or reason)
        self.reason = reason
        self.message = message
        self.retry_after = retry_after


class Unreachable(Exception):
    """No answer: the request may or may not have arrived."""


class SyncPeer(Protocol):
    """The server as a desktop sees it. Every call may raise Refused or Unreachable."""

    def hello(self, caller: Caller) -> Hello: ...

    def tree(
        self, cursor: str = "", limit: int = PAGE_NODES, *, below: Sequence[str] = (), only: Sequence[str] = ()
    ) -> Nodes:
        """Everything the person may see, without rows; the place of a file comes before the file.

        With `below` and `only` (MOST_PARTS places each, such as "project:12"): what lies below those, at any depth, and
        these; what they lie in comes along. A server that does not know these gives everything.
        """

    def path(self, file_id: int) -> list[dict[str, Any]]:
        """The nodes from the platform down to a file."""

    def snapshot(self, file_id: int, token: str = "", limit: int = PAGE_ROWS) -> RowsPage: ...

    def changes(self, file_id: int, since: int, generation: int, epoch: str, limit: int = PAGE_ROWS) -> RowsPage: ...

    def push(self, caller: Caller, ops: Sequence[Op]) -> Pushed: ...

    def original(self, file_id: int) -> dict[str, Any]:
        """{"sha256", "size", "source_sha256", … the fields of Original}: what `blob` is asked for."""

    def blob(self, file_id: int, sha256: str, offset: int) -> bytes: ...

    def put_blob(self, sha256: str, offset: int, size: int, data: bytes) -> int:
        """How many bytes of it the peer has now."""

    def create(self, caller: Caller, key: str, thing: dict[str, Any]) -> dict[str, Any]:
        """Make the server's copy of something born offline, once for each `key`: {"kind", "id"}.

        With thing["later"], what is large may be answered {"kind", "wait": seconds}: ask the same again after that.
        """

    def memories(self, file_id: int) -> list[dict[str, Any]]:
        """The memories and term bases that serve a file, with their assignment."""

    def entries(self, memory_id: int, token: str = "", since: int | None = None, limit: int = PAGE_ROWS) -> RowsPage:
        """Entries or terms: a snapshot by token, or the changes since a revision."""

    def conflicts(self, file_id: int, known: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Conflicts of a file that nobody has decided, and of `known` (MOST_KNOWN at the most) also those decided."""

    def resolve(self, caller: Caller, op: str, resolution: str) -> dict[str, Any]:
        """Say what was decided; the conflict as it is decided now, which may be what somebody said before."""

    def subscribe(self, file_ids: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Hints (file, revision) while the connection lasts. Only hints: data comes by `changes`."""


@runtime_checkable
class ReadsAhead(Protocol):
    """A peer far enough away that the next page of a snapshot is worth fetching before it is asked for."""

    def read_ahead(self, file_id: int, token: str, limit: int = PAGE_ROWS) -> None:
        """Begin to fetch it, in a thread of the peer's own; the next `snapshot` of the same page takes it."""
