"""A text as the recognition of terms reads it: folded characters that know their place in the raw text.

Codes are no text: tags disappear (a term may run through them), placeholders and escapes part what
is before them from what is behind. Everything that people do not tell apart when they read is one
character here: case, full and half width, apostrophes, dashes, decomposed letters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

BREAK = "\x00"
"""Stands in the stream for a placeholder or an escape: no term runs through it."""

_TAG = re.compile(r"</?[A-Za-z_#][^<>]{0,200}>|<[#/]?[0-9A-Fa-f]{6,8}>|&lt;/?[A-Za-z][^<>]{0,200}?&gt;")
_CODE = re.compile(
    r"</?[A-Za-z_#/][^<>]{0,200}>|&lt;/?[A-Za-z][^<>]{0,200}?&gt;|&\#?\w{1,8};|\{[^{}\n]{0,120}\}"
    r"|%(?:\d+\$)?[+0,#-]*\d*(?:\.\d+)?[a-zA-Z](?![a-zA-Z])|%\d+\#?|\\[nrtvabf\"'\\]|\$\{[^{}\n]{0,120}\}|@@\w+@@"
)
# Characters that may begin a code: a text without them needs no search.
_SIGNS = re.compile(r"[<&{%\\$@]")

_SAME: dict[int, int | str | None] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SAME |= {ord(mark): "'" for mark in "‘’ʼ′`´"} | {ord(mark): "-" for mark in "‐‑‒–—−"} | {0x3000: " ", 0xA0: " "}
_SAME |= {ord(mark): None for mark in "\u00ad\u200b\u200c\u200d\u2060\ufeff"}

# Combining marks belong to their word; `\w` leaves them out.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0966-\u0dff"
)
# Scripts that write no spaces, or whose words carry endings without one: recognised by characters.
HANGUL = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff"
DENSE = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u303b\u3040-\u30fa\u30fc-\u30ff"
    "\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
WORD = re.compile(rf"(?:(?![{HANGUL}{DENSE}_])[\w{_MARKS}])+")
HAS_HANGUL = re.compile(f"[{HANGUL}]")
HAS_DENSE = re.compile(f"[{DENSE}]")


@dataclass(frozen=True, slots=True)
class Stream:
    """`folded` is the stream; `starts` and `ends` are code points of the raw text, one for each of its characters.

    `exact` is the stream with its case kept, of the same length.
    """

    folded: str
    exact: str
    starts: list[int] | range
    ends: list[int] | range


def read(text: str) -> Stream:
    """The stream of a text. Any Unicode, lone surrogates included."""
    if text.isascii() and not _SIGNS.search(text):
        places = range(len(text))
        return Stream(text.lower(), text, places, range(1, len(text) + 1))
    exact: list[str] = []
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for start, end, transparent in _codes(text):
        _add(text, at, start, exact, folded, starts, ends)
        if not transparent:
            exact.append(BREAK)
            folded.append(BREAK)
            starts.append(start)
            ends.append(end)
        at = end
    _add(text, at, len(text), exact, folded, starts, ends)
    return Stream("".join(folded), "".join(exact), starts, ends)


def _codes(text: str) -> list[tuple[int, int, bool]]:
    """(start, end, whether a term may run through it) of every code."""
    if not _SIGNS.search(text):
        return []
    return [(found.start(), found.end(), _TAG.fullmatch(found[0]) is not None) for found in _CODE.finditer(text)]


def _add(
    text: str, start: int, end: int, exact: list[str], folded: list[str], starts: list[int], ends: list[int]
) -> None:
    """Append the characters of text[start:end]."""
    part = text[start:end]
    if part.isascii():
        exact.extend(part)
        folded.extend(part.lower())
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))
        return
    composed = unicodedata.is_normalized("NFC", part)
    at = start
    while at < end:
        stop = at + 1
        if not composed:
            while stop < end and _joins(text[stop]):
                stop += 1
        cluster = text[at:stop] if composed else unicodedata.normalize("NFC", text[at:stop])
        for character in cluster.translate(_SAME):
            lower = character.lower()
            # One character each, so that both streams stay of one length: only İ has two.
            exact.append(character)
            folded.append(lower if len(lower) == 1 else lower[0])
            starts.append(at)
            ends.append(stop)
        at = stop


@dataclass(frozen=True, slots=True)
class Squeezed:
    """The stream without its spaces, as languages need it that do not agree with themselves on where they write one.

    `gaps[n]`: a space stood before character n. `parted[n]`: a tag stood before it. One more of each than
    characters: the end of the text is a gap.
    """

    folded: str
    exact: str
    starts: list[int]
    ends: list[int]
    gaps: list[bool]
    parted: list[bool]


def squeeze(stream: Stream) -> Squeezed:
    """The stream without spaces."""
    kept, gaps, parted = [], [], []
    gap, before = True, 0
    for n, character in enumerate(stream.folded):
        if character.isspace():
            gap = True
            continue
        kept.append(n)
        gaps.append(gap)
        parted.append(stream.starts[n] > before)
        gap, before = False, stream.ends[n]
    return Squeezed(
        "".join([stream.folded[n] for n in kept]),
        "".join([stream.exact[n] for n in kept]),
        [stream.starts[n] for n in kept],
        [stream.ends[n] for n in kept],
        [*gaps, True],
        [*parted, True],
    )


def _joins(character: str) -> bool:
    """Whether it belongs to the character before it: a combining mark, or a vowel or final of Hangul."""
    return unicodedata.combining(character) != 0 or "\u1160" <= character <= "\u11ff"
