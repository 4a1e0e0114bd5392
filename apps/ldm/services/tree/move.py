"""Moving files and folders within a project or to another, and projects between platforms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import Capability, File, Folder, Platform, Project
from apps.ldm.permissions import Node
from apps.ldm.selectors.folders import chain, chunks, folders_below, links_above
from apps.ldm.services import counters
from apps.ldm.services.counters import Place, Vector
from apps.ldm.services.tree import names, structure
from apps.ldm.services.tree.create import changed
from apps.ldm.services.tree.structure import Ref
from locanext_project import workspaces
from locanext_project.errors import Invalid


@dataclass(frozen=True)
class Moved:
    """A node and the name it has where it went."""

    ref: Ref
    name: str


def move(*, actor: User, items: Sequence[Ref], to: Ref | None) -> list[Moved]:
    """Move files and folders to a project or folder, or projects to a platform (None: to no platform).

    What lies in another item goes along with it; names that are taken get a suffix; what is there
    already stays. Raises NotFound, Forbidden, and Invalid for a folder into itself.
    """
    if not items:
        raise Invalid(_("Nothing was chosen to be moved."), field="items")
    with workspaces.atomic():
        nodes = structure.open_nodes(actor, [*items, *([to] if to else [])], more_keys=[] if to else [structure.TOP])
        target = next((node for node in nodes if structure.ref_of(node) == to), None)
        chosen = [node for node in nodes if structure.ref_of(node) in set(items)]
        rights = permissions.rights_of(actor)
        for node in chosen:
            rights.require("move", node)
        if all(isinstance(node, Project) for node in chosen):
            moved = _move_projects(actor, rights, chosen, target)
        else:
            moved = _move_content(actor, rights, chosen, target)
        first = moved[0] if moved else Moved(structure.ref_of(chosen[0]), chosen[0].name)
        record(
            "nodes_moved",
            actor=actor,
            target_kind=first.ref.kind,
            target_id=first.ref.id,
            target_name=first.name,
            detail={
                "count": len(moved),
                "to": target.name if target else "",
                "to_kind": to.kind if to else "",
                "to_id": to.id if to else None,
                "items": [{"kind": one.ref.kind, "id": one.ref.id, "name": one.name} for one in moved[:100]],
            },
        )
    return moved


def place_of(target: Node | None) -> tuple[Project, int | None]:
    """The project and folder that a target stands for. Raises Invalid where files cannot be put there."""
    if isinstance(target, Project):
        return target, None
    if isinstance(target, Folder):
        return target.project, target.pk
    raise Invalid(_("Files and folders can be put into projects and folders only."), field="to")


def outermost(nodes: Sequence[Node]) -> list[Node]:
    """The nodes without those that lie in another of them."""
    folders = {node.pk for node in nodes if isinstance(node, Folder)}
    projects = {node.pk for node in nodes if isinstance(node, Project)}
    platforms = {node.pk for node in nodes if isinstance(node, Platform)}
    links = links_above([_parent_id(node) for node in nodes]) if folders else {}

    def inside(node: Node) -> bool:
        if isinstance(node, Platform):
            return False
        if isinstance(node, Project):
            return node.platform_id in platforms
        return (
            node.project_id in projects
            or node.project.platform_id in platforms
            or any(link.id in folders for link in chain(links, _parent_id(node)))
        )

    return [node for node in nodes if not inside(node)]


def _parent_id(node: Node) -> int | None:
    if isinstance(node, Folder):
        parent: int | None = node.parent_id
        return parent
    return node.folder_id if isinstance(node, File) else None


def _move_content(actor: User, rights: permissions.Rights, nodes: Sequence[Node], target: Node | None) -> list[Moved]:
    """Files and folders to a project or folder."""
    if not all(isinstance(node, (File, Folder)) for node in nodes):
        raise Invalid(_("Files and folders cannot be moved together with projects or platforms."), field="items")
    project, folder_id = place_of(target)
    rights.require("import", target)  # type: ignore[arg-type]
    content = [node for node in outermost(nodes) if isinstance(node, (File, Folder))]
    if any(node.project_id != project.pk for node in content):
        rights.require_capability(Capability.Name.MOVE_ACROSS_PROJECTS)
    new_links = links_above([folder_id])
    if inside := next((n for n in content if isinstance(n, Folder) and n.pk in new_links), None):
        raise Invalid(_("The folder “%(name)s” cannot be moved into itself.") % {"name": inside.name}, field="to")
    content = [node for node in content if (node.project_id, _parent_id(node)) != (project.pk, folder_id)]
    files = sorted((n for n in content if isinstance(n, File)), key=lambda file: file.pk)
    folders = [n for n in content if isinstance(n, Folder)]
    old_links = links_above([node.parent_id for node in folders])
    folders.sort(key=lambda folder: (-len(chain(old_links, folder.parent_id)), folder.pk))
    old_places: dict[tuple[int, int | None], list[Place]] = {}
    new_place = counters.ancestors(project, folder_id)
    shifts: list[tuple[Sequence[Place], Vector]] = []
    moved: list[Moved] = []
    # Files before folders, deeper folders before those above them: the lock order.
    put: list[tuple[File | Folder, str, Vector]] = [*_put_files(actor, files, project, folder_id)]
    put += _put_folders(actor, folders, project, folder_id)
    for node, name, counts in put:
        origin = (node.project_id, _parent_id(node))
        if origin not in old_places:
            old_places[origin] = counters.ancestors(node.project, origin[1])
        shifts += [(old_places[origin], counters.add(counters.ZERO, counts, -1)), (new_place, counts)]
        moved.append(Moved(structure.ref_of(node), name))
    counters.shift(shifts)
    return moved


def _put_files(
    actor: User, files: Sequence[File], project: Project, folder_id: int | None
) -> list[tuple[File, str, Vector]]:
    """Hang files somewhere else: each with its new name, and its counters read after it was locked."""
    taken = names.taken_names("file", folder_id, project.pk)
    values = {"project": project, "folder_id": folder_id, "changed_at": timezone.now(), **changed(actor)}
    put: list[tuple[File, str, Vector]] = []
    for chunk in chunks([file.pk for file in files]):
        locked = {file.pk: file for file in File.objects.select_for_update().filter(pk__in=chunk).order_by("pk")}
        unchanged = []
        for file in files:
            if file.pk in locked:
                name = names.free_name(taken, file.name)
                taken.add(name)
                put.append((file, name, counters.vector_of(locked[file.pk])))
                if name == file.name:
                    unchanged.append(file.pk)
                else:
                    File.objects.filter(pk=file.pk).update(name=name, **values)
        File.objects.filter(pk__in=unchanged).update(**values)
    return put


def _put_folders(
    actor: User, folders: Sequence[Folder], project: Project, folder_id: int | None
) -> list[tuple[Folder, str, Vector]]:
    """Hang folders somewhere else, with all that is in them; as `_put_files`."""
    taken = names.taken_names("folder", folder_id, project.pk)
    put = []
    for folder in folders:
        name = names.free_name(taken, folder.name, ending=False)
        taken.add(name)
        if folder.project_id != project.pk:
            # What is in the bin below goes along: a folder and its content are never in two projects.
            below = folders_below([folder.pk], live_only=False)
            for chunk in chunks(below):
                File.objects.filter(folder_id__in=chunk).update(project=project)
            for chunk in chunks([pk for pk in below if pk != folder.pk]):
                Folder.objects.filter(pk__in=chunk).update(project=project)
        Folder.objects.filter(pk=folder.pk).update(
            name=name, project=project, parent_id=folder_id, changed_at=timezone.now(), **changed(actor)
        )
        put.append((folder, name, counters.vector_of(Folder.objects.get(pk=folder.pk))))
    return put


def _move_projects(actor: User, rights: permissions.Rights, nodes: Sequence[Node], target: Node | None) -> list[Moved]:
    """Projects to a platform, or to none."""
    if target is not None and not isinstance(target, Platform):
        raise Invalid(_("Projects can be put on platforms only."), field="to")
    if target is None:
        rights.require_lead()
    else:
        rights.require("create_project", target)
    platform_id = target.pk if target else None
    taken = names.taken_names("project", platform_id)
    shifts: dict[int, Vector] = defaultdict(lambda: counters.ZERO)
    moved = []
    for node in sorted((n for n in nodes if isinstance(n, Project)), key=lambda project: project.pk):
        if node.platform_id == platform_id:
            continue
        name = names.free_name(taken, node.name, ending=False)
        taken.add(name)
        Project.objects.filter(pk=node.pk).update(
            platform_id=platform_id, name=name, changed_at=timezone.now(), **changed(actor)
        )
        counts = counters.vector_of(Project.objects.get(pk=node.pk))
        if node.platform_id is not None:
            shifts[node.platform_id] = counters.add(shifts[node.platform_id], counts, -1)
        if platform_id is not None:
            shifts[platform_id] = counters.add(shifts[platform_id], counts)
        moved.append(Moved(Ref("project", node.pk), name))
    counters.shift([([("platform", pk)], vector) for pk, vector in shifts.items()])
    return moved
