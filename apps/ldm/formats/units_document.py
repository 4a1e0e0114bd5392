"""Files of units in several languages (TMX, TBX): where every target stands, and how a new one is written.

A unit (a `tu`, a concept) holds one element a language (a `tuv`, a `langSet`), and in it, possibly
deeper, the element whose content is the text. A language that a unit lacks is inserted behind a
sibling and looks like it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from xml.sax.saxutils import escape

from .base import Column, FormatError, FormatWarning, Inspection, Options, Segment, Table
from .columns import KeyCounter
from .given_targets import new_targets
from .option_checks import checked, refuse_empty, string_list
from .sentences import Sentence
from .units_languages import best, listed, normal
from .xml_inline import Code, Codes, to_markup
from .xml_scan import ATTRIBUTE, MAX_DEPTH, MAX_ELEMENTS, TOKEN, Edit, XmlSource, apply, load
from .xml_text import Style, check_legal, has_undefined_entity, unescape

OPTIONS: dict[str, type | tuple[type, ...]] = {"languages": list, "max_depth": int, "max_elements": int}
_MOST_WARNINGS = 20


@dataclass(slots=True)
class Holder:
    """An element between the unit and the text: `<name …>` at `start`, its content, its end tag at `stop`."""

    name: str
    start: int
    inner: int
    stop: int = 0
    empty: bool = False


@dataclass(slots=True)
class Value:
    """One text of a unit. `chain` leads from the language's element to the one that holds the text."""

    language: str
    chain: list[Holder]
    place: str
    end: int = 0
    """Where the language's element ends."""
    comment: str = ""


@dataclass(slots=True)
class Unit:
    """One unit of the file, with its texts in the file's order."""

    key: str
    place: str
    inner: int
    """Behind the unit's start tag."""
    values: list[Value] = field(default_factory=list)
    context: str = ""
    comment: str = ""
    source_language: str = ""
    """Where the unit says another one than the file."""


@dataclass(slots=True)
class Site:
    """Where one segment's target stands, or (without `value`) behind which text it would be put."""

    value: Value | None
    sibling: Value
    origin: Value | None
    language: str


@dataclass(slots=True)
class Text:
    """A text as it is shown, and the codes in it."""

    text: str
    codes: dict[int, Code] = field(default_factory=dict)


class Reader(Protocol):
    """What a format says of its units' texts."""

    format: str

    def text(self, source: XmlSource, value: Value, known: Codes) -> Text:
        """A value as it is shown; the same code takes the number it has in `known`. Raises FormatError."""
        ...

    def check(self, raw: str, place: str) -> None:
        """Raises FormatError for new content that this format would not read again."""
        ...


def load_units(data: bytes, options: Options, root: Sequence[str]) -> tuple[dict[str, Any], XmlSource]:
    """The checked options and the file. Raises FormatError naming the option or the place."""
    given = checked(options, OPTIONS)
    refuse_empty(data)
    given["languages"] = string_list(given, "languages")
    for name in ("max_depth", "max_elements"):
        if given.get(name, 1) < 1:
            raise FormatError("option %(name)r must be above zero", name=name)
    source = load(
        data,
        forced=given.get("encoding", ""),
        max_depth=given.get("max_depth", MAX_DEPTH),
        max_elements=given.get("max_elements", MAX_ELEMENTS),
    )
    found = TOKEN.match(source.buffer, source.root)
    name = found[2].decode() if found and found[2] else ""
    if name not in root:
        raise FormatError(
            "the root element is <%(name)s>, not <%(wanted)s>", source.place(source.root), name=name, wanted=root[0]
        )
    return given, source


def attributes(raw: bytes) -> dict[str, str]:
    """The attributes of a raw start tag's inside."""
    return {name.decode(): unescape(value[1:-1].decode()) for name, value in ATTRIBUTE.findall(raw)}


def settle_languages(given: dict[str, Any], units: Sequence[Unit], named: str, source: XmlSource) -> dict[str, Any]:
    """The options in effect: the source's language and the targets', as the file or the options say.

    The source is `source_language` where a text has it, else what the file names, else the first
    text's. The targets are `languages`, else the ones that fit `target_language`, else all others.
    """
    found = list(dict.fromkeys(normal(value.language) for unit in units for value in unit.values))
    wanted = given.get("source_language", "")
    origin = best(wanted, found) or best(named, found) or (found[0] if found else normal(wanted or named))
    if wanted and found and not best(wanted, found):
        text = Sentence(
            "No text is in %(wanted)s; the source is %(origin)s. The file has: %(names)s",
            wanted=wanted,
            origin=origin,
            names=listed(found),
        )
        source.warnings.append(FormatWarning("file", text))
    targets = [normal(language) for language in given["languages"]]
    if not targets:
        others = [language for language in found if language != origin]
        target = given.get("target_language", "")
        chosen = best(target, others)
        targets = [chosen] if chosen else others or ([normal(target)] if target and normal(target) != origin else [])
    kept = {k: v for k, v in given.items() if k in ("encoding", "max_depth", "max_elements")}
    return {**kept, "source_language": origin, "languages": list(dict.fromkeys(targets))}


def source_value(unit: Unit, language: str) -> Value | None:
    """The unit's text in the source language; a related one where it has only that."""
    chosen = best(language, (value.language for value in unit.values))
    return next((value for value in unit.values if value.language == chosen), None)


class UnitsDocument:
    """A file of units that was read."""

    def __init__(self, source: XmlSource, reader: Reader, options: dict[str, Any], units: Sequence[Unit]) -> None:
        self.format = reader.format
        self.encoding = source.encoding
        self.options = options
        self.warnings: Sequence[FormatWarning] = source.warnings
        self.segments: list[Segment] = []
        self._sites: list[Site] = []
        self._source = source
        self._reader = reader
        self._style: Style | None = None
        self._spelled = {normal(value.language): value.language for unit in units for value in unit.values}
        self._add_units(units)

    def _add_units(self, units: Sequence[Unit]) -> None:
        """A segment for every unit and target language, and for every further text of one language."""
        languages = self.options["languages"]
        keys = KeyCounter()
        without: list[str] = []
        for number, unit in enumerate(units, 1):
            if not unit.values:
                continue
            key = keys.distinct(unit.key or f"#{number}")
            origin = source_value(unit, unit.source_language or self.options["source_language"])
            if origin is None:
                without.append(unit.place)
            shown = Text("") if origin is None else self._reader.text(self._source, origin, {})
            for language in languages:
                values: list[Value | None] = [
                    v for v in unit.values if v is not origin and normal(v.language) == language
                ]
                for index, value in enumerate(values or [None]):
                    # A unit may be in a language that another unit has as its source.
                    if value is None and (
                        not shown.text.strip() or origin is None or normal(origin.language) == language
                    ):
                        continue
                    self._add(
                        unit,
                        keys.distinct(key) if index else key,
                        Site(value, origin or unit.values[-1], origin, language),
                        shown,
                    )
        text = Sentence("This unit has no text in the source language")
        self._source.warnings += [FormatWarning(place, text) for place in without[:_MOST_WARNINGS]]
        if len(without) > _MOST_WARNINGS:
            self._source.warnings.append(
                FormatWarning("", Sentence("%(count)s units have no text in the source language", count=len(without)))
            )

    def _add(self, unit: Unit, key: str, site: Site, shown: Text) -> None:
        value = site.value
        target, undefined = Text(""), False
        if value is None:
            # Behind the unit's last text: several languages that are added at once keep their order.
            site.sibling = unit.values[-1]
        else:
            target = self._reader.text(self._source, value, shown.codes)
            holder = value.chain[-1]
            raw = self._source.buffer[holder.inner : holder.stop].decode()
            undefined = self._source.external and has_undefined_entity(raw)
        notes = [unit.comment, *(v.comment for v in (site.origin, value) if v is not None)]
        comment = "\n".join(dict.fromkeys(note for note in notes if note))
        place = unit.place if value is None else value.place
        segment = Segment(
            key, shown.text, target.text, unit.context, comment, None, "", site.language, place, undefined
        )
        if shown.codes or target.codes:
            segment.codes = {n: code.opening for n, code in sorted({**shown.codes, **target.codes}.items())}
        self.segments.append(segment)
        self._sites.append(site)

    def write(self, targets: Mapping[int, str]) -> bytes:
        """The file with new targets; see `Document.write`.

        Raises FormatError for an unknown position, a locked segment, a character XML cannot hold
        and a broken token. Characters that the encoding lacks become character references.
        """
        edits: list[tuple[int, Edit]] = []
        for position, segment, text in new_targets(self.segments, targets):
            if segment.locked:
                raise FormatError("this segment is locked", segment.location)
            check_legal(text, segment.location)
            edits.append((position, self._edit(position, text, segment.location)))
        # Texts that are added at one place stand in the order of their segments.
        return apply(self._source, [edit for _, edit in sorted(edits)]) if edits else self._source.data

    def _edit(self, position: int, text: str, place: str) -> Edit:
        site, buffer = self._sites[position], self._source.buffer
        if self._style is None:
            self._style = Style(buffer, self.encoding)
        codes = self._codes(site) if self.segments[position].codes else {}
        origin = site.origin.chain[-1] if site.origin is not None else site.sibling.chain[-1]
        other = _without_tags(buffer[origin.inner : origin.stop])
        if site.value is None:
            body = to_markup(text, codes, self._style, "", other, place)
            self._reader.check(body, place)
            return Edit(site.sibling.end, site.sibling.end, self._inserted(site, body))
        holder = site.value.chain[-1]
        raw = _without_tags(buffer[holder.inner : holder.stop])
        body = to_markup(text, codes, self._style, raw, other, place)
        self._reader.check(body, place)
        if not holder.empty:
            return Edit(holder.inner, holder.stop, body.encode())
        slash = holder.start + len(buffer[holder.start : holder.inner - 2].rstrip(b" \t\r\n"))
        return Edit(slash, holder.inner, f">{body}</{holder.name}>".encode())

    def shown(self, value: Value) -> str:
        """A text as people see it."""
        return self._reader.text(self._source, value, {}).text

    def _codes(self, site: Site) -> dict[int, Code]:
        """The codes that a target may use: its own where it has one, else the source's."""
        known = self._reader.text(self._source, site.origin, {}).codes if site.origin is not None else {}
        own = self._reader.text(self._source, site.value, known).codes if site.value is not None else {}
        return {**known, **own}

    def _inserted(self, site: Site, body: str) -> bytes:
        """A new language's element, with the white space and the attribute's name of its sibling."""
        buffer, chain = self._source.buffer, site.sibling.chain
        names = [name for name, _ in ATTRIBUTE.findall(buffer[chain[0].start : chain[0].inner])]
        name = b"lang" if b"lang" in names and b"xml:lang" not in names else b"xml:lang"
        language = escape(self._spelled.get(site.language, site.language), {'"': "&quot;"}).encode()
        opened, closed = b"", b""
        for depth, holder in enumerate(chain):
            tag = holder.name.encode()
            attribute = b' %b="%b"' % (name, language) if not depth else b""
            opened += b"%b<%b%b>" % (_lead(buffer, holder.start), tag, attribute)
            tail = _lead(buffer, holder.stop) if holder is not chain[-1] else b""
            closed = b"%b</%b>%b" % (tail, tag, closed)
        return opened + body.encode() + closed


def inspection(document: UnitsDocument, name: str, units: Sequence[Unit], limit: int) -> Inspection:
    """What the import dialog shows: a table with a column for every language, and the first segments."""
    counts: dict[str, int] = {}
    for unit in units:
        for language in dict.fromkeys(normal(value.language) for value in unit.values):
            counts[language] = counts.get(language, 0) + 1
    origin, targets = document.options["source_language"], document.options["languages"]
    columns = [
        Column(code, code, "source" if code == origin else "target" if code in targets else "", code) for code in counts
    ]
    rows = []
    for unit in units[: max(limit, 0)]:
        texts: dict[str, str] = {}
        for value in unit.values:
            texts.setdefault(normal(value.language), document.shown(value))
        rows.append([texts.get(code, "") for code in counts])
    return Inspection(
        document.format,
        document.encoding,
        document.options,
        [Table(name, columns, rows, len(units))],
        document.segments[: max(limit, 0)],
        len(document.segments),
        list(dict.fromkeys(segment.variant for segment in document.segments)),
        list(document.warnings),
    )


def _without_tags(raw: bytes) -> str:
    """Raw content without its markup, whose own `>` says nothing about the file's way of escaping."""
    return TOKEN.sub(b"", raw).decode() if b"<" in raw else raw.decode()


def _lead(buffer: bytes, before: int) -> bytes:
    """The white space that stands before an offset."""
    start = before
    while start and buffer[start - 1] in b" \t\r\n":
        start -= 1
    return buffer[start:before]
