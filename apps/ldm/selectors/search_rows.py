"""Finding rows by text: in the search index where it is up to date, in the rows where it is not.

One meaning on every database and in every state of the index: a field holds a text when the
search form of the one is part of the search form of the other. Databases fold case each in
their own way, so they compare finished forms only, or narrow down what Python then compares.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import F, Q, QuerySet

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Folder, Row
from apps.ldm.selectors.row_index import FIELDS, SEPARATOR, form_of, indexed
from apps.ldm.selectors.rows import storable

FIRST_HITS = 1000
# The other characters whose search form is one of ASCII: databases do not fold them so.
_STRANGERS = {"k": "\u212a", "i": "\u0130", " ": SEPARATOR}


def matching_ids(
    file: File, text: str, fields: Sequence[str] = ("source", "target"), *, whole: bool = False
) -> list[int]:
    """Ids of the live rows of a file with `text` in one of the fields, in no order; `whole`: as all of the field."""
    form = form_of(text)
    found = [pk for pk, _, _ in indexed(form, fields, [file.pk], whole=whole)]
    late = Row.objects.filter(file_id=file.pk, rev__gt=file.searchable_revision, position__gte=0)
    return [*found, *scan(late, text, fields, whole=whole)]


def holds(form: str, values: Iterable[str], *, whole: bool = False) -> bool:
    """Whether one of the texts holds the form, or is it: the one meaning of all of this."""
    return any(form == form_of(value) if whole else form in form_of(value) for value in values)


def scan(rows: QuerySet[Row], text: str, fields: Sequence[str], *, whole: bool = False) -> Iterator[int]:
    """Ids of those rows that hold the text in one of the fields; the database only narrows them down."""
    form = form_of(text)
    condition = narrowed(text, form, fields)
    if condition is not None:
        rows = rows.filter(condition)
    for pk, *values in rows.values_list("pk", *fields).iterator(chunk_size=5000):
        if holds(form, values, whole=whole):
            yield pk


def narrowed(text: str, form: str, fields: Sequence[str]) -> Q | None:
    """A condition that holds for every row that matches, and for few others; None where there is none."""
    caseless = text.lower() == text.upper()
    if SEPARATOR in text or not (text.isascii() or caseless):
        return None
    lookup = "contains" if caseless else "icontains"
    looked_for = [Q(**{f"{name}__{lookup}": text}) for name in fields]
    strangers = [other for plain, other in _STRANGERS.items() if plain in form]
    looked_for += [Q(**{f"{name}__contains": other}) for name in fields for other in strangers]
    return functools.reduce(operator.or_, looked_for)


def search(user: User, text: str, under: tuple[str, int] | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Rows that hold `text` in key, source, target or comment, in files the person may see.

    Each: {"row_id", "file_id", "file_name", "n", "position", "field", "snippet"}, by file and position.
    """
    form = form_of(text)
    if not form or not storable(text):
        return []
    files = _files_under(user, under)
    known = dict(files.values_list("pk", "name"))
    hits = [pk for pk, _, _ in indexed(form, FIELDS, list(known), limit=max(limit * 20, FIRST_HITS))]
    for file_id, mark in files.filter(searchable_revision__lt=F("revision")).values_list("pk", "searchable_revision"):
        if len(hits) >= max(limit * 20, FIRST_HITS):
            break
        late = Row.objects.filter(file_id=file_id, rev__gt=mark, position__gte=0)
        hits += islice(scan(late, text, FIELDS), limit)
    rows = Row.objects.filter(pk__in=hits).order_by("file_id", "position")[:limit]
    return [_hit(row, known[row.file_id], form) for row in rows.only("pk", "file_id", "position", *FIELDS)]


def _files_under(user: User, under: tuple[str, int] | None) -> QuerySet[File]:
    files = File.objects.filter(project__in=permissions.visible_projects(user), trash__isnull=True)
    if under is None:
        return files
    kind, pk = under
    if kind == "file":
        return files.filter(pk=pk)
    if kind == "folder":
        return files.filter(folder_id__in=_folders_below(pk))
    if kind == "project":
        return files.filter(project_id=pk)
    return files.filter(project__platform_id=pk) if kind == "platform" else files


def _folders_below(folder_id: int) -> list[int]:
    found, level = [folder_id], [folder_id]
    while level:
        level = list(Folder.objects.filter(parent_id__in=level, trash__isnull=True).values_list("pk", flat=True))
        found += level
    return found


def _hit(row: Row, file_name: str, form: str) -> dict[str, Any]:
    name, snippet = "source", row.source[:90]
    for field in ("source", "target", "key", "comment"):
        value = getattr(row, field)
        if form in form_of(value):
            name, snippet = field, _snippet(value, form)
            break
    return {
        "row_id": row.pk,
        "file_id": row.file_id,
        "file_name": file_name,
        "n": row.position + 1,
        "position": row.position,
        "field": name,
        "snippet": snippet,
    }


def _snippet(value: str, form: str) -> str:
    """What is around the first match: 30 characters before its start, 60 and a little behind it."""
    before = form_of(value).find(form)
    at = length = 0
    while length < before:
        length += len(form_of(value[at]))
        at += 1
    start = max(0, at - 30)
    return ("…" if start else "") + value[start : at + len(form) + 60]
