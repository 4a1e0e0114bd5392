"""What every match of a regex must hold, so that an index can find the few texts worth matching."""

from __future__ import annotations

import re

# Inline flags may turn spaces, letters and brackets into something else: then nothing is sure.
_INLINE_FLAGS = re.compile(r"\(\?(?:[aiLmsuxbefprwV01]+|-)", re.IGNORECASE)
# So may everything behind a backslash that goes on after its letter, or that refers to another place.
_FAR_ESCAPES = re.compile(r"(?:[^\\]|^)(?:\\\\)*\\[^\WdDwWsSbBAZnrt]")
_QUANTIFIED = re.compile(r"[*?]|\{")
# Each matches, without regard to case, a letter outside ASCII whose lower case is another one.
_STRANGE = frozenset("isIS")


def required(pattern: str, *, ignore_case: bool = False) -> list[str]:
    """Texts that are part of everything the regex matches; none where that is not certain."""
    if _INLINE_FLAGS.search(pattern) or _FAR_ESCAPES.search(pattern):
        return []
    found: list[str] = []
    run = ""
    at, depth = 0, 0
    while at < len(pattern):
        piece, literal, at = _piece(pattern, at)
        if piece == "|" and depth == 0:
            return []
        depth += (piece == "(") - (piece == ")")
        quantified = _QUANTIFIED.match(pattern, at) is not None
        if depth == 0 and literal and not quantified and not (ignore_case and _folds_strangely(literal)):
            run += literal
            if pattern[at : at + 1] != "+":
                continue
        found.append(run)
        run = ""
    return [one for one in [*found, run] if one]


def _piece(pattern: str, at: int) -> tuple[str, str, int]:
    """The piece that begins at a place: itself, the character it stands for (or ""), and where the next begins."""
    character = pattern[at]
    if character == "\\":
        escaped = pattern[at + 1 : at + 2]
        # Letters and digits behind a backslash are classes, places and references, some with more behind them.
        return "\\", "" if escaped.isalnum() or not escaped else escaped, at + 2
    if character == "[":
        return "[", "", _end_of_class(pattern, at)
    if character == "{":
        end = pattern.find("}", at)
        return "{", "", len(pattern) if end < 0 else end + 1
    return character, "" if character in "().|^$*+?" else character, at + 1


def _end_of_class(pattern: str, at: int) -> int:
    at += 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        if pattern.startswith("[:", at) and ":]" in pattern[at:]:
            at = pattern.index(":]", at) + 2
        else:
            at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _folds_strangely(character: str) -> bool:
    return character in _STRANGE or (ord(character) > 127 and character.lower() != character.upper())
