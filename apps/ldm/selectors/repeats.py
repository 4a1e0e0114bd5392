"""Sources that several rows of a file or a project have, with every target in use."""

from __future__ import annotations

import threading
from array import array
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Count, F, Q, QuerySet

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Project, Row, Status
from locanext_project import workspaces

MOST_TARGETS = 8
"""Targets of a source that a list shows; the rows of it show all."""
KEPT = 4
"""So many counts are kept by a process, 24 bytes a group."""
SORTS = ("rows", "differ")


class Group(NamedTuple):
    """A source: its hash, how many live rows have it, and how many targets these have (the empty one included)."""

    hash: int
    rows: int
    differ: int


def live_rows(file_ids: Sequence[int]) -> QuerySet[Row]:
    """The rows that count."""
    return Row.objects.filter(file_id__in=file_ids, position__gte=0)


def with_hashes(hashes: Sequence[int], file_ids: Sequence[int]) -> QuerySet[Row]:
    """Live rows with one of some sources, by their hashes, found by the index of those.

    The file is compared as a sum: SQLite would otherwise walk all rows of the file and compare their hashes.
    """
    rows = Row.objects.filter(source_hash__in=hashes, position__gte=0).annotate(in_file=F("file_id") + 0)
    return rows.filter(in_file__in=file_ids)


def same_source(row: Row, file_ids: Sequence[int]) -> QuerySet[Row]:
    """Live rows with the source of a row, character for character, and its plural form; the row itself is one."""
    # Equal hashes are not equal texts.
    return with_hashes([row.source_hash], file_ids).filter(source=row.source, plural=row.plural)


def files_of(user: User, *, file: File | None = None, project: Project | None = None) -> list[int]:
    """The files of a scope that the person sees."""
    if file is not None:
        return [file.pk]
    assert project is not None  # noqa: S101 (one of the two)
    return list(File.objects.filter(project=project, trash__isnull=True).values_list("pk", flat=True))


class _Found:
    """All groups of some files at some revisions, as three columns."""

    def __init__(self, values: Iterable[tuple[int, int, int]]) -> None:
        flat = array("q")
        for one in values:
            flat.extend(one)
        self.columns = np.frombuffer(flat, dtype=np.int64).reshape(-1, 3)

    def page(self, sort: str, inconsistent: bool, after: Group | None, limit: int) -> list[Group]:
        columns = self.columns[self.columns[:, 2] > 1] if inconsistent else self.columns
        hashes, rows, differ = columns[:, 0], columns[:, 1], columns[:, 2]
        first, second = (differ, rows) if sort == "differ" else (rows, differ)
        if after is not None:
            a, b = (after.differ, after.rows) if sort == "differ" else (after.rows, after.differ)
            behind = (first < a) | ((first == a) & ((second < b) | ((second == b) & (hashes > after.hash))))
            columns, hashes, first, second = columns[behind], hashes[behind], first[behind], second[behind]
        order = np.lexsort((hashes, -second, -first))[:limit]
        return [Group(*map(int, values)) for values in columns[order]]


_kept: OrderedDict[tuple[Any, ...], _Found] = OrderedDict()
_lock = threading.Lock()


def groups(
    file_ids: Sequence[int],
    *,
    inconsistent: bool = False,
    sort: str = "rows",
    after: Group | None = None,
    limit: int = 100,
) -> list[Group]:
    """Sources that more than one row has, most rows first, or most targets; those behind `after`.

    Counted once for a revision of the files: that reads all their rows.
    """
    revisions = File.objects.filter(pk__in=file_ids).order_by("pk").values_list("pk", "revision")
    key = (workspaces.alias(), *revisions)
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
    if found is None:
        counted = live_rows(file_ids).values("source_hash").annotate(rows=Count("pk"))
        counted = counted.annotate(differ=Count("target", distinct=True)).filter(rows__gt=1).order_by()
        found = _Found(counted.values_list("source_hash", "rows", "differ").iterator(chunk_size=10_000))
        with _lock:
            _kept[key] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found.page(sort, inconsistent, after, limit)


def shown(file_ids: Sequence[int], found: Sequence[Group]) -> list[dict[str, Any]]:
    """Groups as JSON, each with its source and the targets that most rows have."""
    uses: dict[int, Counter[tuple[str, int]]] = {group.hash: Counter() for group in found}
    sources: dict[int, str] = {}
    rows = with_hashes(list(uses), file_ids)
    counted = rows.values_list("source_hash", "source", "target", "status").annotate(rows=Count("pk")).order_by()
    for hash_, source, target, status, count in counted:
        uses[hash_][(target, status)] += count
        # Sources that are equal but for spaces and case are one: the first by its letters stands for them.
        sources[hash_] = min(source, sources.get(hash_, source))
    return [_group_json(group, sources.get(group.hash, ""), uses[group.hash]) for group in found]


def _group_json(group: Group, source: str, uses: Counter[tuple[str, int]]) -> dict[str, Any]:
    targets: dict[str, dict[str, int]] = {}
    for (target, status), rows in uses.items():
        statuses = targets.setdefault(target, {})
        statuses[Status(status).label] = statuses.get(Status(status).label, 0) + rows
    ordered = sorted(targets.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
    return {
        # JavaScript's numbers do not hold 64 bits.
        "hash": str(group.hash),
        "source": source,
        "rows": group.rows,
        "differ": group.differ,
        "targets": [
            {"target": target, "rows": sum(statuses.values()), "status": statuses}
            for target, statuses in ordered[:MOST_TARGETS]
        ],
        "more_targets": max(0, len(ordered) - MOST_TARGETS),
    }


def rows_of(file_ids: Sequence[int], hash_: int) -> QuerySet[Row]:
    """The live rows with a source, their files loaded."""
    return with_hashes([hash_], file_ids).select_related("file")


def row_json(row: Row) -> dict[str, Any]:
    """One row of a source."""
    return {
        "row_id": row.pk, "file_id": row.file_id, "file_name": row.file.name, "n": row.position + 1, "key": row.key,
        "source": row.source, "plural": row.plural, "target": row.target, "status": Status(row.status).label,
        "text_rev": row.text_rev, "locked": row.locked,
    }  # fmt: skip


def beside(user: User, row: Row) -> dict[str, int]:
    """Other rows of the file with the same raw source and plural form: how many, how many of them have another
    target, and how many of these are confirmed. Raises NotFound.
    """
    permissions.get_file_fast(user, row.file_id)
    others = same_source(row, [row.file_id]).exclude(pk=row.pk)
    other = ~Q(target=row.target)
    return others.aggregate(
        same=Count("pk"),
        differ=Count("pk", filter=other),
        confirmed=Count("pk", filter=other & Q(status__gte=Status.CONFIRMED)),
    )
