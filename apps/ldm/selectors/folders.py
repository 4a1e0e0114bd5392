"""Walking up and down the folders of projects, in a fixed number of queries whatever the depth."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections

from locanext_project import workspaces
from locanext_project.chunks import chunks as portions

CHUNK = 500
"""Ids in one statement: SQLite counts its parameters."""

_UP = """
WITH RECURSIVE up(id, parent_id, project_id, name, trash_id) AS (
    SELECT id, parent_id, project_id, name, trash_id FROM ldm_folder WHERE id IN ({marks})
    UNION
    SELECT f.id, f.parent_id, f.project_id, f.name, f.trash_id FROM ldm_folder f JOIN up ON f.id = up.parent_id
)
SELECT id, parent_id, project_id, name, trash_id FROM up
"""
_DOWN = """
WITH RECURSIVE down(id) AS (
    SELECT id FROM ldm_folder WHERE id IN ({marks}) {condition}
    UNION
    SELECT f.id FROM ldm_folder f JOIN down ON f.parent_id = down.id {below}
)
SELECT id FROM down
"""


@dataclass(frozen=True, slots=True)
class FolderLink:
    """A folder's name and its place."""

    id: int
    parent_id: int | None
    project_id: int
    name: str
    trash_id: int | None


def links_above(folder_ids: Collection[int | None]) -> dict[int, FolderLink]:
    """These folders and all above them, by id; None among the ids is passed over."""
    found: dict[int, FolderLink] = {}
    for chunk in chunks(sorted({pk for pk in folder_ids if pk is not None})):
        for values in _rows(_UP.format(marks=_marks(chunk)), chunk):
            found[values[0]] = FolderLink(*values)
    return found


def chain(links: dict[int, FolderLink], folder_id: int | None) -> list[FolderLink]:
    """A folder and those above it, deepest first; empty for None."""
    steps: list[FolderLink] = []
    while folder_id is not None and folder_id in links:
        link = links[folder_id]
        steps.append(link)
        folder_id = link.parent_id
    return steps


def folders_below(folder_ids: Collection[int], *, live_only: bool = True) -> list[int]:
    """Ids of these folders and of every folder under them; `live_only` stops at the recycle bin's."""
    condition, below = ("AND trash_id IS NULL", "AND f.trash_id IS NULL") if live_only else ("", "")
    found: set[int] = set()
    for chunk in chunks(sorted(set(folder_ids))):
        statement = _DOWN.format(marks=_marks(chunk), condition=condition, below=below)
        found.update(values[0] for values in _rows(statement, chunk))
    return sorted(found)


def chunks(ids: Sequence[int], size: int = CHUNK) -> Iterator[list[int]]:
    """Pieces of a list of ids that fit into one statement."""
    return portions(ids, size)


def _marks(ids: Collection[int]) -> str:
    return ", ".join(["%s"] * len(ids))


def _rows(statement: str, parameters: Sequence[int]) -> list[tuple[Any, ...]]:
    with connections[workspaces.alias()].cursor() as cursor:
        cursor.execute(statement, list(parameters))
        return list(cursor.fetchall())
