"""The tree as a desktop fetches it: what the person may see, parents before children, without rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Folder, LengthRule, Platform, Project
from apps.ldm.permissions import Node, Rights
from apps.ldm.selectors.folders import chain, links_above
from apps.ldm.selectors.rows import total_rows
from apps.sync.protocol import PAGE_NODES, Nodes
from apps.sync.server import parts
from apps.sync.server.parts import KINDS
from locanext_project.errors import Invalid

STAMPS = ("created_at", "created_by_id", "created_by_name", "changed_at", "changed_by_id", "changed_by_name")
FIELDS: dict[str, tuple[str, ...]] = {
    "platform": ("name", "restricted", *STAMPS),
    "project": ("platform_id", "name", "source_language", "target_language", "restricted", "settings", *STAMPS),
    "folder": ("project_id", "parent_id", "name", *STAMPS),
    "file": (
        "project_id", "folder_id", "name", "variant", "format", "source_language", "target_language", "revision",
        "generation", "assignee_id", "assignee_name", "due_date", *STAMPS,
    ),
}  # fmt: skip
"""Attributes of the models; a file also has "rows", how many there are, and a project its "length_rules"."""
ROOT = "root"
_PARENT = re.compile(r"(platform|project|folder):(\d{1,18})")
_CURSOR = re.compile(r"(platform|project|folder|file)\.(\d{1,18})")


def tree(
    user: User, cursor: str = "", limit: int = PAGE_NODES, below: Sequence[str] = (), only: Sequence[str] = ()
) -> Nodes:
    """A page of everything the person may see; `cursor` is "" first, and the page's `next` is "" at the end.

    With `below` or `only`, of those parts (see `parts`). A page brings along whatever its nodes lie in, so that it
    can be taken in by itself: a node may come more than once, always as it is at that moment. Raises Invalid for a
    cursor that is none, and for parts that are none.
    """
    found, following = _page(user, parts.conditions(below, only), cursor, limit)
    return Nodes(_with_parents(user, found), following)


def level(user: User, parent: str, cursor: str = "", limit: int = PAGE_NODES) -> Nodes:
    """A page of what lies directly in a place: "root", or a kind and an id such as "project:12"; as `tree` otherwise.

    Without what the place lies in. Raises Invalid, and NotFound for a place that the person may not see.
    """
    found, following = _page(user, _inside(user, parent), cursor, limit)
    return Nodes(_present(user, found), following)


def _page(user: User, wanted: Mapping[str, Q], cursor: str, limit: int) -> tuple[list[Node], str]:
    """Visible nodes of the kinds that are wanted, by kind and id, and where the next page begins."""
    limit = max(1, min(limit, PAGE_NODES))
    kind, after = _place(cursor)
    found: list[Node] = []
    for current in KINDS[KINDS.index(kind) :]:
        if current not in wanted:
            continue
        nodes = _visible(user, current).filter(wanted[current], pk__gt=after if current == kind else 0)
        room = limit - len(found)
        part = list(nodes.order_by("pk")[: room + 1])
        found += part[:room]
        if len(part) > room:
            return found, f"{current}.{part[room - 1].pk if room else 0}"
    return found, ""


def _inside(user: User, parent: str) -> dict[str, Q]:
    """By kind of what can lie in a place: the condition for lying there. Raises Invalid and NotFound."""
    if parent == ROOT:
        return {"platform": Q(), "project": Q(platform_id=None)}
    match = _PARENT.fullmatch(parent)
    if match is None:
        raise Invalid(_("parent is root, or a kind and an id, such as project:12."), field="parent")
    kind, pk = match[1], int(match[2])
    permissions.get_node(user, kind, pk)
    if kind == "platform":
        return {"project": Q(platform_id=pk)}
    if kind == "project":
        return {"folder": Q(project_id=pk, parent_id=None), "file": Q(project_id=pk, folder_id=None)}
    return {"folder": Q(parent_id=pk), "file": Q(folder_id=pk)}


def path(user: User, file_id: int) -> list[dict[str, Any]]:
    """The nodes from the platform down to a file. Raises NotFound."""
    return _with_parents(user, [permissions.get_file(user, file_id)])


def _place(cursor: str) -> tuple[str, int]:
    if not cursor:
        return KINDS[0], 0
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise Invalid(_("This is not a place in the tree."), field="cursor")
    return match[1], int(match[2])


def _visible(user: User, kind: str) -> QuerySet[Any]:
    """Live nodes of a kind that lie on the server, with what their place is made of."""
    if kind == "platform":
        return permissions.visible_platforms(user)
    if kind == "project":
        return permissions.visible_projects(user).select_related("platform")
    model: type[Folder] | type[File] = Folder if kind == "folder" else File
    seen = model._default_manager.filter(permissions.project_q(user, "project__"), trash__isnull=True)
    return seen.select_related("project__platform")


def _with_parents(user: User, nodes: Sequence[Node]) -> list[dict[str, Any]]:
    """The nodes and everything that they lie in, each once, parents first."""
    above = [node.parent_id for node in nodes if isinstance(node, Folder)]
    links = links_above([*above, *(node.folder_id for node in nodes if isinstance(node, File))])
    known: dict[tuple[str, int], Node] = {(permissions.kind_of(node), node.pk): node for node in nodes}
    missing = [pk for pk in links if ("folder", pk) not in known]
    for folder in _by_ids(Folder.objects.select_related("project__platform"), missing):
        known["folder", folder.pk] = folder
    for node in list(known.values()):
        project = node if isinstance(node, Project) else getattr(node, "project", None)
        if project is not None:
            known.setdefault(("project", project.pk), project)
            if project.platform is not None:
                known.setdefault(("platform", project.platform.pk), project.platform)
    depth = {pk: len(chain(links, pk)) for pk in links}

    def order(node: Node) -> tuple[int, int, int]:
        kind = permissions.kind_of(node)
        deep = depth.get(node.parent_id or 0, 0) if isinstance(node, Folder) else 0
        return KINDS.index(kind), deep, node.pk

    return _present(user, sorted(known.values(), key=order))


def _by_ids(found: QuerySet[Any], ids: Sequence[int]) -> list[Any]:
    listed: list[Any] = []
    for start in range(0, len(ids), PAGE_NODES):
        listed += found.filter(pk__in=ids[start : start + PAGE_NODES])
    return listed


def _present(user: User, nodes: Sequence[Node]) -> list[dict[str, Any]]:
    rights = permissions.rights_of(user)
    rules = _length_rules([node.pk for node in nodes if isinstance(node, Project)])
    return [_node(rights, node, rules) for node in nodes]


def _node(rights: Rights, node: Node, rules: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    kind = permissions.kind_of(node)
    names = FIELDS[kind]
    if isinstance(node, Platform) and not rights.opens(node):
        # Shown as the way to a project: its name is all the person may know.
        names = ("name", "restricted")
    values: dict[str, Any] = {"kind": kind, "id": node.pk, "parent": parent_of(node)}
    values |= {name: plain(getattr(node, name)) for name in names}
    if isinstance(node, File):
        values["rows"] = total_rows(node)
    if isinstance(node, Project):
        values["length_rules"] = rules.get(node.pk, [])
    return values


def parent_of(node: Node) -> dict[str, Any] | None:
    """{"kind", "id"} of what a node lies in; None at the top."""
    if isinstance(node, Platform):
        return None
    if isinstance(node, Project):
        return {"kind": "platform", "id": node.platform_id} if node.platform_id is not None else None
    above = node.parent_id if isinstance(node, Folder) else node.folder_id
    return {"kind": "folder", "id": above} if above is not None else {"kind": "project", "id": node.project_id}


def plain(value: Any) -> Any:
    """A field's value as JSON can hold it."""
    return value.isoformat() if isinstance(value, datetime | date) else value


def _length_rules(project_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    names = ("file_id", "query", "characters", "lines", "position")
    by_project: dict[int, list[dict[str, Any]]] = {}
    for rule in LengthRule.objects.filter(project_id__in=project_ids).order_by("position", "pk"):
        by_project.setdefault(rule.project_id, []).append({name: getattr(rule, name) for name in names})
    return by_project
