"""Moving memories between places, and taking them out of every place."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions_memory
from apps.ldm.permissions_memory import is_closed, place_of
from apps.ldm.services.memories import places
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from locanext_project import workspaces
from locanext_project.errors import Invalid

MAX_MEMORIES = 500


def move(*, actor: User, memory_ids: Sequence[int], to: Ref | None) -> list[Memory]:
    """Let memories serve another place, active at once; None: no place, and not active. Returns them as they are now.

    Those that are there already stay as they are. All or none: raises NotFound (also for one that
    the person does not see among many), Forbidden, Invalid.
    """
    if not memory_ids or len(memory_ids) > MAX_MEMORIES:
        raise Invalid(_("Choose 1 to %(most)s memories.") % {"most": MAX_MEMORIES}, field="ids")
    with workspaces.atomic():
        # Seen before the place is locked, and looked at again below, where nothing moves any more.
        chosen = permissions_memory.get_memories(actor, memory_ids)
        place = places.open_place(actor, to)
        assignments = places.lock(chosen)
        chosen = permissions_memory.get_memories(actor, memory_ids)
        for memory in chosen:
            permissions_memory.require(actor, "settings", memory)
        moving = [memory for memory in chosen if places.ref_of(place_of(memory)) != to]
        if not moving:
            return chosen
        from_places = {memory.pk: place_of(memory) for memory in moving}
        for memory in moving:
            assignment = assignments[memory.pk]
            was = assignment.was_restricted or is_closed(from_places[memory.pk])
            places.put(assignment, place, actor, was_closed=was)
        first = moving[0]
        record(
            "memories_moved",
            actor=actor,
            target_kind="memory",
            target_id=first.pk,
            target_name=first.name,
            detail={
                "count": len(moving),
                "to": place.name if place else "Unassigned",
                "to_kind": to.kind if to else "",
                "to_id": to.id if to else None,
                "items": [
                    {"id": memory.pk, "name": memory.name, "from": places.path_text(from_places[memory.pk])}
                    for memory in moving[:100]
                ],
            },
        )
    # What the owner takes out of a restricted place is not seen by every lead any more: no second check here.
    found = Memory.objects.select_related(*permissions_memory.PARTS).in_bulk([memory.pk for memory in chosen])
    return [found[memory.pk] for memory in chosen]
