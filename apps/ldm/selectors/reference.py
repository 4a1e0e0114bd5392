"""The rows of another file that say the same: for the reference column, matched by key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from apps.ldm.models import File, Row, Status

MATCHES = ("key", "key_source")
MOST_ROWS = 500
NUMBERED = "#"
"""How the keys begin that an import gave to rows without one: a number says nothing about another file."""
AROUND = 300
"""Versions and languages of one file keep their order: a row's counterpart is looked for this near first."""
MOST_SUGGESTED = 20

Wanted = tuple[int, int, str, str, str]
Found = dict[tuple[str, str], list[tuple[str, str, int]]]


def rows_beside(file: File, reference: File, row_ids: Sequence[int], match: str = "key") -> dict[int, dict[str, Any]]:
    """{row id: {"target", "source", "status"}} of the rows that the reference file has under the same key.

    `match` "key_source" asks for an equal source as well. Where the reference file has a key more
    than once, the row with an equal source is taken, else the first. Rows without a key, and rows
    that the reference does not have, are left out.
    """
    columns = ("pk", "position", "key", "plural", "source")
    wanted: list[Wanted] = list(Row.objects.filter(file_id=file.pk, pk__in=row_ids).values_list(*columns))
    wanted = [row for row in wanted if row[2]]
    if not wanted:
        return {}
    positions = [row[1] for row in wanted]
    near = Q(position__gte=max(0, min(positions) - AROUND), position__lte=max(positions) + AROUND)
    found = _by_key(reference, near, {row[2] for row in wanted})
    missing = {row[2] for row in wanted if (row[2], row[3]) not in found}
    if missing:
        found |= _by_key(reference, Q(position__gte=0, key__in=missing), missing)
    beside = {
        pk: _best(found.get((key, plural), []), source, match == "key_source" or key.startswith(NUMBERED))
        for pk, _position, key, plural, source in wanted
    }
    return {pk: shown for pk, shown in beside.items() if shown is not None}


def _by_key(reference: File, condition: Q, keys: set[str]) -> Found:
    found: Found = defaultdict(list)
    rows = Row.objects.filter(condition, file_id=reference.pk).order_by("position")
    for key, plural, source, target, status in rows.values_list("key", "plural", "source", "target", "status"):
        if key in keys:
            found[key, plural].append((source, target, status))
    return dict(found)


def _best(candidates: Iterable[tuple[str, str, int]], source: str, strict: bool) -> dict[str, Any] | None:
    candidates = list(candidates)
    same = [one for one in candidates if one[0] == source]
    chosen = same or ([] if strict else candidates)
    if not chosen:
        return None
    text, target, status = chosen[0]
    return {"source": text, "target": target, "status": Status(status).label}


def suggestions(file: File, visible: Any) -> list[File]:
    """Files that are likely references: of the same original or name, in projects of the queryset `visible`."""
    alike = Q(name=file.name)
    if file.original_id is not None:
        alike |= Q(original_id=file.original_id)
    found = File.objects.filter(alike, project__in=visible, trash__isnull=True).exclude(pk=file.pk)
    return list(found.select_related("project").order_by("project__name", "name", "pk")[:MOST_SUGGESTED])
