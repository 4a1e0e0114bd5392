"""A server and a desktop in one process: `default` is the server, `offline` the desktop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from apps.accounts.models import User
from apps.ldm.models import File, Row, Status
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.sync.client import rounds
from apps.sync.client.rounds import Outcome
from apps.sync.models import MirroredFile, PendingEdit
from apps.sync.protocol import Unreachable
from locanext_project import workspaces


@contextmanager
def offline() -> Iterator[None]:
    """Work in the desktop."""
    with workspaces.use(workspaces.OFFLINE):
        yield


class Line:
    """A peer whose calls can be cut: before the request arrives, or before its answer does."""

    def __init__(self, peer: Any) -> None:
        self.peer = peer
        self.lost: list[tuple[str, str]] = []
        """(call, "request" or "answer"): the next call of the name is lost so."""
        self.calls: list[str] = []
        self.down = False
        self.limit = 5
        """Rows and entries of a page."""

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.peer, name)

        def through(*args: Any, **kwargs: Any) -> Any:
            self.calls.append(name)
            if self.down or self._cut(name, "request"):
                raise Unreachable("cut")
            if name in ("snapshot", "changes", "entries"):
                kwargs.setdefault("limit", self.limit)
            answer = call(*args, **kwargs)
            if self._cut(name, "answer"):
                raise Unreachable("cut")
            return answer

        return through

    def _cut(self, name: str, where: str) -> bool:
        if (name, where) in self.lost:
            self.lost.remove((name, where))
            return True
        return False


def texts(file_id: int) -> dict[str, tuple[str, int]]:
    """(target, status) of the live rows of a file by key, in the workspace of the caller."""
    rows = Row.objects.filter(file_id=file_id, removed_at__isnull=True)
    return {key: (target, status) for key, target, status in rows.values_list("key", "target", "status")}


def edit(actor: User, file_id: int, key: str, target: str, status: Status | None = None) -> Row:
    """An edit as the editor makes it, in the workspace of the caller."""
    row = Row.objects.get(file_id=file_id, key=key)
    return edit_row(actor=actor, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=target, status=status))


def sync(peer: Any, **options: Any) -> Outcome:
    """A round of the desktop."""
    with offline():
        return rounds.run(peer, **options)


def waiting() -> int:
    """Edits that the desktop has to send."""
    with offline():
        return PendingEdit.objects.filter(quarantined=False).count()


def mirror_of(file: File) -> dict[str, Any]:
    """How far the mirror of a file is."""
    with offline():
        found = MirroredFile.objects.get(pk=file.pk)
        return {field.attname: getattr(found, field.attname) for field in found._meta.concrete_fields}
