"""Sentences of a text, sentences of a pair that belong together, and their hashes for an index of parts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from apps.tm.matching.normalise import text_hash

# A line break as files spell it, with the spaces around it.
BREAK = re.compile(r"(?<![ \t])[ \t]*+(?:\r\n|\n|\r|\\r\\n|\\n|<br\s{0,9}/?>|&lt;br\s{0,9}/?&gt;)[ \t]*", re.IGNORECASE)
# Possessive, and never begun within a run: a text of full stops alone takes no longer than another.
_SENTENCE = re.compile(r"(?:(?<![.!?…])[.!?…]++[\"'”’»)\]_*]*+(?=\s)|[。！？｡]++[」』”’）\"']*+)\s*")
LONGEST = 20_000
"""Characters up to which a text is taken apart."""
_MOST = 200
"""Parts up to which a text is put together again."""
_KEPT = 4_000
"""Characters up to which what was found is remembered."""


class Part(NamedTuple):
    """One sentence or line, and what parts it from the next: spaces, breaks, or nothing."""

    text: str
    gap: str


class Unit(NamedTuple):
    """A part of a source with the part of the target that translates it."""

    source: Part
    target: Part


def lines(text: str) -> list[Part]:
    """Lines of a text with their breaks; empty lines belong to the break. Joined, they are the text."""
    return _cut(text, BREAK)


def sentences(text: str) -> list[Part]:
    """Sentences of a text; a line break ends one as well. Joined, they are the text."""
    return [part for line in lines(text) for part in _with_gap(_cut(line.text, _SENTENCE), line.gap)]


def units(source: str, target: str) -> tuple[Unit, ...]:
    """The pair in units that translate each other: sentences where they count alike, else lines, else the whole.

    Empty for texts too long to be taken apart.
    """
    length = max(len(source), len(target))
    if length > LONGEST:
        return ()
    return _kept_units(source, target) if length <= _KEPT else _units(source, target)


@lru_cache(maxsize=10_000)
def _kept_units(source: str, target: str) -> tuple[Unit, ...]:
    return _units(source, target)


def _units(source: str, target: str) -> tuple[Unit, ...]:
    source_lines, target_lines = lines(source), lines(target)
    if len(source_lines) != len(target_lines):
        source_parts, target_parts = sentences(source), sentences(target)
        if len(source_parts) != len(target_parts):
            return (Unit(Part(source, ""), Part(target, "")),)
        return tuple(map(Unit, source_parts, target_parts))[:_MOST]
    found: list[Unit] = []
    for one, other in zip(source_lines, target_lines, strict=True):
        of_one, of_other = _cut(one.text, _SENTENCE), _cut(other.text, _SENTENCE)
        if len(of_one) == len(of_other):
            found.extend(map(Unit, _with_gap(of_one, one.gap), _with_gap(of_other, other.gap)))
        else:
            found.append(Unit(one, other))
    return tuple(found) if len(found) <= _MOST else ()


def part_hashes(source: str, target: str) -> list[int]:
    """`text_hash` of each unit and line of an entry that has several: what an index of parts holds."""
    found = units(source, target)
    if len(found) < 2:
        return []
    texts = [unit.source.text for unit in found]
    if len(lines(source)) == len(lines(target)):
        texts += [line.text for line in lines(source)]
    return list(dict.fromkeys(text_hash(text) for text in texts if text.strip()))


def part_target(source: str, target: str, part: str) -> str | None:
    """How a pair translates one of its sentences or lines, None when it has none like it or none alone."""
    for unit in units(source, target):
        if unit.source.text == part:
            return unit.target.text
    if max(len(source), len(target)) > LONGEST:
        return None
    source_lines, target_lines = lines(source), lines(target)
    if len(source_lines) == len(target_lines):
        for one, other in zip(source_lines, target_lines, strict=True):
            if one.text == part:
                return other.text
    return None


def _cut(text: str, gap: re.Pattern[str]) -> list[Part]:
    """Parts with the gaps that follow them; what precedes the first text is part of it."""
    parts: list[Part] = []
    at = 0
    for found in gap.finditer(text):
        end = found.start() + len(found[0].rstrip()) if gap is _SENTENCE else found.start()
        if not text[at:end].strip():
            if parts and gap is BREAK:
                parts[-1] = Part(parts[-1].text, parts[-1].gap + text[at : found.end()])
                at = found.end()
            continue
        parts.append(Part(text[at:end], text[end : found.end()]))
        at = found.end()
    if at < len(text):
        parts.append(Part(text[at:], ""))
    return parts or [Part(text, "")]


def _with_gap(parts: list[Part], gap: str) -> list[Part]:
    return [*parts[:-1], Part(parts[-1].text, parts[-1].gap + gap)]


class Respelled(NamedTuple):
    """A target with its line breaks spelled in another way, and both spellings."""

    target: str
    old: str
    new: str


def respelled(query: str, source: str, target: str) -> Respelled | None:
    """The target with its breaks as the query spells its own; None where a text has several spellings, or none."""
    wanted, had = _spellings(query), _spellings(source)
    if len(wanted) != 1 or len(had) != 1 or wanted == had or _spellings(target) != had:
        return None
    new, old = wanted.pop(), had.pop()
    return Respelled(BREAK.sub(lambda found: found[0].replace(found[0].strip(" \t"), new), target), old, new)


def _spellings(text: str) -> set[str]:
    if len(text) > LONGEST:
        return set()
    return {found[0].strip(" \t") for found in BREAK.finditer(text)}
