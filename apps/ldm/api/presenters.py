"""The JSON of nodes, paths and bin entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.ldm import permissions
from apps.ldm.models import Capability, File, Folder, Grant, Platform, Project, TrashItem
from apps.ldm.permissions import Node, Rights
from apps.ldm.selectors import tree
from apps.ldm.selectors.search_names import Hit
from apps.ldm.selectors.tree import Listed
from apps.ldm.services.tree.move import Moved
from apps.ldm.services.tree.offline_storage import shown_name
from apps.ldm.services.tree.structure import Ref

Json = dict[str, Any]


def node_json(user: Any, node: Node) -> Json:
    """One node; for several use `listed_json`, whose queries do not grow with their number."""
    return listed_json(permissions.rights_of(user), tree.describe(user, [node]))[0]


def path_json(user: Any, node: Node) -> list[Json]:
    """What is above a node, from the top: [{kind, id, name}]."""
    return steps_json(tree.path_of(node))


def steps_json(steps: Iterable[tuple[str, int, str]]) -> list[Json]:
    """A path from a selector."""
    return [{"kind": kind, "id": pk, "name": name} for kind, pk, name in steps]


def listed_json(rights: Rights, listed: Listed) -> list[Json]:
    """Nodes with what a person may do to each."""
    return [_node(rights, listed, node) for node in listed.nodes]


def _node(rights: Rights, listed: Listed, node: Node) -> Json:
    shared = {
        "kind": permissions.kind_of(node),
        "id": node.pk,
        "name": shown_name(permissions.kind_of(node), node.pk, node.name),
        "parent": _parent(node),
        "counts": node.counts(),
        "created_at": node.created_at,
        "changed_at": node.changed_at,
        "changed_by": _person(node.changed_by_id, node.changed_by_name),
        "may": rights.may(node),
    }
    if isinstance(node, Platform):
        return shared | {"restricted": node.restricted, "projects": listed.projects.get(node.pk, 0)}
    if isinstance(node, Project):
        return shared | {
            "platform_id": node.platform_id,
            "restricted": node.restricted,
            "source_language": node.source_language,
            "target_language": node.target_language,
        }
    if isinstance(node, Folder):
        return shared | {"project_id": node.project_id}
    return shared | _file(listed, node)


def _file(listed: Listed, file: File) -> Json:
    # `with_original` brings the name along; a file that came another way loads its original.
    name = getattr(file, "original_filename", None)
    if name is None and file.original is not None:
        name = file.original.filename
    return {
        "project_id": file.project_id,
        "folder_id": file.folder_id,
        "format": file.format,
        "source_language": file.source_language,
        "target_language": file.target_language,
        "variant": file.variant,
        "revision": file.revision,
        "assignee": _person(file.assignee_id, file.assignee_name),
        "due_date": file.due_date,
        "rows_flagged": file.rows_flagged,
        "siblings": listed.siblings.get(file.pk, 0),
        "original_name": name or "",
    }


def _parent(node: Node) -> Json | None:
    if isinstance(node, Platform):
        return None
    if isinstance(node, Project):
        return {"kind": "platform", "id": node.platform_id} if node.platform_id is not None else None
    folder_id = node.parent_id if isinstance(node, Folder) else node.folder_id
    if folder_id is not None:
        return {"kind": "folder", "id": folder_id}
    return {"kind": "project", "id": node.project_id}


def _person(pk: int | None, name: str) -> Json | None:
    return {"id": pk, "name": name} if pk is not None else None


def ref_json(ref: Ref) -> Json:
    """{kind, id}."""
    return {"kind": ref.kind, "id": ref.id}


def moved_json(moved: Moved) -> Json:
    """A node that was moved or copied, by the name it has now."""
    return {"ref": ref_json(moved.ref), "name": moved.name}


def trash_json(item: TrashItem, rights: Rights) -> Json:
    """A bin entry. `days_left` counts begun days."""
    left = item.expires_at - timezone.now()
    may_restore = rights.is_lead or rights.desktop or item.kind in (TrashItem.Kind.FOLDER, TrashItem.Kind.FILE)
    if item.kind == TrashItem.Kind.MEMORY:
        # Entries of the bin's selector know the owner; of one that was just made the person may do both.
        may_restore = may_restore or getattr(item, "memory_owner_id", item.deleted_by_id) == rights.user_id
    return {
        "id": item.pk,
        "kind": item.kind,
        "entity_id": item.entity_id,
        "name": item.name,
        "path": item.path,
        "files": item.files,
        "memories": item.memories,
        "deleted_at": item.deleted_at,
        "deleted_by": _person(item.deleted_by_id, item.deleted_by_name),
        "expires_at": item.expires_at,
        "days_left": max(0, -(-left // timedelta(days=1))),
        "may": {
            "restore": may_restore or rights.has(f"delete_{item.kind}"),
            "delete": rights.has(Capability.Name.EMPTY_TRASH),
        },
    }


def hit_json(hit: Hit) -> Json:
    """A node found by its name."""
    return {
        "kind": permissions.kind_of(hit.node),
        "id": hit.node.pk,
        "name": shown_name(permissions.kind_of(hit.node), hit.node.pk, hit.node.name),
        "path": steps_json(hit.path),
        "match": None,
    }


def row_hit_json(found: Json, path: list[tuple[str, int, str]]) -> Json:
    """A row found by its text; `path` leads to its file and includes it. `position` counts from 0."""
    return {
        "kind": "row",
        "id": found["row_id"],
        "name": found["file_name"],
        "path": steps_json(path),
        "match": {"field": found["field"], "snippet": found["snippet"]},
        "file_id": found["file_id"],
        "position": found["position"],
    }


def grant_json(grant: Grant) -> Json:
    """A person's grant."""
    return {
        "user": {"id": grant.user_id, "name": grant.user.name, "username": grant.user.username},
        "granted_at": grant.granted_at,
        "granted_by": grant.granted_by_name,
    }


def capability_json(capability: Capability) -> Json:
    """A capability that was given to a person; an expired one is still listed."""
    return {
        "user": {"id": capability.user_id, "name": capability.user.name, "username": capability.user.username},
        "name": capability.name,
        "expires_at": capability.expires_at,
        "expired": capability.expires_at is not None and capability.expires_at <= timezone.now(),
        "granted_at": capability.granted_at,
        "granted_by": capability.granted_by_name,
    }
