"""Who may see which memory, and who may do what to it.

A memory that serves a place is seen by who sees what is in that place. An unassigned one is seen
by its owner, by admins, and by leads unless its last place was restricted. What one may not see
does not exist (404); what one sees but may not do is 403. Term bases are memories here.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.ldm import permissions
from apps.ldm import permissions_desktop as desktop_rules
from apps.ldm.models import Folder, MemoryAssignment, Platform, Project
from apps.ldm.permissions import Person, Rights
from apps.tm.models import Memory
from locanext_project.errors import Forbidden, NotFound
from locanext_project.local_ids import is_desktop
from locanext_project.workspaces import alias, alias_of_id

Place = Platform | Project | Folder

ANY, ANY_WRITABLE, OWNER = "any", "any, writable", "owner or lead"
RULES: dict[str, str] = {
    "edit_entries": ANY_WRITABLE,
    "import": ANY_WRITABLE,
    "export": ANY,
    "settings": OWNER,
    "delete": OWNER,
}
REFUSALS: dict[str, Promise | str] = {
    ANY: _("This cannot be done."),
    ANY_WRITABLE: _("This memory is read-only. Its owner or a lead can make it writable."),
    OWNER: _("Only the owner of the memory and leads may do this."),
}
PARTS = ("assignment__platform", "assignment__project__platform", "assignment__folder__project__platform")
"""What `select_related` must bring along for the place of a memory and its path."""


# ---- seeing ----
def visible_memories(user: Person, kind: str | None = None) -> QuerySet[Memory]:
    """Live memories that a person sees, with their assignment and place loaded; `kind` None: term bases too."""
    found = Memory.objects.filter(memory_q(user), trashed_at__isnull=True).select_related(*PARTS)
    return found.filter(kind=kind) if kind else found


def memory_q(user: Person) -> Q:
    """Memories that a person sees, as a condition on Memory; says nothing about the recycle bin."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    platform = Q(assignment__platform__isnull=False, assignment__platform__trash__isnull=True)
    project = Q(assignment__project__isnull=False, assignment__project__trash__isnull=True)
    folder = Q(assignment__folder__isnull=False, assignment__folder__trash__isnull=True)
    return (
        (platform & permissions.open_platform_q(user, "assignment__platform__"))
        | (project & permissions.project_q(user, "assignment__project__"))
        | (folder & permissions.project_q(user, "assignment__folder__project__"))
        | (unassigned_q() & _unassigned_for(user))
    )


def unassigned_q() -> Q:
    """Memories that serve no place; those that nobody ever assigned are among them."""
    return Q(assignment__platform__isnull=True, assignment__project__isnull=True, assignment__folder__isnull=True)


def _unassigned_for(user: Person) -> Q:
    if permissions.sees_everything(user):
        return Q()
    owned = Q(owner_id=user.pk)
    if getattr(user, "is_lead", False):
        return owned | Q(assignment__isnull=True) | Q(assignment__was_restricted=False)
    return owned


def get_memory(user: Person, pk: int, kind: str | None = None) -> Memory:
    """A live memory that the person sees, with its assignment and place loaded. Raises NotFound."""
    return get_memories(user, [pk], kind)[0]


def get_memories(user: Person, ids: Collection[int], kind: str | None = None) -> list[Memory]:
    """Live memories in the order of `ids`, each once. Raises NotFound where the person does not see one of them."""
    wanted = list(dict.fromkeys(ids))
    # An id that was born offline is in one database only: elsewhere it must not hit a stranger.
    if any(not -(2**63) <= pk < 2**63 or alias_of_id(pk) != alias() for pk in wanted):
        raise NotFound
    found = {memory.pk: memory for memory in visible_memories(user, kind).filter(pk__in=wanted)}
    if len(found) < len(wanted):
        raise NotFound
    return [found[pk] for pk in wanted]


def assignment_of(memory: Memory) -> MemoryAssignment:
    """The memory's assignment; an unsaved, unassigned one where it was made without any."""
    try:
        return memory.assignment
    except MemoryAssignment.DoesNotExist:
        return MemoryAssignment(memory=memory)


def place_of(memory: Memory) -> Place | None:
    """The place that the memory serves, None while unassigned."""
    assignment = assignment_of(memory)
    return assignment.folder or assignment.project or assignment.platform


def is_closed(place: Place | None) -> bool:
    """Whether a place is restricted, by itself or by what it lies in."""
    if place is None:
        return False
    if isinstance(place, Platform):
        return place.restricted
    project = place.project if isinstance(place, Folder) else place
    return project.restricted or (project.platform is not None and project.platform.restricted)


# ---- doing ----
def may(user: Any, memory: Memory) -> dict[str, bool]:
    """What a person may do to a memory they see; for many memories use `may_of` with rights loaded once."""
    return may_of(permissions.rights_of(user), memory)


def may_of(rights: Rights, memory: Memory) -> dict[str, bool]:
    """What the person of these rights may do to a memory they see."""
    writable = assignment_of(memory).writable
    if rights.desktop:
        return {
            what: rights.user_id != 0
            and desktop_rules.allows_memory(memory.pk, what)
            and (writable or level != ANY_WRITABLE)
            for what, level in RULES.items()
        }
    reached = {ANY: True, ANY_WRITABLE: writable, OWNER: rights.is_lead or memory.owner_id == rights.user_id}
    return {what: rights.user_id != 0 and reached[level] for what, level in RULES.items()}


def require(user: Any, what: str, memory: Memory) -> None:
    """Raises Forbidden unless a person may do `what` (one of RULES) to a memory they see."""
    if not may(user, memory)[what]:
        level = RULES[what] if user.is_authenticated else ANY
        if user.is_authenticated and is_desktop() and not desktop_rules.allows_memory(memory.pk, what):
            raise Forbidden(str(desktop_rules.MEMORY), code="desktop", action=what)
        raise Forbidden(str(REFUSALS[level]), action=what)


def require_place(user: Any, place: Place) -> None:
    """Raises Forbidden where a person sees a platform's name only, as the path to something."""
    if isinstance(place, Platform) and not permissions.rights_of(user).opens(place):
        raise Forbidden(str(_("You do not see into this platform.")))
