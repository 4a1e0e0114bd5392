"""Deleting: the thing and everything live under it is marked as one entry of the recycle bin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import File, Folder, Platform, Project, TrashItem
from apps.ldm.permissions import Node
from apps.ldm.selectors.folders import chain, chunks, folders_below, links_above
from apps.ldm.services import counters
from apps.ldm.services.counters import ZERO, Place, Vector
from apps.ldm.services.memories.detach import detach
from apps.ldm.services.tree import structure
from apps.ldm.services.tree.move import outermost
from apps.ldm.services.tree.structure import Ref
from locanext_project import workspaces
from locanext_project.errors import Invalid

ORDER = {"file": 0, "folder": 1, "project": 2, "platform": 3}


def delete(*, actor: User, items: Sequence[Ref]) -> list[TrashItem]:
    """Move things to the recycle bin for settings.TRASH_DAYS days; one entry for each chosen thing.

    A thing that lies in another chosen one goes with it. Rows are not touched, whatever their
    number. Memories that served any of it become unassigned (`memories` of each entry). Raises
    NotFound, Forbidden (platforms and projects take a capability), Invalid.
    """
    if not items:
        raise Invalid(_("Nothing was chosen to be deleted."), field="items")
    with workspaces.atomic():
        nodes = outermost(structure.open_nodes(actor, items))
        rights = permissions.rights_of(actor)
        for node in nodes:
            rights.require("delete", node)
        structure.lock(_inner_locks(nodes))
        nodes.sort(key=lambda node: (ORDER[permissions.kind_of(node)], node.pk))
        entries = _entries(actor, nodes)
        _mark(list(zip(nodes, entries, strict=True)))
        unassigned = detach(list(zip(nodes, entries, strict=True)))
        TrashItem.objects.bulk_update(entries, ["files", "memories"], batch_size=200)
        first = entries[0]
        record(
            "nodes_deleted",
            actor=actor,
            target_kind=first.kind,
            target_id=first.entity_id,
            target_name=first.name,
            detail={
                "count": len(entries),
                "files": sum(entry.files for entry in entries),
                "memories_unassigned": unassigned,
                "items": [{"kind": e.kind, "id": e.entity_id, "name": e.name, "path": e.path} for e in entries[:100]],
            },
        )
    return entries


def _inner_locks(nodes: Sequence[Node]) -> list[int]:
    """Projects on the platforms that go: their content must rest as well."""
    platforms = [node.pk for node in nodes if isinstance(node, Platform)]
    return list(Project.objects.filter(platform_id__in=platforms).values_list("pk", flat=True)) if platforms else []


def _entries(actor: User, nodes: Sequence[Node]) -> list[TrashItem]:
    """The saved bin entries, in the order of `nodes`."""
    links = links_above([_parent_id(node) for node in nodes])
    now = timezone.now()
    entries = [
        TrashItem(
            kind=permissions.kind_of(node),
            entity_id=node.pk,
            name=node.name,
            path=" / ".join(_path(node, [link.name for link in reversed(chain(links, _parent_id(node)))])),
            deleted_by_id=actor.pk,
            deleted_by_name=actor.name,
            expires_at=now + timedelta(days=settings.TRASH_DAYS),
        )
        for node in nodes
    ]
    return TrashItem.objects.bulk_create(entries, batch_size=200)


def _parent_id(node: Node) -> int | None:
    if isinstance(node, Folder):
        parent: int | None = node.parent_id
        return parent
    return node.folder_id if isinstance(node, File) else None


def _path(node: Node, folders: list[str]) -> list[str]:
    if isinstance(node, Platform):
        return []
    project = node if isinstance(node, Project) else node.project
    names = [project.platform.name] if project.platform is not None else []
    return names if isinstance(node, Project) else [*names, project.name, *folders]


def _mark(pairs: Sequence[tuple[Node, TrashItem]]) -> None:
    """Mark all files first, then folders, projects and platforms: the lock order; then the counters above."""
    links = links_above([_parent_id(node) for node, _ in pairs])
    places: dict[Node, list[Place]] = {}
    shared: dict[tuple[int, int | None], list[Place]] = {}
    below: dict[int, list[int]] = {}
    for node, entry in pairs:
        if isinstance(node, (File, Folder)):
            key = (node.project_id, _parent_id(node))
            if key not in shared:
                shared[key] = counters.ancestors(node.project, key[1])
            places[node] = shared[key]
            if isinstance(node, Folder):
                below[node.pk] = folders_below([node.pk])
                entry.files = sum(
                    File.objects.filter(folder_id__in=chunk, trash__isnull=True).update(trash=entry)
                    for chunk in chunks(below[node.pk])
                )
        else:
            places[node] = [("platform", node.platform_id)] if isinstance(node, Project) and node.platform_id else []
            entry.files = File.objects.filter(**_inside(node), trash__isnull=True).update(trash=entry)
    counts = _mark_files([(node, entry) for node, entry in pairs if isinstance(node, File)])
    roots = sorted(
        ((node, entry) for node, entry in pairs if isinstance(node, Folder)),
        key=lambda pair: (-len(chain(links, pair[0].parent_id)), pair[0].pk),
    )
    for folder, entry in roots:
        for chunk in chunks(below[folder.pk]):
            Folder.objects.filter(pk__in=chunk).update(trash=entry)
        counts[folder] = counters.vector_of(Folder.objects.get(pk=folder.pk))
    for node, entry in pairs:
        if isinstance(node, (Project, Platform)):
            Folder.objects.filter(**_inside(node), trash__isnull=True).update(trash=entry)
    for node, entry in pairs:
        if isinstance(node, Project):
            Project.objects.filter(pk=node.pk).update(trash=entry)
            counts[node] = counters.vector_of(Project.objects.get(pk=node.pk))
        elif isinstance(node, Platform):
            Project.objects.filter(platform_id=node.pk, trash__isnull=True).update(trash=entry)
            Platform.objects.filter(pk=node.pk).update(trash=entry)
            counts[node] = ZERO
    counters.shift((places[node], counters.add(ZERO, counts[node], -1)) for node, _ in pairs)


def _inside(node: Project | Platform) -> dict[str, object]:
    return {"project_id": node.pk} if isinstance(node, Project) else {"project__platform_id": node.pk}


def _mark_files(pairs: Sequence[tuple[File, TrashItem]]) -> dict[Node, Vector]:
    """Mark single files, each with its own entry, in few statements; their counters."""
    counts: dict[Node, Vector] = {}
    for chunk in chunks([file.pk for file, _entry in pairs]):
        locked = {file.pk: file for file in File.objects.select_for_update().filter(pk__in=chunk).order_by("pk")}
        for file, entry in pairs:
            if file.pk in locked:
                locked[file.pk].trash = entry
                counts[file] = counters.vector_of(locked[file.pk])
        File.objects.bulk_update(locked.values(), ["trash"], batch_size=250)
    return counts
