"""The next row to do that nobody is on, in a file or in a view of it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.models import File, Row, RowLease, Status
from apps.ldm.selectors import views

TO_DO = (Status.NEW, Status.ORIGINAL, Status.TRANSLATED)
SMALL, LARGE = 200, 20_000
"""Rows of a view are looked at in portions that grow from the one to the other."""
Found = tuple[int, int]
"""Index in what is shown, and row id."""


def next_todo(user: User, file: File, after: int, token: str = "") -> Found | None:
    """The first row to do behind an index (-1: from the start), going round at the end; None where there is none.

    Passes by rows that are locked and rows that somebody else is editing. Raises NotFound for a
    view that is gone.
    """
    held = _held(user, file)
    if token:
        return _in_view(file, views.get(user, file, token).ids, after, held)
    return _in_file(file, held, after + 1, None) or _in_file(file, held, 0, after + 1)


def _held(user: User, file: File) -> list[int]:
    others = RowLease.objects.filter(file_id=file.pk, until__gt=timezone.now()).exclude(user_id=user.pk)
    return list(others.values_list("row_id", flat=True))


def _todo(file: File, status: Status) -> QuerySet[Row]:
    return Row.objects.filter(file_id=file.pk, status=status, locked=False)


def _in_file(file: File, held: list[int], start: int, end: int | None) -> Found | None:
    """One walk of the index a status: a file may have a million rows of one and none of another."""
    best: Found | None = None
    for status in TO_DO:
        rows = _todo(file, status).filter(position__gte=start).exclude(pk__in=held)
        # No further than what was found already.
        limit = end if best is None else best[0]
        if limit is not None:
            rows = rows.filter(position__lt=limit)
        best = rows.order_by("position").values_list("position", "pk").first() or best
    return best


def _in_view(file: File, ids: array[int], after: int, held: list[int]) -> Found | None:
    start = min(max(after + 1, 0), len(ids))
    todo = sum(getattr(file, f"rows_{status.label}") for status in TO_DO)
    if not todo or not len(ids):
        return None
    if todo * 4 < len(ids):
        return _by_all_todo(file, ids, start, held)
    return _by_portions(file, ids, range(start, len(ids)), held) or _by_portions(file, ids, range(0, start), held)


def _by_all_todo(file: File, ids: array[int], start: int, held: list[int]) -> Found | None:
    """Few rows are to do: all of them, compared with the view at once."""
    wanted: set[int] = set()
    for status in TO_DO:
        wanted.update(_todo(file, status).filter(position__gte=0).values_list("pk", flat=True))
    shown = np.frombuffer(ids, dtype=np.int64)
    places = np.flatnonzero(np.isin(shown, np.fromiter(wanted - set(held), dtype=np.int64)))
    if not len(places):
        return None
    behind = np.searchsorted(places, start)
    index = int(places[behind] if behind < len(places) else places[0])
    return index, ids[index]


def _by_portions(file: File, ids: array[int], where: range, held: Iterable[int]) -> Found | None:
    """Much is to do: most likely it is near."""
    begin, size, taken = where.start, SMALL, set(held)
    while begin < where.stop:
        portion = ids[begin : min(begin + size, where.stop)]
        rows = Row.objects.filter(pk__in=portion, status__in=TO_DO, locked=False, position__gte=0)
        todo = set(rows.values_list("pk", flat=True)) - taken
        if todo:
            offset = next(n for n, pk in enumerate(portion) if pk in todo)
            return begin + offset, portion[offset]
        begin, size = begin + size, min(size * 4, LARGE)
    return None
