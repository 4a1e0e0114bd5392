"""The check of tags and colours: every tag of the source is there, closed by the right one, nested, around its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from . import findings, patterns
from .codes import Code, identity
from .custom import CUSTOM
from .findings import ERROR, WARNING, Finding, Texts, ranges

_OPEN, _CLOSE, _SINGLE = "open", "close", "single"
_PA_COLOUR = "pacolor"
_NAME = re.compile(r"[a-z0-9_:.-]*")
_COLOUR_NAMES = frozenset((_PA_COLOUR, "color", "colour", "[color", "[colour", "font_color", "bgcolor", "fgcolor"))
_PLAIN = re.compile(r"<[A-Za-z_]+>\Z")
_BRACKETED = re.compile(r"<[^<>\n]{1,80}>")


class _Tag(NamedTuple):
    """A tag by what it does. `key` is what must be the same in both languages."""

    key: str
    role: str
    name: str
    code: Code


class _Pair(NamedTuple):
    """What an opening tag and its closing one hold between them."""

    key: str
    start: int
    end: int


class _Structure(NamedTuple):
    """(what is wrong, the tags concerned), and what is closed properly."""

    problems: list[tuple[str, tuple[_Tag, ...]]]
    pairs: list[_Pair]


def check(texts: Texts) -> list[Finding]:
    """Missing, extra and changed tags, colours that the source has not, wrong or missing closers, wrong nesting."""
    source, target = _tags(texts.source_codes), _tags(texts.target_codes)
    if not source and not target:
        return []
    paired = _paired(source, target)
    own, theirs = _structure(source, paired), _structure(target, paired)
    found = _compare(texts, source, target)
    found += _problems(own, theirs)
    return found + _moved(texts, own, theirs)


# ---- reading tags
def _tags(codes: Sequence[Code]) -> list[_Tag]:
    return [_tag(code) for code in codes if code.kind in (patterns.TAG, patterns.COLOUR)]


def _tag(code: Code) -> _Tag:
    key = identity(code)
    if code.name == "pa_colour":
        return _Tag(key, _OPEN, _PA_COLOUR, code)
    if code.name == "pa_old_colour":
        return _Tag(key, _CLOSE, _PA_COLOUR, code)
    if code.name.startswith(CUSTOM) or code.name == "markup":
        return _Tag(key, _SINGLE, "", code)
    inner = key[1:-1]
    prefix = "[" if key[0] == "[" else ""
    if inner.startswith("/"):
        return _Tag(key, _CLOSE, prefix + inner[1:] if inner != "/" else "", code)
    if inner.startswith("#"):
        return _Tag(key, _OPEN, "color", code)
    match = _NAME.match(inner)
    name = prefix + (match[0] if match else "")
    return _Tag(key, _SINGLE if inner.endswith("/") else _OPEN, name, code)


def _paired(source: Sequence[_Tag], target: Sequence[_Tag]) -> frozenset[str]:
    """Names whose openers want a closer: those that the source closes, and those only the target has and closes."""
    closed = {tag.name for tag in source if tag.role == _CLOSE}
    known = {tag.name for tag in source if tag.role != _CLOSE}
    if "" in closed:
        # One closer for everything: what stands before it is closed by it.
        closed |= known
    closed |= {tag.name for tag in target if tag.role == _CLOSE and tag.name not in known}
    return frozenset(closed | (_COLOUR_NAMES - known))


def _structure(tags: Sequence[_Tag], paired: frozenset[str]) -> _Structure:
    problems: list[tuple[str, tuple[_Tag, ...]]] = []
    pairs: list[_Pair] = []
    stack: list[_Tag] = []
    for tag in tags:
        if tag.role == _OPEN and tag.name in paired:
            stack.append(tag)
        elif tag.role == _CLOSE:
            opener = _opener(stack, tag, problems)
            if opener is not None:
                pairs.append(_Pair(opener.key, opener.code.end, tag.code.start))
    problems += [("unclosed", (tag,)) for tag in stack]
    return _Structure(problems, pairs)


def _opener(stack: list[_Tag], closer: _Tag, problems: list[tuple[str, tuple[_Tag, ...]]]) -> _Tag | None:
    """Take what a closer closes off the stack; None for what closes nothing."""
    top = stack[-1] if stack else None
    if top is not None and (top.name == closer.name or not closer.name):
        if top.name == _PA_COLOUR and closer.code.name != "pa_old_colour":
            # The game knows one closer of colours.
            problems.append(("wrong_closer", (top, closer)))
        return stack.pop()
    for n in range(len(stack) - 1, max(-1, len(stack) - 50), -1):
        if stack[n].name == closer.name:
            problems.append(("nesting", (stack[-1], closer)))
            return stack.pop(n)
    if top is not None:
        problems.append(("wrong_closer", (top, closer)))
        return stack.pop()
    problems.append(("unopened", (closer,)))
    return None


# ---- comparing
def _compare(texts: Texts, source: list[_Tag], target: list[_Tag]) -> list[Finding]:
    want, have = _by_key(source), _by_key(target)
    missing = {k: v[: len(v) - len(have.get(k, ()))] for k, v in want.items() if len(have.get(k, ())) < len(v)}
    extra = {k: v[len(want.get(k, ())) :] for k, v in have.items() if len(want.get(k, ())) < len(v)}
    _forgive_words(texts, source, target, missing, extra)
    found = []
    for key, tags in list(missing.items()):
        twin = next((k for k, others in extra.items() if others[0].name == tags[0].name and tags[0].name), None)
        if twin is not None:
            found.append(_changed(tags, extra.pop(twin)))
            del missing[key]
    found += [_finding("missing", tags, bool(have.get(key)), True) for key, tags in missing.items()]
    found += [_finding(_extra_code(tags), tags, bool(want.get(key)), False) for key, tags in extra.items()]
    return found


def _by_key(tags: Sequence[_Tag]) -> dict[str, list[_Tag]]:
    """Openers and single tags by identity; closers are a matter of structure."""
    found: dict[str, list[_Tag]] = {}
    for tag in tags:
        if tag.role != _CLOSE:
            found.setdefault(tag.key, []).append(tag)
    return found


def _forgive_words(
    texts: Texts,
    source: list[_Tag],
    target: list[_Tag],
    missing: dict[str, list[_Tag]],
    extra: dict[str, list[_Tag]],
) -> None:
    """<Fireball> is a name in brackets, no tag, where the other text has one that no tag could be: <화염구>."""
    closed = {tag.name for tag in (*source, *target) if tag.role == _CLOSE}
    for left, text, codes in ((missing, texts.target, texts.target_codes), (extra, texts.source, texts.source_codes)):
        words = [key for key, tags in left.items() if tags[0].name not in closed and _PLAIN.match(tags[0].code.text)]
        if not words:
            continue
        starts = {code.start for code in codes}
        free = sum(1 for match in _BRACKETED.finditer(text) if match.start() not in starts)
        for key in words:
            if free >= len(left[key]):
                free -= len(left[key])
                del left[key]


def _changed(was: list[_Tag], now: list[_Tag]) -> Finding:
    code = "colour" if now[0].name in _COLOUR_NAMES else "changed"
    words = {"text": was[0].code.text, "other": now[0].code.text}
    about = f"{was[0].key}\x1f{now[0].key}\x1f{len(now)}"
    places = (ranges([tag.code for tag in was]), ranges([tag.code for tag in now]))
    return Finding(findings.TAG, code, ERROR, about, *places, words)


def _extra_code(tags: list[_Tag]) -> str:
    return "colour" if tags[0].name in _COLOUR_NAMES else "extra"


def _finding(code: str, tags: list[_Tag], known: bool, in_source: bool) -> Finding:
    places = ranges([tag.code for tag in tags])
    words: dict[str, object] = {"text": tags[0].code.text, "count": len(tags)}
    if code == "colour":
        # A colour more is seen and harms nothing; one in the place of the source's is another meaning.
        words = words if known else {"text": "", "other": tags[0].code.text}
        code = "more" if known else code
        known = True
    return Finding(
        findings.TAG,
        "more" if known and code == "extra" else code,
        WARNING if known else ERROR,
        f"{tags[0].key}\x1f{len(tags)}",
        places if in_source else (),
        () if in_source else places,
        words,
    )


# ---- structure
def _problems(own: _Structure, theirs: _Structure) -> list[Finding]:
    """What is wrong in the target, unless the source does the same: then it is the game's way."""
    found: dict[tuple[str, str], Finding] = {}
    usual = {code for code, _ in own.problems}
    for code, tags in theirs.problems:
        if code in usual:
            continue
        words = {"text": tags[0].code.text, "other": tags[-1].code.text}
        if code == "wrong_closer" and tags[0].name == _PA_COLOUR:
            words["wanted"] = "<PAOldColor>"
        about = " ".join(tag.key for tag in tags)
        known = found.get((code, about))
        places = ranges([tag.code for tag in tags])
        if known is not None:
            known.target += places
            continue
        severity = WARNING if code == "nesting" else ERROR
        found[code, about] = Finding(findings.TAG, code, severity, about, (), places, words)
    return list(found.values())


# ---- places
def _moved(texts: Texts, own: _Structure, theirs: _Structure) -> list[Finding]:
    """Placeholders that left the run they were in, and runs that hold nothing any more."""
    if not own.pairs or not theirs.pairs:
        return []
    found = []
    there = {pair.key for pair in theirs.pairs}
    inside, now = _inside(texts.source_codes, own.pairs), _inside(texts.target_codes, theirs.pairs)
    for key, (code, around) in inside.items():
        if key in now and (lost := [name for name in around if name in there and name not in now[key][1]]):
            words = {"text": code.text, "other": lost[0]}
            places = ((code.start, code.end),), ((now[key][0].start, now[key][0].end),)
            found.append(Finding(findings.TAG, "moved", WARNING, f"{key}\x1f{lost[0]}", *places, words))
    full = {pair.key for pair in own.pairs if texts.source[pair.start : pair.end].strip()}
    for pair in theirs.pairs:
        if pair.key in full and not texts.target[pair.start : pair.end].strip():
            words = {"text": pair.key}
            found.append(Finding(findings.TAG, "empty", ERROR, pair.key, (), ((pair.start, pair.end),), words))
            full.discard(pair.key)
    return found


def _inside(codes: Sequence[Code], pairs: Sequence[_Pair]) -> dict[str, tuple[Code, list[str]]]:
    """Placeholders that stand there once: the code and the runs around it. Few pairs are looked at, for long texts."""
    once: dict[str, Code | None] = {}
    for code in codes:
        if code.kind == patterns.PLACEHOLDER:
            key = identity(code)
            once[key] = None if key in once else code
    return {
        key: (code, [pair.key for pair in pairs[:100] if pair.start <= code.start and code.end <= pair.end])
        for key, code in once.items()
        if code is not None
    }
