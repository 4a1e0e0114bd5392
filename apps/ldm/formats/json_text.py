"""How a JSON file writes its strings, and a new string written the same way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .encodings import Decoded, holds

_UNIT = re.compile(r"(?<!\\)(?:\\\\)*\\u([0-9a-fA-F]{4})")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


@dataclass(frozen=True, slots=True)
class Habits:
    """What an edit follows. `always` are printable ASCII characters that the file always escapes."""

    escape_non_ascii: bool
    upper_hex: bool
    always: frozenset[str]
    encoding: str


def habits(decoded: Decoded, raws: Iterable[str]) -> Habits:
    """The habits of a file, from its raw strings (without quotes)."""
    everything = "\n".join(raws)
    units = _UNIT.findall(everything)
    escaped = {chr(int(unit, 16)) for unit in units}
    plain = re.sub(r"\\(?:u[0-9a-fA-F]{4}|.)", "", everything)
    always = {c for c in escaped if " " <= c <= "~" and c not in plain and c not in '"\\'}
    if "\\/" in everything and "/" not in plain:
        always.add("/")
    letters = "".join(units)
    return Habits(
        escape_non_ascii=plain.isascii() and any(c >= "\x80" for c in escaped),
        upper_hex=letters != letters.lower(),
        always=frozenset(always),
        encoding=decoded.encoding,
    )


def literal(text: str, old_raw: str, style: Habits) -> str:
    """A text as a quoted JSON string.

    What the old string wrote as an escape (a no-break space, `\\/`) stays one; a character that
    the file's encoding lacks becomes `\\uXXXX`.
    """
    kept = style.always
    if "\\" in old_raw:
        units = "".join(chr(int(unit, 16)) for unit in _UNIT.findall(old_raw))
        units = _PAIR.sub(lambda m: m[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), units)
        kept = kept | frozenset(units)
        if "\\/" in old_raw:
            kept = kept | {"/"}
    if not kept and not style.escape_non_ascii and style.encoding.startswith("utf") and text.isprintable():
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return '"' + "".join(_character(c, kept, style) for c in text) + '"'


def _character(character: str, kept: frozenset[str], style: Habits) -> str:
    short = _SHORT.get(character)
    if short is not None:
        return short
    if character == "/" and character in kept:
        return "\\/"
    if character < " " or character in kept:
        return _units(character, style)
    if character <= "~" or (not style.escape_non_ascii and holds(character, style.encoding)):
        return character
    return _units(character, style)


def _units(character: str, style: Habits) -> str:
    raw = character.encode("utf-16-be")
    form = "\\u%04X" if style.upper_hex else "\\u%04x"
    return "".join(form % int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2))
