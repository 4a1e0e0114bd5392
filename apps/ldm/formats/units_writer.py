"""Writers of memories, streaming to a binary file: TMX 1.4 and TSV (`units_xlsx` writes workbooks).

TMX holds everything of a unit. Characters that XML forbids are written as `_xHHHH_` in the units
that have them, under a prop `x-escaped` that says so, and read back exactly; half a surrogate pair
is refused. Tables hold the columns that are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

from . import xlsx_xml
from .base import FormatError, FormatWarning
from .sentences import Sentence
from .text_edits import SURROGATE
from .tmx_names import ESCAPED
from .tmx_stream import TOOL
from .units_records import MOST_WARNINGS, Unit
from .xml_text import ILLEGAL

VERSION = "1"
_BUFFER = 1 << 16


def _date(moment: datetime | None) -> str:
    if moment is None:
        return ""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(microsecond=0, tzinfo=None).isoformat(sep=" ")


def _confirmed(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


# Column -> its title, and how a unit fills it. The titles are the ones that the table readers know.
COLUMNS: dict[str, tuple[str, Callable[[Unit], str]]] = {
    "key": ("StringID", lambda unit: unit.key),
    "source": ("Source", lambda unit: unit.source),
    "target": ("Target", lambda unit: unit.target),
    "speaker": ("Speaker", lambda unit: unit.speaker),
    "note": ("Note", lambda unit: unit.note),
    "previous": ("Source before", lambda unit: unit.previous or ""),
    "next": ("Source after", lambda unit: unit.next or ""),
    "author": ("Author", lambda unit: unit.author),
    "created": ("Created at", lambda unit: _date(unit.created)),
    "changed": ("Changed at", lambda unit: _date(unit.changed)),
    "confirmed": ("Confirmed", lambda unit: _confirmed(unit.confirmed)),
}
DEFAULT_COLUMNS = ("source", "target", "key", "created", "author")


@dataclass(slots=True)
class Written:
    """What a writer wrote; the warnings name what the format could not hold exactly."""

    units: int = 0
    inexact: int = 0
    warnings: list[FormatWarning] = field(default_factory=list)


def chosen_columns(columns: Sequence[str] | None) -> list[str]:
    """The columns asked for; source and target are always among them. Raises FormatError naming an unknown one."""
    asked = list(dict.fromkeys(DEFAULT_COLUMNS if columns is None else columns))
    for name in asked:
        if name not in COLUMNS:
            raise FormatError(
                "unknown column %(name)r; known: %(choices)s", "option columns", name=name, choices=", ".join(COLUMNS)
            )
    return [*(name for name in ("source", "target") if name not in asked), *asked]


class _Out:
    """Text as UTF-8 in pieces of some size."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._pieces: list[str] = []
        self._length = 0

    def add(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        if self._length > _BUFFER:
            self.flush()

    def flush(self) -> None:
        self._stream.write("".join(self._pieces).encode("utf-8"))
        self._pieces.clear()
        self._length = 0


def write_tmx(stream: BinaryIO, units: Iterable[Unit], *, source_language: str, target_language: str) -> Written:
    """Write a TMX 1.4 memory: `read_units` gives the same units back.

    `tuid` is the key where no earlier unit has it, else the key is the prop `x-string-id`.
    Raises FormatError naming the unit for half a surrogate pair, and for a missing language.
    """
    if not source_language.strip() or not target_language.strip():
        raise FormatError("a memory needs a source and a target language")
    source, target = _attribute(source_language), _attribute(target_language)
    out, written, seen = _Out(stream), Written(), set[int]()
    out.add(
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f'  <header creationtool="{TOOL}" creationtoolversion="{VERSION}" datatype="plaintext" segtype="sentence"'
        f' adminlang="en" srclang="{source}" o-tmf="{TOOL}"/>\n  <body>\n'
    )
    for unit in units:
        written.units += 1
        texts = (unit.key, unit.source, unit.target, unit.previous, unit.next, unit.speaker, unit.note, unit.author)
        escaped = ILLEGAL.search("\n".join(text for text in texts if text)) is not None
        if escaped:
            unit = _escaped(unit, written.units)
        digest = hash(unit.key)
        out.add(_tu(unit, source, target, escaped, as_tuid=digest not in seen))
        seen.add(digest)
    out.add("  </body>\n</tmx>\n")
    out.flush()
    return written


def _tu(unit: Unit, source: str, target: str, escaped: bool, as_tuid: bool) -> str:
    as_tuid = as_tuid and bool(unit.key) and not escaped
    facts = [
        ("tuid", unit.key if as_tuid else ""),
        ("creationid", unit.author),
        ("creationdate", _stamp(unit.created)),
        ("changeid", unit.author),
        ("changedate", _stamp(unit.changed)),
    ]
    props = [
        ("x-escaped", ESCAPED if escaped else None),
        ("x-string-id", unit.key if unit.key and not as_tuid else None),
        ("x-context-pre", unit.previous),
        ("x-context-post", unit.next),
        ("x-speaker", unit.speaker or None),
        ("x-confirmed", None if unit.confirmed is None else str(unit.confirmed).lower()),
    ]
    pieces = ["    <tu", *(f' {name}="{_attribute(value)}"' for name, value in facts if value), ">\n"]
    if unit.note:
        pieces.append(f"      <note>{_content(unit.note)}</note>\n")
    pieces += [f'      <prop type="{name}">{_content(text)}</prop>\n' for name, text in props if text is not None]
    for language, text in ((source, unit.source), (target, unit.target)):
        pieces.append(f'      <tuv xml:lang="{language}"><seg>{_content(text)}</seg></tuv>\n')
    pieces.append("    </tu>\n")
    return "".join(pieces)


def _escaped(unit: Unit, number: int) -> Unit:
    changed: dict[str, Any] = {}
    for name in ("key", "source", "target", "previous", "next", "speaker", "note", "author"):
        value = getattr(unit, name)
        if not value:
            continue
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            place = f"unit {number} ({unit.key or unit.source[:40]!a}), {name}"
            raise FormatError(
                "half a character (U+%(code)s) cannot be written", place, code=f"{ord(value[error.start]):04X}"
            ) from None
        changed[name] = xlsx_xml.escape_controls(value)
    return unit._replace(**changed)


def _content(text: str) -> str:
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;") if "\r" in text else text


def _attribute(text: str) -> str:
    text = _content(text).replace('"', "&quot;")
    if "\n" in text or "\t" in text:
        text = text.replace("\n", "&#10;").replace("\t", "&#9;")
    return text


def _stamp(moment: datetime | None) -> str:
    if moment is None:
        return ""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{moment.year:04d}{moment:%m%dT%H%M%SZ}"


def write_tsv(stream: BinaryIO, units: Iterable[Unit], *, columns: Sequence[str] | None = None) -> Written:
    """Write tab-separated text (UTF-8, a header, LF), a line feed as `\\n`, as our reader has it.

    A tab or a carriage return cannot stand in such a file: they become a space and a line feed,
    and a typed backslash before an `n` will be read as a line feed. Such texts are counted and
    named in the warnings; TMX and XLSX hold them. Raises FormatError for half a surrogate pair.
    """
    names = chosen_columns(columns)
    out, written = _Out(stream), Written()
    out.add("\t".join(COLUMNS[name][0] for name in names) + "\n")
    fills = [(COLUMNS[name][0], COLUMNS[name][1]) for name in names]
    for unit in units:
        written.units += 1
        cells = []
        for title, fill in fills:
            text = fill(unit)
            if "\t" in text or "\r" in text or "\\n" in text:
                written.inexact += 1
                if len(written.warnings) < MOST_WARNINGS:
                    place = f"line {written.units + 1}, {title}"
                    written.warnings.append(
                        FormatWarning(place, Sentence("a tab, carriage return or typed \\n is not kept"))
                    )
                text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
            cells.append(text.replace("\n", "\\n") if "\n" in text else text)
        line = "\t".join(cells) + "\n"
        if SURROGATE.search(line):
            raise FormatError("half a character cannot be written", f"line {written.units + 1}")
        out.add(line)
    out.flush()
    return written
