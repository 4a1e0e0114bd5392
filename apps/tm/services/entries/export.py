"""Exporting the entries of a memory as TMX, as a workbook or as tab-separated text, as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Literal, get_args

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.formats.units_records import Unit
from apps.ldm.formats.units_writer import Written, write_tmx, write_tsv
from apps.ldm.formats.units_xlsx import write_xlsx
from apps.tm.models import Memory
from apps.tm.selectors import entries as selectors
from apps.tm.selectors import memories
from apps.tm.selectors.entries import EntryFilter, EntryRecord
from apps.tm.services.recording import record_act
from locanext_project import workspaces
from locanext_project.errors import Invalid

Format = Literal["tmx", "xlsx", "tsv"]
Progress = Callable[[int, int | None, str], None]
FORMATS: tuple[Format, ...] = get_args(Format)
_REPORTED = 1000


def export(
    *,
    actor: User,
    memory_id: int,
    stream: BinaryIO,
    file_format: Format,
    columns: Sequence[str] | None = None,
    wanted: EntryFilter | None = None,
    progress: Progress | None = None,
) -> Written:
    """Write the live entries of a memory (or those that match) to a binary stream, by id.

    `columns` are those of the tables, see `units_writer.COLUMNS`; TMX holds all. Which entries is
    decided at the start. `progress` may raise to cancel. Raises NotFound, Invalid for another
    format, and FormatError for a column or a text that the format cannot hold.
    """
    if file_format not in FORMATS:
        raise Invalid(_("A format is one of %(formats)s.") % {"formats": ", ".join(FORMATS)}, field="format")
    memory = memories.get(memory_id, Memory.Kind.MEMORY)
    units = _units(memory, wanted, progress)
    if file_format == "tmx":
        languages = {"source_language": memory.source_language, "target_language": memory.target_language}
        written = write_tmx(stream, units, **languages)
    else:
        written = (write_xlsx if file_format == "xlsx" else write_tsv)(stream, units, columns=columns)
    with workspaces.atomic():
        record_act("memory_exported", actor, memory, count=written.units, format=file_format, revision=memory.revision)
    return written


def unit_of(entry: EntryRecord) -> Unit:
    """An entry as a unit of a file; its author is who changed it last."""
    return Unit(
        key=entry.key,
        source=entry.source,
        target=entry.target,
        previous=entry.previous,
        next=entry.next,
        speaker=entry.speaker,
        note=entry.note,
        author=entry.changed_by_name or entry.created_by_name,
        created=entry.created_at,
        changed=entry.changed_at,
        confirmed=entry.confirmed,
    )


def _units(memory: Memory, wanted: EntryFilter | None, progress: Progress | None) -> Iterator[Unit]:
    total = memory.entries if wanted is None else None
    for number, entry in enumerate(selectors.live(memory, wanted), 1):
        yield unit_of(entry)
        if progress is not None and number % _REPORTED == 0:
            progress(number, total, "")
