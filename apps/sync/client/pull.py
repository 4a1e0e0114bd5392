"""What changed in a file on the server since this mirror looked last."""

from __future__ import annotations

from dataclasses import dataclass

from apps.sync import clock
from apps.sync.client import arrivals, link, losses, snapshot
from apps.sync.models import MirroredFile
from apps.sync.protocol import Refused, RowsPage, SyncPeer
from locanext_project import by_ids, workspaces
from locanext_project.bulk_load import bulk_update
from locanext_project.id_guards import open_for_mirror


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a page brought: rows that are other than before, and where the mirror is now."""

    rows: int
    cursor: int
    more: bool
    reset: bool = False


def pull(peer: SyncPeer, file_id: int) -> Pulled:
    """Fetch one page of changes (or of the snapshot, while it is not whole) of a file that is mirrored.

    Rows and cursor are one transaction. `reset`: a new snapshot has begun. Raises what the peer raises.
    """
    mirror = by_ids.one(MirroredFile, file_id)
    if mirror is None:
        raise MirroredFile.DoesNotExist
    if not losses.whole(mirror):
        snapshot.resume(peer, file_id)
        return Pulled(0, mirror.cursor, True)
    epoch = str(mirror.epoch) if mirror.epoch else ""
    try:
        page = peer.changes(file_id, mirror.cursor, mirror.generation, epoch)
    except Refused as refusal:
        if refusal.reason != "epoch":
            raise
        page = None
    if page is None or page.reset:
        snapshot.restart(file_id)
        return Pulled(0, 0, True, True)
    return _take(mirror, page)


def _take(asked: MirroredFile, page: RowsPage) -> Pulled:
    with workspaces.atomic(), open_for_mirror():
        # A desktop's SQLite has one writer, and that is this transaction.
        mirror = by_ids.one(MirroredFile, asked.pk)
        if mirror is None:
            raise MirroredFile.DoesNotExist
        if (mirror.cursor, mirror.epoch, mirror.token) != (asked.cursor, asked.epoch, ""):
            # Somebody else took this page meanwhile, or a snapshot has begun.
            return Pulled(0, mirror.cursor, True)
        changed = arrivals.write(mirror.pk, arrivals.in_our_columns(page.columns, page.rows))
        at = link.moment(clock.now())
        losses.unmark(mirror)
        bulk_update(MirroredFile, ("cursor", "synced_at", "state"), [(mirror.pk, page.cursor, at, mirror.state)])
    return Pulled(changed, page.cursor, page.more)
