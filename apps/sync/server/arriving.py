"""Files that are taken in piece by piece, each a short transaction: nobody sees one before its last piece.

Until then a file is marked as an entry of the recycle bin whose time is over: such an entry is gone for people, and
removed with the next emptying, which spares it while somebody is still at work on it. So what is cut leaves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.ldm.models import File, Row, TrashItem
from apps.ldm.services.counters import COLUMNS, ZERO
from apps.sync.models import ArrivingFile
from apps.tasks.context import Actor
from apps.tasks.services import enqueue
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load
from locanext_project.chunks import chunks
from locanext_project.errors import Conflict

PIECE = 2500
"""Rows of one transaction: some tenths of a second."""
BREATH = 0.15
"""Seconds between two pieces on SQLite: who waits for its one writer looks every 0.1 s whether it is free."""
HELD = timedelta(hours=1)
"""After the last sign of life; then what was begun counts as cut."""
FORGOTTEN = timedelta(days=1)

pause = time.sleep


def breathe() -> None:
    """Let others write between two pieces."""
    if connections[workspaces.alias()].vendor == "sqlite":
        pause(BREATH)


def begin(**values: Any) -> File:
    """A file of these values that nobody sees; in the caller's transaction."""
    now = timezone.now()
    item = TrashItem.objects.create(
        kind=TrashItem.Kind.FILE, entity_id=0, name=values["name"], path="", expires_at=now - timedelta(seconds=1)
    )
    file = File.objects.create(trash=item, **values)
    TrashItem.objects.filter(pk=item.pk).update(entity_id=file.pk)
    ArrivingFile.objects.filter(held_until__lt=now - FORGOTTEN).delete()
    ArrivingFile.objects.create(file_id=file.pk, item_id=item.pk, held_until=now + HELD)
    return file


def fill(file_id: int, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Load its rows, a piece at a time. Raises Conflict where the file was removed meanwhile."""
    for some in chunks(rows, PIECE):
        with workspaces.atomic():
            _hold(file_id)
            bulk_load(Row, columns, some)
        breathe()


def _hold(file_id: int) -> None:
    """Say that somebody is at work on it, so that nobody removes it. Not after a long silence: somebody may by then."""
    now = timezone.now()
    if not ArrivingFile.objects.filter(pk=file_id, held_until__gt=now).update(held_until=now + HELD):
        raise _removed()
    if not File.objects.select_for_update().filter(pk=file_id).exists():
        raise _removed()


def publish(file_id: int, **values: Any) -> None:
    """Let people see it, with these values; counters begin at nothing. In the caller's transaction.

    Raises Conflict where it was removed meanwhile.
    """
    _hold(file_id)
    # Who counted anew while it was filled counted a part of it, and nowhere above it.
    File.objects.filter(pk=file_id).update(trash=None, **dict(zip(COLUMNS, ZERO, strict=True)), **values)
    arriving = ArrivingFile.objects.get(pk=file_id)
    TrashItem.objects.filter(pk=arriving.item_id).delete()
    arriving.delete()


def give_up(*, actor: Actor, file_id: int) -> None:
    """Have what was loaded removed in the background; nothing where it was published."""
    with workspaces.atomic():
        if ArrivingFile.objects.filter(pk=file_id).delete()[0]:
            enqueue(actor=actor, kind="ldm.purge", args={}, silent=True)


def held(item_ids: Collection[int]) -> set[int]:
    """Those of these entries of the bin that somebody is at work on."""
    at_work = ArrivingFile.objects.filter(held_until__gt=timezone.now())
    return set(at_work.values_list("item_id", flat=True)) & set(item_ids)


def _removed() -> Conflict:
    return Conflict(_("What was taken in so far was removed meanwhile. Upload it again."))
