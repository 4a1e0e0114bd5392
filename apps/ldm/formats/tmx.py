"""Translation memories (TMX 1.1 to 1.4): a segment for every unit and target language.

The source is the text in the header's `srclang` (or the chosen language; of `*all*` the first
text's). `variant` is the target's language in BCP 47's spelling; a unit without a text in one of
the file's languages has a segment for it, and writing inserts the `tuv`.
Options: `source_language`, `target_language`, `languages` (the targets), `encoding`,
`max_depth`, `max_elements`.
"""

from __future__ import annotations

from typing import Any

from . import tmx_inline
from .base import FormatError, Inspection
from .tmx_names import context_of, key_of
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


class _Segs:
    """Texts of `seg` elements."""

    format = "tmx"

    def text(self, source: XmlSource, value: Value, known: Codes) -> Text:
        holder = value.chain[-1]
        return Text(*tmx_inline.render(source.buffer[holder.inner : holder.stop], known, value.place))

    def check(self, raw: str, place: str) -> None:
        if wrong := tmx_inline.unbalanced(raw.encode()):
            raise FormatError("codes that belong together are apart: %(codes)s", place, codes=wrong[1])


def read(filename: str, data: bytes, options: dict[str, Any]) -> UnitsDocument:
    """Read a memory. Raises FormatError naming the line and column, or the option."""
    return _read(data, options)[0]


def inspect(filename: str, data: bytes, options: dict[str, Any], limit: int) -> Inspection:
    """A table with a column for every language, and the first segments."""
    document, units = _read(data, options)
    return inspection(document, filename, units, limit)


def _read(data: bytes, options: dict[str, Any]) -> tuple[UnitsDocument, list[Unit]]:
    given, source = load_units(data, options, ("tmx",))
    scanner = _Scanner(source)
    scanner.run()
    named = scanner.source_language
    if named.lower() == "*all*":
        named = ""
    effective = settle_languages(given, scanner.units, named, source)
    return UnitsDocument(source, _Segs(), effective, scanner.units), scanner.units


class _Scanner:
    """Collects the units; every element but those of TMX itself is passed over."""

    def __init__(self, source: XmlSource) -> None:
        self.source = source
        self.units: list[Unit] = []
        self.source_language = ""
        self._places = Places(source)
        self._unit: Unit | None = None
        self._value: Value | None = None
        self._tuid = ""
        self._props: list[tuple[str, str]] = []
        self._notes: list[str] = []
        self._inside: tuple[str, int, str] | None = None
        """The element whose content is being passed: name, where the content begins, its `type`."""

    def run(self) -> None:
        buffer = self.source.buffer
        for match in TOKEN.finditer(buffer, self.source.root):
            name = match[2]
            if name is None:
                continue
            if self._inside is not None:
                if match[1] and name.decode() == self._inside[0]:
                    self._leave(match.start())
            elif match[1]:
                self._end(name, match.start(), match.end())
            else:
                self._start(name, match[3], match.start(), match.end())

    def _start(self, name: bytes, raw: bytes, start: int, end: int) -> None:
        empty = raw.endswith(b"/")
        if name == b"tu":
            found = attributes(raw)
            self._tuid = found.get("tuid", "")
            self._props, self._notes = [], []
            self._unit = Unit("", self._places.at(start), end, source_language=_language(found.get("srclang", "")))
            self.units.append(self._unit)
        elif name == b"tuv" and self._unit is not None:
            found = attributes(raw)
            language = (found.get("xml:lang") or found.get("lang") or "").strip()
            if not language:
                raise FormatError("a <tuv> without xml:lang", self.source.place(start))
            self._value = Value(language, [Holder("tuv", start, end)], self._places.at(start))
            if empty:
                raise FormatError("a <tuv> without a <seg>", self.source.place(start))
        elif name == b"seg" and self._value is not None:
            if len(self._value.chain) > 1:
                raise FormatError("a second <seg> in one <tuv>", self.source.place(start))
            self._value.chain.append(Holder("seg", start, end, end, empty))
            self._inside = None if empty else ("seg", end, "")
        elif name == b"prop" or name == b"note":
            if not empty:
                self._inside = (name.decode(), end, attributes(raw).get("type", ""))
        elif name == b"header":
            self.source_language = attributes(raw).get("srclang", "").strip()

    def _leave(self, stop: int) -> None:
        assert self._inside is not None  # noqa: S101
        name, start, kind = self._inside
        self._inside = None
        if name == "seg" and self._value is not None:
            holder = self._value.chain[-1]
            holder.stop = stop
            if wrong := tmx_inline.unbalanced(self.source.buffer[holder.inner : stop]):
                raise FormatError(wrong[1], self.source.place(holder.inner + wrong[0]))
        elif self._unit is not None:
            text = parse_content(self.source.buffer[start:stop]).plain.strip()
            if name == "prop":
                self._props.append((kind, text))
            elif self._value is None:
                self._notes.append(text)
            elif text:
                self._value.comment = f"{self._value.comment}\n{text}".strip("\n")

    def _end(self, name: bytes, start: int, end: int) -> None:
        if name == b"tuv" and self._value is not None and self._unit is not None:
            if len(self._value.chain) < 2:
                raise FormatError("a <tuv> without a <seg>", self.source.place(self._value.chain[0].start))
            self._value.chain[0].stop, self._value.end = start, end
            self._unit.values.append(self._value)
            self._value = None
        elif name == b"tu" and self._unit is not None:
            self._unit.key = key_of(self._tuid, self._props)
            self._unit.context = context_of(self._props)
            self._unit.comment = "\n".join(dict.fromkeys(note for note in self._notes if note))
            self._unit = None


def _language(code: str) -> str:
    return "" if code.strip().lower() == "*all*" else code.strip()
