"""Changing the tree's structure, one at a time in a project.

Whoever creates, moves, copies, deletes or restores takes the structure lock of the projects
concerned first of all, before any row of a table. Editing rows never takes it. With structure at
rest, a subtree read is a subtree kept, and names that were free stay free. After it the lock
order is the one everybody follows: rows, files, folders deepest first, projects, platforms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.utils.translation import gettext as _

from apps.ldm import permissions
from apps.ldm.models import File, Folder, Platform, Project
from apps.ldm.permissions import Node
from locanext_project import workspaces
from locanext_project.errors import Conflict, Invalid

TOP = 0
"""Lock key of the list of platforms and projects; project ids are never 0."""
_LOCK_SPACE = 0x4C44 << 44
MAX_ITEMS = 2000


@dataclass(frozen=True, order=True)
class Ref:
    """A node by kind and id."""

    kind: str
    id: int


def ref_of(node: Node) -> Ref:
    """The reference of a node."""
    return Ref(permissions.kind_of(node), node.pk)


def lock(keys: Iterable[int]) -> None:
    """Wait until no other transaction changes the structure of these projects (or of TOP).

    Call first in a transaction; held until it ends. SQLite has one writer anyway.
    """
    connection = connections[workspaces.alias()]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for key in sorted(set(keys)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_SPACE ^ key])


def keys_of(node: Node) -> set[int]:
    """The structure locks a change of this node takes."""
    if isinstance(node, Platform):
        return {TOP}
    if isinstance(node, Project):
        return {TOP, node.pk}
    return {node.project_id}


def open_nodes(
    actor: Any, refs: Sequence[Ref], *, more_keys: Iterable[int] = (), include_trashed: bool = False
) -> list[Node]:
    """The nodes, locked against structural changes, in the order of `refs`; each once.

    Raises NotFound, Invalid for too many, and Conflict when one was moved away meanwhile.
    """
    refs = list(dict.fromkeys(refs))
    if len(refs) > MAX_ITEMS:
        raise Invalid(_("That is more than %(most)s things at once.") % {"most": MAX_ITEMS}, limit=MAX_ITEMS)
    before = _fetch(actor, refs, include_trashed)
    keys = set(more_keys).union(*map(keys_of, before))
    lock(keys)
    after = _fetch(actor, refs, include_trashed)
    if not keys.issuperset(set().union(*map(keys_of, after))):
        raise Conflict(_("Somebody moved this to another project at the same moment. Try again."))
    return after


def open_place(actor: Any, project_id: int, folder_id: int | None) -> tuple[Project, Folder | None]:
    """A live project and one of its live folders (None: its top), locked so that names that are free stay free.

    For whoever puts files or folders there; call first in the transaction. Raises NotFound, and
    Invalid for a folder of another project.
    """
    if folder_id is None:
        project = open_nodes(actor, [Ref("project", project_id)])[0]
        assert isinstance(project, Project)  # noqa: S101 (for the type checker)
        return project, None
    folder = open_nodes(actor, [Ref("folder", folder_id)], more_keys=[project_id])[0]
    assert isinstance(folder, Folder)  # noqa: S101 (for the type checker)
    if folder.project_id != project_id:
        raise Invalid(_("This folder is in another project."), field="folder_id")
    return folder.project, folder


def _fetch(actor: Any, refs: Sequence[Ref], include_trashed: bool) -> list[Node]:
    """Nodes in the order of `refs`, one query a kind; files and folders by the thousand are common."""
    if len(refs) <= 2:
        return [permissions.get_node(actor, ref.kind, ref.id, include_trashed=include_trashed) for ref in refs]
    found: dict[Ref, Node] = {}
    for model, kind in ((Folder, "folder"), (File, "file")):
        ids = [ref.id for ref in refs if ref.kind == kind]
        if len(ids) > 2 and all(permissions.is_here(pk) for pk in ids):
            nodes = model._default_manager.filter(permissions.project_q(actor, "project__"), pk__in=ids)
            if not include_trashed:
                nodes = nodes.filter(trash__isnull=True)
            found.update({Ref(kind, node.pk): node for node in nodes.select_related("project__platform")})
    return [
        found[ref] if ref in found else permissions.get_node(actor, ref.kind, ref.id, include_trashed=include_trashed)
        for ref in refs
    ]
