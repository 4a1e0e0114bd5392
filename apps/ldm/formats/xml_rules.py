"""XML by rule: LocStr language data in any letter case, and any other XML whose rules are told or guessed.

Attribute values are read from the raw tag, so raw line ends inside them stay (an XML parser turns
them into spaces). Without options: LocStr, else `String` elements, else elements with a
StringId-like attribute. A rule without a source is monolingual: the source text comes from
`source_file` by key, else it is the value itself.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from . import xml_attributes, xml_elements, xml_guess
from .base import FormatError, FormatWarning, Inspection, Options, Segment
from .given_targets import new_targets
from .option_checks import checked, refuse_empty, source_file
from .sentences import Sentence
from .xml_attributes import AttributeEditor, Settings
from .xml_elements import Tree
from .xml_options import Rule, parse_rules
from .xml_scan import MAX_DEPTH, MAX_ELEMENTS, Edit, XmlSource, apply, load
from .xml_text import Style, check_legal

_MOST_WARNINGS = 20
_OWN: dict[str, type | tuple[type, ...]] = {
    "rules": (list, tuple),
    "keep_empty": bool,
    "max_depth": int,
    "max_elements": int,
}


@dataclass(slots=True)
class _Pen:
    """What writing needs; made at the first write."""

    style: Style
    attributes: AttributeEditor


class _Places(Protocol):
    """Where the segments' targets stand."""

    def edits(self, source: XmlSource, pen: _Pen, position: int, text: str, place: str) -> Sequence[Edit]: ...


class _Attributes:
    def __init__(self, offsets: array[int], numbers: array[int], rules: Sequence[Rule]) -> None:
        self._offsets, self._numbers, self._rules = offsets, numbers, rules
        self._targets = [tuple(ref.attribute for ref in rule.target) for rule in rules]

    def edits(self, source: XmlSource, pen: _Pen, position: int, text: str, place: str) -> Sequence[Edit]:
        number = self._numbers[position]
        return (pen.attributes.edit(self._offsets[position], self._rules[number], self._targets[number], text),)


class _Elements:
    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def edits(self, source: XmlSource, pen: _Pen, position: int, text: str, place: str) -> Sequence[Edit]:
        return self._tree.edits(pen.style, pen.attributes, position, text, place)


class XmlDocument:
    """An XML file that was read by rules."""

    format = "xml"

    def __init__(self, source: XmlSource, options: dict[str, Any], segments: list[Segment], places: _Places) -> None:
        self.encoding = source.encoding
        self.options = options
        self.warnings: Sequence[FormatWarning] = source.warnings
        self.segments = segments
        self._source = source
        self._places = places
        self._pen: _Pen | None = None
        locked = [segment.location for segment in segments if segment.locked]
        source.warnings += [
            FormatWarning(
                place, Sentence("Locked: an undefined entity, or elements that are no text, stand where the target is")
            )
            for place in locked[:_MOST_WARNINGS]
        ]

    def write(self, targets: Mapping[int, str]) -> bytes:
        """The file with new targets; see `Document.write`.

        Raises FormatError for an unknown position, a locked segment, a character XML cannot hold
        and a broken token. Characters that the encoding lacks become character references.
        """
        edits: list[Edit] = []
        for position, segment, text in new_targets(self.segments, targets):
            if segment.locked:
                raise FormatError("this segment is locked", segment.location)
            check_legal(text, segment.location)
            if self._pen is None:
                style = Style(self._source.buffer, self.encoding)
                self._pen = _Pen(style, AttributeEditor(self._source, style))
            edits += self._places.edits(self._source, self._pen, position, text, segment.location)
        return apply(self._source, edits) if edits else self._source.data


def read(filename: str, data: bytes, options: dict[str, Any]) -> XmlDocument:
    """Read an XML file. Options: `encoding`, `rules`, `keep_empty`, `source_file`, `max_depth`, `max_elements`.

    Raises FormatError naming the line and column, the option, or, where no rule is given and none
    can be guessed, the elements that carry text.
    """
    given, source = _loaded(data, options)
    document = _read(source, given)
    if document is None:
        elements = xml_guess.survey(source)
        named = xml_guess.carriers(elements)
        if not named and not any(stats.own_text for stats in elements):
            return XmlDocument(source, _effective(given, []), [], _Attributes(array("Q"), array("H"), []))
        raise FormatError(
            "a rule is needed (option rules): no LocStr, String or StringId found. Elements with text: %(named)s",
            source.place(source.root),
            named=named,
        )
    return document


def inspect(filename: str, data: bytes, options: dict[str, Any], limit: int) -> Inspection:
    """Every element as a table, the rules in effect or proposed, and the first segments."""
    given, source = _loaded(data, options)
    document = _read(source, given)
    elements = xml_guess.survey(source, limit)
    rules = list(document.options.get("rules", [])) if document else []
    tables = []
    for stats in elements:
        rule = next((r for r in rules if _names(r) == xml_guess.plain_name(stats.name)), None)
        if rule or stats.carried or stats.children:
            tables.append(xml_guess.table(stats, rule))
    tables.sort(key=lambda table: (not table.used, -table.total))
    warnings = list(source.warnings)
    if document is None:
        warnings.append(FormatWarning("", _which_rule(xml_guess.carriers(elements))))
        return Inspection("xml", source.encoding, _effective(given, []), tables, warnings=warnings)
    segments = document.segments
    variants = sorted({rule["language"] for rule in rules if rule.get("language")})
    return Inspection(
        "xml", source.encoding, document.options, tables, segments[:limit], len(segments), variants, warnings
    )


def _which_rule(carriers: str) -> Sentence:
    if not carriers:
        return Sentence("No element of this file holds a text.")
    return Sentence("Choose a rule. Elements with text: %(named)s", named=carriers)


def _names(rule: Mapping[str, Any]) -> str:
    return xml_guess.plain_name(str(rule["element"]).strip("/ ").rpartition("/")[2])


def _loaded(data: bytes, options: Options) -> tuple[dict[str, Any], XmlSource]:
    given = checked(options, _OWN)
    for name in ("max_depth", "max_elements"):
        if given.get(name, 1) < 1:
            raise FormatError("option %(name)r must be above zero", name=name)
    refuse_empty(data)
    source = load(
        data,
        forced=given.get("encoding", ""),
        max_depth=given.get("max_depth", MAX_DEPTH),
        max_elements=given.get("max_elements", MAX_ELEMENTS),
    )
    if "source_file" in given:
        given["keep_empty"] = True  # so that positions are the same without that file
    return given, source


def _effective(given: Mapping[str, Any], rules: list[dict[str, Any]]) -> dict[str, Any]:
    kept = {name: value for name, value in given.items() if name not in ("source_file", "rules")}
    return {**kept, "rules": rules} if rules else kept


def _read(source: XmlSource, given: dict[str, Any]) -> XmlDocument | None:
    """The document under the rules given or guessed; None where nothing can be guessed."""
    if "rules" in given:
        rules = [dict(rule) if isinstance(rule, Mapping) else rule for rule in given["rules"]]
        return _by_rules(source, given, rules, parse_rules(rules))
    if xml_guess.has_locstr(source):
        document = _locstr(source, given)
        if document is not None:
            return document
    guessed = xml_guess.guess(xml_guess.survey(source))
    return _by_rules(source, given, guessed, parse_rules(guessed)) if guessed else None


def _settings(given: Mapping[str, Any], rules: list[dict[str, Any]] | None) -> Settings:
    """Source texts from the source-language file, read by the same rules, else by its own."""
    origin = source_file(given)
    if origin is None:
        return Settings(None, bool(given.get("keep_empty")))
    other = {"rules": rules} if rules else {}
    try:
        document = read(origin[0], origin[1], other)
        if rules and not document.segments:
            document = read(origin[0], origin[1], {})
    except FormatError as error:
        raise FormatError("the source file cannot be read: %(why)s", "option source_file", why=error.whole()) from None
    lookup: dict[str, Segment] = {}
    for segment in document.segments:
        segment.source = segment.source or segment.target
        lookup[segment.key] = segment
    return Settings(lookup, True)


def _locstr(source: XmlSource, given: dict[str, Any]) -> XmlDocument | None:
    planner = xml_guess.LocStrPlanner()
    pattern = xml_attributes.tag_pattern(source, [b"LocStr"], True)
    kept = len(source.warnings)
    found = xml_attributes.scan(source, pattern, planner, [""], _settings(given, None))
    if not planner.usable:
        del source.warnings[kept:]
        return None
    raw = planner.rule()
    if not planner.has_source:
        _source_is_value(found.segments)
    options = _effective(given, [raw])
    return XmlDocument(source, options, found.segments, _Attributes(found.offsets, found.rules, parse_rules([raw])))


def _by_rules(source: XmlSource, given: dict[str, Any], raw: list[dict[str, Any]], rules: list[Rule]) -> XmlDocument:
    settings, options = _settings(given, raw), _effective(given, raw)
    if not all(rule.simple for rule in rules) or len({rule.ignore_case for rule in rules}) > 1:
        tree = xml_elements.scan(source, rules, settings)
        return XmlDocument(source, options, tree.segments, _Elements(tree))
    names = list(dict.fromkeys(rule.element[0].encode() for rule in rules))
    pattern = xml_attributes.tag_pattern(source, names, rules[0].ignore_case)
    languages = [rule.language for rule in rules]
    found = xml_attributes.scan(source, pattern, xml_attributes.planner_of(rules), languages, settings)
    _source_is_value(
        segment for segment, number in zip(found.segments, found.rules, strict=True) if not rules[number].source
    )
    return XmlDocument(source, options, found.segments, _Attributes(found.offsets, found.rules, rules))


def _source_is_value(segments: Any) -> None:
    """Monolingual: what no source-language file explains is its own source."""
    for segment in segments:
        if not segment.source:
            segment.source = segment.target
