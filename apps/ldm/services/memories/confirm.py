"""Confirming rows writes them into the memory that serves their file: silently, whoever confirms."""

from __future__ import annotations

from collections.abc import Sequence

from apps.accounts.models import User
from apps.ldm.formats.units_records import memory_key
from apps.ldm.models import File, Row, Status
from apps.ldm.selectors import memories
from apps.ldm.selectors.folders import chunks
from apps.tm.services.entries import ConfirmedText, upsert
from locanext_project.errors import NotFound


def enters(row: Row, *, status_before: int, target_before: str) -> bool:
    """Whether a row, as it is after a change, goes into the memory.

    It has a text and is confirmed or above, and either the text is new or the row rose. So a row
    that is confirmed again as it is, or taken back a step, leaves the memory alone.
    """
    if row.status < Status.CONFIRMED or not row.target or row.removed_at is not None:
        return False
    return row.target != target_before or row.status > status_before


def remember(*, actor: User, file: File, rows: Sequence[Row]) -> int:
    """Put confirmed rows of a file into its nearest active writable memory; returns how many entries changed.

    Call in the transaction of the change, after its rows, file and counters were locked and before
    its audit entry. Without such a memory, with none in the file's languages, or where it is
    trashed at this moment, nothing happens.
    """
    if not rows:
        return 0
    memory = memories.writes_to(file)
    if memory is None:
        return 0
    beside = _sources_beside(file, rows)
    texts = [
        ConfirmedText(
            key=memory_key(row.key, row.plural),
            source=row.source,
            target=row.target,
            previous=beside.get(row.position - 1, ""),
            next=beside.get(row.position + 1, ""),
            origin=file.name,
        )
        for row in rows
    ]
    try:
        return upsert(actor=actor, memory_id=memory.pk, texts=texts)
    except NotFound:
        return 0


def _sources_beside(file: File, rows: Sequence[Row]) -> dict[int, str]:
    """Sources of the rows and of their neighbours, by position within the file."""
    found = {row.position: row.source for row in rows}
    wanted = {row.position + step for row in rows for step in (-1, 1)} - found.keys()
    for chunk in chunks(sorted(position for position in wanted if position >= 0)):
        neighbours = Row.objects.filter(file_id=file.pk, position__in=chunk)
        found.update(neighbours.values_list("position", "source"))
    return found
