"""The placeholder check: every code that stands for a value is in the target as often as in the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from . import findings, patterns
from .codes import Code, identity
from .findings import ERROR, WARNING, Finding, Texts, ranges

_PRINTF = re.compile(r"%(?:([0-9]{1,2})\$)?[^A-Za-z@]*(?:hh|h|ll|l|L|z)?([A-Za-z@])\Z")
_TYPES = {letter: group for group in ("diu", "fFeEgG", "xXo") for letter in group}
_PYTHON_TYPE = re.compile(r"\)(?:hh|h|ll|l|L|z)?([A-Za-z@])\Z")
_NUMBERS = re.compile(r"\{(?:[0-9]+|n|num|number|count|amount|quantity|total|value)\}\Z", re.IGNORECASE)
_FEW = frozenset(("zero", "one", "two", "0", "=0", "=1", "=2"))
"""Plural forms that may say their number in words or not at all."""


class _Slot(NamedTuple):
    """A placeholder, by what must be the same and by what only tells which one was meant."""

    key: str
    shown: str
    number: bool
    code: Code


def check(texts: Texts) -> list[Finding]:
    """Missing, extra and changed placeholders, printf arguments out of order."""
    source, target = _placeholders(texts.source_codes), _placeholders(texts.target_codes)
    found: list[Finding] = []
    if [code.text for code in source] != [code.text for code in target]:
        found = _compare(texts, *_slots(source, target))
        if not found:
            found = _order(source, target)
    return found


def _placeholders(codes: Sequence[Code]) -> list[Code]:
    return [code for code in codes if code.kind == patterns.PLACEHOLDER]


# ---- slots
def _slots(source: Sequence[Code], target: Sequence[Code]) -> tuple[list[_Slot], list[_Slot]]:
    """Both sides by identity. printf arguments count by their number as soon as one side writes numbers."""
    numbered = any("$" in code.text for code in (*source, *target) if code.name == "printf")
    return _side(source, numbered), _side(target, numbered)


def _side(codes: Sequence[Code], numbered: bool) -> list[_Slot]:
    slots, next_argument = [], 1
    for code in codes:
        if code.name == "printf" and (match := _PRINTF.match(code.text)):
            argument = int(match[1]) if match[1] else next_argument
            next_argument += not match[1]
            group = _TYPES.get(match[2], match[2].lower())
            key = f"%{argument}${group}" if numbered else f"%{group}"
            slots.append(_Slot(key, code.text, group == "diu", code))
        elif code.name == "python" and (match := _PYTHON_TYPE.search(code.text)):
            group = _TYPES.get(match[1], match[1])
            slots.append(_Slot(f"{code.text[: match.start()]}){group}", code.text, group == "diu", code))
        else:
            key = identity(code)
            slots.append(_Slot(key, code.text, bool(_NUMBERS.match(key)) or code.name == "numbered", code))
    return slots


def _by_key(slots: Iterable[_Slot]) -> dict[str, list[_Slot]]:
    found: dict[str, list[_Slot]] = {}
    for slot in slots:
        found.setdefault(slot.key, []).append(slot)
    return found


# ---- comparing
def _compare(texts: Texts, source: list[_Slot], target: list[_Slot]) -> list[Finding]:
    have, want = _by_key(target), _by_key(source)
    missing = {k: v[: len(v) - len(have.get(k, ()))] for k, v in want.items() if len(have.get(k, ())) < len(v)}
    extra = {k: v[len(want.get(k, ())) :] for k, v in have.items() if len(want.get(k, ())) < len(v)}
    if texts.plural:
        _forgive(texts.plural, source, missing, extra)
    found = []
    for key, slots in list(missing.items()):
        twin = _twin(slots, extra)
        if twin is not None:
            found.append(_changed(slots, extra.pop(twin)))
            del missing[key]
    found += [_finding("missing", slots, bool(have.get(key)), True) for key, slots in missing.items()]
    found += [_finding("extra", slots, bool(want.get(key)), False) for key, slots in extra.items()]
    return found


def _forgive(plural: str, source: list[_Slot], missing: dict[str, list[_Slot]], extra: dict[str, list[_Slot]]) -> None:
    """A form for one, two or none may leave its number out; a form may have one that the singular source lacks."""
    if plural in _FEW:
        for key in [key for key, slots in missing.items() if slots[0].number]:
            del missing[key]
    if not any(slot.number for slot in source):
        for key in [key for key, slots in extra.items() if slots[0].number and len(slots) == 1][:1]:
            del extra[key]


def _twin(slots: list[_Slot], extra: dict[str, list[_Slot]]) -> str | None:
    """The key of the extra placeholder that one was changed into: of the same sort, and as often."""
    name = slots[0].code.name
    alike = [key for key, others in extra.items() if others[0].code.name == name and len(others) == len(slots)]
    if name == "printf":
        # The same argument with another type, or the only one that is left.
        argument = slots[0].key.rpartition("$")[0]
        same = [key for key in alike if argument and key.rpartition("$")[0] == argument]
        return same[0] if same else alike[0] if len(alike) == 1 else None
    near = [key for key in alike if key.lower() == slots[0].key.lower() or _stem(key) == _stem(slots[0].key)]
    return near[0] if near else alike[0] if len(alike) == 1 and len(extra) == 1 else None


def _stem(key: str) -> str:
    return re.split(r"[:,(|]", key, maxsplit=1)[0].lower()


def _changed(was: list[_Slot], now: list[_Slot]) -> Finding:
    return Finding(
        findings.PLACEHOLDER,
        "changed",
        ERROR,
        f"{was[0].key}\x1f{now[0].key}\x1f{len(now)}",
        ranges([slot.code for slot in was]),
        ranges([slot.code for slot in now]),
        {"text": was[0].shown, "other": now[0].shown},
    )


def _finding(code: str, slots: list[_Slot], known: bool, in_source: bool) -> Finding:
    """`known`: the other side has it too, only less often; a per cent sign breaks nothing but itself."""
    places = ranges([slot.code for slot in slots])
    mild = known or slots[0].key == "%%"
    return Finding(
        findings.PLACEHOLDER,
        "more" if known and code == "extra" else code,
        WARNING if mild else ERROR,
        f"{slots[0].key}\x1f{len(slots)}",
        places if in_source else (),
        () if in_source else places,
        {"text": slots[0].shown, "count": len(slots)},
    )


def _order(source: Sequence[Code], target: Sequence[Code]) -> list[Finding]:
    """Arguments without numbers are taken in order: another order of other types prints rubbish or crashes."""
    own, theirs = ([code for code in side if code.name == "printf"] for side in (source, target))
    if any("$" in code.text for code in (*own, *theirs)):
        return []
    first, second = ([slot.key for slot in _side(side, False)] for side in (own, theirs))
    if first == second or len(first) != len(second):
        return []
    wrong = [n for n, (one, other) in enumerate(zip(first, second, strict=True)) if one != other]
    at, now = [own[n] for n in wrong], [theirs[n] for n in wrong]
    about = " ".join(second)
    words = {"text": now[0].text, "other": at[0].text}
    return [Finding(findings.PLACEHOLDER, "order", ERROR, about, ranges(at), ranges(now), words)]


# ---- braces that are part of no code
def braces(texts: Texts) -> list[Finding]:
    """Braces that belong to no code, more of them or fewer than the source has."""
    if not any(brace in text for text in (texts.source, texts.target) for brace in "{}"):
        return []
    found = []
    for brace in "{}":
        own, theirs = _stray(texts.source, texts.source_codes, brace), _stray(texts.target, texts.target_codes, brace)
        if len(own) != len(theirs):
            words = {"text": brace, "expected": len(own), "found": len(theirs)}
            about = f"{brace}{len(own)}:{len(theirs)}"
            found.append(Finding(findings.PLACEHOLDER, "brace", WARNING, about, tuple(own), tuple(theirs), words))
    return found


def _stray(text: str, codes: Sequence[Code], brace: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    at, n = text.find(brace), 0
    while at >= 0:
        while n < len(codes) and codes[n].end <= at:
            n += 1
        if n == len(codes) or at < codes[n].start:
            places.append((at, at + 1))
        at = text.find(brace, at + 1)
    return places
