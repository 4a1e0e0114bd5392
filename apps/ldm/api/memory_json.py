"""The JSON of memories: what they are, where they serve, what one may do to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.ldm import permissions, permissions_memory
from apps.ldm.api.presenters import steps_json
from apps.ldm.models import MemoryAssignment
from apps.ldm.permissions import kind_of
from apps.ldm.permissions_memory import Place, assignment_of, place_of
from apps.ldm.selectors.memories import Serving
from apps.ldm.selectors.tree import paths_of
from apps.ldm.services.tree.structure import Ref
from apps.tm.indexes.state import state_of
from apps.tm.models import Memory
from apps.tm.selectors import memories
from apps.tm.selectors.vector_state import vector_states

Json = dict[str, Any]
Paths = dict[Ref, list[tuple[str, int, str]]]


def memory_json(user: Any, memory: Memory) -> Json:
    """One memory; for several use `memories_json`, whose queries do not grow with their number."""
    return memories_json(user, [memory])[0]


def memories_json(user: Any, found: Sequence[Memory]) -> list[Json]:
    """Memories that came with their assignment and place (`permissions_memory.PARTS`)."""
    rights = permissions.rights_of(user)
    places = {memory.pk: place_of(memory) for memory in found}
    paths = paths_of([place for place in places.values() if place is not None])
    vectors = vector_states(found)
    return [_memory(rights, memory, places[memory.pk], paths) | {"vectors": vectors[memory.pk]} for memory in found]


def _memory(rights: permissions.Rights, memory: Memory, place: Place | None, paths: Paths) -> Json:
    assignment = assignment_of(memory)
    return memories.present(memory) | {
        "scope": _scope(place, paths),
        **use_json(assignment),
        "index": state_of(memory),
        "may": permissions_memory.may_of(rights, memory),
    }


def use_json(assignment: MemoryAssignment) -> Json:
    """How a memory is used where it serves."""
    return {
        "active": assignment.active,
        "priority": assignment.priority,
        "penalty": assignment.penalty,
        "writable": assignment.writable,
    }


def _scope(place: Place | None, paths: Paths) -> Json:
    if place is None:
        return {"kind": None, "id": None, "name": "", "path": []}
    kind = kind_of(place)
    return {"kind": kind, "id": place.pk, "name": place.name, "path": steps_json(paths[Ref(kind, place.pk)])}


def serving_json(user: Any, served: Sequence[Serving]) -> list[Json]:
    """Memories that serve a file, with the place where each does and how far that is."""
    by_id = {one.memory.pk: one for one in served}
    loaded = Memory.objects.select_related(*permissions_memory.PARTS).filter(pk__in=by_id)
    shown = {json["id"]: json for json in memories_json(user, list(loaded))}
    return [
        {
            "memory": shown[pk],
            "place": dict(zip(("kind", "id", "name"), one.place, strict=True)),
            "distance": one.distance,
            "mismatch": one.mismatch,
        }
        for pk, one in by_id.items()
        if pk in shown
    ]


def restored_json(user: Any, memory: Memory) -> Json:
    """A memory that came out of the recycle bin, in the shape of a node of the tree."""
    place = place_of(memory)
    shown = memory_json(user, memory)
    return {
        "kind": "memory",
        "parent": {"kind": kind_of(place), "id": place.pk} if place else None,
        **{name: shown[name] for name in ("id", "name", "created_at", "changed_at", "changed_by", "may")},
    }
