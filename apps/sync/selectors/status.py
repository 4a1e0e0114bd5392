"""What people see of sync on this PC: the link, what waits, what is mirrored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q

from apps.ldm.models import File
from apps.ldm.selectors.memories import serving
from apps.sync import clock
from apps.sync.client import link, peers
from apps.sync.models import Conflict, Link, MirroredFile, MirroredMemory, PendingEdit, Subscription
from apps.tm.models import Memory
from locanext_project.chunks import chunks

STUCK_SECONDS = 300.0
"""A queue that has not shrunk for so long, while the server answers, is said to be stuck."""
FRESH_SECONDS = 180.0
"""After so long without a word of the server nobody says online."""
STATES = (
    "alone", "offline", "connecting", "online", "login", "too_old", "certificate", "forbidden", "unreachable",
)  # fmt: skip


def status() -> dict[str, Any]:
    """The link of this desktop, in the shape of GET link."""
    here, now = link.current(), clock.now()
    edits = PendingEdit.objects.aggregate(
        waiting=Count("pk", filter=Q(quarantined=False)),
        sending=Count("pk", filter=Q(quarantined=False, tries__gt=0)),
        apart=Count("pk", filter=Q(quarantined=True)),
    )
    state = state_of(here, now)
    since = here.queued_since.timestamp() if here.queued_since and edits["waiting"] else None
    return {
        "server_url": link.address_of(here),
        "mode": str(here.mode),
        "state": state,
        "pending": edits["waiting"],
        "sending": edits["sending"] if state == "online" else 0,
        "quarantined": edits["apart"],
        "conflicts": Conflict.objects.filter(resolution="").count(),
        "last_sync": here.last_sync,
        "last_contact": here.last_contact,
        "clock_offset": here.clock_offset,
        "stuck": state == "online" and since is not None and now - since > STUCK_SECONDS,
        "user": None if here.user_id is None else {"id": here.user_id, "name": here.user_name},
    }


def state_of(here: Link, now: float) -> str:
    """One of STATES."""
    if not link.address_of(here) and not peers.is_lan():
        return "alone"
    if here.mode == Link.Mode.OFFLINE:
        return "offline"
    if here.trouble in STATES:
        return here.trouble
    if not peers.may_connect(here):
        return "login"
    heard = here.last_contact is not None and abs(now - here.last_contact.timestamp()) < FRESH_SECONDS
    return "online" if heard else "connecting"


def pending(after: int | None, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """A page of edits that wait, those apart included, by row; and the row after which the next page begins."""
    found = PendingEdit.objects.order_by("row_id")
    listed = list((found if after is None else found.filter(row_id__gt=after))[: limit + 1])
    page = listed[:limit]
    names = dict(File.objects.filter(pk__in={edit.file_id for edit in page}).values_list("pk", "name"))
    items = [
        {
            "row_id": edit.row_id,
            "file_id": edit.file_id,
            "file_name": names.get(edit.file_id, ""),
            "target": edit.target,
            "status": edit.status,
            "edited_at": link.moment(edit.edited_at),
            "tries": edit.tries,
            "reason": edit.reason,
            "error": edit.error,
            "quarantined": edit.quarantined,
        }
        for edit in page
    ]
    return items, page[-1].row_id if len(listed) > limit else None


def files(file_ids: Sequence[int]) -> list[dict[str, Any]]:
    """How far the mirrors of some files are; files that are not mirrored are left out."""
    listed: list[dict[str, Any]] = []
    for some in chunks(file_ids, 500):
        edits = _counts(PendingEdit.objects.filter(file_id__in=some))
        undecided = _counts(Conflict.objects.filter(file_id__in=some, resolution=""))
        listed += [
            {
                "file_id": mirror.pk,
                "state": str(mirror.state),
                "cursor": mirror.cursor,
                "whole": mirror.cursor > 0 and not mirror.token and mirror.original_cursor >= 0,
                "subscribed": mirror.subscribed,
                "pending": edits.get(mirror.pk, 0),
                "conflicts": undecided.get(mirror.pk, 0),
                "synced_at": mirror.synced_at,
            }
            for mirror in MirroredFile.objects.filter(pk__in=some).order_by("pk")
        ]
    return listed


def _counts(found: Any) -> dict[int, int]:
    return dict(found.values_list("file_id").annotate(n=Count("pk")).order_by())


def memory_is_partial(memory_id: int) -> bool:
    """Whether entries of a mirrored memory are still to come."""
    return MirroredMemory.objects.filter(pk=memory_id, whole=False).exists()


def memories_are_coming(file_id: int) -> bool:
    """Whether entries of a memory or term base that serves a mirrored file are still to come."""
    file = File.objects.filter(pk=file_id).select_related("project__platform").first()
    if file is None:
        return False
    served = [one.memory.pk for kind in Memory.Kind.values for one in serving(file, kind)]
    return MirroredMemory.objects.filter(pk__in=served, whole=False).exists()


def subscriptions() -> set[tuple[str, int]]:
    """(kind, id) of what is kept up to date in the background."""
    parts = set(Subscription.objects.values_list("kind", "entity_id"))
    single = MirroredFile.objects.filter(subscribed=True).values_list("pk", flat=True)
    return parts | {("file", pk) for pk in single}
