"""The tree as a person sees it, each view in a fixed number of queries."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from apps.ldm import permissions
from apps.ldm.models import File, Folder, Platform, Project
from apps.ldm.permissions import Node, Person
from apps.ldm.selectors import trash
from apps.ldm.selectors.folders import chain, folders_below, links_above
from apps.ldm.services.counters import COLUMNS
from apps.ldm.services.tree.offline_storage import shown_name
from apps.ldm.services.tree.structure import Ref
from locanext_project.local_ids import STORAGE_ID

_NUMBER = re.compile(r"(\d+)")
_KINDS = ("platform", "project", "folder", "file")


@dataclass(frozen=True)
class Listed:
    """Nodes with what their presentation needs beside the models."""

    nodes: list[Node]
    projects: dict[int, int] = field(default_factory=dict)
    """Visible projects by platform."""
    siblings: dict[int, int] = field(default_factory=dict)
    """Other variants of the same original in the same project, by file."""


@dataclass(frozen=True)
class After:
    """The last child of a page: the next begins behind its place, also when it is gone meanwhile."""

    kind: str
    name: str
    id: int


@dataclass(frozen=True)
class Opened:
    """A node, where it is, and a page of what is in it. `after` is where the next page begins, None at the end."""

    listed: Listed
    path: list[tuple[str, int, str]]
    children: Listed
    after: After | None


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key in which "quest 2" comes before "quest 10", without regard to case."""
    return tuple(
        (0, int(part), "") if number % 2 else (1, 0, part)
        for number, part in enumerate(_NUMBER.split(name.casefold()))
        if part
    )


def _natural(node: Any) -> tuple[Any, ...]:
    return natural_key(node.name), node.name, node.pk


# ---- views ----
def roots(user: Person) -> tuple[Listed, Listed, int]:
    """Platforms, projects on no platform, and the number of entries in the bin.

    The project of the Offline Storage stands among them, first, in the place of its platform, which holds nothing else.
    """
    platforms = sorted(permissions.visible_platforms(user).exclude(pk=STORAGE_ID), key=_natural)
    at_top = Q(platform__isnull=True) | Q(pk=STORAGE_ID)
    projects = sorted(
        permissions.visible_projects(user).filter(at_top), key=lambda one: (one.pk != STORAGE_ID, _natural(one))
    )
    counts = count_platforms(user, platforms)
    return Listed(list(platforms), counts), Listed(list(projects)), trash.visible_items(user).count()


def open_node(user: Person, ref: Ref, *, limit: int, after: After | None = None) -> Opened:
    """A node with its path and up to `limit` children behind `after` (folders, then files; natural order).

    Raises NotFound.
    """
    node = permissions.get_node(user, ref.kind, ref.id)
    page, more = _children(user, node, limit, after)
    last = page[-1] if page else None
    return Opened(
        listed=describe(user, [node]),
        path=path_of(node),
        children=describe(user, page),
        after=After(permissions.kind_of(last), last.name, last.pk) if more and last is not None else None,
    )


def describe(user: Person, nodes: Sequence[Node]) -> Listed:
    """Nodes with the figures that are not in their models, at most one query a kind."""
    platforms = [node for node in nodes if isinstance(node, Platform)]
    files = [node for node in nodes if isinstance(node, File)]
    return Listed(
        list(nodes),
        count_platforms(user, platforms) if platforms else {},
        count_siblings(files) if files else {},
    )


def count_platforms(user: Person, platforms: Iterable[Platform]) -> dict[int, int]:
    """Visible projects by platform; sets the platforms' counters to the sum over these projects.

    So a platform never tells how much there is in a project that the person may not know of.
    """
    platforms = list(platforms)
    if not platforms:
        return {}
    totals = {
        row["platform_id"]: row
        for row in permissions.visible_projects(user)
        .filter(platform_id__in=[platform.pk for platform in platforms])
        .values("platform_id")
        .annotate(projects=Count("pk"), **{f"sum_{column}": Sum(column) for column in COLUMNS})
        .order_by()
    }
    for platform in platforms:
        row: Any = totals.get(platform.pk, {})
        for column in COLUMNS:
            setattr(platform, column, row.get(f"sum_{column}") or 0)
    return {pk: row["projects"] for pk, row in totals.items()}


def count_siblings(files: Sequence[File]) -> dict[int, int]:
    """Other variants of each file's original in its project."""
    originals = {file.original_id for file in files if file.original_id is not None}
    if not originals:
        return {}
    live = File.objects.filter(original_id__in=originals, trash__isnull=True)
    variants: dict[tuple[int, int], set[str]] = {}
    for project_id, original_id, variant in live.values_list("project_id", "original_id", "variant").distinct():
        variants.setdefault((project_id, original_id), set()).add(variant)
    return {
        file.pk: len(variants.get((file.project_id, file.original_id), set()) - {file.variant})
        for file in files
        if file.original_id is not None
    }


def path_of(node: Node) -> list[tuple[str, int, str]]:
    """(kind, id, name) of everything above a node, from the top."""
    return paths_of([node])[Ref(permissions.kind_of(node), node.pk)]


def paths_of(nodes: Sequence[Node]) -> dict[Ref, list[tuple[str, int, str]]]:
    """The paths of many nodes in one query; projects and platforms must be loaded with them."""
    parents = {
        node: node.parent_id if isinstance(node, Folder) else node.folder_id
        for node in nodes
        if isinstance(node, (Folder, File))
    }
    links = links_above(list(parents.values())) if any(pk is not None for pk in parents.values()) else {}
    found = {}
    for node in nodes:
        steps: list[tuple[str, int, str]] = []
        if not isinstance(node, Platform):
            project = node if isinstance(node, Project) else node.project
            if project.platform is not None and project.pk != STORAGE_ID:
                steps.append(("platform", project.platform.pk, project.platform.name))
            if not isinstance(node, Project):
                steps.append(("project", project.pk, shown_name("project", project.pk, project.name)))
                steps += [("folder", link.id, link.name) for link in reversed(chain(links, parents[node]))]
        found[Ref(permissions.kind_of(node), node.pk)] = steps
    return found


def folders_of(user: Person, ref: Ref) -> list[dict[str, Any]]:
    """Every live folder below a node: id, parent_id, project_id, name; in natural order. Raises NotFound."""
    node = permissions.get_node(user, ref.kind, ref.id)
    live = Folder.objects.filter(trash__isnull=True)
    if isinstance(node, Platform):
        found = live.filter(project__in=permissions.visible_projects(user).filter(platform=node))
    elif isinstance(node, Project):
        found = live.filter(project=node)
    elif isinstance(node, Folder):
        # Within the project and not by a list of ids, which may be too long for a statement.
        below = set(folders_below([node.pk])) - {node.pk}
        return [row for row in _links(live.filter(project_id=node.project_id)) if row["id"] in below]
    else:
        found = live.none()
    return _links(found)


def _links(folders: QuerySet[Folder]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [dict(row) for row in folders.values("id", "parent_id", "project_id", "name")]
    return sorted(rows, key=lambda row: (natural_key(row["name"]), row["name"], row["id"]))


# ---- children ----
def _children(user: Person, node: Node, limit: int, after: After | None) -> tuple[list[Node], bool]:
    """A page of children; whether there are more. Names are sorted here: no database sorts numbers in names."""
    sets = _child_sets(user, node)
    if not sets:
        return [], False
    keys: list[tuple[int, tuple[Any, ...], str, int]] = []
    for rank, (_, found) in enumerate(sets):
        keys += [(rank, natural_key(name), name, pk) for pk, name in found.values_list("pk", "name")]
    keys.sort()
    start = 0
    if after is not None:
        rank = next((n for n, (kind, _) in enumerate(sets) if kind == after.kind), 0)
        start = bisect_right(keys, (rank, natural_key(after.name), after.name, after.id))
    page = keys[start : start + limit]
    nodes: dict[tuple[int, int], Node] = {}
    for rank, (_, found) in enumerate(sets):
        ids = [key[3] for key in page if key[0] == rank]
        if ids:
            nodes.update({(rank, child.pk): child for child in found.filter(pk__in=ids)})
    return [nodes[key[0], key[3]] for key in page if (key[0], key[3]) in nodes], len(keys) > start + limit


def _child_sets(user: Person, node: Node) -> list[tuple[str, QuerySet[Any]]]:
    if isinstance(node, File):
        return []
    if isinstance(node, Platform):
        return [("project", permissions.visible_projects(user).filter(platform=node).select_related("platform"))]
    folders = Folder.objects.filter(trash__isnull=True).select_related("project__platform")
    if isinstance(node, Project):
        here = Q(project=node)
        return [
            ("folder", folders.filter(here, parent__isnull=True)),
            ("file", with_original(File.objects.filter(here, folder__isnull=True, trash__isnull=True))),
        ]
    return [
        ("folder", folders.filter(parent=node)),
        ("file", with_original(File.objects.filter(folder=node, trash__isnull=True))),
    ]


def with_original(files: QuerySet[File]) -> QuerySet[File]:
    """Files with their project, platform and `original_filename`, in the same query."""
    return files.select_related("project__platform").annotate(original_filename=F("original__filename"))
