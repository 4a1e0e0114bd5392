"""Delimited text with quotes (.csv): fields replaced in place, quoting and line ends kept.

Options: `delimiter` ("," ";" tab "|"), `quote` ('"', or "" for none), `escape` ("" for doubled
quotes, "\\\\" for backslashes), `columns` {"0": role, ...} (numbered from 0), `header`,
`header_row`, `encoding`, `source_language`, `target_language`. What is not given is found.

An edited field is quoted if it was, or if it holds the delimiter, a quote, CR or LF. A row
without a key is named by its number among the records ("row 12").
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

from .base import FormatError, FormatWarning, Inspection
from .columns import Layout, check_options
from .delimited import (
    LINE_END,
    DelimitedDocument,
    Fields,
    Record,
    add_segments,
    effective_options,
    make_inspection,
    resolve_layout,
)
from .encodings import decode
from .sentences import Sentence

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 60
_OPTIONS: dict[str, type | tuple[type, ...]] = {
    "delimiter": str,
    "quote": str,
    "escape": str,
    "columns": dict,
    "header": bool,
    "header_row": int,
    "encoding": str,
    "source_language": str,
    "target_language": str,
}
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])(?:\r\n|\n|\r)", re.IGNORECASE)


class Dialect(NamedTuple):
    """How fields are separated and quoted."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""

    def pattern(self) -> re.Pattern[str]:
        """One field and what ends it. Groups: quoted inside, text after the quote, plain text, end."""
        d = re.escape(self.delimiter)
        end = rf"({d}|{LINE_END}|\Z)"
        plain = rf"([^{d}\r\n]*)"
        if not self.quote:
            return re.compile(rf"(?:(?!)()())?{plain}{end}")
        inside = r'[^"\\]*(?:(?:""|\\.)[^"\\]*)*' if self.escape else r'[^"]*(?:""[^"]*)*'
        return re.compile(rf'(?:"({inside})"([^{d}\r\n]*)|(?!"){plain}){end}', re.DOTALL)

    def value(self, raw: str) -> str:
        """The text of a raw field."""
        if not self.quote or not raw.startswith('"'):
            return raw
        if self.escape:
            found = re.match(r'"((?:[^"\\]|""|\\.)*)"', raw, re.DOTALL)
        else:
            found = re.match(r'"([^"]*(?:""[^"]*)*)"', raw)
        if not found:
            return raw
        inside, rest = found[1], raw[found.end() :]
        if self.escape:
            return re.sub(r'\\(["\\])|"(")', lambda m: m[1] or m[2], inside) + rest
        return inside.replace('""', '"') + rest

    def raw(self, text: str, old: str, place: str) -> str:
        """A text as a raw field. Raises FormatError when it needs quotes and the file has none."""
        special = self.delimiter in text or '"' in text or "\r" in text or "\n" in text
        if not self.quote:
            if self.delimiter in text or "\r" in text or "\n" in text:
                raise FormatError("this file has no quotes: a text cannot hold its delimiter or a line end", place)
            return text
        if not special and not old.startswith('"'):
            return text
        if self.escape:
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return '"' + text.replace('"', '""') + '"'


def read(filename: str, data: bytes, options: dict[str, Any]) -> DelimitedDocument:
    """Read a delimited file. Raises FormatError naming the line, byte or option."""
    return _read(data, options)[0]


def inspect(filename: str, data: bytes, options: dict[str, Any], limit: int) -> Inspection:
    """The columns with their proposed roles, the first rows and the first segments."""
    document, records, layout, fields = _read(data, options)
    return make_inspection(document, records, layout, fields, filename, limit)


def _read(data: bytes, options: dict[str, Any]) -> tuple[DelimitedDocument, list[Record], Layout, Fields]:
    check_options(options, _OPTIONS)
    if not data:
        raise FormatError("The file is empty")
    decoded = decode(data, forced=options.get("encoding") or "")
    text = decoded.text
    hint = _SEPARATOR_LINE.match(text)
    start = hint.end() if hint else 0
    dialect = _dialect(text, start, options, hint[1] if hint else "")
    records, stray = parse(text, dialect, start) if len(text) > start else ([], [])
    fields = Fields(text, dialect.value, dialect.raw, dialect.delimiter)
    layout = resolve_layout(records, fields, options)
    effective = effective_options(layout, decoded, options)
    effective |= {"delimiter": dialect.delimiter, "quote": dialect.quote, "escape": dialect.escape}
    document = DelimitedDocument("csv", data, decoded, fields, effective)
    document.warnings += [FormatWarning(f"line {line}", Sentence("text after a closing quote")) for line in stray[:20]]
    add_segments(document, records, layout, fields)
    return document, records, layout, fields


def parse(text: str, dialect: Dialect, start: int = 0, limit: int = 0) -> tuple[list[Record], list[int]]:
    """The records (at most `limit`, 0 for all) that are not empty lines, and lines with stray quotes.

    Raises FormatError for a quote that is never closed.
    """
    records: list[Record] = []
    stray: list[int] = []
    match = dialect.pattern().match
    at, number, first_line = start, 1, 1 + text.count("\n", 0, start)
    line = first_line
    bounds: list[int] = []
    delimiter = dialect.delimiter
    length = len(text)
    while True:
        found = match(text, at)
        if not found:
            raise FormatError("a quote is opened and never closed", f"line {line}")
        end = found.start(4)
        bounds += (at, end)
        if found[1] is not None:
            inside = found[1]
            if "\n" in inside or "\r" in inside:
                line += len(re.findall(LINE_END, inside))
            if found[2]:
                stray.append(line)
        at = found.end()
        if found[4] == delimiter:
            continue
        if len(bounds) > 2 or bounds[0] != bounds[1]:
            records.append(Record(number, first_line, bounds))
        bounds = []
        number += 1
        line += 1
        first_line = line
        if at >= length or (limit and len(records) >= limit):
            return records, stray


def _dialect(text: str, start: int, options: dict[str, Any], hinted: str) -> Dialect:
    delimiter, quote, escape = options.get("delimiter"), options.get("quote"), options.get("escape")
    if delimiter is not None and delimiter not in DELIMITERS:
        raise FormatError('must be one of "," ";" tab "|"', "option delimiter")
    if quote not in (None, "", '"'):
        raise FormatError("must be a double quote or empty", "option quote")
    if escape not in (None, "", "\\"):
        raise FormatError("must be a backslash or empty", "option escape")
    quote = '"' if quote is None else quote
    candidates = [delimiter or hinted] if delimiter or hinted else list(DELIMITERS)
    escapes = [escape] if escape is not None else ["", "\\"] if '\\"' in text else [""]
    dialects = [Dialect(sign, quote, one) for sign in candidates for one in escapes]
    chosen = _fittest(text, start, dialects, _SAMPLE_RECORDS) or Dialect(candidates[0], quote, escape or "")
    if len(escapes) > 1:  # the first escaped quote may stand anywhere: only the whole file can tell
        dialects = [chosen._replace(escape=one) for one in escapes]
        chosen = _fittest(text, start, dialects, 0) or chosen
    return chosen


def _fittest(text: str, start: int, dialects: list[Dialect], limit: int) -> Dialect | None:
    """The dialect that gives the most even rows of several fields, with the fewest stray quotes; None if none does."""
    best: tuple[float, int, int] | None = None
    chosen = None
    for dialect in dialects:
        try:
            records, stray = parse(text, dialect, start, limit)
        except FormatError:
            continue
        widths = Counter(len(record) for record in records)
        width, often = widths.most_common(1)[0] if widths else (0, 0)
        score = (often / max(1, len(records)), -len(stray), width)
        if width > 1 and (best is None or score > best):
            best, chosen = score, dialect
    return chosen
