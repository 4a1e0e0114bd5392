"""Where the vectors of a memory lie, and what is there.

`DATA_DIR/indexes/<alias>/vectors-<id>/`, beside the folder of the fuzzy index, in generations as there.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from apps.tm.indexes import building, folders
from apps.tm.models import Memory
from apps.tm.vectors import base
from apps.tm.vectors.base import About, Base, VectorFileError
from apps.tm.vectors.embedder import Embedder

_PREFIX = "vectors-"


def folder_of(memory_id: int) -> Path:
    """The folder of a memory's vectors; it need not exist."""
    return folders.root() / f"{_PREFIX}{memory_id}"


def known() -> list[int]:
    """Ids of the memories that have such a folder in this workspace."""
    root = folders.root()
    names = [path.name.removeprefix(_PREFIX) for path in root.glob(f"{_PREFIX}*")] if root.is_dir() else []
    return sorted(int(name) for name in names if name.removeprefix("-").isdecimal())


def remove(memory_id: int) -> None:
    """Remove a memory's vectors. Where another process holds them open, some systems keep a part."""
    shutil.rmtree(folder_of(memory_id), ignore_errors=True)


def identity_of(memory: Memory) -> str:
    """Tells this memory from another that had its id."""
    return building.identity_of(memory).created


def about(memory: Memory) -> About | None:
    """What the memory's vectors are of; None where there are none of it, of its present engine, or no whole ones."""
    generation = folders.current(folder_of(memory.pk))
    if generation is None:
        return None
    try:
        found = base.about(generation)
    except VectorFileError:
        return None
    mine = found.memory == identity_of(memory) and found.engine == memory.engine
    return found if mine and found.revision <= memory.revision else None


def opened(memory: Memory, embedder: Embedder) -> Base | None:
    """The memory's vectors by this engine, mapped; None where there are none, or they are damaged."""
    described = about(memory)
    generation = folders.current(folder_of(memory.pk))
    if described is None or generation is None:
        return None
    if (described.engine_version, described.dimension) != (embedder.version, embedder.dimension):
        return None
    try:
        return base.read(generation)
    except VectorFileError:
        return None
