"""The server as desktops see it: plain services and selectors, in the workspace and with the rights of the caller.

`revisions` stands for `subscribe`, which is each carrier's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.accounts.models import User
from apps.sync import clock
from apps.sync.protocol import OLDEST, PAGE_NODES, PAGE_ROWS, Caller, Hello, Nodes, Op, Pushed, RowsPage
from apps.sync.selectors import conflicts
from apps.sync.server import create, epoch, hints, incoming, memories, originals, pull, push, tree
from apps.sync.server.conflicts import conflict_json
from apps.sync.server.given import check_caller
from apps.sync.services import resolve


class ServerPeer:
    """What a `SyncPeer` does, for one person: every carrier ends here, and turns its ServiceErrors into Refused.

    Rights are asked with every call: what a person may not see any more is not found.
    """

    def __init__(self, user: User) -> None:
        self.user = user

    def hello(self, caller: Caller) -> Hello:
        """Raises TooOld and Invalid."""
        check_caller(caller)
        user = self.user
        person = {"id": user.pk, "name": user.name, "username": user.username, "role": user.role}
        return Hello(epoch.current(), clock.now(), OLDEST, person | {"language": user.language})

    def tree(
        self, cursor: str = "", limit: int = PAGE_NODES, *, below: Sequence[str] = (), only: Sequence[str] = ()
    ) -> Nodes:
        """See `server.tree`."""
        return tree.tree(self.user, cursor, limit, below, only)

    def level(self, parent: str, cursor: str = "", limit: int = PAGE_NODES) -> Nodes:
        """See `server.tree`."""
        return tree.level(self.user, parent, cursor, limit)

    def path(self, file_id: int) -> list[dict[str, Any]]:
        """See `server.tree`."""
        return tree.path(self.user, file_id)

    def snapshot(self, file_id: int, token: str = "", limit: int = PAGE_ROWS) -> RowsPage:
        """See `server.pull`."""
        return pull.snapshot(self.user, file_id, token, limit)

    def changes(self, file_id: int, since: int, generation: int, epoch: str, limit: int = PAGE_ROWS) -> RowsPage:
        """See `server.pull`."""
        return pull.changes(self.user, file_id, since, generation, epoch, limit)

    def push(self, caller: Caller, ops: Sequence[Op]) -> Pushed:
        """See `server.push`."""
        check_caller(caller)
        return push.push(actor=self.user, caller=caller, ops=ops)

    def original(self, file_id: int) -> dict[str, Any]:
        """See `server.originals`."""
        return originals.original(self.user, file_id)

    def blob(self, file_id: int, sha256: str, offset: int) -> bytes:
        """See `server.originals`."""
        return originals.blob(self.user, file_id, sha256, offset)

    def put_blob(self, sha256: str, offset: int, size: int, data: bytes) -> int:
        """See `server.incoming`."""
        return incoming.put_blob(actor=self.user, sha256=sha256, offset=offset, size=size, data=data)

    def create(self, caller: Caller, key: str, thing: Mapping[str, Any]) -> dict[str, Any]:
        """See `server.create`."""
        check_caller(caller)
        make = create.begin if thing.get("later") is True else create.create
        return make(actor=self.user, caller=caller, key=key, thing=thing)

    def memories(self, file_id: int) -> list[dict[str, Any]]:
        """See `server.memories`."""
        return memories.memories(self.user, file_id)

    def entries(self, memory_id: int, token: str = "", since: int | None = None, limit: int = PAGE_ROWS) -> RowsPage:
        """See `server.memories`."""
        return memories.entries(self.user, memory_id, token, since, limit)

    def conflicts(self, file_id: int, known: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Those of the file that the person may see and nobody has decided, or that are `known`.

        Raises NotFound and Invalid.
        """
        return [conflict_json(one) for one in conflicts.open_of_file(self.user, file_id, known)]

    def resolve(self, caller: Caller, op: str, resolution: str) -> dict[str, Any]:
        """Note what was decided on a desktop; the edit itself comes by `push`. Raises NotFound and Invalid."""
        check_caller(caller)
        return conflict_json(resolve.note(actor=self.user, op=op, resolution=resolution))

    def revisions(self, file_ids: Sequence[int]) -> dict[int, int]:
        """{file: revision} of those of the files that the person may see: what hints are made of."""
        return hints.visible(self.user, file_ids[: hints.MOST_FILES])
