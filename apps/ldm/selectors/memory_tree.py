"""Memories as a person sees them: lists by place and name, and the tree of the places they can be in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.ldm import permissions, permissions_memory
from apps.ldm.models import Platform
from apps.ldm.permissions import Person
from apps.ldm.selectors.folders import links_above
from apps.ldm.selectors.tree import natural_key
from apps.ldm.services.tree.offline_storage import shown_name
from apps.tm.models import Memory
from locanext_project.errors import Invalid, NotFound
from locanext_project.local_ids import STORAGE_ID

ORDER = ("name", "id")
UNASSIGNED = "unassigned"
PLACE_KINDS = ("platform", "project", "folder")


def listed(user: Person, *, scope: str = "", kind: str = "", search: str = "") -> QuerySet[Memory]:
    """Memories that a person sees; `scope` "project:2" or "unassigned", `search` a part of the name.

    Raises Invalid, and NotFound for a place that the person does not see.
    """
    if kind and kind not in Memory.Kind.values:
        raise Invalid(_("kind is one of %(kinds)s.") % {"kinds": ", ".join(Memory.Kind.values)}, field="kind")
    found = permissions_memory.visible_memories(user, kind or None).filter(_in_scope(user, scope))
    return found.filter(name__icontains=search) if search else found


def _in_scope(user: Person, scope: str) -> Q:
    if not scope:
        return Q()
    if scope == UNASSIGNED:
        return permissions_memory.unassigned_q()
    kind, _colon, number = scope.partition(":")
    digits = number.removeprefix("-")
    if kind not in PLACE_KINDS or not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        raise Invalid(_("scope is a place such as project:12, or unassigned."), field="scope")
    place = permissions.get_node(user, kind, int(number))
    if isinstance(place, Platform) and not permissions.rights_of(user).opens(place):
        raise NotFound
    return Q(**{f"assignment__{kind}_id": place.pk})


def places(user: Person, memories: Sequence[Memory]) -> list[dict[str, Any]]:
    """Platforms and projects that a person sees, and the folders in which one of these memories is, with theirs above.

    [{"kind", "id", "name", "parent": {"kind", "id"} | None, "restricted"}], those above first, in natural order.
    """
    found: list[dict[str, Any]] = []
    for platform in sorted(
        permissions.visible_platforms(user).exclude(pk=STORAGE_ID), key=lambda one: natural_key(one.name)
    ):
        found.append(_place("platform", platform.pk, platform.name, None, platform.restricted))
    for project in sorted(permissions.visible_projects(user), key=lambda one: natural_key(one.name)):
        platform_id = None if project.pk == STORAGE_ID else project.platform_id
        above = ("platform", platform_id) if platform_id is not None else None
        found.append(_place("project", project.pk, project.name, above, project.restricted))
    holding = [permissions_memory.assignment_of(memory).folder_id for memory in memories]
    for link in sorted(links_above(holding).values(), key=lambda one: (natural_key(one.name), one.id)):
        above = ("folder", link.parent_id) if link.parent_id is not None else ("project", link.project_id)
        found.append(_place("folder", link.id, link.name, above, restricted=False))
    return found


def _place(kind: str, pk: int, name: str, above: tuple[str, int] | None, restricted: bool) -> dict[str, Any]:
    parent = {"kind": above[0], "id": above[1]} if above else None
    return {"kind": kind, "id": pk, "name": shown_name(kind, pk, name), "parent": parent, "restricted": restricted}
