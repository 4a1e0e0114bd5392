"""Finding rows by text: the trigram index where it is up to date, a scan where it is not.

Every hit is verified against the row, so an index that lags behind can only cost time.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import F, Q

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Folder, Row
from apps.tm.matching.normalise import search_form
from locanext_project import workspaces

MIN_INDEXED = 3
"""Characters of the search form below which a trigram index answers nothing."""
FIELDS = ("source", "target", "key", "comment")
MANY = 20_000
"""From so many index hits on, a scan of the file costs no more than fetching them."""


def contains(text: str, fields: Sequence[str] = ("source", "target")) -> Q:
    """The condition that one of the fields holds `text`, without regard to case."""
    if text.isascii() or text.lower() == text.upper():
        conditions = [Q(**{f"{name}__icontains": text}) for name in fields]
    else:
        conditions = [Q(**{f"{name}__icontains": text}) | Q(**{f"{name}__contains": text}) for name in fields]
        conditions += [Q(**{f"{name}__contains": form}) for name in fields for form in _case_forms(text)]
    return functools.reduce(operator.or_, conditions)


def _case_forms(text: str) -> set[str]:
    """Spellings to look for where the database folds the case of ASCII only."""
    return {text, text.lower(), text.upper(), text.title(), text.capitalize()}


def candidate_ids(file: File, text: str) -> list[int] | None:
    """Rows of a file that may hold `text`, from the index and from what it lacks; None: scan instead."""
    form = search_form(text)
    if len(form) < MIN_INDEXED or file.searchable_revision == 0:
        return None
    hits = _index_hits(form, [file.pk], MANY)
    if len(hits) >= MANY:
        return None
    late = Row.objects.filter(file_id=file.pk, rev__gt=file.searchable_revision).values_list("pk", flat=True)
    return [*hits, *late[:MANY]]


def _index_hits(form: str, file_ids: Sequence[int] | None, limit: int) -> list[int]:
    """Row ids whose text holds the search form. Ids first, in a step of their own: ordered directly, the
    planner would walk the primary key instead of the index."""
    connection = connections[workspaces.alias()]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            quoted = '"' + form.replace('"', '""') + '"'
            where = f" AND t.file_id IN ({','.join(str(int(pk)) for pk in file_ids)})" if file_ids is not None else ""
            cursor.execute(
                # CROSS JOIN fixes the order: the planner would ask the index once for every row of the file.
                "SELECT t.row_id FROM ldm_rowtext_fts f CROSS JOIN ldm_rowtext t ON t.row_id = f.rowid"  # noqa: S608
                f" WHERE ldm_rowtext_fts MATCH %s{where} LIMIT %s",
                [quoted, limit],
            )
        else:
            escaped = form.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            where = " WHERE file_id = ANY(%s)" if file_ids is not None else ""
            parameters: list[Any] = [f"%{escaped}%", *([list(file_ids)] if file_ids is not None else []), limit]
            cursor.execute(
                "WITH hits AS MATERIALIZED (SELECT row_id, file_id FROM ldm_rowtext WHERE text LIKE %s)"  # noqa: S608
                f" SELECT row_id FROM hits{where} LIMIT %s",
                parameters,
            )
        return [pk for (pk,) in cursor.fetchall()]


def search(user: User, text: str, under: tuple[str, int] | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Rows that hold `text` in key, source, target or comment, in files the person may see.

    Each: {"row_id", "file_id", "file_name", "n", "field", "snippet"}, by file and position.
    """
    files = File.objects.filter(project__in=permissions.visible_projects(user), trash__isnull=True)
    if under is not None:
        kind, pk = under
        if kind == "file":
            files = files.filter(pk=pk)
        elif kind == "folder":
            files = files.filter(folder_id__in=_folders_below(pk))
        elif kind == "project":
            files = files.filter(project_id=pk)
        elif kind == "platform":
            files = files.filter(project__platform_id=pk)
    known = dict(files.values_list("pk", "name"))
    rows = Row.objects.filter(file_id__in=known, position__gte=0)
    form = search_form(text)
    if len(form) >= MIN_INDEXED:
        hits = _index_hits(form, list(known), max(limit * 20, 1000))
        unindexed = files.filter(searchable_revision__lt=F("revision")).values_list("pk", "searchable_revision")
        late = functools.reduce(
            operator.or_, (Q(file_id=pk, rev__gt=revision) for pk, revision in unindexed), Q(pk__in=hits)
        )
        rows = rows.filter(late)
    rows = rows.filter(contains(text, FIELDS)).order_by("file_id", "position")[:limit]
    return [_hit(row, known[row.file_id], text) for row in rows.only("pk", "file_id", "position", *FIELDS)]


def _folders_below(folder_id: int) -> list[int]:
    found, level = [folder_id], [folder_id]
    while level:
        level = list(Folder.objects.filter(parent_id__in=level, trash__isnull=True).values_list("pk", flat=True))
        found += level
    return found


def _hit(row: Row, file_name: str, text: str) -> dict[str, Any]:
    lower = text.lower()
    for name in FIELDS:
        value = getattr(row, name)
        at = value.lower().find(lower)
        if at >= 0:
            start = max(0, at - 30)
            snippet = ("…" if start else "") + value[start : at + len(text) + 60]
            break
    else:
        name, snippet = "source", row.source[:90]
    return {
        "row_id": row.pk,
        "file_id": row.file_id,
        "file_name": file_name,
        "n": row.position + 1,
        "position": row.position,
        "field": name,
        "snippet": snippet,
    }
