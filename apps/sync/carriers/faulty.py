"""A carrier that loses, doubles, delays and refuses, as it is told: for simulations and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from apps.sync.protocol import (
    PAGE_NODES,
    PAGE_ROWS,
    Caller,
    Hello,
    Nodes,
    Op,
    Pushed,
    Refused,
    RowsPage,
    SyncPeer,
    Unreachable,
)

FINE = "fine"
LOST = "lost"
"""The request never arrives."""
UNANSWERED = "unanswered"
"""The request is served and its answer is lost."""
DOUBLED = "doubled"
"""The request is served twice; the second answer arrives."""
DELAYED = "delayed"
"""The caller gives up; the request is served later, after others that were sent after it."""
REFUSALS = ("login", "forbidden", "busy")
"""The server answers, and will not."""

T = TypeVar("T")


class FaultyPeer:
    """Another peer behind a bad network.

    `fault(call)` says what happens to a call of this name: one of the words above. `later(request)`
    keeps a delayed request to be made at some other time. `on_the_way(call)` is called after the
    server has done its work and before the answer arrives. `rows`: most rows of a page.
    """

    def __init__(
        self,
        peer: SyncPeer,
        *,
        fault: Callable[[str], str],
        later: Callable[[Callable[[], object]], None] = lambda request: None,
        on_the_way: Callable[[str], None] = lambda call: None,
        rows: int = PAGE_ROWS,
    ) -> None:
        self._peer = peer
        self._fault = fault
        self._later = later
        self._on_the_way = on_the_way
        self._rows = rows

    def _carry(self, call: str, request: Callable[[], T]) -> T:
        fault = self._fault(call)
        if fault == LOST:
            raise Unreachable("the request was lost")
        if fault == DELAYED:
            self._later(request)
            raise Unreachable("no answer in time")
        if fault in REFUSALS:
            raise Refused(fault)
        answer = request()
        if fault == DOUBLED:
            answer = request()
        self._on_the_way(call)
        if fault == UNANSWERED:
            raise Unreachable("the answer was lost")
        return answer

    def hello(self, caller: Caller) -> Hello:
        return self._carry("hello", lambda: self._peer.hello(caller))

    def tree(
        self, cursor: str = "", limit: int = PAGE_NODES, *, below: Sequence[str] = (), only: Sequence[str] = ()
    ) -> Nodes:
        return self._carry("tree", lambda: self._peer.tree(cursor, limit, below=below, only=only))

    def path(self, file_id: int) -> list[dict[str, Any]]:
        return self._carry("path", lambda: self._peer.path(file_id))

    def snapshot(self, file_id: int, token: str = "", limit: int = PAGE_ROWS) -> RowsPage:
        return self._carry("snapshot", lambda: self._peer.snapshot(file_id, token, min(limit, self._rows)))

    def changes(self, file_id: int, since: int, generation: int, epoch: str, limit: int = PAGE_ROWS) -> RowsPage:
        most = min(limit, self._rows)
        return self._carry("changes", lambda: self._peer.changes(file_id, since, generation, epoch, most))

    def push(self, caller: Caller, ops: Sequence[Op]) -> Pushed:
        return self._carry("push", lambda: self._peer.push(caller, ops))

    def original(self, file_id: int) -> dict[str, Any]:
        return self._carry("original", lambda: self._peer.original(file_id))

    def blob(self, file_id: int, sha256: str, offset: int) -> bytes:
        return self._carry("blob", lambda: self._peer.blob(file_id, sha256, offset))

    def put_blob(self, sha256: str, offset: int, size: int, data: bytes) -> int:
        return self._carry("put_blob", lambda: self._peer.put_blob(sha256, offset, size, data))

    def create(self, caller: Caller, key: str, thing: dict[str, Any]) -> dict[str, Any]:
        return self._carry("create", lambda: self._peer.create(caller, key, thing))

    def memories(self, file_id: int) -> list[dict[str, Any]]:
        return self._carry("memories", lambda: self._peer.memories(file_id))

    def entries(self, memory_id: int, token: str = "", since: int | None = None, limit: int = PAGE_ROWS) -> RowsPage:
        most = min(limit, self._rows)
        return self._carry("entries", lambda: self._peer.entries(memory_id, token, since, most))

    def conflicts(self, file_id: int, known: Sequence[str] = ()) -> list[dict[str, Any]]:
        return self._carry("conflicts", lambda: self._peer.conflicts(file_id, known))

    def resolve(self, caller: Caller, op: str, resolution: str) -> dict[str, Any]:
        return self._carry("resolve", lambda: self._peer.resolve(caller, op, resolution))

    def subscribe(self, file_ids: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Hints; a lost or delayed one is left out, as whoever listens may miss any of them."""
        for hint in self._peer.subscribe(file_ids):
            if self._fault("hint") not in (LOST, DELAYED):
                yield hint
