"""Making a memory out of something: an uploaded file, or the rows of a file of the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.formats.units_records import Unit, memory_key
from apps.ldm.models import File, Row, Status
from apps.ldm.services.memories import create
from apps.ldm.services.memories.settings import change
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from apps.tm.models.memories import NAME_LENGTH
from apps.tm.services import memories, memory_names
from apps.tm.services.entries.incoming import LoadResult
from apps.tm.services.entries.load import load
from apps.tm.services.recording import record_act
from apps.tm.services.terms.load import load_terms
from locanext_project import workspaces
from locanext_project.errors import Invalid

Progress = Callable[[int, int | None, str], None]
CHUNK = 5000


def make(
    *,
    actor: User,
    name: str | None,
    filename: str,
    languages: tuple[str, str],
    units: Callable[[Memory], Iterable[Any]],
    kind: str = Memory.Kind.MEMORY,
    to: Ref | None = None,
    progress: Progress | None = None,
    total: int | None = None,
) -> tuple[Memory, LoadResult]:
    """A new memory (or term base) with units in it, active in its place once they are there.

    `name` None: the file's without its ending, or with the first free suffix. Everything but exact
    duplicates is taken. Whatever goes wrong on the way, no memory stays behind; also not where
    nothing could be taken: Invalid, code empty_file. Raises what the reader raises.
    """
    memory = create.create(
        actor=actor,
        name=name if name is not None else memory_names.free_name(name_of(filename), kind),
        kind=kind,
        source_language=languages[0],
        target_language=languages[1],
        to=to,
        active=False,
    )
    try:
        loader: Any = load if kind == Memory.Kind.MEMORY else load_terms
        result: LoadResult = loader(
            actor=actor,
            memory_id=memory.pk,
            units=units(memory),
            mode="keep_all",
            origin=filename.rpartition("/")[2],
            progress=progress,
            total=total,
        )
        if not result.added:
            raise Invalid(_("Nothing in it could be taken: no text has a source and a target."), code="empty_file")
        if to is not None:
            _activate(actor, memory)
    except BaseException:
        _discard(actor, memory)
        raise
    return memory, result


def _activate(actor: User, memory: Memory) -> None:
    try:
        change(actor=actor, memory_id=memory.pk, changes={"active": True})
    except Invalid as refusal:
        # The place was deleted while the file was read: the memory is kept, unassigned.
        if refusal.code != "no_scope":
            raise


def _discard(actor: User, memory: Memory) -> None:
    """Remove the memory that was made in vain; what was loaded was rolled back before."""
    memories.trash(actor=actor, memory_id=memory.pk)
    memories.purge(memory_id=memory.pk)
    with workspaces.atomic():
        record_act("memory_discarded", actor, memory)


def name_of(filename: str) -> str:
    """What a memory made from a file is called: its name without path and ending."""
    stem = PurePosixPath(filename.replace("\\", "/")).stem
    cleaned = "".join(character if character.isprintable() else " " for character in stem).strip()
    return cleaned[:NAME_LENGTH].rstrip() or "Memory"


# ---- from a file of the tree ----
def languages_of(file: File) -> tuple[str, str]:
    """The file's two languages, or its project's. Raises Invalid where one is not known."""
    source = file.source_language or file.project.source_language
    target = file.target_language or file.project.target_language
    if not (source and target):
        raise Invalid(_("Say the source and target language of the file or of its project first."), code="no_languages")
    return source, target


def from_file(
    *, actor: User, file_id: int, name: str | None = None, status: str | None = None, progress: Progress | None = None
) -> tuple[Memory, LoadResult]:
    """Register a file as a memory: its rows with both texts, active in its folder, else in its project.

    `status`: only rows from this one on; without it what came with the file counts as well. Rows
    that are confirmed make confirmed entries. Raises NotFound, Invalid, NameTaken.
    """
    file = permissions.get_file(actor, file_id)
    least = Status.of(status) if status else Status.ORIGINAL
    to = Ref("folder", file.folder_id) if file.folder_id is not None else Ref("project", file.project_id)
    return make(
        actor=actor,
        name=name,
        filename=file.name,
        languages=languages_of(file),
        # All rows before the load begins: that one writes with a statement in which nothing else can be asked.
        units=lambda _memory: list(units_of(file, least)),
        to=to,
        progress=progress,
        total=file.counts()["rows"],
    )


def units_of(file: File, least: Status) -> Iterator[Unit]:
    """A file's rows with both texts as units, with the sources beside them, in the order of the file."""
    rows = Row.objects.filter(file_id=file.pk, position__gte=0).order_by("position")
    columns = ("key", "source", "target", "status", "edited_by_name", "edited_at", "position", "plural")
    before, held = "", None
    for values in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        if held is not None:
            yield from _unit(held, before, values[1], least)
            before = held[1]
        held = values
    if held is not None:
        yield from _unit(held, before, "", least)


def _unit(values: tuple[Any, ...], previous: str, following: str, least: Status) -> Iterator[Unit]:
    key, source, target, status, author, at, position, plural = values
    if target and status >= least:
        yield Unit(
            key=memory_key(key, plural),
            source=source,
            target=target,
            previous=previous,
            next=following,
            author=author,
            created=at,
            changed=at,
            confirmed=status >= Status.CONFIRMED,
            place=str(position + 1),
        )
