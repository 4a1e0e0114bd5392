"""How an edited PO entry is written: its strings' layout, and its flags without `fuzzy`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .po_syntax import CommentLine, escaped, strings_of
from .text_edits import Edit

_PIECE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"[^,\s]+")
_FUZZY = re.compile(r"(?:[ \t]*,[ \t]*|[ \t]+)fuzzy(?=[,\s]|\Z)")
_FUZZY_FIRST = re.compile(r"(?<=[,=])([ \t]*)fuzzy[ \t]*[, \t][ \t]*")
_MAX_LENGTH = re.compile(r"\bmax-?length[:=]\s*([0-9]{1,9})\b")


def strings(text: str, old: str, pattern: str) -> str:
    """A text as quoted strings, laid out as `old` was, or as `pattern` where `old` was empty.

    One string stays one string. Several lines stay an empty first string (if there was one) and
    one string for each `\\n`; the blanks between are copied. Raises FormatError for U+0000.
    """
    spans = strings_of(old)
    raw_tab = any("\t" in old[start:end] for start, end in spans) and "\\t" not in old
    if len(spans) == 1 and old == '""':
        old, spans = pattern, strings_of(pattern)
    gaps = [old[left[1] : right[0]] for left, right in zip(spans, spans[1:], strict=False)]
    gap = next((gap for gap in gaps if "\n" in gap or "\r" in gap), None)
    if gap is None:
        return f'"{escaped(text, raw_tab)}"'
    pieces = [f'"{escaped(piece, raw_tab)}"' for piece in _PIECE.findall(text)]
    if old[spans[0][0] : spans[0][1]] == '""' or not pieces:
        pieces.insert(0, '""')
    return gap.join(pieces)


def flags(comments: Sequence[str]) -> set[str]:
    """The flags in an entry's comment lines (`fuzzy`, `c-format`)."""
    found: set[str] = set()
    for line in comments:
        if line.startswith(("#,", "#=")):
            found.update(_WORD.findall(line, 2))
    return found


def max_length(comments: Sequence[str]) -> int | None:
    """The limit that a flag or a comment of the source code gives (`max-length:30`)."""
    for line in comments:
        if line.startswith(("#,", "#.")) and (found := _MAX_LENGTH.search(line)):
            return int(found[1])
    return None


def finishing_edits(text: str, comments: Sequence[CommentLine], place: str) -> list[Edit]:
    """The edits that take `fuzzy` and the previous msgid away; none for an entry that is not fuzzy."""
    if "fuzzy" not in flags([line.text for line in comments]):
        return []
    edits: list[Edit] = []
    for line in comments:
        if line.text.startswith("#|"):
            edits.append((line.start, line.end, "", place))
        elif line.text.startswith(("#,", "#=")):
            edits.extend(_without_fuzzy(text, line, place))
    return edits


def _without_fuzzy(text: str, line: CommentLine, place: str) -> list[Edit]:
    words = _WORD.findall(line.text, 2)
    if "fuzzy" not in words:
        return []
    if set(words) == {"fuzzy"}:
        return [(line.start, line.end, "", place)]
    start = text.index("#", line.start)
    kept = line.text
    while (found := _FUZZY_FIRST.match(kept, 2)) is not None:
        kept = kept[:2] + found[1] + kept[found.end() :]
    kept = kept[:2] + _FUZZY.sub("", kept[2:])
    return [(start, start + len(line.text), kept, place)]
