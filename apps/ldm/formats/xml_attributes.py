"""The fast scan: segments whose values are all attributes of one element, such as LocStr."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .base import NO_CODES, FormatWarning, Segment
from .xml_options import Ref, Rule
from .xml_scan import ATTRIBUTE, BODY, SKIPPED, TOKEN, Edit, Places, XmlSource
from .xml_text import Style, has_undefined_entity, unescape

_MOST_WARNINGS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """Which of an element's attributes, by number, hold what under one rule; -1 is absent."""

    rule: int
    key: int
    source: int
    target: int
    contexts: tuple[int, ...]
    comments: tuple[int, ...]
    max_length: int


# From the element's and its attributes' names to the plans of the rules that fit.
Planner = Callable[[bytes, tuple[bytes, ...]], Sequence[Plan]]


@dataclass(slots=True)
class Settings:
    """What the reader was told beside the rules."""

    lookup: Mapping[str, Segment] | None = None
    """The source-language file's segments by key."""
    keep_empty: bool = False
    """Keep keyed elements without any text, where the file itself holds no sources."""


@dataclass(slots=True)
class Found:
    """Segments, and for each the offset of its tag and its rule's number."""

    segments: list[Segment] = field(default_factory=list)
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    rules: array[int] = field(default_factory=lambda: array("H"))


class Keys:
    """Makes keys unique: the second "A" is "A#2"; elements without a key are "#1", "#2"."""

    def __init__(self, warnings: list[FormatWarning]) -> None:
        self._seen: set[tuple[str, str]] = set()
        self._counts: dict[tuple[str, str], int] = {}
        self._warnings = warnings
        self._repeated = 0

    def unique(self, key: str, variant: str, place: str) -> str:
        taken = self._seen
        name = (key or "#1", variant)
        if name not in taken:
            taken.add(name)
            return name[0]
        if key:
            self._repeated += 1
            if self._repeated <= _MOST_WARNINGS:
                self._warnings.append(FormatWarning(place, f"The key {key!r} is used more than once"))
        number = self._counts.get((key, variant), 1) + 1
        while (f"{key}#{number}", variant) in taken:
            number += 1
        self._counts[key, variant] = number
        name = (f"{key}#{number}", variant)
        taken.add(name)
        return name[0]

    def finish(self) -> None:
        if self._repeated > _MOST_WARNINGS:
            self._warnings.append(FormatWarning("", f"{self._repeated} keys in all are used more than once"))


def tag_pattern(names: Sequence[bytes], ignore_case: bool) -> re.Pattern[bytes]:
    """Start tags of these elements with any prefix: group 1 the name, 2 the rest of the tag."""
    choice = b"|".join(re.escape(name) for name in names)
    return re.compile(
        rb"<(?:" + SKIPPED + rb"|((?:[^\s/>:!?]+:)?(?:" + choice + rb"))(?=[\s/>])(" + BODY + rb")>)",
        re.DOTALL | (re.IGNORECASE if ignore_case else 0),
    )


def find_name(names: Sequence[str], wanted: str, ignore_case: bool) -> int:
    """The number of the attribute called so: exactly, in another letter case, or behind a prefix; or -1."""
    if wanted in names:
        return names.index(wanted)
    if not ignore_case:
        return -1
    lower, local = wanted.lower(), -1
    for number, name in enumerate(names):
        folded = name.lower()
        if folded == lower:
            return number
        prefix, colon, last = folded.rpartition(":")
        if local < 0 and colon and last == lower and prefix not in ("xmlns", "xml", "xsi"):
            local = number
    return local


def planner_of(rules: Sequence[Rule]) -> Planner:
    """Plans of explicit rules, all of them `simple`."""

    def first(names: Sequence[str], refs: Sequence[Ref], ignore_case: bool) -> int:
        found = (find_name(names, ref.attribute, ignore_case) for ref in refs)
        return next((number for number in found if number >= 0), -1)

    def every(names: Sequence[str], refs: Sequence[Ref], ignore_case: bool) -> tuple[int, ...]:
        found = (find_name(names, ref.attribute, ignore_case) for ref in refs)
        return tuple(dict.fromkeys(number for number in found if number >= 0))

    def plans(element: bytes, raw: tuple[bytes, ...]) -> list[Plan]:
        name, names = element.decode(), [n.decode() for n in raw]
        out: list[Plan] = []
        taken: set[object] = set()
        for number, rule in enumerate(rules):
            if not same_element(name, rule.element[0], rule):
                continue
            case = rule.ignore_case
            target = first(names, rule.target, case)
            slot: object = target if target >= 0 else rule.target[0].attribute.lower()
            if slot in taken:  # an earlier rule has this value already
                continue
            taken.add(slot)
            out.append(
                Plan(
                    number,
                    first(names, rule.key, case),
                    first(names, rule.source, case),
                    target,
                    every(names, rule.context, case),
                    every(names, rule.comment, case),
                    first(names, rule.max_length, case),
                )
            )
        return out

    return plans


def same_element(name: str, wanted: str, rule: Rule) -> bool:
    """Whether an element's name is the rule's, with or without the prefix."""
    folded, looked = rule.fold(name), rule.fold(wanted)
    return folded == looked or (":" not in looked and folded.rpartition(":")[2] == looked)


def scan(
    source: XmlSource, pattern: re.Pattern[bytes], planner: Planner, languages: Sequence[str], settings: Settings
) -> Found:
    """Every segment in the file's order; elements without source and target are none."""
    found, keys, places = Found(), Keys(source.warnings), Places(source)
    buffer, find = source.buffer, ATTRIBUTE.findall
    cache: dict[tuple[bytes, tuple[bytes, ...]], Sequence[Plan]] = {}
    lookup, add = settings.lookup, found.segments.append
    for match in pattern.finditer(buffer, source.root):
        element = match[1]
        if element is None:  # a comment, CDATA or processing instruction
            continue
        pairs = find(buffer, *match.span(2))
        names, values = zip(*pairs, strict=True) if pairs else ((), ())
        plans = cache.get((element, names))
        if plans is None:
            plans = cache[element, names] = planner(element, names)
        for plan in plans:
            text = _text(values[plan.source]) if plan.source >= 0 else ""
            target = _text(values[plan.target]) if plan.target >= 0 else ""
            key = _text(values[plan.key]) if plan.key >= 0 else ""
            if not (text or target) and not (settings.keep_empty and key and plan.source < 0):
                continue
            place = places.at(match.start())
            variant = languages[plan.rule]
            key = keys.unique(key, variant, place)
            if lookup is not None and not text:
                text = origin.source if (origin := lookup.get(key)) else ""
            locked = source.external and plan.target >= 0 and has_undefined_entity(values[plan.target].decode())
            context = _joined(values, plan.contexts, " | ") if plan.contexts else ""
            comment = _joined(values, plan.comments, "\n") if plan.comments else ""
            limit = limit_of(_text(values[plan.max_length])) if plan.max_length >= 0 else None
            add(Segment(key, text, target, context, comment, limit, "", variant, place, locked, NO_CODES))
            found.offsets.append(match.start())
            found.rules.append(plan.rule)
    keys.finish()
    return found


def _text(value: bytes) -> str:
    text = value[1:-1].decode()
    return unescape(text) if "&" in text else text


def _joined(values: Sequence[bytes], numbers: Sequence[int], separator: str) -> str:
    return separator.join(dict.fromkeys(text for text in (_text(values[n]) for n in numbers) if text))


def limit_of(text: str) -> int | None:
    """A maximum length, or None where the value is no number above zero."""
    digits = text.strip()
    return int(digits) or None if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


@dataclass(frozen=True, slots=True)
class AttributeSpan:
    """One attribute in a raw tag; offsets into the buffer, the value's without its quotes."""

    name: str
    before: int
    """Where the white space before the name begins."""
    start: int
    value: int
    end: int


def attributes_at(buffer: bytes, offset: int) -> tuple[int, list[AttributeSpan]]:
    """The end of the element's name and its attributes, for the start tag at `offset`."""
    tag = TOKEN.match(buffer, offset)
    if tag is None or tag[2] is None:  # only a wrong offset of our own could lead here
        raise AssertionError(f"no start tag at {offset}")
    out: list[AttributeSpan] = []
    before = tag.end(2)
    for match in ATTRIBUTE.finditer(buffer, *tag.span(3)):
        out.append(
            AttributeSpan(match[1].decode(), before, match.start(), match.start(2) + 1, match.end(2) - 1)
        )
        before = match.end()
    return tag.end(2), out


def edit_attribute(
    source: XmlSource, style: Style, offset: int, rule: Rule, targets: Sequence[str], text: str
) -> Edit:
    """The edit for a target attribute, present or absent."""
    buffer = source.buffer
    name_end, spans = attributes_at(buffer, offset)
    names = [span.name for span in spans]
    case = rule.ignore_case
    sources = [find_name(names, ref.attribute, case) for ref in rule.source if ref.local]
    origin = next((number for number in sources if number >= 0), -1)
    other = buffer[spans[origin].value : spans[origin].end].decode() if origin >= 0 else ""
    for target in targets:
        number = find_name(names, target, case)
        if number >= 0:
            span = spans[number]
            raw = buffer[span.value : span.end].decode()
            quote = chr(buffer[span.end])
            return Edit(span.value, span.end, style.attribute(text, quote, raw, other).encode())
    keys = [find_name(names, ref.attribute, case) for ref in rule.key if ref.local]
    sibling = next((number for number in (origin, *keys, len(spans) - 1) if number >= 0), -1)
    if sibling < 0:
        return Edit(name_end, name_end, f' {targets[0]}="{style.attribute(text, chr(34), "", "")}"'.encode())
    near = spans[sibling]
    name = _like(targets[0], near.name) if case and (origin >= 0 or targets[0].lower() == "str") else targets[0]
    quote = chr(buffer[near.end])
    lead = buffer[near.before : near.start]
    equals = buffer[near.start + len(near.name.encode()) : near.value - 1]
    inserted = lead + name.encode() + equals + f"{quote}{style.attribute(text, quote, '', other)}{quote}".encode()
    return Edit(near.end + 1, near.end + 1, inserted)


def _like(name: str, sibling: str) -> str:
    """The name in its sibling's letter case and with its prefix."""
    prefix, colon, local = sibling.rpartition(":")
    if ":" in name or prefix in ("xml", "xmlns", "xsi"):
        prefix = colon = ""
    if local.islower():
        return prefix + colon + name.lower()
    return prefix + colon + (name.upper() if local.isupper() else name)
