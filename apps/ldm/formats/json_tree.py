"""JSON with or without comments, and ARB: every string is a segment, its key an RFC 6901 pointer.

With option `fields` the file is bilingual: objects with a source and a target field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .base import FormatError, FormatWarning, Inspection, Options, Segment
from .encodings import Decoded, decode
from .json_insert import Inserter, NewText, in_objects, sibling_edit, site_of
from .json_rows import Row, Texts, bilingual, field_names, is_arb, monolingual
from .json_syntax import Parser, Scalar, Value
from .json_tables import tables
from .json_text import Habits, habits, literal
from .missing_keys import OPTIONS, Missing, missing_keys, remembered
from .option_checks import checked, refuse_empty, source_file
from .sentences import Sentence
from .text_edits import Edit, Lines, TextDocument, inspection, line_end_warning


def read(filename: str, data: bytes, options: Options) -> JsonDocument:
    """Read a JSON or ARB file. Raises FormatError naming line and column.

    Options: the common ones, `fields` ({"key": name, "source": name, "target": name or names,
    "context": …}), `add_missing` (false: no rows for texts that only the source file has) and
    `add_keys`, which a read with a source file finds.
    """
    given = checked(options, {**OPTIONS, "fields": dict})
    refuse_empty(data)
    text = decode(data, forced=given.get("encoding", ""))
    parser = Parser(text.text, Lines(text.text))
    root = parser.parse()
    parser.warnings += line_end_warning(text.text)
    texts = Texts(parser)
    effective = {name: value for name, value in given.items() if name != "source_file"}
    effective["encoding"] = text.encoding
    missing: list[Missing] = []
    if "fields" in given:
        effective["fields"] = field_names(given["fields"])
        rows = bilingual(root, texts, effective["fields"])
    else:
        rows = monolingual(root, texts, is_arb(filename, root))
        chosen = source_file(given)
        source, addable = _source_segments(*chosen) if chosen else ({}, set())
        if chosen:
            _take_source(rows, source, parser.warnings)
        missing = _missing(root, rows, source, addable, given)
        rows = _merged(rows, missing, source, root, text.text)
    if missing:
        effective["add_keys"] = remembered(missing)
    return JsonDocument(data, text, effective, rows, parser.warnings, root, missing)


def inspect(filename: str, data: bytes, options: Options, limit: int) -> Inspection:
    """The first segments, and the lists of objects as tables. Raises FormatError like `read`."""
    document = read(filename, data, options)
    found = inspection(document, limit, without=("add_keys",))
    found.tables = tables(document.root, document.text, document.options.get("fields"), limit)
    return found


class JsonDocument(TextDocument):
    """A JSON file that was read."""

    format = "json"

    def __init__(
        self,
        data: bytes,
        text: Decoded,
        options: dict[str, Any],
        rows: list[Row],
        warnings: list[FormatWarning],
        root: Value,
        missing: list[Missing],
    ) -> None:
        super().__init__(data, text, options, [row.segment for row in rows], warnings)
        self._rows = rows
        self.root = root
        self.text = text.text
        self._missing = missing
        self._habits: Habits | None = None

    def _edits(self, changes: dict[int, str]) -> Iterable[Edit]:
        text = self._decoded.text
        style = self._habits = self._habits or self._found_habits()
        new: list[NewText] = []
        for position, target in changes.items():
            row = self._rows[position]
            place = row.segment.location
            if row.value is not None:
                old = text[row.value.start + 1 : row.value.end - 1]  # "ul" of a null holds no escape
                yield row.value.start, row.value.end, literal(target, old, style), place
            elif row.behind is not None:
                yield sibling_edit(text, row.behind, row.name, literal(target, "", style), style, place)
            else:
                new.append(NewText(row.segment.key, target, place))
        if new:
            yield from Inserter(text, self.root, self._missing).edits(new, style)

    def _found_habits(self) -> Habits:
        text = self._decoded.text
        values = (row.value for row in self._rows if row.value is not None)
        return habits(self._decoded, (text[value.start + 1 : value.end - 1] for value in values))


def _source_segments(filename: str, data: bytes) -> tuple[dict[str, Segment], set[str]]:
    """Segments of the source-language file by pointer, and the pointers that go through objects only.

    An item of a list cannot be added elsewhere: its place would depend on the items before it.
    Raises FormatError saying that it is that file which cannot be read.
    """
    try:
        document = read(filename, data, {})
    except FormatError as error:
        raise FormatError(
            "the source-language file %(filename)r cannot be read: %(why)s", filename=filename, why=error.whole()
        ) from None
    segments = {segment.key: segment for segment in document.segments}
    return segments, {key for key in segments if in_objects(document.root, key)}


def _take_source(rows: list[Row], source: dict[str, Segment], warnings: list[FormatWarning]) -> None:
    unknown: list[str] = []
    for row in rows:
        original = source.get(row.segment.key)
        if original is None:
            unknown.append(row.segment.key)
            continue
        row.segment.source = original.target
        row.segment.comment = row.segment.comment or original.comment
        row.segment.context = row.segment.context or original.context
    if unknown:
        shown = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
        warnings.append(
            FormatWarning(
                "file",
                Sentence("%(count)s texts are not in the source file: %(shown)s", count=len(unknown), shown=shown),
            )
        )


def _missing(root: Value, rows: list[Row], source: Iterable[str], addable: set[str], options: Options) -> list[Missing]:
    """The source's texts that this file lacks and has a place for."""
    present = {row.segment.key for row in rows}
    found = missing_keys(present, source, addable, options)
    for one in found:
        if not one.key.startswith("/"):
            raise FormatError("option 'add_keys': %(key)r is no JSON pointer", key=one.key)
    return [one for one in found if site_of(root, one.key) is not False]


def _merged(rows: list[Row], missing: list[Missing], source: dict[str, Segment], root: Value, text: str) -> list[Row]:
    """All rows, each missing one where the file would get it."""
    if not missing:
        return rows
    nulls = {one.key: site for one in missing if isinstance(site := site_of(root, one.key), Scalar)}
    inserter = Inserter(text, root, missing)
    placed: list[tuple[int, Row]] = [(row.value.start, row) for row in rows if row.value is not None]
    for one in missing:
        null = nulls.get(one.key)
        where = f"not in the file, after {one.after}" if one.after else "not in the file"
        original = source.get(one.key) or Segment(one.key, "", "")
        segment = replace(original, source=original.target, target="", location=where, locked=False)
        at = null.start if null else inserter.offset(one.key)
        placed.append((at, Row(segment, null)))
    return [row for _, row in sorted(placed, key=lambda item: item[0])]
