"""The counters kept on files, folders, projects and platforms: rows and words by status.

Lock order, everywhere: rows, then the file, then its folders deepest first, then the project,
then the platform. `apply` walks that way and reads each parent from the row it has just locked,
so that a folder that is moved meanwhile gets every row counted in one place. What is in the
recycle bin counts within its bin entry only: the walk stops where the mark changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections
from django.db.models import Count, Q, Sum

from apps.ldm.models import File, Folder, Platform, Project, Row, Status
from apps.ldm.models.values import Counted
from apps.ldm.selectors.folders import chain, links_above
from locanext_project import workspaces

Counts = Mapping[Status, tuple[int, int]]
"""Rows and words by status; negative where rows left a status."""
Place = tuple[str, int]
"""Kind and id of a folder, project or platform."""
Vector = tuple[int, ...]
"""The values of COLUMNS, in their order."""

COLUMNS: tuple[str, ...] = tuple(f"{unit}_{status.label}" for status in Status for unit in ("rows", "words"))
ZERO: Vector = (0,) * len(COLUMNS)
_TABLES = {"file": File, "folder": Folder, "project": Project, "platform": Platform}
PARENT_OF_FILE = ("folder_id", "project_id", "trash_id")
_PARENTS = {
    "file": ", ".join(PARENT_OF_FILE),
    "folder": "parent_id, project_id, trash_id",
    "project": "platform_id, id, trash_id",
    "platform": "id, id, trash_id",
}
_ORDER = {"folder": 0, "project": 1, "platform": 2}


def vector_of(counted: Counted) -> Vector:
    """The stored counters of an entity."""
    return tuple(getattr(counted, column) for column in COLUMNS)


def vector_from(counts: Counts) -> Vector:
    """Counts by status as a vector."""
    return tuple(part for status in Status for part in counts.get(status, (0, 0)))


def counts_of(vector: Vector) -> dict[Status, tuple[int, int]]:
    """A vector as counts by status."""
    return {status: (vector[2 * n], vector[2 * n + 1]) for n, status in enumerate(Status)}


def add(left: Vector, right: Vector, sign: int = 1) -> Vector:
    """left + sign × right."""
    return tuple(a + sign * b for a, b in zip(left, right, strict=True))


def apply(file_id: int, delta: Counts) -> None:
    """Add to a file's counters and to those of everything above it, in the caller's transaction.

    The caller holds the locks of the rows concerned, if any. One statement a level.
    """
    vector = vector_from(delta)
    if not any(vector):
        return
    place = _add("file", file_id, vector)
    if place is not None:
        apply_above(place, vector)


def apply_above(parent: tuple[Any, ...], vector: Vector) -> None:
    """Add to the counters of everything above a file whose own were just raised.

    `parent` are its PARENT_OF_FILE, read while it is locked.
    """
    if not any(vector):
        return
    folder_id, project_id, trash_id = parent
    while folder_id is not None:
        place = _add("folder", folder_id, vector, trash_id)
        if place is None:
            return
        folder_id, project_id, _ = place
    place = _add("project", project_id, vector, trash_id)
    if place is not None and place[0] is not None:
        _add("platform", place[0], vector, trash_id)


def ancestors(project: Project, folder_id: int | None) -> list[Place]:
    """What counts the content of a place: the folder and those above it, project, platform."""
    folders: list[Place] = [("folder", link.id) for link in chain(links_above([folder_id]), folder_id)]
    places = [*folders, ("project", project.pk)]
    return [*places, ("platform", project.platform_id)] if project.platform_id is not None else places


def shift(changes: Iterable[tuple[Sequence[Place], Vector]]) -> None:
    """Add vectors to chains of ancestors (each deepest first, as `ancestors` gives them).

    All at once and in lock order: adding chain by chain would lock a parent before a child.
    """
    totals: dict[Place, Vector] = {}
    depth: dict[Place, int] = {}
    for places, vector in changes:
        for above, place in enumerate(reversed(places)):
            totals[place] = add(totals.get(place, ZERO), vector)
            depth[place] = max(depth.get(place, 0), above)
    for place in sorted(totals, key=lambda place: (_ORDER[place[0]], -depth[place], place[1])):
        if any(totals[place]):
            _add(place[0], place[1], totals[place])


def move_subtree(old_ancestors: Sequence[Place], new_ancestors: Sequence[Place], counts: Vector) -> None:
    """Something with these counters went from one chain of ancestors to another."""
    shift([(old_ancestors, add(ZERO, counts, -1)), (new_ancestors, counts)])


def counted_rows(file_id: int) -> Vector:
    """The counters a file should have: its live rows, counted now."""
    totals = (
        Row.objects.filter(file_id=file_id, removed_at__isnull=True)
        .values_list("status")
        .annotate(rows=Count("pk"), words=Sum("words"))
        .order_by()
    )
    return vector_from({Status(status): (rows, words or 0) for status, rows, words in totals})


def recount(file_id: int) -> dict[str, int]:
    """Count a file's rows and repair its counters and those above it; the differences found, by column."""
    with workspaces.atomic():
        file = File.objects.select_for_update().filter(pk=file_id).first()
        if file is None:
            return {}
        wanted = counted_rows(file_id)
        difference = add(wanted, vector_of(file), -1)
        found = {column: value for column, value in zip(COLUMNS, difference, strict=True) if value}
        live = Q(removed_at__isnull=True)
        flags = Row.objects.filter(file_id=file_id).aggregate(
            rows_flagged=Count("pk", filter=live & Q(source_changed=True)), rows_removed=Count("pk", filter=~live)
        )
        wrong = {name: value for name, value in flags.items() if value != getattr(file, name)}
        if wrong:
            found |= {name: value - getattr(file, name) for name, value in wrong.items()}
            File.objects.filter(pk=file_id).update(**wrong)
        apply(file_id, counts_of(difference))
    return found


def _add(kind: str, pk: int, vector: Vector, trash_id: int | None | str = "any") -> tuple[Any, ...] | None:
    """Add to one entity and lock it; its (parent, project, mark), or None where `trash_id` differs."""
    connection = connections[workspaces.alias()]
    changed = [(column, value) for column, value in zip(COLUMNS, vector, strict=True) if value]
    assignments = ", ".join(f"{column} = {column} + %s" for column, _ in changed)
    statement = f"UPDATE {_TABLES[kind]._meta.db_table} SET {assignments} WHERE id = %s"  # noqa: S608 (closed names)
    parameters: list[Any] = [*(value for _, value in changed), pk]
    if trash_id is None:
        statement += " AND trash_id IS NULL"
    elif trash_id != "any":
        statement += " AND trash_id = %s"
        parameters.append(trash_id)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} RETURNING {_PARENTS[kind]}", parameters)
        found = cursor.fetchall()
    return tuple(found[0]) if found else None
