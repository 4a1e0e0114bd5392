"""All rows of a file in order, as queries to its memories, a portion at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from apps.ldm.formats.units_records import memory_key
from apps.ldm.models import File, Row
from apps.ldm.selectors.lookup_queries import query_of
from apps.tm.matching.proposals import Query

PORTION = 10_000


class QueriedRow(NamedTuple):
    """A live row with what decides whether it is filled, and its query."""

    pk: int
    position: int
    status: int
    text_rev: int
    source_hash: int
    target: str
    words: int
    locked: bool
    blank_intended: bool
    query: Query


def portions(file: File, *, size: int = PORTION) -> Iterator[list[QueriedRow]]:
    """Live rows by position, neighbours included across the portions."""
    columns = (
        "position", "key", "source", "old_source", "plural",
        "pk", "status", "text_rev", "source_hash", "target", "words", "locked", "blank_intended",
    )  # fmt: skip
    rows = Row.objects.filter(file_id=file.pk).order_by("position")
    start, before = 0, ""
    # One row more than wanted: the last one's neighbour.
    while found := list(rows.filter(position__gte=start).values_list(*columns)[: size + 1]):
        sources = {values[0]: values[2] for values in found}
        sources[start - 1] = before
        portion = found[:size]
        yield [_queried(values, sources) for values in portion]
        if len(found) <= size:
            return
        before, start = portion[-1][2], portion[-1][0] + 1


def _queried(values: tuple[Any, ...], sources: dict[int, str]) -> QueriedRow:
    position, key, source, old_source, plural, pk, *rest = values
    return QueriedRow._make(
        (pk, position, *rest, query_of(position, memory_key(key, plural), source, old_source, sources))
    )
