"""Deliberate defects of leases, memories, uploads and decided conflicts; `mutants.py` lists them with all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

from apps.accounts.models import User
from apps.ldm.errors import RowLeased
from apps.ldm.models import Row, RowLease
from apps.ldm.services.rows import edit_row, leases
from apps.sync.client import inbox, memories, uploads
from apps.sync.models import Conflict, PlaceOfUpload
from apps.sync.protocol import Op, SyncPeer
from apps.sync.server import push as server_push
from apps.sync.server.decide import Verdict
from apps.sync.services import resolve
from locanext_project import local_ids, workspaces


# ---- leases ----
def lease_refuses() -> Any:
    """The server takes no edit of a row that somebody holds."""
    real = server_push._take

    def take(wave: Any, row: Row, op: Op, verdict: Verdict) -> bool:
        leases.require_free(row.pk, wave.actor)
        return real(wave, row, op, verdict)

    return patch.object(server_push, "_take", take)


def lease_wins() -> Any:
    """Whoever holds a row may save over what they have not seen."""
    real = edit_row._locked

    class Seen(int):
        def __eq__(self, other: object) -> bool:
            return True

        def __ne__(self, other: object) -> bool:
            return False

        __hash__ = int.__hash__

    def locked(row_id: int) -> Row:
        row = real(row_id)
        if RowLease.objects.filter(row_id=row_id).exists():
            row.text_rev = Seen(row.text_rev)
        return row

    return patch.object(edit_row, "_locked", locked)


def lease_for_ever() -> Any:
    """A lease that ran out still keeps others from saving."""

    def require_free(row_id: int, actor: User) -> None:
        lease = RowLease.objects.filter(row_id=row_id).exclude(user_id=actor.pk).first()
        if lease is not None:
            raise RowLeased(lease)

    return patch.object(leases, "require_free", require_free)


def lease_of_anyone() -> Any:
    """Who names a window gives back what it holds, whoever they are."""

    def release(*, actor: User, row_id: int, connection: str | None = None) -> bool:
        held = RowLease.objects.filter(row_id=row_id)
        return bool(leases._release(held if connection is None else held.filter(connection=connection)))

    return patch.object(leases, "release", release)


# ---- memories and uploads ----
def forget_confirmed() -> Any:
    """What is confirmed on a desktop does not enter the server's memory."""

    class Forgetful:
        def __getattr__(self, name: str) -> Any:
            return (lambda **asked: 0) if name == "remember" else getattr(real, name)

    real = vars(server_push)["confirm"]
    return patch.object(server_push, "confirm", Forgetful())


def stay_beside() -> Any:
    """Entries that stood in for the server's stay beside them."""
    return patch.object(memories, "_step_aside", lambda memory_id, entries: None)


def memories_once() -> Any:
    """Which memories serve a file is asked only where the file moved."""
    real = memories.refresh

    def refresh(peer: SyncPeer, file_ids: Any) -> int:
        from apps.sync.models import MirroredMemory

        return real(peer, () if MirroredMemory.objects.exists() else file_ids)

    return patch.object(memories, "refresh", refresh)


def new_key() -> Any:
    """What is sent again is sent under another key."""
    real = uploads._begin

    def begin(kind: str, local_id: int, revision: int | None = None) -> PlaceOfUpload:
        PlaceOfUpload.objects.filter(kind=kind, local_id=local_id, server_id__isnull=True).delete()
        return real(kind, local_id, revision)

    return patch.object(uploads, "_begin", begin)


def any_revision() -> Any:
    """What changed since it was first sent goes to the bin all the same."""
    return patch.object(uploads, "_was_edited", lambda place, now: False)


# ---- decided conflicts ----
def last_decides() -> Any:
    """Whoever decides a conflict last decides it."""

    def note(*, actor: User, op: str, resolution: str) -> Conflict:
        one = resolve._one(actor, op)
        with workspaces.atomic():
            resolve._mark(actor, [one], resolution)
        return Conflict.objects.get(pk=one.pk)

    return patch.object(resolve, "note", note)


def guess_kept() -> Any:
    """A conflict that the server does not name any more was decided for the text that won, a desktop guesses."""

    def fetch(peer: SyncPeer, file_id: int) -> None:
        told = peer.conflicts(file_id)
        with workspaces.atomic():
            inbox.keep(told)
            undecided = Conflict.objects.filter(file_id=file_id, resolution="")
            undecided.exclude(op__in=[one["op"] for one in told]).update(resolution="kept")

    return patch.object(inbox, "fetch", fetch)


def own_way() -> Any:
    """A desktop goes by its own decision, also where somebody else's came first."""
    real: Callable[[Mapping[str, Any], Any], dict[str, Any]] = inbox._values

    def values(conflict: Mapping[str, Any], names: Any) -> dict[str, Any]:
        return {} if names is inbox._DECISION else real(conflict, names)

    return patch.object(inbox, "_values", values)


def told_first() -> Any:
    """A decision is told before the text that was decided for."""

    def decided() -> Any:
        return Conflict.objects.exclude(resolution="").filter(resolution_sent=False).order_by("pk")

    return patch.multiple(inbox, _decided=decided, _any_decided=lambda: [1])


def swap_alone() -> Any:
    """A swap decided on a desktop is not sent as an edit: the row moves here only."""
    from apps.sync.models import PendingEdit

    real = resolve._bring_back

    def bring_back(actor: User, file: Any, rows: Mapping[int, Row], *rest: Any) -> Any:
        refused = real(actor, file, rows, *rest)
        if local_ids.is_desktop():
            PendingEdit.objects.filter(pk__in=list(rows)).delete()
        return refused

    return patch.object(resolve, "_bring_back", bring_back)


def one_history() -> Any:
    """A desktop does not keep the text that lost in the row's history."""
    return patch.object(inbox, "_remember", lambda conflict: None)
