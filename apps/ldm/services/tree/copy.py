"""Copying files, folders and projects: rows with their texts and statuses, without their history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import File, Folder, Platform, Project, Status
from apps.ldm.permissions import Node
from apps.ldm.selectors.folders import chunks, folders_below
from apps.ldm.services.tree import names, structure
from apps.ldm.services.tree.copy_file import copy_file
from apps.ldm.services.tree.create import stamps
from apps.ldm.services.tree.move import Moved, outermost, place_of
from apps.ldm.services.tree.structure import Ref
from locanext_project import workspaces
from locanext_project.errors import Invalid

FILE_ROWS_AT_ONCE = 5_000
"""A longer file is copied by a task; so are more rows or files than these."""
ROWS_AT_ONCE = 20_000
FILES_AT_ONCE = 200


@dataclass(frozen=True)
class FileJob:
    """A file to be copied, and where to; `root`: it was chosen itself, not found in a folder."""

    file_id: int
    project_id: int
    folder_id: int | None
    root: bool


@dataclass
class Plan:
    """What a copy consists of: the folders and projects made for it, and the files to copy into them."""

    roots: list[Moved] = field(default_factory=list)
    jobs: list[FileJob] = field(default_factory=list)


def size_of(*, actor: User, items: Sequence[Ref]) -> tuple[int, int, int]:
    """Files, rows, and rows of the largest file that copying these things means. Raises NotFound."""
    files = rows = largest = 0
    for node in outermost([permissions.get_node(actor, ref.kind, ref.id) for ref in dict.fromkeys(items)]):
        for file in [node] if isinstance(node, File) else _files_below(node):
            count = sum(getattr(file, f"rows_{status.label}") for status in Status)
            files, rows, largest = files + 1, rows + count, max(largest, count)
    return files, rows, largest


def is_large(*, actor: User, items: Sequence[Ref]) -> bool:
    """Whether copying these things is work for a task. Raises NotFound."""
    files, rows, largest = size_of(actor=actor, items=items)
    return largest > FILE_ROWS_AT_ONCE or rows > ROWS_AT_ONCE or files > FILES_AT_ONCE


def check(*, actor: User, items: Sequence[Ref], to: Ref | None) -> None:
    """Refuse now what a task would refuse later. Raises NotFound, Forbidden, Invalid."""
    with workspaces.atomic():
        _check(actor, items, to)


def copy(*, actor: User, items: Sequence[Ref], to: Ref | None) -> list[Moved]:
    """Copy files and folders into a project or folder, or projects onto a platform (None: onto none).

    Originals are shared; history, assignees and dates stay with the first. Names that are taken
    get a suffix. One transaction. Raises NotFound, Forbidden, Invalid.
    """
    with workspaces.atomic():
        plan = _prepare(actor, items, to)
        copied = [copied for job in plan.jobs if (copied := _run(actor, job)) is not None]
        roots = _roots(plan, copied)
        _record(actor, roots, to, len(copied))
    return roots


def copy_in_steps(
    *, actor: User, items: Sequence[Ref], to: Ref | None, progress: Callable[[int, int, str], None]
) -> tuple[list[Moved], int]:
    """The same, a transaction a file, for a task; (the copies of the chosen things, files copied).

    `progress(done, total, name)` may raise to end it; what was copied until then stays.
    """
    with workspaces.atomic():
        plan = _prepare(actor, items, to)
        _record(actor, _roots(plan, []), to, len(plan.jobs))
    copied: list[tuple[FileJob, File]] = []
    for number, job in enumerate(plan.jobs):
        name = File.objects.filter(pk=job.file_id).values_list("name", flat=True).first() or ""
        progress(number, len(plan.jobs), name)
        with workspaces.atomic():
            structure.lock([job.project_id])
            if (done := _run(actor, job)) is not None:
                copied.append(done)
    progress(len(plan.jobs), len(plan.jobs), "")
    return _roots(plan, copied), len(copied)


def _check(actor: User, items: Sequence[Ref], to: Ref | None) -> tuple[list[Node], Node | None]:
    """The things and the target, locked, where these may be copied to it."""
    if not items:
        raise Invalid(_("Nothing was chosen to be copied."), field="items")
    nodes = structure.open_nodes(actor, [*items, *([to] if to else [])], more_keys=[] if to else [structure.TOP])
    target = next((node for node in nodes if structure.ref_of(node) == to), None)
    chosen = [node for node in nodes if structure.ref_of(node) in set(items)]
    rights = permissions.rights_of(actor)
    for node in chosen:
        if isinstance(node, Platform):
            raise Invalid(_("A platform cannot be copied. Copy its projects."), field="items")
        rights.require("copy", node)
    if not all(isinstance(node, Project) for node in chosen):
        if any(isinstance(node, Project) for node in chosen):
            raise Invalid(_("Projects cannot be copied together with files and folders."), field="items")
        place_of(target)
        rights.require("import", target)  # type: ignore[arg-type]
    elif target is None:
        rights.require_lead()
    elif isinstance(target, Platform):
        rights.require("create_project", target)
    else:
        raise Invalid(_("Projects can be copied onto platforms only."), field="to")
    return chosen, target


def _prepare(actor: User, items: Sequence[Ref], to: Ref | None) -> Plan:
    """Check everything, and make the folders and projects of the copy."""
    chosen, target = _check(actor, items, to)
    plan = Plan()
    if isinstance(chosen[0], Project):
        _prepare_projects(actor, [node for node in chosen if isinstance(node, Project)], to, plan)
        return plan
    project, folder_id = place_of(target)
    taken = names.taken_names("folder", folder_id, project.pk)
    for node in outermost(chosen):
        if isinstance(node, File):
            plan.jobs.append(FileJob(node.pk, project.pk, folder_id, root=True))
        elif isinstance(node, Folder):
            name = names.free_name(taken, node.name, ending=False)
            taken.add(name)
            below = list(Folder.objects.filter(pk__in=folders_below([node.pk])))
            made = _folders(actor, [node], {node.parent_id: folder_id}, project, {node.pk: name})
            made |= _folders_below(actor, node.pk, below, made, project)
            plan.roots.append(Moved(Ref("folder", made[node.pk] or 0), name))
            plan.jobs += _jobs(_files_below(node), made, project)
    return plan


def _prepare_projects(actor: User, projects: Sequence[Project], to: Ref | None, plan: Plan) -> None:
    platform_id = to.id if to else None
    taken = names.taken_names("project", platform_id)
    for project in projects:
        name = names.free_name(taken, project.name, ending=False)
        taken.add(name)
        twin = Project.objects.create(
            platform_id=platform_id,
            name=name,
            source_language=project.source_language,
            target_language=project.target_language,
            restricted=project.restricted or (project.platform is not None and project.platform.restricted),
            settings=project.settings,
            **stamps(actor),
        )
        below = list(Folder.objects.filter(project=project, trash__isnull=True))
        made = _folders_below(actor, None, below, {None: None}, twin)
        plan.roots.append(Moved(Ref("project", twin.pk), name))
        plan.jobs += _jobs(_files_below(project), made | {None: None}, twin)


def _folders_below(
    actor: User, root_id: int | None, below: Sequence[Folder], made: dict[int | None, int | None], project: Project
) -> dict[int | None, int | None]:
    """Make the folders under `root_id` again, a statement a level; old ids to new ones."""
    result: dict[int | None, int | None] = {}
    level: set[int | None] = {root_id}
    known = dict(made)
    while current := [folder for folder in below if folder.parent_id in level and folder.pk not in known]:
        fresh = _folders(actor, current, known, project, {})
        known |= fresh
        result |= fresh
        level = {folder.pk for folder in current}
    return result


def _folders(
    actor: User,
    folders: Sequence[Folder],
    parents: dict[int | None, int | None],
    project: Project,
    new_names: dict[int, str],
) -> dict[int | None, int | None]:
    twins = Folder.objects.bulk_create(
        [
            Folder(
                project=project,
                parent_id=parents[folder.parent_id],
                name=new_names.get(folder.pk, folder.name),
                **stamps(actor),
            )
            for folder in folders
        ],
        batch_size=200,
    )
    return {folder.pk: twin.pk for folder, twin in zip(folders, twins, strict=True)}


def _files_below(node: Node) -> list[File]:
    """The live files in a folder or project."""
    if isinstance(node, Project):
        return list(File.objects.filter(project=node, trash__isnull=True).order_by("pk"))
    if isinstance(node, Platform):
        return list(File.objects.filter(project__platform=node, trash__isnull=True).order_by("pk"))
    found: list[File] = []
    for chunk in chunks(folders_below([node.pk])):
        found += File.objects.filter(folder_id__in=chunk, trash__isnull=True).order_by("pk")
    return found


def _jobs(files: Iterable[File], made: dict[int | None, int | None], project: Project) -> list[FileJob]:
    return [FileJob(file.pk, project.pk, made[file.folder_id], root=False) for file in files]


def _run(actor: User, job: FileJob) -> tuple[FileJob, File] | None:
    """Copy one file; None where the first, or the place for the copy, went to the bin meanwhile."""
    file = File.objects.filter(pk=job.file_id, trash__isnull=True).first()
    if file is None or not _is_live(job):
        return None
    name = names.free_name(names.taken_names("file", job.folder_id, job.project_id), file.name)
    return job, copy_file(actor=actor, file=file, project_id=job.project_id, folder_id=job.folder_id, name=name)


def _is_live(job: FileJob) -> bool:
    if job.folder_id is not None:
        return Folder.objects.filter(pk=job.folder_id, project_id=job.project_id, trash__isnull=True).exists()
    return Project.objects.filter(pk=job.project_id, trash__isnull=True).exists()


def _roots(plan: Plan, copied: Sequence[tuple[FileJob, File]]) -> list[Moved]:
    return [*plan.roots, *(Moved(Ref("file", file.pk), file.name) for job, file in copied if job.root)]


def _record(actor: User, roots: Sequence[Moved], to: Ref | None, files: int) -> None:
    first = roots[0] if roots else None
    record(
        "nodes_copied",
        actor=actor,
        target_kind=first.ref.kind if first else "",
        target_id=first.ref.id if first else None,
        target_name=first.name if first else "",
        detail={
            "count": max(len(roots), 1),
            "files": files,
            "to_kind": to.kind if to else "",
            "to_id": to.id if to else None,
            "items": [{"kind": one.ref.kind, "id": one.ref.id, "name": one.name} for one in roots[:100]],
        },
    )
