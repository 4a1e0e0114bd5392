"""Which life of the server's data this is. Whoever restores a backup begins a new one."""

from __future__ import annotations

import uuid

from django.db import connections
from django.db.models import F, Max, Model

from apps.audit.services import record
from apps.ldm.models import File, Folder, Platform, Project, Row
from apps.sync.models import ServerEpoch
from apps.tm.models import Entry, Memory, Term
from locanext_project import workspaces
from locanext_project.prepared import Prepared

SHARED: tuple[type[Model], ...] = (Platform, Project, Folder, File, Row, Memory, Entry, Term)
"""What desktops hold by the server's ids."""
SKIPPED = 1_000_000


def current() -> str:
    """The epoch; made on first use. Two that ask first at once get the same."""
    if found := _newest():
        return str(found[0][0])
    return str(ServerEpoch.objects.get_or_create(pk=1)[0].epoch)


_newest = Prepared(lambda: ServerEpoch.objects.order_by("-pk").values_list("epoch")[:1])


def renew(*, skipped: int = SKIPPED) -> str:
    """Begin a new epoch, after a backup was put back: every desktop fetches its mirrors anew.

    `skipped` ids of every shared table are never given out: things that were made after the backup
    are gone here, but desktops may hold them and edits of them, and their ids must not come to
    mean something else. Files and memories skip as many revisions: an edit that was made on a revision of
    the life before must not meet, by chance, a row that has the same number in this one.
    """
    with workspaces.atomic():
        last = ServerEpoch.objects.select_for_update().order_by("-pk").first()
        epoch = ServerEpoch.objects.create(pk=last.pk + 1 if last else 1, epoch=uuid.uuid4())
        for model in SHARED:
            _skip(model, skipped)
        _skip_revisions(skipped)
        record("epoch_renewed", detail={"epoch": str(epoch.epoch)})
    return str(epoch.epoch)


def _skip_revisions(count: int) -> None:
    # What an index or the checks know to the last revision, they still know to the last.
    for mark in ("searchable_revision", "checked_revision"):
        File.objects.filter(**{mark: F("revision")}).update(**{mark: F("revision") + count})
    for model in (File, Memory):
        model._default_manager.update(revision=F("revision") + count)


def _skip(model: type[Model], count: int) -> None:
    connection = connections[workspaces.alias()]
    table = model._meta.db_table
    highest = model._default_manager.aggregate(highest=Max("pk"))["highest"] or 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'),"
                " GREATEST(%s, nextval(pg_get_serial_sequence(%s, 'id'))) + %s)",
                [table, max(highest, 1), table, count],
            )
            return
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        following = max(highest, found[0] if found else 0) + count
        if found is None:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, following])
        else:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [following, table])
