"""Who is in a file: one record a window, kept alive by the process that holds its socket."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.models import File, Presence, Row
from apps.ldm.selectors.live import DROPPED_SECONDS
from locanext_project import workspaces

HEARTBEAT_SECONDS = 15


def enter(*, actor: User, file: File, connection: str) -> None:
    """A window has the file open."""
    Presence.objects.update_or_create(
        connection=connection,
        defaults={
            "file": file,
            "user_id": actor.pk,
            "user_name": actor.name,
            "row_id": None,
            "seen_at": timezone.now(),
        },
    )


def leave(*, connections: Collection[str]) -> None:
    """These windows are closed."""
    Presence.objects.filter(connection__in=connections).delete()


def move(*, file_id: int, moves: Mapping[str, int | None]) -> dict[str, int | None]:
    """Windows whose cursor went to another row: {connection: row}. Returns those whose row is the file's."""
    wanted = {row_id for row_id in moves.values() if row_id is not None}
    # Not filtered by the file: the planner would then walk the file's index instead of the ids.
    known = {pk for pk, owner in Row.objects.filter(pk__in=wanted).values_list("pk", "file_id") if owner == file_id}
    good = {connection: row for connection, row in moves.items() if row is None or row in known}
    with workspaces.atomic():
        for connection, row in sorted(good.items()):
            Presence.objects.filter(connection=connection).update(row_id=row, seen_at=timezone.now())
    return good


def keep_alive(*, connections: Collection[str]) -> None:
    """These windows are still open."""
    Presence.objects.filter(connection__in=connections).update(seen_at=timezone.now())


def sweep() -> None:
    """Remove the windows of processes that died."""
    Presence.objects.filter(seen_at__lt=timezone.now() - timedelta(seconds=DROPPED_SECONDS)).delete()
