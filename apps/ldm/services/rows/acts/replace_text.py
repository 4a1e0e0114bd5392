"""Find and replace in one text: what matches, what stands for it, and which codes would be touched. Nothing is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from apps.ldm.queries.bounded_regex import BadPattern, BoundedPattern
from apps.ldm.services.rows.acts.code_spans import Codes, Reader

LETTER = r"[\p{L}\p{N}\p{M}]"
"""What words are made of, in every script; marks belong to the letter before them."""
MOST_HITS = 2000
"""Of one text: more than a person looks at."""
NO_CODES = Codes((), ())


class BadReplacement(ValueError):
    """A replacement that names a group which the expression does not have. `at`: its place, in code points."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class Hit(NamedTuple):
    """One place of a text; `number` counts its matches.

    `codes`: "" for none, "inside" one, "spans" its edge, or "adds": the text would have others than before.
    """

    number: int
    start: int
    end: int
    replacement: str
    codes: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for and what is put in its place. `case`: as written. `codes`: may touch codes."""

    find: str
    by: str = ""
    regex: bool = False
    case: bool = False
    words: bool = False
    codes: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "find": self.find, "with": self.by, "regex": self.regex, "case": self.case, "words": self.words,
            "codes": self.codes,
        }  # fmt: skip


@dataclass(slots=True)
class Replacer:
    """A wish made ready. Raises BadPattern and BadReplacement; every use of it may raise RunawayPattern."""

    wish: Wish
    read_codes: Reader
    _pattern: BoundedPattern = field(init=False)
    _expand: Callable[[Any], str] = field(init=False)

    def __post_init__(self) -> None:
        wish = self.wish
        if not wish.find:
            raise BadPattern(_("There is nothing to look for."), 0)
        source = wish.find if wish.regex else re.escape(wish.find)
        self._pattern = BoundedPattern(source, ignore_case=not wish.case)
        if wish.regex:
            self._expand = template(wish.by, self._pattern.groups, self._pattern.names)
        else:
            self._expand = lambda match: wish.by
        if wish.words:
            # Compiled a second time, so that the place of an error is that of what was typed.
            source = f"(?<!{LETTER})(?:{source})(?!{LETTER})"
            self._pattern = BoundedPattern(source, ignore_case=not wish.case, longest=2000)

    def may_hit(self, text: str) -> bool:
        """False where the text surely has no hit: quick, and right for most texts."""
        wish = self.wish
        return wish.regex or not wish.case or wish.find in text

    def hits(self, text: str) -> list[Hit]:
        """Every match, left to right; the first MOST_HITS of them."""
        if not text or not self.may_hit(text):
            return []
        found: list[tuple[int, int, str]] = []
        for match in self._pattern.finditer(text):
            found.append((match.start(), match.end(), self._expand(match)))
            if len(found) == MOST_HITS:
                break
        if not found:
            return []
        known = NO_CODES if self.wish.codes else self.read_codes(text)
        return [
            Hit(number, start, end, by, self._touches(text, known, start, end, by))
            for number, (start, end, by) in enumerate(found)
        ]

    def apply(self, text: str, hits: Iterable[Hit]) -> str:
        """The text with these hits replaced."""
        parts: list[str] = []
        at = 0
        for hit in hits:
            parts += (text[at : hit.start], hit.replacement)
            at = hit.end
        return "".join((*parts, text[at:]))

    def keeps_codes(self, before: str, after: str) -> bool:
        """Whether a text has the codes that it had, in their order; always so where they may be touched."""
        return self.wish.codes or self.read_codes(before).texts == self.read_codes(after).texts

    def _touches(self, text: str, known: Codes, start: int, end: int, by: str) -> str:
        if self.wish.codes:
            return ""
        for left, right in known.spans:
            if right <= start or left >= end:
                # Nothing is put into a code either.
                if start == end and left < start < right:
                    return "inside"
                continue
            return "inside" if left <= start and end <= right else "spans"
        after = text[:start] + by + text[end:]
        if by != text[start:end] and self.read_codes(after).texts != known.texts:
            return "adds"
        return ""


_REFERENCE = re.compile(
    r"\$(?:(?P<plain>\d{1,2})|\{(?P<braced>[^{}]*)\}|(?P<dollar>\$))"
    r"|\\(?:(?P<number>\d{1,2})|g<(?P<name>[^<>]*)>|(?P<letter>[nt\\$]))"
)
_LETTERS = {"n": "\n", "t": "\t", "\\": "\\", "$": "$"}


def template(by: str, groups: int, names: dict[str, int]) -> Callable[[Any], str]:
    """A replacement of a regex as a function of a match. Raises BadReplacement for a group that is not there.

    `$1`, `${1}`, `\\1`, `\\g<1>`, `${name}`, `\\g<name>`: groups, 0 being the whole match; `$$` and `\\$` a dollar,
    `\\\\` a backslash, `\\n` a line feed, `\\t` a tab. Any other character, and any other `$` or backslash, is itself.
    """
    parts: list[str | int] = []
    at = 0
    for match in _REFERENCE.finditer(by):
        parts.append(by[at : match.start()])
        at = match.end()
        if match["dollar"]:
            parts.append("$")
        elif match["letter"]:
            parts.append(_LETTERS[match["letter"]])
        else:
            parts.extend(_group(match, groups, names))
    parts.append(by[at:])

    def expand(found: Any) -> str:
        return "".join(part if isinstance(part, str) else found[part] or "" for part in parts)

    return expand


def _group(match: re.Match[str], groups: int, names: dict[str, int]) -> Sequence[str | int]:
    """The number of a group, and the digits behind it that are none: `$12` of one group is the first and a 2."""
    named = match["braced"] if match["braced"] is not None else match["name"]
    if named is not None:
        if named in names:
            return (names[named],)
        if named.isascii() and named.isdecimal() and len(named) < 4 and int(named) <= groups:
            return (int(named),)
        raise BadReplacement(_("The expression has no group “%(name)s”.") % {"name": named}, match.start())
    digits = match["plain"] or match["number"]
    if int(digits) <= groups:
        return (int(digits),)
    if len(digits) == 2 and 0 < int(digits[0]) <= groups:
        return (int(digits[0]), digits[1])
    raise BadReplacement(_("The expression has no group %(number)s.") % {"number": digits}, match.start())
