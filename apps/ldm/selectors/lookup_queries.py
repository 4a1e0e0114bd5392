"""Rows of a file as queries to its memories: their sources with their neighbours."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from apps.ldm.formats.units_records import memory_key
from apps.ldm.models import File, Row
from apps.tm.matching.proposals import Query
from locanext_project.errors import NotFound
from locanext_project.prepared import Prepared

_COLUMNS = ("pk", "file_id", "position", "key", "plural", "source", "old_source")
_row = Prepared(lambda pk: Row.objects.filter(pk=pk).values_list(*_COLUMNS))
_beside = Prepared(
    lambda file_id, *places: Row.objects.filter(file_id=file_id, position__in=places).values_list("position", "source")
)


def of_row(file: File, row_id: int) -> Query:
    """The query of one row. Raises NotFound where the file has no such row."""
    found = _row(row_id) if -(2**63) <= row_id < 2**63 else []
    if not found or found[0][1] != file.pk:
        raise NotFound
    _, _, position, key, plural, source, old_source = found[0]
    sources = dict(_beside(file.pk, position - 1, position + 1)) if position >= 0 else {}
    return query_of(position, memory_key(key, plural), source, old_source, sources)


def of_rows(file: File, row_ids: Collection[int]) -> dict[int, Query]:
    """Queries by row id, in the order of the ids; rows of other files are left out. At most some hundreds of ids."""
    # Not filtered by the file: the planner would then walk the file's index instead of the ids.
    found = Row.objects.filter(pk__in=list(row_ids))
    rows: dict[int, tuple[Any, ...]] = {
        values[0]: values[2:] for values in found.values_list(*_COLUMNS) if values[1] == file.pk
    }
    sources = {position: source for position, _, _, source, _ in rows.values() if position >= 0}
    beside = {position + step for position in sources for step in (-1, 1)} - sources.keys()
    sources.update(Row.objects.filter(file_id=file.pk, position__in=sorted(beside)).values_list("position", "source"))
    queries = {}
    for pk in dict.fromkeys(row_ids):
        if pk in rows:
            position, key, plural, source, old_source = rows[pk]
            queries[pk] = query_of(position, memory_key(key, plural), source, old_source, sources)
    return queries


def query_of(position: int, key: str, source: str, old_source: str | None, sources: dict[int, str]) -> Query:
    """A row's query. `sources` by position; what they lack is no neighbour. Those of a row that is gone are unknown."""
    if position < 0:
        return Query(source, key=key, old_source=old_source)
    return Query(
        source,
        key=key,
        previous=sources.get(position - 1, ""),
        next=sources.get(position + 1, ""),
        old_source=old_source,
    )
