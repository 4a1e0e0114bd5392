"""Importing several files, a dropped folder or a zip: every path becomes folders, every file a file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.formats import FormatError
from apps.ldm.models import File, Folder, Project
from apps.ldm.services.files.import_file import keep_incoming, read_incoming
from apps.ldm.services.files.unpacking import MAX_MEMBERS, members
from apps.ldm.services.files.uploads import clean_path
from apps.ldm.services.memories.create import for_folder
from apps.ldm.services.tree import structure
from apps.ldm.services.tree.create import create_folder
from apps.ldm.services.tree.names import clean_name
from locanext_project import workspaces
from locanext_project.errors import Invalid, ServiceError
from locanext_project.said import said, said_place

logger = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]
Guard = Callable[[], AbstractContextManager[None]]

__all__ = ["MAX_MEMBERS", "Imported", "Item", "import_many"]


@dataclass(frozen=True, slots=True)
class Item:
    """One file to import, with its path below the place it goes to."""

    path: str
    data: bytes
    options: dict[str, Any] | None = None
    source: tuple[str, bytes] | None = None
    problem: str = ""
    """Why it cannot be imported, where that is known already."""


@dataclass(slots=True)
class Imported:
    """What came of it: files that are in, and for each that is not, why and where."""

    files: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)
    memory_created: dict[str, Any] | None = None
    """The memory that the folder got because it had none: {"id", "name"}."""

    def refuse(self, path: str, message: str, place: str = "") -> None:
        """Note a file that is not in."""
        self.errors.append({"path": path, "message": message, "place": place})


def import_many(
    *,
    actor: User,
    project: Project,
    folder: Folder | None,
    items: Sequence[Item],
    variants: Sequence[str] | None = None,
    guard: Guard = nullcontext,
    progress: Progress = lambda done, total, step: None,
) -> Imported:
    """Import every item; one that fails is reported with its place and leaves nothing behind.

    Zip archives are unpacked with their paths. Each file is in as a whole or not at all, also when
    `progress` raises to cancel: then what was imported before it stays. `guard` limits the reading
    of each. A folder that has no memory gets one where anything came in. Raises Forbidden.
    """
    permissions.require(actor, "import", folder or project)
    result = Imported()
    expanded: list[Item] = []
    for item in items:
        try:
            with guard():
                expanded += _expand(item)
        except FormatError as error:
            result.refuse(item.path, said(error.message), said_place(error.place))
        except ServiceError as error:
            result.refuse(item.path, error.message)
    for number, item in enumerate(expanded):
        progress(number, len(expanded), item.path)
        *parents, name = clean_path(item.path).split("/")
        try:
            if item.problem:
                raise Invalid(item.problem)
            with guard():
                incoming = read_incoming(project, name, item.data, item.options, item.source, variants)
            with _Folders(actor, project, folder, parents) as place:
                files = keep_incoming(actor=actor, project=project, folder=place, incoming=incoming)
        except FormatError as error:
            result.refuse(item.path, said(error.message), said_place(error.place))
        except ServiceError as error:
            result.refuse(item.path, error.message)
        else:
            result.files += [_summary(file, item.path) for file in files]
    progress(len(expanded), len(expanded), "")
    if result.files:
        result.memory_created = _memory_for(actor, project, folder)
    return result


def _memory_for(actor: User, project: Project, folder: Folder | None) -> dict[str, Any] | None:
    """The new memory of a folder that has none. Whatever goes wrong with it, the files are in."""
    try:
        memory = for_folder(actor=actor, project=project, folder=folder)
    except Exception:  # noqa: BLE001 (a memory is a convenience here: nothing of it may undo an import)
        logger.exception("The folder %s got no memory.", folder.pk if folder else None)
        return None
    return {"id": memory.pk, "name": memory.name} if memory else None


def _summary(file: File, path: str) -> dict[str, Any]:
    warnings = file.original.warnings if file.original is not None else []
    return {
        "id": file.pk,
        "name": file.name,
        "path": path,
        "rows": file.counts()["rows"],
        "warnings": len(warnings),
    }


class _Folders:
    """The folder of a path below a place: joined where it is there, made where it is missing.

    Made in transactions of their own, before that of the file: an audit entry ends the order of
    locks, and the file's counters come before it. If the file then cannot be kept, folders made for
    it are taken away again.
    """

    def __init__(self, actor: User, project: Project, start: Folder | None, path: Sequence[str]) -> None:
        self._actor, self._project, self._start = actor, project, start
        self._names = [clean_name(name) for name in path]
        self._made: list[Folder] = []

    def __enter__(self) -> Folder | None:
        place = self._start
        try:
            for name in self._names:
                place = self._find(place, name) or self._make(place, name)
        except BaseException:
            self._take_away()
            raise
        return place

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._take_away()

    def _take_away(self) -> None:
        if not self._made:
            return
        with workspaces.atomic():
            # Nobody puts anything there while it is looked at.
            structure.lock([self._project.pk])
            for folder in reversed(self._made):
                if not folder.children.exists() and not folder.files.exists():
                    folder.delete()

    def _find(self, parent: Folder | None, name: str) -> Folder | None:
        found = Folder.objects.filter(project=self._project, parent=parent, name=name, trash__isnull=True)
        return found.first()

    def _make(self, parent: Folder | None, name: str) -> Folder:
        parent_id = parent.pk if parent else None
        try:
            made = create_folder(actor=self._actor, project_id=self._project.pk, parent_id=parent_id, name=name)
        except Invalid:
            # Another import made it at the same moment: join it.
            if (found := self._find(parent, name)) is None:
                raise
            return found
        self._made.append(made)
        return made


def _expand(item: Item) -> Iterator[Item]:
    """A zip's members, or the item itself."""
    if not item.path.lower().endswith(".zip"):
        yield item
        return
    base = item.path.rpartition("/")[0]
    for member in members(item.path, item.data):
        path = clean_path(f"{base}/{member.path}" if base else member.path)
        yield Item(path, member.data, problem=member.problem)
