"""The grammar of Java properties: entries with their spans, and the escapes in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .base import FormatError
from .text_edits import SURROGATE, Lines

_END = r"(?:\r\n|\r|\n)"
_CONTINUED = rf"\\(?:{_END}[ \t\f]*+|\Z)"
_BLANK = rf"(?:[ \t\f]|{_CONTINUED})*+"
# One natural or logical line: a comment, or key, separator, value; then its line end.
_LINE = re.compile(
    rf"([ \t\f]*+)(?:([\#!][^\r\n]*+)|((?:[^\\=:\ \t\f\r\n]++|{_CONTINUED}|\\[^\r\n])*+)({_BLANK}(?:[=:]{_BLANK})?)"
    rf"([^\\\r\n]*+(?:(?:{_CONTINUED}|\\[^\r\n])[^\\\r\n]*+)*+))({_END}|\Z)"
)
_NOTHING = re.compile(_BLANK)
_ESCAPE = re.compile(rf"{_CONTINUED}|\\(u[0-9A-Fa-f]{{4}}|.)", re.DOTALL)
_NAMED = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f", "\\": "\\\\"}
_BREAK = re.compile(rf"(?<!\\)(?:\\\\)*\\n(\\{_END}[ \t\f]*)")
_UNICODE = re.compile(r"(?<!\\)(?:\\\\)*\\u([0-9A-Fa-f]{4})")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(slots=True)
class Entry:
    """One key with its value; offsets into the text. `comment` is the lines straight above."""

    line_start: int
    key_start: int
    key_end: int
    value_start: int
    value_end: int
    comment: str


def entries(text: str) -> list[Entry]:
    """Every entry in file order, as `java.util.Properties` reads them."""
    result: list[Entry] = []
    comment: list[str] = []
    position, size, match = 0, len(text), _LINE.match
    while position < size:
        found = match(text, position)
        if found is None:  # every character is covered by the pattern; kept as a guard against a loop
            raise FormatError("the line cannot be read", Lines(text).place(position))
        start, value_start = found.start(3), found.start(5)
        if found[2] is not None:
            comment.append(found[2][1:].strip())
        else:
            # A logical line of nothing but continuations is no entry.
            if found.end(5) > start and not _NOTHING.fullmatch(text, start, found.end(5)):
                above = "\n".join(comment).strip() if comment else ""
                result.append(Entry(position, start, found.end(3), value_start, found.end(5), above))
            comment = []
        position = found.end()
    return result


def decoded(raw: str, fail: Callable[[int], FormatError]) -> str:
    """The text of a raw key or value. `fail` makes the error for the offset of a malformed `\\u`."""
    if "\\" not in raw:
        return raw

    def one(found: re.Match[str]) -> str:
        escape = found[1]
        if escape is None:
            return ""
        if len(escape) == 5:
            return chr(int(escape[1:], 16))
        if escape == "u":
            raise fail(found.start())
        return _NAMED.get(escape, escape)

    return joined_pairs(_ESCAPE.sub(one, raw))


def on_one_line(raw: str) -> str:
    """A raw key or value without its continuations, escapes as they are."""
    return _ESCAPE.sub(lambda found: "" if found[1] is None else found[0], raw)


def joined_pairs(text: str) -> str:
    """Surrogate pairs as one character each; a lone half stays."""
    if not SURROGATE.search(text):
        return text
    return _PAIR.sub(lambda m: m[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text)


def escaped_unit(character: str, upper: bool) -> str:
    """`\\uXXXX`, or two of them for a character outside the basic plane."""
    raw = character.encode("utf-16-be")
    style = "\\u%04X" if upper else "\\u%04x"
    return "".join(style % int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2))


@dataclass(slots=True)
class Habits:
    """How a file writes its values: what an edit follows."""

    escape_non_ascii: bool
    upper_hex: bool
    fits: Callable[[str], bool]
    """Whether the file's encoding holds a character."""


def encoded(text: str, old_raw: str, habits: Habits) -> str:
    """A value as the file writes it, following its old raw form; no separator.

    Characters that the old value escaped stay escaped, and breaks after `\\n` are kept.
    """
    kept = {found[1] for found in _ESCAPE.finditer(old_raw) if found[1] and found[1] in "=:#!"}
    kept_units = set(joined_pairs("".join(chr(int(code, 16)) for code in _UNICODE.findall(old_raw))))
    pieces = [_character(c, kept, kept_units, habits) for c in text]
    if text.startswith(" "):
        pieces[0] = "\\ "
    broken = _BREAK.search(old_raw)
    if broken:
        for index, character in enumerate(text[:-1]):
            if character == "\n":
                pieces[index] += broken[1]
                if text[index + 1] == " ":
                    pieces[index + 1] = "\\ "
    return "".join(pieces)


def _character(character: str, kept: set[str], kept_units: set[str], habits: Habits) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character in kept:
        return "\\" + character
    if " " <= character <= "~":
        return character
    if character <= "\x7f" or "\x80" <= character <= "\x9f" or character in kept_units:
        return escaped_unit(character, habits.upper_hex)
    if habits.escape_non_ascii or not habits.fits(character):
        return escaped_unit(character, habits.upper_hex)
    return character


def encoded_key(key: str, habits: Habits) -> str:
    """A key as the file would write it."""
    pieces = ["\\" + c if c in " =:" else _character(c, set(), set(), habits) for c in key]
    if key[:1] in ("#", "!"):
        pieces[0] = "\\" + pieces[0]
    return "".join(pieces)
