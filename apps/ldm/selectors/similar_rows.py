"""Rows whose source means about the same as a text, by way of the memories that serve their files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from apps.accounts.models import User
from apps.ldm.models import File
from apps.ldm.selectors import memories
from apps.ldm.selectors.search_hits import ROW_COLUMNS, Hit
from apps.ldm.selectors.universe import Universe
from apps.tm.matching.normalise import normalise, text_hash
from apps.tm.scope import ScopedMemory
from apps.tm.selectors import semantic

LEAST = 0.2
"""Below this cosine two texts have nothing to do with each other. A word and a sentence that holds it reach little
more; whoever searches sees the best first and stops where it ends to be useful."""
MOST_SOURCES = 100
MOST_PLACES = 50
"""Places of the tree whose memories are asked."""


class State(Enum):
    """Whether a search by meaning could be made, and why not."""

    READY = "ready"
    NO_MEMORY = "no_memory"
    """No memory serves these files."""
    NO_ENGINE = "no_engine"
    """The memories have no engine, or one that does not work here, or no vectors yet."""
    LOADING = "loading"
    """An engine is being loaded: ask again in a moment."""


@dataclass(frozen=True, slots=True)
class Similar:
    """Hits with their cosines, best first. `wants_build`: memories whose vectors are due."""

    state: State
    hits: list[tuple[Hit, float]]
    memories: int
    wants_build: list[int]


def similar(universe: Universe, user: User, text: str, limit: int = 50) -> Similar:
    """Rows near in meaning: those with the source of a memory entry that is, and those with the text itself."""
    serving = _serving(universe, user)
    if not serving:
        return Similar(State.NO_MEMORY, [], 0, [])
    answer = semantic.search(serving, text, MOST_SOURCES, least=LEAST)
    if answer.found is None:
        state = State.LOADING if answer.loading else State.NO_ENGINE
        return Similar(state, [], len(serving), answer.wants_build)
    cosines = {text_hash(text): 1.0}
    sources = {text_hash(text): normalise(text)}
    for near in answer.found:
        key = text_hash(near.entry.source)
        sources.setdefault(key, normalise(near.entry.source))
        cosines[key] = max(near.cosine, cosines.get(key, 0.0))
    rows = universe.rows().filter(source_hash__in=list(cosines)).order_by("file_id", "position")
    found = [
        (Hit(tuple(values), {}), cosines[source_hash])
        for source_hash, *values in rows.values_list("source_hash", *ROW_COLUMNS)[: limit * 20]
        # Equal hashes mostly mean equal texts.
        if normalise(values[ROW_COLUMNS.index("source")]) == sources[source_hash]
    ]
    found.sort(key=lambda pair: -pair[1])
    return Similar(State.READY, found[:limit], len(serving), answer.wants_build)


def _serving(universe: Universe, user: User) -> list[ScopedMemory]:
    """The memories of the files' places, each once, as near as any of the files has it."""
    files: dict[tuple[object, ...], File] = {}
    for file in universe.files.select_related("project__platform").order_by("pk").iterator(chunk_size=500):
        place = (file.project_id, file.folder_id, file.source_language, file.target_language)
        files.setdefault(place, file)
        if len(files) == MOST_PLACES:
            break
    found: dict[int, ScopedMemory] = {}
    for file in files.values():
        for memory in memories.for_file(file, user=user):
            known = found.get(memory.memory_id)
            if known is None or memory.rank < known.rank:
                found[memory.memory_id] = memory
    return sorted(found.values(), key=lambda memory: (memory.rank, memory.memory_id))
