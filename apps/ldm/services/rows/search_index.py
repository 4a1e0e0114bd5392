"""Keeping the row search's text: built afterwards as a task, kept by every small edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import connections
from django.db.models import F

from apps.accounts.models import User
from apps.ldm.models import File, Row, RowText
from apps.tm.matching.normalise import search_form
from locanext_project import one_row, workspaces
from locanext_project.bulk_load import bulk_load

CHUNK = 2000
FEW = 20
_UPSERT = (
    f"INSERT INTO {RowText._meta.db_table} (row_id, file_id, text) VALUES (%s, %s, %s)"  # noqa: S608
    " ON CONFLICT (row_id) DO UPDATE SET text = excluded.text, file_id = excluded.file_id"
)
SEPARATOR = "\x1f"
_COLUMNS = ("row_id", "file_id", "text")


def row_text(key: str, source: str, target: str, comment: str) -> str:
    """What the index holds of a row."""
    fields = (key, source, target, comment)
    # A separator inside a text would move the fields behind it: the search counts them.
    return search_form(SEPARATOR.join(field.replace(SEPARATOR, " ") for field in fields))


def keep(rows: Iterable[Row]) -> None:
    """Bring the text of a few changed rows up to date, in the caller's transaction."""
    texts = [
        RowText(row_id=row.pk, file_id=row.file_id, text=row_text(row.key, row.source, row.target, row.comment))
        for row in rows
    ]
    if len(texts) == 1:
        (text,) = texts
        one_row.insert(RowText, _COLUMNS, (text.row_id, text.file_id, text.text), over="row_id")
    elif texts:
        _upsert(texts)


def _insert(rows: list[Row]) -> None:
    """Texts of rows that may have none yet: several times faster than an upsert."""
    known = set(RowText.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    keep(row for row in rows if row.pk in known)
    texts = (
        (row.pk, row.file_id, row_text(row.key, row.source, row.target, row.comment))
        for row in rows
        if row.pk not in known
    )
    bulk_load(RowText, _COLUMNS, texts)


def _upsert(texts: list[RowText]) -> None:
    """Insert or replace. On SQLite FTS5 follows by triggers, which an upsert fires as an update does."""
    if not texts:
        return
    if len(texts) > FEW:
        RowText.objects.bulk_create(
            texts, batch_size=500, update_conflicts=True, unique_fields=["row"], update_fields=["text", "file_id"]
        )
        return
    # One row with every save: Django takes longer to build this than the database to do it.
    with connections[workspaces.alias()].cursor() as cursor:
        cursor.executemany(_UPSERT, [(text.row_id, text.file_id, text.text) for text in texts])


def submit(*, actor: User, file: File) -> None:
    """Build a file's index in the background."""
    from apps.tasks.services import enqueue

    enqueue(
        actor=actor,
        kind="ldm.index",
        args={"file_id": file.pk},
        subject_kind="file",
        subject_id=file.pk,
        silent=True,
    )


def build(file_id: int, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Index every row changed since the file's mark, in short transactions; returns how many rows.

    A row that is edited meanwhile gets a later revision than the mark that is set at the end, so
    search still scans it.
    """
    file = File.objects.filter(pk=file_id).first()
    if file is None:
        return 0
    since, until = file.searchable_revision, file.revision
    pending = Row.objects.filter(file_id=file_id, rev__gt=since, rev__lte=until)
    fresh = not RowText.objects.filter(file_id=file_id).exists()
    total = pending.count()
    done = 0
    last = -(2**63)  # ids of what was born offline lie below zero
    while True:
        with workspaces.atomic():
            chunk = list(
                pending.filter(pk__gt=last)
                .order_by("pk")
                .select_for_update()
                .only("pk", "file_id", "key", "source", "target", "comment")[:CHUNK]
            )
            if fresh:
                _insert(chunk)
            else:
                keep(chunk)
        if not chunk:
            break
        last = chunk[-1].pk
        done += len(chunk)
        progress(done, total)
    # The mark only rises where nobody set it meanwhile.
    File.objects.filter(pk=file_id, searchable_revision=since).update(searchable_revision=until)
    File.objects.filter(pk=file_id, searchable_revision__gt=F("revision")).update(searchable_revision=F("revision"))
    return done
