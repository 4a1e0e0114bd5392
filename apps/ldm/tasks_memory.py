"""The long jobs of memories: importing, exporting, copying, registering files, acts on many entries."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.ldm import permissions_memory
from apps.ldm.formats.registry import format_of
from apps.ldm.formats.tbx_terms import read_terms
from apps.ldm.formats.units import inspect_units, read_units
from apps.ldm.services.files import uploads
from apps.ldm.services.memories import create, register
from apps.ldm.services.tree.structure import Ref
from apps.tasks.context import TaskContext
from apps.tasks.limits import limited
from apps.tasks.registry import task
from apps.tm.models import Memory
from apps.tm.selectors.entries import EntryFilter
from apps.tm.services import indexes, vectors
from apps.tm.services.entries import act, diff, export, load
from apps.tm.services.entries.incoming import LoadResult, LoadWarning
from apps.tm.services.terms import export as terms_export
from apps.tm.services.terms import load as terms_load
from locanext_project.errors import Forbidden, Invalid
from locanext_project.said import said, said_place

Progress = Callable[[int, int | None, str], None]
TYPES = {
    "tmx": "application/x-tmx+xml",
    "tbx": "application/x-tbx",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "tsv": "text/tab-separated-values",
}
PIECE = 1024 * 1024
MOST_WARNINGS = 200


def _actor(context: TaskContext) -> User:
    """The person in whose name the task runs. Raises Forbidden when the account is gone or switched off."""
    if not isinstance(context.actor, User) or not context.actor.is_active:
        raise Forbidden(_("The account that started this is switched off."))
    return context.actor


def _progress(context: TaskContext, step: str = "") -> Progress:
    def report(done: int, total: int | None, _step: str) -> None:
        context.progress(done, total, step=step)

    return report


def _make_searchable(actor: User, *memory_ids: int) -> None:
    """Have the worker build what large memories need on disk; look-ups work before that, too."""
    indexes.request(actor=actor, memory_ids=memory_ids)
    vectors.request(actor=actor, memory_ids=memory_ids)


# ---- in ----
@task("ldm.memory_import", gettext_lazy("Importing into a memory"))
def import_file(
    context: TaskContext,
    *,
    memory_id: int,
    upload: str,
    mode: str,
    apply: bool = True,
    options: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A file into a memory or term base; with `apply` false only what it would do."""
    actor = _actor(context)
    memory = permissions_memory.get_memory(actor, memory_id)
    permissions_memory.require(actor, "import", memory)
    stored, data = uploads.get_upload(actor, upload)
    # Read as a stream while it is loaded: both are under the limits, and both are undone together.
    with limited():
        records = _read(memory.kind, stored.filename, data, (memory.source_language, memory.target_language), options)
        if not apply:
            return {"memory_id": memory.pk, **_preview(memory, records, _progress(context, "comparing"))}
        loader: Any = load.load if memory.kind == Memory.Kind.MEMORY else terms_load.load_terms
        result: LoadResult = loader(
            actor=actor,
            memory_id=memory.pk,
            units=_some(records),
            mode=mode,
            origin=stored.filename.rpartition("/")[2],
            progress=_progress(context, "importing"),
        )
    _make_searchable(actor, memory.pk)
    return {"memory_id": memory.pk, **_loaded(result, records)}


@task("ldm.memory_new", gettext_lazy("Making a memory from a file"))
def import_new(
    context: TaskContext,
    *,
    upload: str,
    name: str | None = None,
    kind: str = "memory",
    to: dict[str, Any] | None = None,
    source_language: str = "",
    target_language: str = "",
    options: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A memory or term base out of a file, active in its place."""
    actor = _actor(context)
    stored, data = uploads.get_upload(actor, upload)
    with limited():
        languages = _languages(kind, stored.filename, data, source_language, target_language, options)
        kept: list[Any] = []

        def units(memory: Memory) -> Any:
            kept.append(_read(kind, stored.filename, data, languages, options))
            return kept[0]

        memory, result = register.make(
            actor=actor,
            name=name,
            filename=stored.filename,
            languages=languages,
            units=units,
            kind=kind,
            to=Ref(to["kind"], to["id"]) if to else None,
            progress=_progress(context, "importing"),
        )
    _make_searchable(actor, memory.pk)
    return {"memory_id": memory.pk, "name": memory.name, **_loaded(result, kept[0])}


def _read(kind: str, filename: str, data: bytes, languages: tuple[str, str], options: dict[str, Any] | None) -> Any:
    """The records of a file: units, or terms. Raises FormatError naming the place or the languages it has."""
    given = dict(options or {})
    # The memory says which languages; a form that sends its own choice along says the same twice.
    for name in ("source_language", "target_language"):
        given.pop(name, None)
    if kind == Memory.Kind.TERMS:
        return read_terms(filename, data, languages[0], languages[1], given)
    return read_units(filename, data, source_language=languages[0], target_language=languages[1], options=given)


def _languages(
    kind: str, filename: str, data: bytes, source: str, target: str, options: dict[str, Any] | None
) -> tuple[str, str]:
    """The languages that were asked for, else the file's. Raises Invalid where one is not known."""
    # Of term bases only TBX says its languages; the columns of a table are found out by reading it.
    if not (source and target) and (kind == Memory.Kind.MEMORY or format_of(filename) == "tbx"):
        wanted = {"source_language": source, "target_language": target}
        given = dict(options or {}) | {name: code for name, code in wanted.items() if code}
        found = inspect_units(filename, data, given)
        source, target = source or found.source_language, target or found.target_language
    if not (source and target):
        raise Invalid(
            _("The file does not say its languages. Choose the source and the target language."), code="no_languages"
        )
    return source, target


def _some(records: Any) -> Iterator[Any]:
    """The records. Raises Invalid, before anything is compared with it, where there is none at all.

    Otherwise an empty file would be a diff that removes everything.
    """
    first = next(iter(records), None)
    if first is None:
        raise Invalid(_("There is nothing in this file that a memory could hold."), code="empty_file")
    return chain([first], records)


def _preview(memory: Memory, records: Any, progress: Progress) -> dict[str, Any]:
    if memory.kind == Memory.Kind.TERMS:
        found = terms_load.preview_terms(memory_id=memory.pk, units=_some(records))
        names = ("new", "changed", "gone", "unchanged", "merged", "skipped")
        counts, samples, warnings = {name: found[name] for name in names}, found["samples"], found["warnings"]
    else:
        report = diff.compare(memory_id=memory.pk, units=_some(records), progress=progress)
        counts, samples, warnings = report.counts, report.samples, report.warnings
    counts["skipped"] += records.skipped
    return {"counts": counts, "samples": samples, "warnings": _warnings(warnings, records)}


def _loaded(result: LoadResult, records: Any) -> dict[str, Any]:
    counts = load.counts(result)
    counts["skipped"] += records.skipped
    return {**counts, "revision": result.revision, "warnings": _warnings(result.warnings, records)}


def _warnings(warnings: Sequence[LoadWarning], records: Any) -> list[dict[str, str]]:
    """What the reader and the loader found odd, in that order."""
    every = [*records.warnings, *warnings]
    return [{"place": said_place(one.place), "text": said(one.text)} for one in every[:MOST_WARNINGS]]


# ---- out ----
@task("ldm.memory_export", gettext_lazy("Exporting a memory"))
def export_file(
    context: TaskContext, *, memory_id: int, format: str, columns: list[str] | None = None
) -> dict[str, Any]:
    """A memory or term base as a file."""
    actor = _actor(context)
    memory = permissions_memory.get_memory(actor, memory_id)
    permissions_memory.require(actor, "export", memory)
    with tempfile.TemporaryFile() as stream:
        count, warnings = _written(context, actor, memory, cast(BinaryIO, stream), format, columns)
        stream.seek(0)
        name = "".join("_" if character in '/\\:*?"<>|' else character for character in memory.name)
        context.add_file(f"{name}.{format}", _pieces(cast(BinaryIO, stream)), TYPES[format])
    return {"memory_id": memory.pk, "name": f"{name}.{format}", "entries": count, "warnings": warnings}


def _written(
    context: TaskContext, actor: User, memory: Memory, stream: BinaryIO, format: Any, columns: list[str] | None
) -> tuple[int, list[dict[str, str]]]:
    if memory.kind == Memory.Kind.TERMS:
        done = terms_export.export_terms(actor=actor, memory=memory, stream=stream, format=format)
        return done["terms"], _plain(done["warnings"])
    written = export.export(
        actor=actor,
        memory_id=memory.pk,
        stream=stream,
        file_format=format,
        columns=columns if format != "tmx" else None,
        progress=_progress(context, "exporting"),
    )
    return written.units, _plain(written.warnings)


def _plain(warnings: Iterable[Any]) -> list[dict[str, str]]:
    return [{"place": said_place(one.place), "text": said(one.text)} for one in list(warnings)[:MOST_WARNINGS]]


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


# ---- within ----
@task("ldm.memory_copy", gettext_lazy("Copying memories"))
def copy_memories(context: TaskContext, *, ids: list[int], to: dict[str, Any] | None) -> dict[str, Any]:
    """Copies of memories in a place; {"memories": [{"id", "name"}]}."""
    place = Ref(to["kind"], to["id"]) if to else None
    made = []
    for memory_id in ids:
        twin = create.copy(actor=_actor(context), memory_id=memory_id, to=place, progress=_progress(context, "copying"))
        made.append({"id": twin.pk, "name": twin.name})
        _make_searchable(_actor(context), twin.pk)
    return {"memories": made}


@task("ldm.memory_from_file", gettext_lazy("Registering a file as a memory"))
def from_file(
    context: TaskContext, *, file_id: int, name: str | None = None, status: str | None = None
) -> dict[str, Any]:
    """A memory out of a file's rows."""
    memory, result = register.from_file(
        actor=_actor(context), file_id=file_id, name=name, status=status, progress=_progress(context, "importing")
    )
    _make_searchable(_actor(context), memory.pk)
    warnings = _plain(result.warnings)
    return {"memory_id": memory.pk, "name": memory.name, **load.counts(result), "warnings": warnings}


@task("ldm.memory_act", gettext_lazy("Changing many entries"))
def act_on_entries(context: TaskContext, *, memory_id: int, act: str, matching: dict[str, Any]) -> dict[str, Any]:
    """One act on all entries that match; {"changed": how many}."""
    actor = _actor(context)
    memory = permissions_memory.get_memory(actor, memory_id, Memory.Kind.MEMORY)
    permissions_memory.require(actor, "edit_entries", memory)
    given: dict[str, Any] = {name: tuple(it) if isinstance(it, list) else it for name, it in matching.items()}
    wanted = EntryFilter(**given)
    return {"changed": _act(actor, memory, act, wanted, _progress(context))}


def _act(actor: User, memory: Memory, what: Any, wanted: EntryFilter, progress: Progress) -> int:
    return act.act(actor=actor, memory_id=memory.pk, act=what, matching=wanted, progress=progress)
