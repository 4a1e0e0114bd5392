"""The desktop's link to its one server: which, who, how its clock differs, and whether to use it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apps.sync import clock
from apps.sync.models import Link
from apps.sync.protocol import VERSION, Caller, Hello, Refused, SyncPeer
from apps.tasks.context import Owner
from locanext_project import local_ids, workspaces

CLOCK_WARNING = 60.0
"""Seconds by which the clocks may differ before the person is told."""


def current() -> Link:
    """The link of this desktop; made when there is none."""
    found = Link.objects.order_by("pk").first()
    if found is None:
        with workspaces.atomic():
            found = Link.objects.order_by("pk").first() or Link.objects.create()
    return found


def caller() -> Caller:
    """Who speaks to the server, at this moment of this computer's clock."""
    return Caller(client=str(current().client), now=clock.now())


def owner() -> Owner:
    """In whose name background work on the mirror is done."""
    link = current()
    return Owner(local_ids.STORAGE_ID if link.user_id is None else link.user_id, link.user_name)


def greet(peer: SyncPeer) -> Hello:
    """Say hello, and remember the server's epoch, its clock and the time of contact.

    Raises Refused ("too_old" where the server speaks a newer protocol only) and Unreachable.
    """
    before = clock.now()
    hello = peer.hello(Caller(client=str(current().client), now=before))
    after = clock.now()
    if hello.oldest > VERSION:
        raise Refused("too_old", "The server needs a newer version of this program.")
    values: dict[str, Any] = {
        "epoch": hello.epoch,
        # The server looked at its clock somewhere between the question and the answer.
        "clock_offset": hello.server_time - (before + after) / 2,
        "last_contact": moment(after),
    }
    with workspaces.atomic():
        Link.objects.filter(pk=current().pk).update(**values)
    return hello


def moment(seconds: float) -> datetime:
    """A time of this computer's clock, as it is kept."""
    return datetime.fromtimestamp(seconds, UTC)
