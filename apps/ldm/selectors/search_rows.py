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

from django.db import connections
from django.db.models import F, Q, QuerySet

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Folder, Row
from apps.ldm.selectors.rows import storable
from apps.tm.matching.normalise import search_form
from locanext_project import workspaces

MIN_INDEXED = 3
"""Characters of the search form below which a trigram index answers nothing."""
FIELDS = ("key", "source", "target", "comment")
"""In the order in which the index holds them."""
SEPARATOR = "\x1f"
FIRST_HITS = 1000
# The other characters whose search form is one of ASCII: databases do not fold them so.
_STRANGERS = {"k": "\u212a", "i": "\u0130", " ": SEPARATOR}


def form_of(text: str) -> str:
    """What to look for in the index; a separator in the text is a space there."""
    return search_form(text.replace(SEPARATOR, " "))


def matching_ids(file: File, text: str, fields: Sequence[str] = ("source", "target")) -> list[int]:
    """Ids of the live rows of a file with `text` in one of the fields, in no order."""
    form = form_of(text)
    found = [pk for pk, _ in _indexed(form, fields, [file.pk], None)]
    late = Row.objects.filter(file_id=file.pk, rev__gt=file.searchable_revision, position__gte=0)
    return [*found, *_scan(late, form, text, fields)]


def _indexed(form: str, fields: Sequence[str], file_ids: Sequence[int], limit: int | None) -> list[tuple[int, int]]:
    """(row id, file id) of live rows whose index text is up to date and holds the form in a field."""
    if not file_ids:
        return []
    connection = connections[workspaces.alias()]
    sqlite = connection.vendor == "sqlite"
    build = _sqlite_query if sqlite else _postgres_query
    statement, parameters = build(form, file_ids, fields)
    if limit is not None:
        statement += " LIMIT %s"
        parameters.append(limit)
    with connection.cursor() as cursor:
        if sqlite:
            cursor.connection.create_function("ldm_part_holds", 3, _part_holds, deterministic=True)
        cursor.execute(statement, parameters)
        return [(int(pk), int(file_id)) for pk, file_id in cursor.fetchall()]


_LIVE = "r.position >= 0 AND r.rev <= s.searchable_revision"


def _sqlite_query(form: str, file_ids: Sequence[int], fields: Sequence[str]) -> tuple[str, list[Any]]:
    parameters: list[Any] = []
    # CROSS JOIN fixes the order: the planner would ask the index once for every row of the file.
    tables = "ldm_rowtext t"
    where = f"t.file_id IN ({','.join(str(int(pk)) for pk in file_ids)})"
    if len(form) >= MIN_INDEXED:
        tables = "ldm_rowtext_fts f CROSS JOIN ldm_rowtext t ON t.row_id = f.rowid"
        where = f"ldm_rowtext_fts MATCH %s AND {where}"
        parameters.append('"' + form.replace('"', '""') + '"')
    where += " AND instr(t.text, %s) > 0"
    parameters.append(form)
    if set(fields) != set(FIELDS):
        where += " AND ldm_part_holds(t.text, %s, %s)"
        parameters += [form, _mask(fields)]
    return (
        f"SELECT t.row_id, t.file_id FROM {tables} CROSS JOIN ldm_row r ON r.id = t.row_id"  # noqa: S608 (closed names)
        f" JOIN ldm_file s ON s.id = t.file_id WHERE {where} AND {_LIVE}",
        parameters,
    )


def _postgres_query(form: str, file_ids: Sequence[int], fields: Sequence[str]) -> tuple[str, list[Any]]:
    pattern = "%" + form.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    parameters: list[Any] = [pattern]
    where = "file_id = ANY(%s)"
    parameters.append(list(file_ids))
    if set(fields) != set(FIELDS):
        parts = [f"split_part(text, %s, {FIELDS.index(name) + 1}) LIKE %s" for name in fields]
        where += f" AND ({' OR '.join(parts)})"
        for _ in fields:
            parameters += [SEPARATOR, pattern]
    # Ids first, in a step of their own: ordered directly, the planner would walk the primary key instead of the index.
    return (
        "WITH hits AS MATERIALIZED (SELECT row_id, file_id, text FROM ldm_rowtext WHERE text LIKE %s)"  # noqa: S608
        f", wanted AS MATERIALIZED (SELECT row_id, file_id FROM hits WHERE {where})"
        " SELECT w.row_id, w.file_id FROM wanted w JOIN ldm_row r ON r.id = w.row_id"
        f" JOIN ldm_file s ON s.id = w.file_id WHERE {_LIVE}",
        parameters,
    )


def _mask(fields: Iterable[str]) -> int:
    return sum(1 << FIELDS.index(name) for name in set(fields))


def _part_holds(text: str, form: str, mask: int) -> bool:
    """For SQLite: whether one of the fields chosen by the mask's bits holds the form."""
    return any(mask >> n & 1 and form in part for n, part in enumerate(text.split(SEPARATOR)))


def _scan(rows: QuerySet[Row], form: str, text: str, fields: Sequence[str]) -> Iterator[int]:
    """Ids of those rows that hold the form in one of the fields; the database only narrows them down."""
    narrowed = _narrowed(text, form, fields)
    if narrowed is not None:
        rows = rows.filter(narrowed)
    for pk, *values in rows.values_list("pk", *fields).iterator(chunk_size=5000):
        if any(form in form_of(value) for value in values):
            yield pk


def _narrowed(text: str, form: str, fields: Sequence[str]) -> Q | None:
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
    hits = [pk for pk, _ in _indexed(form, FIELDS, list(known), max(limit * 20, FIRST_HITS))]
    for file_id, mark in files.filter(searchable_revision__lt=F("revision")).values_list("pk", "searchable_revision"):
        if len(hits) >= max(limit * 20, FIRST_HITS):
            break
        late = Row.objects.filter(file_id=file_id, rev__gt=mark, position__gte=0)
        hits += islice(_scan(late, form, text, FIELDS), limit)
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
