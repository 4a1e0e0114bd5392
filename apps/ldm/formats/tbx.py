"""Term bases (TBX of 2008 and 2019, DCA and DCT): a segment for every concept and target language.

The source is the concept's first term in the source language (`source_language`, else the root's
`xml:lang`). Further terms of one language are segments of their own ("c1#2"); a concept without a
term in one of the file's languages has a segment for it, and writing inserts the language's element.
Options: `source_language`, `target_language`, `languages` (the targets), `encoding`,
`max_depth`, `max_elements`.
"""

from __future__ import annotations

from typing import Any

from . import xml_inline
from .base import FormatError, Inspection
from .tbx_names import ENTRIES, LANGUAGES, TERM, category, local
from .units_document import (
    Holder,
    Text,
    Unit,
    UnitsDocument,
    Value,
    attributes,
    inspection,
    load_units,
    settle_languages,
)
from .xml_inline import Codes, parse_content
from .xml_scan import TOKEN, Places, XmlSource

_SAID = frozenset(("descrip", "termNote", "admin", "note", "definition", "subjectField", "partOfSpeech", "context"))


class _Terms:
    """Texts of `term` elements."""

    format = "tbx"

    def text(self, source: XmlSource, value: Value, known: Codes) -> Text:
        holder = value.chain[-1]
        content = parse_content(source.buffer[holder.inner : holder.stop])
        return Text(*xml_inline.render(content, known))

    def check(self, raw: str, place: str) -> None:
        """Any content is read again."""


def read(filename: str, data: bytes, options: dict[str, Any]) -> UnitsDocument:
    """Read a term base. Raises FormatError naming the line and column, or the option."""
    return _read(data, options)[0]


def inspect(filename: str, data: bytes, options: dict[str, Any], limit: int) -> Inspection:
    """A table with a column for every language, and the first segments."""
    document, units = _read(data, options)
    return inspection(document, filename, units, limit)


def _read(data: bytes, options: dict[str, Any]) -> tuple[UnitsDocument, list[Unit]]:
    given, source = load_units(data, options, ("martif", "tbx"))
    scanner = _Scanner(source)
    scanner.run()
    effective = settle_languages(given, scanner.units, scanner.source_language, source)
    return UnitsDocument(source, _Terms(), effective, scanner.units), scanner.units


class _Scanner:
    """Collects the concepts with their terms and what is said about them."""

    def __init__(self, source: XmlSource) -> None:
        self.source = source
        self.units: list[Unit] = []
        self.source_language = ""
        self._places = Places(source)
        self._unit: Unit | None = None
        self._values: list[Value] = []
        self._language = ""
        self._stack: list[Holder] = []
        """The elements from the language's on."""
        self._inside: tuple[str, int, str] | None = None
        self._context: list[str] = []

    def run(self) -> None:
        for match in TOKEN.finditer(self.source.buffer, self.source.root):
            if match[2] is None:
                continue
            name = match[2].decode()
            if self._inside is not None:
                if match[1] and name == self._inside[0]:
                    self._leave(match.start())
            elif match[1]:
                self._end(name, match.start(), match.end())
            else:
                self._start(name, match[3], match.start(), match.end())

    def _start(self, name: str, raw: bytes, start: int, end: int) -> None:
        plain, empty = local(name), raw.endswith(b"/")
        if not self.units and not self._stack and plain in ("martif", "tbx"):
            self.source_language = attributes(raw).get("xml:lang", "").strip()
        elif plain in ENTRIES:
            self._unit = Unit(attributes(raw).get("id", ""), self._places.at(start), end)
            self._context = []
            self.units.append(self._unit)
        elif plain in LANGUAGES and self._unit is not None:
            found = attributes(raw)
            self._language = (found.get("xml:lang") or found.get("lang") or "").strip()
            if not self._language:
                raise FormatError("a <%(name)s> without xml:lang", self.source.place(start), name=name)
            if not empty:
                self._stack = [Holder(name, start, end)]
        elif plain == TERM and self._stack:
            holder = Holder(name, start, end, end, empty)
            self._values.append(Value(self._language, [*self._stack, holder], self._places.at(start)))
            self._inside = None if empty else (name, end, TERM)
        elif self._unit is not None and not empty:
            if plain in _SAID:
                self._inside = (name, end, category(plain, attributes(raw).get("type", "")))
            elif self._stack:
                self._stack.append(Holder(name, start, end))

    def _leave(self, stop: int) -> None:
        assert self._inside is not None  # noqa: S101
        name, start, kind = self._inside
        self._inside = None
        if kind == TERM:
            self._values[-1].chain[-1].stop = stop
            return
        text = parse_content(self.source.buffer[start:stop]).plain.strip()
        if not text or self._unit is None:
            return
        remark = kind in ("note", "definition")
        if self._stack and self._values and remark:
            value = self._values[-1]
            value.comment = f"{value.comment}\n{text}".strip("\n")
        elif not self._stack and remark:
            self._unit.comment = f"{self._unit.comment}\n{text}".strip("\n")
        elif not self._stack:
            self._context.append(f"{kind}: {text}")

    def _end(self, name: str, start: int, end: int) -> None:
        if self._unit is None:
            return
        if self._stack and self._stack[-1].name == name:
            self._stack.pop().stop = start
            if not self._stack:
                for value in self._values:
                    value.end = end
                self._unit.values += self._values
                self._values = []
        elif local(name) in ENTRIES:
            self._unit.context = " | ".join(dict.fromkeys(self._context))
            self._unit = None
