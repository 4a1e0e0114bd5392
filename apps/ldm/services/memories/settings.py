"""Changing a memory: its name, languages and description, and how it is used where it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions_memory
from apps.ldm.models import MemoryAssignment
from apps.ldm.services.memories import places
from apps.tm.models import Memory
from apps.tm.services import memories
from apps.tm.services.memories import MemoryEdit
from apps.tm.services.recording import record_act
from locanext_project import workspaces
from locanext_project.errors import Invalid

LOWEST_PRIORITY = 9999
MOST_PENALTY = 100
OWN = tuple(field.name for field in fields(MemoryEdit))
USE = ("active", "priority", "penalty", "writable")


def change(*, actor: User, memory_id: int, changes: Mapping[str, Any]) -> Memory:
    """Set fields of OWN and USE; what is not named stays, what is so already writes nothing.

    Raises NotFound, Forbidden, NameTaken, and Invalid; its code is no_scope where a memory that
    serves no place would be active.
    """
    if unknown := set(changes) - {*OWN, *USE}:
        raise Invalid(_("A memory has no %(names)s.") % {"names": ", ".join(sorted(unknown))}, field=min(unknown))
    _check(changes)
    with workspaces.atomic():
        memory = permissions_memory.get_memory(actor, memory_id)
        permissions_memory.require(actor, "settings", memory)
        assignment = places.lock([memory])[memory.pk]
        before = _apply(assignment, {name: changes[name] for name in USE if name in changes})
        edit = MemoryEdit(**{name: changes[name] for name in OWN if name in changes})
        # Its audit entry ends the order of locks; the assignment is written before.
        memory = memories.update(actor=actor, memory_id=memory.pk, edit=edit)
        if before:
            record_act(
                "memory_use_changed",
                actor,
                memory,
                before=before,
                after={name: getattr(assignment, name) for name in before},
            )
    return permissions_memory.get_memory(actor, memory_id)


def _check(changes: Mapping[str, Any]) -> None:
    """Raises Invalid for a value that is none."""
    if not 0 <= changes.get("priority", 0) <= LOWEST_PRIORITY:
        raise Invalid(_("A priority is a number from 0 to %(most)s.") % {"most": LOWEST_PRIORITY}, field="priority")
    if not 0 <= changes.get("penalty", 0) <= MOST_PENALTY:
        raise Invalid(_("A penalty is a number from 0 to %(most)s.") % {"most": MOST_PENALTY}, field="penalty")


def _apply(assignment: MemoryAssignment, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Write what differs; returns the values from before. Raises Invalid."""
    if wanted.get("active") and assignment.place is None:
        raise Invalid(
            _("This memory serves no place yet. Move it to a platform, project or folder first."),
            code="no_scope",
            field="active",
        )
    before = {name: getattr(assignment, name) for name, value in wanted.items() if getattr(assignment, name) != value}
    if before:
        for name in before:
            setattr(assignment, name, wanted[name])
        assignment.save()
    return before
