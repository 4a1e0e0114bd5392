"""The places memories serve: opened before anything else is locked, and written into assignments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions, permissions_memory
from apps.ldm.models import File, MemoryAssignment
from apps.ldm.permissions_memory import Place
from apps.ldm.selectors.tree import path_of
from apps.ldm.services.tree import structure
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound


def open_place(actor: User, to: Ref | None) -> Place | None:
    """The place with its structure locked, so that it stays; None for no place. Call first in the transaction.

    Raises NotFound, Forbidden for a platform of which the person sees the name only, Invalid for a file.
    """
    if to is None:
        return None
    node = structure.open_nodes(actor, [to])[0]
    if isinstance(node, File):
        raise Invalid(_("A memory serves a platform, a project or a folder, not a file."), field="to")
    permissions_memory.require_place(actor, node)
    return node


def check(actor: User, to: Ref | None) -> None:
    """Raises what `open_place` would; changes and locks nothing. For whoever only starts a task."""
    with workspaces.atomic():
        open_place(actor, to)


def ref_of(place: Place | None) -> Ref | None:
    """Kind and id of a place."""
    return None if place is None else Ref(permissions.kind_of(place), place.pk)


def path_text(place: Place | None) -> str:
    """Where a memory is, for people: "PC / Ashen Passage EN / quest"; empty for no place."""
    if place is None:
        return ""
    return " / ".join([*(name for _kind, _pk, name in path_of(place)), place.name])


def lock(memories: Sequence[Memory]) -> dict[int, MemoryAssignment]:
    """Lock live memories by id, then read their assignments; call inside a transaction.

    An assignment is only ever written under the lock of its memory. Raises NotFound where one was
    trashed meanwhile.
    """
    ids = sorted(memory.pk for memory in memories)
    live = Memory.objects.select_for_update(of=("self",)).filter(pk__in=ids, trashed_at__isnull=True)
    locked = {memory.pk: memory for memory in live.order_by("pk")}
    if len(locked) < len(ids):
        raise NotFound
    found = {one.memory_id: one for one in MemoryAssignment.objects.filter(memory_id__in=ids)}
    return {pk: found.get(pk) or MemoryAssignment(memory=locked[pk]) for pk in ids}


def put(assignment: MemoryAssignment, place: Place | None, actor: User, *, was_closed: bool) -> None:
    """Give a locked memory its place, active at once; None takes it away, and the memory is no longer active.

    `was_closed`: whether its content comes from a restricted place, which an unassigned memory remembers.
    """
    fields: dict[str, Any] = {"platform": None, "project": None, "folder": None}
    if place is not None:
        fields[permissions.kind_of(place)] = place
    for name, value in fields.items():
        setattr(assignment, name, value)
    assignment.active = place is not None
    assignment.was_restricted = was_closed and place is None
    assignment.lost_with, assignment.former = None, {}
    assignment.assigned_at = timezone.now()
    assignment.assigned_by_id, assignment.assigned_by_name = actor.pk, actor.name
    assignment.save()
