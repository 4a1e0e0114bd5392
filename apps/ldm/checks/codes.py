"""Reading a text into its codes: where they are, what they are, and what must be the same in a translation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import regex

from .custom import CUSTOM
from .patterns import ALWAYS, BREAK, CHARACTER, ESCAPE, FAMILIES, PATTERNS, STARTS, Pattern

SECONDS = 0.25
"""What patterns of a project's own may take in one text; past it the text is read without them."""
LONGEST_CUSTOM = 5_000
"""Characters up to which a project's own patterns are looked for."""


class Code(NamedTuple):
    """text[start:end], in code points. `name` is that of the pattern, `kind` one of patterns.KINDS."""

    start: int
    end: int
    name: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class CodeRules:
    """Which codes a project has: names of built-in families, and patterns of its own, which come first."""

    builtin: tuple[str, ...] = FAMILIES
    custom: tuple[Pattern, ...] = ()

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """All of them in the order of precedence."""
        chosen = set(self.builtin) | {ALWAYS}
        return (*self.custom, *(pattern for pattern in PATTERNS if pattern.family in chosen))


EVERYTHING = CodeRules()


_BEGIN = {
    ALWAYS: "⟦\n\r", "tags": "<&", "colours": "<&", "bbcode": "[", "braces": "{", "numbered": "%", "variables": "%$@",
    "printf": "%", "escapes": "\\", "entities": "&",
}  # fmt: skip
"""The characters that the codes of a family begin with."""


class _Reader:
    """The patterns of one set of rules: an expression for each character that codes begin with."""

    def __init__(self, rules: CodeRules) -> None:
        self.kinds = {pattern.name: pattern.kind for pattern in rules.patterns}
        usual = [pattern for pattern in rules.patterns if pattern.family != CUSTOM]
        begin = "".join(letter for letter in STARTS if any(letter in _BEGIN[p.family] for p in usual))
        self.next = re.compile("[" + re.escape(begin) + "]")
        self.at = {
            letter: re.compile(_named(p for p in usual if letter in _BEGIN[p.family]), re.ASCII) for letter in begin
        }
        # In one expression with the others: of two codes at one place the project's own wins.
        self.custom = regex.compile(_named((*rules.custom, *usual)), regex.ASCII) if rules.custom else None

    def read(self, text: str) -> tuple[Code, ...]:
        if self.custom is not None and len(text) <= LONGEST_CUSTOM:
            try:
                return tuple(self._code(m) for m in self.custom.finditer(text, timeout=SECONDS) if m[0])
            except TimeoutError:
                pass
        found = []
        hit = self.next.search(text)
        while hit is not None:
            at = hit.start()
            match = self.at[text[at]].match(text, at)
            if match is None:
                at += 1
            else:
                found.append(self._code(match))
                at = match.end()
            hit = self.next.search(text, at)
        return tuple(found)

    def _code(self, match: re.Match[str]) -> Code:
        name = match.lastgroup or ""
        start, end = match.span()
        return Code(start, end, name, self.kinds[name], match[0])


def _named(patterns: Iterable[Pattern]) -> str:
    return "|".join(f"(?P<{pattern.name}>{pattern.source})" for pattern in patterns)


@lru_cache(maxsize=64)
def _reader(rules: CodeRules) -> _Reader:
    return _Reader(rules)


def read(text: str, rules: CodeRules = EVERYTHING) -> tuple[Code, ...]:
    """The codes of a text in order, without overlaps. Linear in its length; never raises."""
    return _reader(rules).read(text)


def visible(text: str, codes: Iterable[Code]) -> str:
    """The text as a player would see it: line ends as line feeds, escapes and entities as one letter, codes gone."""
    parts: list[str] = []
    at = 0
    for code in codes:
        parts.append(text[at : code.start])
        if code.kind == BREAK:
            parts.append("\n")
        elif code.kind in (ESCAPE, CHARACTER):
            parts.append(" ")
        at = code.end
    parts.append(text[at:])
    return "".join(parts)


def size(text: str, codes: Sequence[Code] | None = None) -> tuple[int, int]:
    """(visible characters, lines) of a text: codes count as nothing, line ends as no character."""
    seen = visible(text, read(text) if codes is None else codes)
    breaks = seen.count("\n")
    return len(seen) - breaks, breaks + 1


# ---- what must be the same in both languages
_STATIC = re.compile(r"\{(?P<word>staticinfo):(?P<what>[^#{}]*)#", re.IGNORECASE)
_ICU = re.compile(r"\{\s*(?P<name>[A-Za-z0-9_.]+)\s*,\s*(?P<type>plural|select|selectordinal)\s*,")
_ARGUMENT = re.compile(r"\{(?P<number>[0-9]{1,4})\s*(?:[,:!][^{}]*)?\}\Z")
_INNER = re.compile(r"\{\s*([A-Za-z0-9_.]+)\s*(?:,[^{}]*)?\}")
_CLOSERS = re.compile(r"(?:<|&lt;|\[)/")


def identity(code: Code) -> str:
    """What a code is, beside its spelling: equal identities are the same code in both languages."""
    text = code.text
    if code.name == "brace":
        return _brace_identity(text)
    if code.kind in ("tag", "colour"):
        return text.replace("&lt;", "<").replace("&gt;", ">").lower().replace(" ", "")
    return text


def _brace_identity(text: str) -> str:
    if match := _STATIC.match(text):
        # The words behind the number sign are what the player reads.
        return f"{{{match['word'].lower()}:{match['what']}}}"
    if match := _ICU.match(text):
        inner = sorted(set(_INNER.findall(text[match.end() : -1])))
        return f"{{{match['name']},{match['type']}{''.join(f'|{name}' for name in inner)}}}"
    if match := _ARGUMENT.match(text):
        return f"{{{match['number']}}}"
    return text


def is_closer(code: Code) -> bool:
    """Whether a tag or colour closes something."""
    return code.name == "pa_old_colour" or bool(_CLOSERS.match(code.text))
