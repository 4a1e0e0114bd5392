"""Finding platforms, projects, folders and files by a part of their name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from apps.ldm import permissions
from apps.ldm.models import File, Folder, Platform, Project
from apps.ldm.permissions import Node, Person
from apps.ldm.selectors.folders import folders_below
from apps.ldm.selectors.tree import paths_of
from apps.ldm.services.tree.structure import Ref
from locanext_project import workspaces
from locanext_project.errors import Invalid

KINDS = ("platform", "project", "folder", "file")
MAX_QUERY = 200


@dataclass(frozen=True)
class Hit:
    """A node that was found, and its path from the top as (kind, id, name)."""

    node: Node
    path: list[tuple[str, int, str]]


@dataclass(frozen=True)
class After:
    """Where the next page begins: behind this hit. Names compare as the database compares them."""

    kind: str
    rank: int
    name: str
    id: int


def search_names(
    user: Person,
    query: str,
    *,
    kinds: Sequence[str] = KINDS,
    under: Ref | None = None,
    limit: int = 50,
    after: After | None = None,
) -> tuple[list[Hit], After | None]:
    """Nodes whose name holds every word of `query`, in any case; names that begin with it come first.

    Platforms before projects before folders before files. Only what the person sees; `under`
    narrows it to what lies in a node. Raises NotFound for `under`, Invalid for an empty query.
    """
    words = query.split()
    if not words:
        raise Invalid(_("Type what to look for."), field="q")
    if len(query) > MAX_QUERY:
        raise Invalid(_("At most %(most)s characters can be looked for.") % {"most": MAX_QUERY}, field="q")
    place = permissions.get_node(user, under.kind, under.id) if under else None
    found: list[tuple[Node, int]] = []
    for kind in KINDS:
        if kind not in kinds or (after and KINDS.index(kind) < KINDS.index(after.kind)):
            continue
        matching = _ranked(_within(_visible(user, kind), kind, place), words, query.strip())
        if after and after.kind == kind:
            matching = matching.filter(
                Q(rank__gt=after.rank)
                | Q(rank=after.rank, name__gt=after.name)
                | Q(rank=after.rank, name=after.name, pk__gt=after.id)
            )
        found += [(node, node.rank) for node in matching.order_by("rank", "name", "pk")[: limit + 1 - len(found)]]
        if len(found) > limit:
            break
    page = [node for node, _ in found[:limit]]
    paths = paths_of(page)
    hits = [Hit(node, paths[Ref(permissions.kind_of(node), node.pk)]) for node in page]
    if len(found) <= limit:
        return hits, None
    last, rank = found[limit - 1]
    return hits, After(permissions.kind_of(last), rank, last.name, last.pk)


def _visible(user: Person, kind: str) -> QuerySet[Any]:
    if kind == "platform":
        return permissions.visible_platforms(user)
    if kind == "project":
        return permissions.visible_projects(user).select_related("platform")
    model = Folder if kind == "folder" else File
    found = model._default_manager.filter(permissions.project_q(user, "project__"), trash__isnull=True)
    return found.select_related("project__platform")


def _within(found: QuerySet[Any], kind: str, place: Node | None) -> QuerySet[Any]:
    """Only what lies in a node (the node itself does not)."""
    if place is None:
        return found
    if isinstance(place, Platform):
        if kind == "platform":
            return found.none()
        return found.filter(**{"platform" if kind == "project" else "project__platform": place})
    if kind in ("platform", "project") or isinstance(place, File):
        return found.none()
    if isinstance(place, Project):
        return found.filter(project=place)
    below = folders_below([place.pk])
    return found.filter(pk__in=set(below) - {place.pk}) if kind == "folder" else found.filter(folder_id__in=below)


def _ranked(found: QuerySet[Any], words: Sequence[str], query: str) -> QuerySet[Any]:
    contains, starts = _lookups(query)
    for word in words:
        found = found.filter(**{f"name__{contains}": re.escape(word) if contains == "iregex" else word})
    start = f"^{re.escape(query)}" if starts == "iregex" else query
    return found.annotate(
        rank=Case(When(**{f"name__{starts}": start}, then=Value(0)), default=Value(1), output_field=IntegerField())
    )


def _lookups(query: str) -> tuple[str, str]:
    """Contains and begins-with, without regard to case.

    SQLite's LIKE folds ASCII only; for other letters that have a case Python's expressions do it.
    """
    cased = any(character.lower() != character.upper() for character in query if ord(character) > 127)
    if cased and connections[workspaces.alias()].vendor == "sqlite":
        return "iregex", "iregex"
    return "icontains", "istartswith"
