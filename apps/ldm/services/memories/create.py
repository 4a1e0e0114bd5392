"""Making memories where they serve: an empty one, a copy, and the one of a folder that has none."""

from __future__ import annotations

import logging

from apps.accounts.models import User
from apps.ldm import permissions_memory
from apps.ldm.models import Folder, MemoryAssignment, Project
from apps.ldm.permissions_memory import assignment_of, is_closed, place_of
from apps.ldm.services.memories import places
from apps.ldm.services.memories.assign import move
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from apps.tm.models.memories import NAME_LENGTH
from apps.tm.services import memories, memory_names
from apps.tm.services.memories import Progress, no_progress
from locanext_project import workspaces
from locanext_project.errors import Forbidden, NotFound

logger = logging.getLogger(__name__)


def create(
    *,
    actor: User,
    name: str,
    source_language: str,
    target_language: str,
    kind: str = Memory.Kind.MEMORY,
    description: str = "",
    to: Ref | None = None,
    active: bool = True,
) -> Memory:
    """An empty memory or term base of the actor's, serving a place at once; None: unassigned.

    `active` False: it serves the place, but nobody is asked it yet. Raises NotFound and Forbidden
    for the place, NameTaken, Invalid.
    """
    with workspaces.atomic():
        place = places.open_place(actor, to)
        memory = memories.create(
            actor=actor,
            name=name,
            kind=kind,
            source_language=source_language,
            target_language=target_language,
            description=description,
        )
        assignment = MemoryAssignment(memory=memory)
        places.put(assignment, place, actor, was_closed=False)
        if assignment.active and not active:
            assignment.active = False
            assignment.save(update_fields=["active"])
    return memory


def copy(*, actor: User, memory_id: int, to: Ref | None, progress: Progress = no_progress) -> Memory:
    """A memory with the live entries of another, the actor's, named "name (2)", serving a place (None: none).

    It is used there as the other is: same priority, penalty and writability. The place is locked
    only when the entries are there; where it is gone by then the copy stays unassigned. Raises
    NotFound, Forbidden, Invalid.
    """
    origin = permissions_memory.get_memory(actor, memory_id)
    permissions_memory.require(actor, "export", origin)
    # Also now, so that nothing is copied in vain.
    places.check(actor, to)
    with workspaces.atomic():
        twin = memories.copy(actor=actor, memory_id=origin.pk, progress=progress)
        use = assignment_of(origin)
        assignment = MemoryAssignment(memory=twin, priority=use.priority, penalty=use.penalty, writable=use.writable)
        places.put(assignment, None, actor, was_closed=use.was_restricted or is_closed(place_of(origin)))
    if to is not None:
        try:
            move(actor=actor, memory_ids=[twin.pk], to=to)
        except (NotFound, Forbidden):
            logger.info("The place for the copy %s is gone; it stays unassigned.", twin.pk)
    return twin


def for_folder(*, actor: User, project: Project, folder: Folder | None) -> Memory | None:
    """The new memory of a folder that has none, active there; None where there is nothing to make.

    Nothing is made at the top of a project, nor where the project does not say its two languages.
    """
    if folder is None or not (project.source_language and project.target_language):
        return None
    with workspaces.atomic():
        place = places.open_place(actor, Ref("folder", folder.pk))
        served = MemoryAssignment.objects.filter(
            folder_id=folder.pk, memory__kind=Memory.Kind.MEMORY, memory__trashed_at__isnull=True
        )
        if place is None or served.exists():
            return None
        name = memory_names.free_name(_name_of(folder))
        memory = memories.create(
            actor=actor,
            name=name,
            source_language=project.source_language,
            target_language=project.target_language,
        )
        places.put(MemoryAssignment(memory=memory), place, actor, was_closed=False)
    return memory


def _name_of(folder: Folder) -> str:
    """ "TM - quest", never longer than a name may be."""
    return f"TM - {folder.name}"[:NAME_LENGTH].rstrip()
