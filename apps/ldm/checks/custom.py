"""Patterns of a project's own: a subset of regular expressions that Python and scripts read alike, and that cannot
run away: no repetition inside a repetition, no looking back at groups.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .patterns import COLOUR, PLACEHOLDER, TAG, Pattern

LONGEST = 200
MOST = 20
CUSTOM = "custom"
KINDS = (PLACEHOLDER, TAG, COLOUR)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,39}\Z")
_COUNT = re.compile(r"\{([0-9]{1,3})(?:(,)([0-9]{0,3}))?\}")
_ESCAPED = "\\.^$*+?()[]{}|/-"
_SPACE = r" \t\n\r\f\v"
_PLAIN_ESCAPES = {"n": r"\n", "r": r"\r", "t": r"\t", "d": "0-9", "w": "A-Za-z0-9_", "s": _SPACE}


class BadPattern(ValueError):
    """A pattern that cannot be used. `at`: the place of the error in it, in code points."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class _Item(NamedTuple):
    """What a repetition may follow: whether it holds a repetition, and whether it can be empty."""

    repeats: bool
    empty: bool


def custom_pattern(given: Mapping[str, Any], number: int) -> Pattern:
    """A project's pattern {"name", "pattern", "kind"} in the form that both sides compile. Raises BadPattern."""
    name, source, kind = given.get("name"), given.get("pattern"), given.get("kind", PLACEHOLDER)
    if not isinstance(name, str) or not _NAME.match(name):
        raise BadPattern("The name of a pattern is 1 to 40 letters and digits, a letter first.")
    if kind not in KINDS:
        raise BadPattern(f"A pattern is of the kind {', '.join(KINDS)}.")
    if not isinstance(source, str) or not source:
        raise BadPattern("The pattern is empty.")
    return Pattern(f"custom_{number}", CUSTOM, str(kind), portable(source))


def portable(source: str) -> str:
    """The pattern in the form that Python and scripts read alike. Raises BadPattern naming the place."""
    if len(source) > LONGEST:
        raise BadPattern(f"A pattern has at most {LONGEST} characters.", LONGEST)
    reader = _Reader(source)
    written, item = reader.alternatives(0)
    if reader.at < len(source):
        raise BadPattern("This closing bracket has no opening one.", reader.at)
    if item.empty:
        raise BadPattern("This pattern also matches nothing at all.")
    try:
        re.compile(written, re.ASCII)
    except (re.error, OverflowError, RecursionError):
        raise BadPattern("This is not a regular expression.") from None
    return written


class _Reader:
    """One pass over a pattern, writing it again."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0

    def alternatives(self, depth: int) -> tuple[str, _Item]:
        if depth > 10:
            raise BadPattern("Brackets are nested more than ten deep.", self.at)
        written, items = [], []
        while True:
            text, item = self._sequence(depth)
            written.append(text)
            items.append(item)
            if self.source[self.at : self.at + 1] != "|":
                break
            self.at += 1
        return "|".join(written), _Item(any(i.repeats for i in items), any(i.empty for i in items))

    def _sequence(self, depth: int) -> tuple[str, _Item]:
        parts: list[str] = []
        repeats, empty = False, True
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            text, item = self._atom(depth)
            text, item = self._quantified(text, item)
            parts.append(text)
            repeats, empty = repeats or item.repeats, empty and item.empty
        return "".join(parts), _Item(repeats, empty)

    def _atom(self, depth: int) -> tuple[str, _Item]:
        start, letter = self.at, self.source[self.at]
        self.at += 1
        if letter == "(":
            if self.source[self.at : self.at + 1] == "?":
                if self.source[self.at : self.at + 2] != "?:":
                    raise BadPattern("Of the special groups only (?: is understood.", start)
                self.at += 2
            inner, item = self.alternatives(depth + 1)
            if self.source[self.at : self.at + 1] != ")":
                raise BadPattern("This bracket is never closed.", start)
            self.at += 1
            return f"(?:{inner})", item
        if letter == "[":
            return self._set(start), _Item(False, False)
        if letter == "\\":
            escape = self._escape(start)
            if escape in (r"\b", r"\B"):
                return escape, _Item(False, True)
            return (f"[{escape}]" if escape in (_SPACE, "0-9", "A-Za-z0-9_") else escape), _Item(False, False)
        if letter in "*+?{":
            raise BadPattern(
                "This repeats nothing. Write a backslash before a character that is meant as it is.", start
            )
        if letter in "^$":
            raise BadPattern("A code stands anywhere in a text: ^ and $ are not understood.", start)
        if letter == ".":
            return r"[^\n\r]", _Item(False, False)
        return (f"\\{letter}" if letter in "]}/" else letter), _Item(False, False)

    def _quantified(self, text: str, item: _Item) -> tuple[str, _Item]:
        start, letter = self.at, self.source[self.at : self.at + 1]
        if letter not in ("*", "+", "?", "{") or not letter:
            return text, item
        least, most = {"*": (0, 0), "+": (1, 0), "?": (0, 1)}.get(letter, (0, 0))
        written = letter
        self.at += 1
        if letter == "{":
            count = _COUNT.match(self.source, start)
            if count is None:
                raise BadPattern("Write a backslash before a brace that is meant as it is.", start)
            self.at, written = count.end(), count[0]
            least = int(count[1])
            most = least if not count[2] else int(count[3] or 0)
            if most and most < least:
                raise BadPattern("The second number is smaller than the first.", start)
        if self.source[self.at : self.at + 1] == "?":
            written += "?"
            self.at += 1
        if self.source[self.at : self.at + 1] in ("*", "+", "{", "?"):
            raise BadPattern("This repeats a repetition.", self.at)
        if most != 1 and item.repeats:
            raise BadPattern("A repetition inside a repetition can take for ever. Repeat only one of them.", start)
        if most != 1 and item.empty:
            raise BadPattern("This repeats something that may be nothing.", start)
        return text + written, _Item(item.repeats or least != most, item.empty or least == 0)

    def _set(self, start: int) -> str:
        written = "["
        if self.source[self.at : self.at + 1] == "^":
            written += "^"
            self.at += 1
        empty = group = True
        while True:
            if self.at >= len(self.source):
                raise BadPattern("This bracket is never closed.", start)
            letter, here = self.source[self.at], self.at
            self.at += 1
            if letter == "]" and not empty:
                return written + "]"
            edge = empty or group or self.source[self.at : self.at + 1] == "]"
            edge = edge or self.source[self.at : self.at + 2] in (r"\d", r"\w", r"\s")
            empty = group = False
            if letter == "\\":
                escape = self._escape(here)
                if escape in (r"\b", r"\B"):
                    raise BadPattern("\\b is not a character.", here)
                # A plain minus would make a range of it; what is doubled in a set may mean more one day.
                written += r"\-" if escape == "-" else escape
                group = escape in (_SPACE, "0-9", "A-Za-z0-9_")
            elif letter == "-" and edge:
                written += r"\-"
            else:
                written += {"&": r"\x26", "~": r"\x7e"}.get(letter) or (f"\\{letter}" if letter in "[]|^" else letter)

    def _escape(self, start: int) -> str:
        letter = self.source[self.at : self.at + 1]
        self.at += 1
        if letter in _PLAIN_ESCAPES:
            return _PLAIN_ESCAPES[letter]
        if letter in ("b", "B"):
            return "\\" + letter
        if letter == "u" and re.match("[0-9A-Fa-f]{4}", self.source[self.at : self.at + 4]):
            self.at += 4
            return self.source[start : self.at]
        if letter == "-":
            return "-"
        if letter and letter in _ESCAPED:
            return "\\" + letter
        if letter and not letter.isalnum() and letter.isprintable():
            return letter
        raise BadPattern("This escape is not understood. There are \\d \\w \\s \\b \\n \\r \\t and \\u0000.", start)
