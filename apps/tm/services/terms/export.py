"""A term base as a file: TBX, XLSX, TSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Literal, get_args

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.formats.tbx_writer import TITLES, write_tbx, write_terms_xlsx
from apps.ldm.formats.units import TermUnit
from apps.ldm.formats.xml_text import ILLEGAL
from apps.tm.models import Memory, Term
from apps.tm.services.entries.incoming import LoadWarning
from apps.tm.services.recording import record_act
from locanext_project import workspaces
from locanext_project.errors import Invalid

Format = Literal["tbx", "xlsx", "tsv"]
FORMATS: tuple[Format, ...] = get_args(Format)


def export_terms(*, actor: User, memory: Memory, stream: BinaryIO, format: Format) -> dict[str, Any]:
    """Write the live terms of a base to a binary stream; {"terms", "skipped", "warnings": [LoadWarning]}.

    Terms of one concept stand together. TBX has no terms without translation, nor characters that
    XML forbids: such terms are skipped and named. A TSV cell holds no tab and no carriage return:
    they become a space and a line feed. Raises Invalid for an unknown format.
    """
    if format not in FORMATS:
        raise Invalid(_("A format is one of %(formats)s.") % {"formats": ", ".join(FORMATS)}, field="format")
    warnings: list[LoadWarning] = []
    units = _units(memory)
    if format == "tbx":
        units = _for_xml(units, warnings)
        languages = {"source_language": memory.source_language, "target_language": memory.target_language}
        count = write_tbx(stream, units, **languages)
    elif format == "xlsx":
        count = write_terms_xlsx(stream, units)
    else:
        count = _write_tsv(stream, units)
    with workspaces.atomic():
        record_act("memory_exported", actor, memory, format=format, count=count)
    return {"terms": count, "skipped": len(warnings), "warnings": warnings}


def _units(memory: Memory) -> Iterator[TermUnit]:
    """Live terms, by concept, then by id; those without a concept first."""
    terms = Term.objects.filter(memory_id=memory.pk, removed_at__isnull=True).order_by("concept", "pk")
    for values in terms.values_list(*TermUnit._fields).iterator(chunk_size=5000):
        yield TermUnit(*values)


def _for_xml(units: Iterable[TermUnit], warnings: list[LoadWarning]) -> Iterator[TermUnit]:
    for unit in units:
        texts = "\n".join((unit.source, unit.target, unit.part_of_speech, unit.definition, unit.note, unit.concept))
        if not unit.target.strip():
            warnings.append(LoadWarning(unit.source[:80], _("The target is empty.")))
        elif ILLEGAL.search(texts):
            warnings.append(LoadWarning(ILLEGAL.sub("", unit.source)[:80], _("It has a character that XML forbids.")))
        else:
            yield unit


def _write_tsv(stream: BinaryIO, units: Iterable[TermUnit]) -> int:
    stream.write(("\t".join(TITLES) + "\n").encode())
    count = 0
    for unit in units:
        cells = (
            unit.source, unit.target, unit.use, unit.part_of_speech, unit.definition, unit.note, unit.concept,
            "yes" if unit.case_sensitive else "",
        )  # fmt: skip
        stream.write(("\t".join(map(_cell, cells)) + "\n").encode())
        count += 1
    return count


def _cell(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return text.replace("\n", "\\n")
