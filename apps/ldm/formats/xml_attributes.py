"""The fast scan: segments whose values are all attributes of one element, such as LocStr."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from .base import NO_CODES, FormatWarning, Segment
from .sentences import Sentence
from .xml_options import Ref, Rule
from .xml_scan import ATTRIBUTE, BODY, SKIPPED, TOKEN, Edit, Places, XmlSource
from .xml_text import Style, has_undefined_entity, unescape

_MOST_WARNINGS = 20
_SAMPLE = 300


class Plan(NamedTuple):
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
                self._warnings.append(FormatWarning(place, Sentence("The key %(key)r is used more than once", key=key)))
        number = self._counts.get((key, variant), 1) + 1
        while (f"{key}#{number}", variant) in taken:
            number += 1
        self._counts[key, variant] = number
        name = (f"{key}#{number}", variant)
        taken.add(name)
        return name[0]

    def finish(self) -> None:
        if self._repeated > _MOST_WARNINGS:
            self._warnings.append(
                FormatWarning("", Sentence("%(count)s keys in all are used more than once", count=self._repeated))
            )


@dataclass(slots=True)
class TagPattern:
    """Finds the elements of a scan; the commonest shape of tag in the file is matched in one go."""

    pattern: re.Pattern[bytes]
    element: bytes
    names: tuple[bytes, ...]
    """The attributes of that shape, in its groups 1 to n; then come the groups name and rest of other tags."""


def tag_pattern(source: XmlSource, names: Sequence[bytes], ignore_case: bool) -> TagPattern:
    """Start tags of these elements with any prefix."""
    choice = b"|".join(re.escape(name) for name in names)
    flag = b"(?i:" if ignore_case else b"(?:"
    other = rb"((?:[^\s/>:!?]+:)?" + flag + choice + rb"))(?=[\s/>])(" + BODY + rb")>"
    plain = re.compile(rb"<(?:" + SKIPPED + rb"|" + other + rb")", re.DOTALL)
    shapes: Counter[tuple[bytes, tuple[tuple[bytes, bytes], ...]]] = Counter()
    for match in islice(plain.finditer(source.buffer, source.root), _SAMPLE):
        if match[1] is not None:
            pairs = ATTRIBUTE.findall(match[2])
            shapes[match[1], tuple((name, value[:1]) for name, value in pairs)] += 1
    (element, shape), _ = shapes.most_common(1)[0] if shapes else ((b"", ()), 0)
    if not shape:
        return TagPattern(plain, b"", ())
    parts = [rb"\s+%s\s*=\s*%s([^%s]*)%s" % (re.escape(name), q, q, q) for name, q in shape]
    usual = re.escape(element) + b"".join(parts) + rb"\s*/?>"
    pattern = re.compile(rb"<(?:" + SKIPPED + rb"|" + usual + rb"|" + other + rb")", re.DOTALL)
    return TagPattern(pattern, element, tuple(name for name, _ in shape))


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


def scan(source: XmlSource, tags: TagPattern, planner: Planner, languages: Sequence[str], settings: Settings) -> Found:
    """Every segment in the file's order; elements without source and target are none."""
    found, keys, places = Found(), Keys(source.warnings), Places(source)
    buffer, find = source.buffer, ATTRIBUTE.findall
    cache: dict[tuple[bytes, tuple[bytes, ...]], Sequence[Plan]] = {}
    lookup, add, offsets, numbers = settings.lookup, found.segments.append, found.offsets, found.rules
    keep_empty, external = settings.keep_empty, source.external
    usual = len(tags.names)
    usual_plans = planner(tags.element, tags.names) if usual else ()
    for match in tags.pattern.finditer(buffer, source.root):
        last = match.lastindex
        if last is None:  # a comment, CDATA or processing instruction
            continue
        values: Sequence[bytes]
        if last == usual:
            values, plans = match.groups(), usual_plans
        else:
            element, pairs = match[usual + 1], find(buffer, *match.span(usual + 2))
            names, values = tuple([name for name, _ in pairs]), [value[1:-1] for _, value in pairs]
            known = cache.get((element, names))
            if known is None:
                known = cache[element, names] = planner(element, names)
            plans = known
        for number, key_at, source_at, target_at, contexts, comments, limit_at in plans:
            text = target = key = ""
            if source_at >= 0 and "&" in (text := values[source_at].decode()):
                text = unescape(text)
            if target_at >= 0 and "&" in (target := values[target_at].decode()):
                target = unescape(target)
            if key_at >= 0 and "&" in (key := values[key_at].decode()):
                key = unescape(key)
            offset, keyed = match.start(), key
            place, variant = places.at(offset), languages[number]
            # Elements without text use up their key too: filling or emptying one renames no other.
            key = keys.unique(key, variant, place)
            if not (text or target) and not (keep_empty and keyed and source_at < 0):
                continue
            if lookup is not None and not text:
                text = origin.source if (origin := lookup.get(key)) else ""
            locked = external and target_at >= 0 and has_undefined_entity(values[target_at].decode())
            context = _joined(values, contexts, " | ") if contexts else ""
            comment = _joined(values, comments, "\n") if comments else ""
            limit = limit_of(_text(values[limit_at])) if limit_at >= 0 else None
            add(Segment(key, text, target, context, comment, limit, "", variant, place, locked, NO_CODES))
            offsets.append(offset)
            numbers.append(number)
    keys.finish()
    return found


def _text(value: bytes) -> str:
    return unescape(value.decode())


def _joined(values: Sequence[bytes], numbers: Sequence[int], separator: str) -> str:
    return separator.join(dict.fromkeys(text for text in (_text(values[n]) for n in numbers) if text))


def limit_of(text: str) -> int | None:
    """A maximum length, or None where the value is no number above zero."""
    digits = text.strip()
    return int(digits) or None if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


class AttributeEditor:
    """Makes the edits of target attributes, present or absent."""

    def __init__(self, source: XmlSource, style: Style) -> None:
        self._buffer, self._style = source.buffer, style
        # Rules live as long as their document, and so does this.
        self._resolved: dict[tuple[tuple[bytes, ...], tuple[str, ...], int], tuple[int, int, int]] = {}

    def edit(self, offset: int, rule: Rule, targets: tuple[str, ...], text: str) -> Edit:
        """The edit for the start tag at `offset`; the first of `targets` that is present, else it is inserted."""
        buffer, style = self._buffer, self._style
        tag = TOKEN.match(buffer, offset)
        if tag is None or tag[2] is None:  # only a wrong offset of our own could lead here
            raise AssertionError(f"no start tag at {offset}")
        matches = list(ATTRIBUTE.finditer(buffer, *tag.span(3)))
        names = tuple([match[1] for match in matches])
        known = self._resolved.get((names, targets, id(rule)))
        if known is None:
            known = self._resolved[names, targets, id(rule)] = _resolve(names, rule, targets)
        present, origin, sibling = known
        other = matches[origin][2][1:-1].decode() if origin >= 0 else ""
        if present >= 0:
            start, end = matches[present].span(2)
            raw = buffer[start + 1 : end - 1].decode()
            return Edit(start + 1, end - 1, style.attribute(text, chr(buffer[start]), raw, other).encode())
        if sibling < 0:
            end = tag.end(2)
            return Edit(end, end, f' {targets[0]}="{style.attribute(text, chr(34), "", "")}"'.encode())
        near = matches[sibling]
        before = matches[sibling - 1].end() if sibling else tag.end(2)
        alike = rule.ignore_case and (origin >= 0 or targets[0].lower() == "str")
        name = _like(targets[0], near[1].decode()) if alike else targets[0]
        quote = chr(buffer[near.start(2)])
        equals = buffer[near.end(1) : near.start(2)]
        value = f"{quote}{style.attribute(text, quote, '', other)}{quote}".encode()
        return Edit(near.end(), near.end(), buffer[before : near.start()] + name.encode() + equals + value)


def _resolve(raw: tuple[bytes, ...], rule: Rule, targets: tuple[str, ...]) -> tuple[int, int, int]:
    """Numbers of the target, of the source, and of the attribute that a new target follows; -1 is none."""
    names = [name.decode() for name in raw]

    def first(wanted: Iterable[str]) -> int:
        found = (find_name(names, name, rule.ignore_case) for name in wanted)
        return next((number for number in found if number >= 0), -1)

    origin = first(ref.attribute for ref in rule.source if ref.local)
    key = first(ref.attribute for ref in rule.key if ref.local)
    sibling = next((number for number in (origin, key, len(names) - 1) if number >= 0), -1)
    return first(targets), origin, sibling


def _like(name: str, sibling: str) -> str:
    """The name in its sibling's letter case and with its prefix."""
    prefix, colon, local = sibling.rpartition(":")
    if ":" in name or prefix in ("xml", "xmlns", "xsi"):
        prefix = colon = ""
    if local.islower():
        return prefix + colon + name.lower()
    return prefix + colon + (name.upper() if local.isupper() else name)
