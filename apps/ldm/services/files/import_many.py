"""Importing several files, a dropped folder or a zip: every path becomes folders, every file a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.formats import FormatError, extensions
from apps.ldm.models import File, Folder, Project
from apps.ldm.services.files.import_file import keep_incoming, read_incoming
from apps.ldm.services.files.uploads import clean_path
from apps.ldm.services.tree.create import create_folder
from apps.ldm.services.tree.names import clean_name
from locanext_project import workspaces
from locanext_project.errors import ServiceError, TooLarge

MAX_MEMBERS = 2000
MAX_RATIO = 100
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Item:
    """One file to import, with its path below the place it goes to."""

    path: str
    data: bytes
    options: dict[str, Any] | None = None
    source: tuple[str, bytes] | None = None


@dataclass(slots=True)
class Imported:
    """What came of it: files that are in, and for each that is not, why and where."""

    files: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)


def import_many(
    *,
    actor: User,
    project: Project,
    folder: Folder | None,
    items: Sequence[Item],
    variants: Sequence[str] | None = None,
    progress: Progress = lambda done, total, step: None,
) -> Imported:
    """Import every item; one that fails is reported with its place and leaves nothing behind.

    Zip archives are unpacked with their paths. Raises Forbidden; TooLarge for a zip beyond the
    limits, before anything is written.
    """
    permissions.require(actor, "import", folder or project)
    expanded = [one for item in items for one in _expand(item)]
    result = Imported()
    folders: dict[tuple[str, ...], Folder | None] = {(): folder}
    for number, item in enumerate(expanded):
        progress(number, len(expanded), item.path)
        *parents, name = clean_path(item.path).split("/")
        try:
            incoming = read_incoming(project, name, item.data, item.options, item.source, variants)
            with workspaces.atomic():
                place = _folder(actor, project, folders, tuple(parents))
                files = keep_incoming(actor=actor, project=project, folder=place, incoming=incoming)
        except FormatError as error:
            result.errors.append({"path": item.path, "message": error.message, "place": error.place})
        except ServiceError as error:
            result.errors.append({"path": item.path, "message": error.message, "place": ""})
        else:
            result.files += [_summary(file, item.path) for file in files]
        # A folder made for a file that failed was rolled back with it.
        folders = {key: value for key, value in folders.items() if not key or _exists(value)}
    progress(len(expanded), len(expanded), "")
    return result


def _exists(folder: Folder | None) -> bool:
    return folder is None or Folder.objects.filter(pk=folder.pk).exists()


def _summary(file: File, path: str) -> dict[str, Any]:
    warnings = file.original.warnings if file.original is not None else []
    return {
        "id": file.pk,
        "name": file.name,
        "path": path,
        "rows": file.counts()["rows"],
        "warnings": len(warnings),
    }


def _folder(
    actor: User, project: Project, folders: dict[tuple[str, ...], Folder | None], path: tuple[str, ...]
) -> Folder | None:
    """The folder of a path below the starting one; made where it is missing, joined where it is there."""
    if path in folders:
        return folders[path]
    parent = _folder(actor, project, folders, path[:-1])
    name = clean_name(path[-1])
    found = Folder.objects.filter(project=project, parent=parent, name=name, trash__isnull=True).first()
    if found is None:
        found = create_folder(
            actor=actor, project_id=project.pk, parent_id=parent.pk if parent else None, name=name
        )
    folders[path] = found
    return found


def _expand(item: Item) -> Iterator[Item]:
    """A zip's members, or the item itself."""
    if not item.path.lower().endswith(".zip"):
        yield item
        return
    base = item.path.rpartition("/")[0]
    try:
        archive = zipfile.ZipFile(io.BytesIO(item.data))
    except zipfile.BadZipFile:
        raise FormatError("this is not a zip archive, or it is damaged", item.path) from None
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir() and not _is_litter(member.filename)]
        _check_limits(item.path, members)
        for member in members:
            if not member.filename.lower().endswith((*extensions(), ".zip")):
                continue
            try:
                data = archive.read(member)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
                raise FormatError(f"cannot be unpacked: {error}", f"{item.path}/{member.filename}") from None
            if not member.filename.lower().endswith(".zip"):
                yield Item(f"{base}/{member.filename}" if base else member.filename, data)


def _is_litter(name: str) -> bool:
    """What archivers and systems leave behind."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in (".DS_Store", "Thumbs.db", "desktop.ini")


def _check_limits(path: str, members: Sequence[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise TooLarge(f"{path} holds {len(members):,} files. At most {MAX_MEMBERS:,} are unpacked.")
    total = sum(member.file_size for member in members)
    if total > settings.UPLOAD_MAX_MB * 1024 * 1024:
        raise TooLarge(f"{path} unpacks to more than {settings.UPLOAD_MAX_MB} MB.")
    for member in members:
        if member.file_size > 10 * 1024 * 1024 and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise TooLarge(f"{path}: {member.filename} unpacks to more than {MAX_RATIO} times its size.")
