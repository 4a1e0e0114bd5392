"""The first fetch of a file's rows, page by page, and a new one where what is known means nothing any more."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from apps.ldm.models import Row
from apps.sync import clock
from apps.sync.client import arrivals, link, losses, remap, tree
from apps.sync.models import MirroredFile, MirroredRow
from apps.sync.protocol import ReadsAhead, RowsPage, SyncPeer
from locanext_project import workspaces
from locanext_project.id_guards import open_for_mirror

State = MirroredFile.State


def resume(peer: SyncPeer, file_id: int) -> bool:
    """Fetch the next page of a file's snapshot; True when it is whole. Its path comes first where it is not here.

    A page and where it goes on are one transaction: cut anywhere, it continues. Raises what the peer raises.
    """
    mirror = MirroredFile.objects.filter(pk=file_id).first()
    if mirror is None:
        mirror = tree.mirror_path(peer, file_id)
    if losses.whole(mirror):
        return True
    if link.current().epoch is None:
        link.greet(peer)
    # Known before the page is asked for: what is restored meanwhile shows itself with the first changes.
    epoch = link.current().epoch
    page = peer.snapshot(file_id, mirror.token)
    if page.reset:
        restart(file_id)
        return False
    if page.next and isinstance(peer, ReadsAhead):
        # On its way while this one is written.
        peer.read_ahead(file_id, page.next)
    with workspaces.atomic(), open_for_mirror():
        fresh = MirroredFile.objects.select_for_update().get(pk=file_id)
        if fresh.token != mirror.token or losses.whole(fresh):
            return losses.whole(fresh)
        if not fresh.token:
            fresh.cursor, fresh.generation, fresh.epoch = page.cursor, page.generation, epoch
        _take(fresh, page)
        return not fresh.token


def _take(mirror: MirroredFile, page: RowsPage) -> None:
    rows = arrivals.in_our_columns(page.columns, page.rows)
    only_page = not mirror.token and not page.next
    arrivals.write(mirror.pk, rows, at_once=only_page, rebase=True)
    mirror.token = page.next
    losses.unmark(mirror)
    if not page.next:
        mirror.state, mirror.synced_at = State.CURRENT, link.moment(clock.now())
        remap.settle(mirror.pk, missing_rows(mirror.pk))
        if not only_page:
            arrivals.index_and_check(mirror.pk)
    mirror.save()


def missing_rows(file_id: int) -> QuerySet[Row]:
    """Rows of a whole mirror that the server does not have."""
    known = MirroredRow.objects.filter(row_id=OuterRef("pk"))
    return Row.objects.filter(~Exists(known), file_id=file_id, pk__gt=0)


def restart(file_id: int) -> None:
    """Forget how far a mirror is, and every revision of its rows: a new snapshot begins. Texts and edits stay."""
    with workspaces.atomic():
        MirroredFile.objects.filter(pk=file_id).update(
            state=State.PARTIAL, token="", cursor=0, generation=0, epoch=None, original_whole=False
        )
        MirroredRow.objects.filter(row_id__in=Row.objects.filter(file_id=file_id).values("pk")).delete()
