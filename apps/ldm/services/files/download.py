"""Downloads of one file or of everything under a folder or project."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.formats import FormatError
from apps.ldm.models import File, Folder, Project, Status
from apps.ldm.services.files import bilingual_sheet
from apps.ldm.services.files.export_file import build
from apps.ldm.services.tree.names import free_name
from locanext_project import workspaces
from locanext_project.errors import Invalid, ServiceError
from locanext_project.said import said, said_place

ORIGINAL, BILINGUAL = "original", "bilingual"
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Archive:
    """A zip and the files that could not be written into it."""

    name: str
    data: bytes
    files: int
    errors: list[dict[str, str]] = field(default_factory=list)


def download_tree(
    *,
    actor: User,
    node: Project | Folder,
    kind: str = ORIGINAL,
    least: Status = Status.NEW,
    progress: Progress = lambda done, total, step: None,
) -> Archive:
    """Every file below a folder or project, with its path, as a zip. Raises Invalid when there is none."""
    permissions.require(actor, "download", node)
    files = list(files_below(node))
    if not files:
        raise Invalid(_("There is no file to download here."), code="empty")
    out = io.BytesIO()
    archive = Archive(f"{node.name}.zip", b"", 0)
    taken = {folder.casefold() for path, _ in files for folder in _folders_of(path)}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, (path, file) in enumerate(files):
            progress(number, len(files), path)
            try:
                if kind == BILINGUAL:
                    name, data = bilingual_sheet.build(file=file, least=least)
                    path = f"{path.rpartition('/')[0]}/{name}".lstrip("/")
                else:
                    data = build(actor=actor, file=file, least=least).data
            except FormatError as error:
                archive.errors.append({"path": path, "message": said(error.message), "place": said_place(error.place)})
            except ServiceError as error:
                archive.errors.append({"path": path, "message": error.message, "place": ""})
            else:
                packed.writestr(_free_path(taken, path), data)
                archive.files += 1
    archive.data = out.getvalue()
    with workspaces.atomic():
        record(
            "tree_exported",
            actor=actor,
            target_kind=permissions.kind_of(node),
            target_id=node.pk,
            target_name=node.name,
            detail={"files": archive.files, "errors": len(archive.errors), "status": least.label},
        )
    return archive


def _folders_of(path: str) -> Iterator[str]:
    """The folders a path leads through."""
    parts = path.split("/")
    for depth in range(1, len(parts)):
        yield "/".join(parts[:depth])


def _free_path(taken: set[str], path: str) -> str:
    """The path, with a suffix where a folder or another file is called so, be it in other letter case.

    Two files of one folder may give sheets of one name, and not every system tells A from a.
    """
    folder, _, name = path.rpartition("/")
    prefix = f"{folder}/" if folder else ""
    while f"{prefix}{name}".casefold() in taken:
        name = free_name({name}, name)
    taken.add(f"{prefix}{name}".casefold())
    return f"{prefix}{name}"


def files_below(node: Project | Folder) -> Iterator[tuple[str, File]]:
    """(path below the node, file), in order of path."""
    project_id = node.pk if isinstance(node, Project) else node.project_id
    folders = Folder.objects.filter(project_id=project_id, trash__isnull=True)
    by_id = {folder.pk: folder for folder in folders}
    top = None if isinstance(node, Project) else node.pk

    def path_of(folder_id: int | None) -> str | None:
        parts: list[str] = []
        while folder_id != top:
            folder = by_id.get(folder_id) if folder_id is not None else None
            if folder is None:
                return None
            parts.append(folder.name)
            folder_id = folder.parent_id
        return "/".join(reversed(parts))

    found: list[tuple[str, File]] = []
    files = File.objects.filter(project_id=project_id, trash__isnull=True).select_related("original")
    for file in files:
        folder_path = path_of(file.folder_id)
        if folder_path is not None:
            found.append((f"{folder_path}/{file.name}".lstrip("/"), file))
    yield from sorted(found, key=lambda pair: pair[0])
