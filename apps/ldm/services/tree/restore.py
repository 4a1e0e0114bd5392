"""Restoring from the recycle bin: the marks go, and everything is what and where it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import File, Folder, Grant, Platform, Project, TrashItem
from apps.ldm.permissions import Node
from apps.ldm.selectors.folders import chain, links_above
from apps.ldm.services import counters
from apps.ldm.services.counters import Place
from apps.ldm.services.memories.detach import reattach
from apps.ldm.services.tree import names, structure
from apps.ldm.services.tree.create import changed
from apps.ldm.services.tree.structure import Ref
from locanext_project import workspaces
from locanext_project.errors import Conflict, NotFound


def get_item(actor: Any, item_id: int) -> tuple[TrashItem, Node]:
    """A bin entry whose place the person sees, and the thing. Raises NotFound; expired ones are gone."""
    item = TrashItem.objects.filter(pk=item_id, expires_at__gt=timezone.now()).first()
    if item is None:
        raise NotFound()
    node = permissions.get_node(actor, item.kind, item.entity_id, include_trashed=True)
    if node.trash_id != item.pk:
        raise NotFound()
    return item, node


def restore(*, actor: User, item_id: int) -> Node:
    """Take a thing out of the bin, with everything that went with it: same ids, rows, history.

    It goes where it was, or to the nearest place above that is live; a taken name gets a suffix.
    Memories that lost their place with it, and have none since, get it back.
    Raises NotFound, Forbidden, and Conflict when its project is in the bin itself.
    """
    with workspaces.atomic():
        item, node = get_item(actor, item_id)
        structure.open_nodes(
            actor, [Ref(item.kind, item.entity_id)], more_keys=_inner_locks(node), include_trashed=True
        )
        item, node = get_item(actor, item_id)
        permissions.require(actor, "restore", node)
        values, places = _place(actor, node)
        values["name"] = names.free_name(
            names.taken_names(item.kind, *_where(node, values)), node.name, ending=item.kind == "file"
        )
        values |= {"trash": None, "changed_at": timezone.now(), **changed(actor)}
        _unmark(item, node, values)
        counts = counters.ZERO if isinstance(node, Platform) else counters.vector_of(type(node).objects.get(pk=node.pk))
        counters.shift([(places, counts)])
        memories = reattach(item)
        item.delete()
        restored = permissions.get_node(actor, item.kind, node.pk)
        record(
            "node_restored",
            actor=actor,
            target_kind=item.kind,
            target_id=node.pk,
            target_name=restored.name,
            detail={"files": item.files, "path": item.path, "deleted_name": item.name, "memories": memories},
        )
    return restored


def _inner_locks(node: Node) -> list[int]:
    if not isinstance(node, Platform):
        return []
    return list(Project.objects.filter(platform_id=node.pk).values_list("pk", flat=True))


def _where(node: Node, values: dict[str, Any]) -> tuple[int | None, int | None]:
    """Parent and project that name the place, for `names.taken_names`."""
    if isinstance(node, Platform):
        return None, None
    if isinstance(node, Project):
        return values.get("platform_id", node.platform_id), None
    return values["parent_id" if isinstance(node, Folder) else "folder_id"], node.project_id


def _place(actor: User, node: Node) -> tuple[dict[str, Any], Sequence[Place]]:
    """Field values that hang the node where it will live, and what counts it there."""
    if isinstance(node, Platform):
        return {}, []
    if isinstance(node, Project):
        if node.platform is None or node.platform.trash_id is None:
            return {}, [("platform", node.platform_id)] if node.platform_id is not None else []
        return {"platform_id": None, **_keep_restriction(actor, node, node.platform)}, []
    if node.project.trash_id is not None:
        raise Conflict(_("Its project is in the recycle bin. Restore the project first."), code="project_in_trash")
    field = "parent_id" if isinstance(node, Folder) else "folder_id"
    above = chain(links_above([getattr(node, field)]), getattr(node, field))
    parent = next((link.id for link in above if link.trash_id is None), None)
    return {field: parent}, counters.ancestors(node.project, parent)


def _keep_restriction(actor: User, project: Project, platform: Platform) -> dict[str, Any]:
    """A project that leaves a restricted platform stays as closed as it was, for the same people."""
    if not platform.restricted or project.restricted:
        return {}
    people: set[int | None] = {platform.created_by_id, actor.pk}
    people.update(Grant.objects.filter(platform=platform).values_list("user_id", flat=True))
    known = get_user_model().objects.filter(pk__in=[pk for pk in people if pk is not None])
    Grant.objects.bulk_create(
        [Grant(user=person, project=project, granted_by_name=actor.name) for person in known], ignore_conflicts=True
    )
    return {"restricted": True}


def _unmark(item: TrashItem, node: Node, values: dict[str, Any]) -> None:
    """Clear the marks, files first (the lock order); the thing itself gets its place and name at once."""
    for model in (File, Folder, Project, Platform):
        rest = model._default_manager.filter(trash=item)
        if isinstance(node, model):
            model._default_manager.filter(pk=node.pk).update(**values)
            rest = rest.exclude(pk=node.pk)
        if model._meta.model_name != "platform":
            rest.update(trash=None)
