"""What a change of rows means for the counters kept on files, folders and projects."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from apps.ldm.models import File, Status

Counts = dict[Status, tuple[int, int]]
"""Rows and words by status; negative where rows left a status."""


def moved(before: Status, after: Status, words: int) -> Counts:
    """One row went from a status to another."""
    return {} if before == after else {before: (-1, -words), after: (1, words)}


def sum_moves(moves: Iterable[tuple[Status | None, Status | None, int]]) -> Counts:
    """Many rows went from a status to another; None stands for "not in the file"."""
    totals: dict[Status, list[int]] = {}
    for before, after, words in moves:
        if before == after:
            continue
        for status, sign in ((before, -1), (after, 1)):
            if status is not None:
                total = totals.setdefault(Status(status), [0, 0])
                total[0] += sign
                total[1] += sign * words
    return {status: (rows, words) for status, (rows, words) in totals.items() if rows or words}


def flag(file_id: int, flagged: int = 0, removed: int = 0) -> None:
    """Rows that got or lost the mark of a changed source, and rows that left or came back."""
    if flagged or removed:
        File.objects.filter(pk=file_id).update(
            rows_flagged=F("rows_flagged") + flagged, rows_removed=F("rows_removed") + removed
        )
