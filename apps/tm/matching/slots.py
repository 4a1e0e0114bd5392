"""Slots of a text: codes and numbers, which a translation carries over, found, masked and substituted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from rapidfuzz.distance import Levenshtein

from apps.tm.matching.normalise import normalise
from apps.tm.matching.proposals import Repair

CODE, NUMBER = "\ue000", "\ue001"
"""What stands for a slot in a masked text: two characters of the private use area."""

_NESTED = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_CODE_RE = (
    rf"\{{\{{[^{{}}]*\}}\}}|[$#]?{_NESTED}"  # {{name}}, ${name}, {0}, {Code(a){b}}
    r"|%(?:\d+\$)?[-+0#,(]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|L|q|j|z|t)?[diouxXeEfFgGaAcCsSpn@](?![a-zA-Z])"
    r"|%%|%\(\w+\)[a-zA-Z]|%[A-Za-z_][A-Za-z0-9_]*%"  # printf, python, %NAME%
    r"|</?[A-Za-z_#/][^<>]{0,500}>|<\d[^<>]{0,60}/?>"  # tags, colour tags of engines
    r"|\[/?[A-Za-z_#][A-Za-z0-9_]*(?:[=: ][^\[\]\n]{0,200})?/?\]|\[/?\d+\]"  # [b], [/b], [color=red], [1]
    r"|&(?:[A-Za-z]\w{0,30}|\#\d{1,7}|\#x[0-9A-Fa-f]{1,6});"  # entities
    r"|@@\w+@@|@\w+@|\$\w+\$|\$\d+"  # @VAR@, $VAR$, $1
)
_NUMBER_RE = r"(?<![A-Za-z\d])(?<![A-Za-z\d]_)(?<!\d[.,])\d+(?:[.,'\u2019\u00a0\u202f\uff0c\uff0e]\d+)*"
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SLOT = re.compile(rf"(?P<code>{_CODE_RE})|(?P<number>{_NUMBER_RE})")
_MAY_HAVE = re.compile(r"[{}%<\[&@$\d]")
_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")
_MARKS = re.compile(r"\D")
_LONGEST = 20_000
"""Characters up to which slots are substituted; longer texts are left as they are."""
_CELLS = 4_000_000
"""Tokens of one text times tokens of the other up to which they are aligned."""
_KEPT = 4_000
"""Characters up to which what was found is remembered."""


class Slot(NamedTuple):
    """A code or a number at text[start:end]."""

    start: int
    end: int
    kind: Literal["code", "number"]
    text: str


def slots(text: str) -> tuple[Slot, ...]:
    """Slots of a text in order. Line breaks, however spelled, are none."""
    if not _MAY_HAVE.search(text):
        return ()
    return _kept_slots(text) if len(text) <= _KEPT else _slots(text)


@lru_cache(maxsize=20_000)
def _kept_slots(text: str) -> tuple[Slot, ...]:
    return _slots(text)


def _slots(text: str) -> tuple[Slot, ...]:
    found = []
    for match in _SLOT.finditer(text):
        if match["code"] is None:
            found.append(Slot(match.start(), match.end(), "number", match[0]))
        elif not _BREAK_TAG.fullmatch(match[0]):
            found.append(Slot(match.start(), match.end(), "code", match[0]))
    return tuple(found)


def masked(source: str) -> str | None:
    """The normalised text with each slot as one character, or None for a text without slots."""
    found = slots(source)
    if not found:
        return None
    parts: list[str] = []
    at = 0
    for slot in found:
        parts += (source[at : slot.start], CODE if slot.kind == "code" else NUMBER)
        at = slot.end
    parts.append(source[at:])
    return normalise("".join(parts))


def codes(text: str) -> Counter[str]:
    """Codes of a text with how often they occur."""
    return Counter(slot.text for slot in slots(text) if slot.kind == "code")


def numbers(text: str) -> Counter[str]:
    """Numbers of a text, in plain digits and nothing else, with how often they occur."""
    return Counter(
        _MARKS.sub("", unicodedata.normalize("NFKC", slot.text)) for slot in slots(text) if slot.kind == "number"
    )


class Substituted(NamedTuple):
    """The entry's texts with the query's slots in the place of its own."""

    source: str
    target: str
    repairs: tuple[Repair, ...]


def substitute(query: str, source: str, target: str) -> Substituted | None:
    """Write the query's codes and numbers into an entry's texts.

    None when nothing differs, or when it is not certain where each slot goes: one that stands more
    often in one text than in the other, a number that the target writes in words or with separators that
    say nothing of the new one's.
    """
    if max(len(query), len(source), len(target)) > _LONGEST:
        return None
    pairs = _aligned(query, source)
    changed = [(old, new) for old, new in pairs if old.text != new.text]
    if not changed:
        return None
    written = _written(slots(source), dict(pairs), slots(target))
    if written is None:
        return None
    new_target = _replaced(target, written)
    new_source = _replaced(source, [(old, new.text) for old, new in changed])
    if codes(source) == codes(target) and codes(new_target) != codes(query):
        return None
    if numbers(source) == numbers(target) and numbers(new_target) != numbers(query):
        return None
    repairs = tuple(dict.fromkeys(Repair(old.kind, old.text, new) for old, new in written))
    return Substituted(new_source, new_target, repairs) if repairs else None


def _aligned(query: str, source: str) -> list[tuple[Slot, Slot]]:
    """(slot of the source, slot of the query) that stand in the same place."""
    have, want = slots(source), slots(query)
    if not have or not want:
        return []
    if [slot.kind for slot in have] == [slot.kind for slot in want]:
        return list(zip(have, want, strict=True))
    pairs: list[tuple[Slot, Slot]] = []
    first, second = _tokens(source, have), _tokens(query, want)
    if len(first) * len(second) > _CELLS:
        return []
    for step in Levenshtein.opcodes([_sign(one) for one in first], [_sign(one) for one in second]):
        old = [one for one in first[step.src_start : step.src_end] if isinstance(one, Slot)]
        new = [one for one in second[step.dest_start : step.dest_end] if isinstance(one, Slot)]
        if step.tag in ("equal", "replace") and [one.kind for one in old] == [one.kind for one in new]:
            pairs.extend(zip(old, new, strict=True))
    return pairs


def _tokens(text: str, found: Sequence[Slot]) -> list[str | Slot]:
    tokens: list[str | Slot] = []
    at = 0
    for slot in found:
        tokens.extend(_TOKEN.findall(text[at : slot.start]))
        tokens.append(slot)
        at = slot.end
    tokens.extend(_TOKEN.findall(text[at:]))
    return tokens


def _sign(token: str | Slot) -> str:
    if isinstance(token, Slot):
        return CODE if token.kind == "code" else NUMBER
    return token


def _written(source: Sequence[Slot], new: dict[Slot, Slot], target: Sequence[Slot]) -> list[tuple[Slot, str]] | None:
    """Which slots of the target become what; None when it is not certain."""
    written: list[tuple[Slot, str]] = []
    for old_text in dict.fromkeys(slot.text for slot, other in new.items() if slot.text != other.text):
        places = [slot for slot in source if slot.text == old_text]
        wanted = [new[slot].text if slot in new else slot.text for slot in places]
        there = [slot for slot in target if _same(old_text, slot, places[0].kind)]
        if len(there) != len(places):
            return None
        if len(set(wanted)) > 1 and not _same_order(source, target):
            return None
        for slot, text in zip(there, wanted, strict=True):
            spelled = text if slot.kind == "code" else _spelled(text, old_text, slot.text)
            if spelled is None:
                return None
            written.append((slot, spelled))
    return written


def _same_order(source: Sequence[Slot], target: Sequence[Slot]) -> bool:
    """Whether both texts have the same slots in the same order, so that the n-th is the n-th."""
    return len(source) == len(target) and all(
        _same(one.text, other, one.kind) for one, other in zip(source, target, strict=True)
    )


def _same(text: str, slot: Slot, kind: str) -> bool:
    if slot.kind != kind:
        return False
    return text == slot.text if kind == "code" else _spelled(text, text, slot.text) is not None


def _spelled(number: str, old: str, written: str) -> str | None:
    """`number` as the target writes numbers, seen from how it writes `old`; None when that does not tell."""
    plain = unicodedata.normalize("NFKC", written)
    old_groups, old_marks = _split(old)
    groups, marks = _split(plain)
    new_groups, new_marks = _split(number)
    if old_groups == groups:
        spelling = dict(zip(old_marks, marks, strict=True))
        if any(mark not in spelling for mark in new_marks):
            return None
        result = new_groups[0] + "".join(
            spelling[mark] + group for mark, group in zip(new_marks, new_groups[1:], strict=True)
        )
    elif not marks and "".join(old_groups) == plain and _thousands(old_groups, old_marks):
        if not _thousands(new_groups, new_marks):
            return None
        result = "".join(new_groups)
    else:
        return None
    if plain != written and written[0] == chr(ord(plain[0]) + 0xFEE0):
        return result.translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)})
    return result if plain == written or _split(written)[1] == _split(plain)[1] else None


def _split(number: str) -> tuple[list[str], list[str]]:
    """Groups of plain digits, and the marks between them."""
    plain = unicodedata.normalize("NFKC", number)
    return re.split(r"\D", plain), re.findall(r"\D", plain)


def _thousands(groups: list[str], marks: list[str]) -> bool:
    return all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3 and len(set(marks)) <= 1


def _replaced(text: str, written: Sequence[tuple[Slot, str]]) -> str:
    parts: list[str] = []
    at = 0
    for slot, new in sorted(written, key=lambda pair: pair[0].start):
        parts += (text[at : slot.start], new)
        at = slot.end
    parts.append(text[at:])
    return "".join(parts)
