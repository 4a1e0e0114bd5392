"""Repairs at the edges of a text: a mark at its end, a capital at its beginning, where all else is equal."""

from __future__ import annotations

import re
from typing import NamedTuple

from apps.tm.matching.normalise import normalise
from apps.tm.matching.proposals import Repair
from apps.tm.matching.words import is_dense

# Not the full stop: translators put and leave it as their language likes.
_END = re.compile(r"(?:\.{3,}|…+|[!?:！？：]+)$")
_PLAIN = str.maketrans({"！": "!", "？": "?", "：": ":"})
_WIDE = str.maketrans({"!": "！", "?": "？", ":": "："})
_LONGEST = 500


class Edged(NamedTuple):
    """The entry's texts with the query's edges."""

    source: str
    target: str
    repairs: tuple[Repair, ...]


def edged(query: str, source: str, target: str) -> Edged | None:
    """Give an entry's texts the query's last mark and first capital; None when that is needless or not certain.

    "Loading..." for "Loading" gives Lade... for Lade; "Save" for "save" gives Sichern for sichern. The
    target's mark must be the one that its source has, or none where that has none.
    """
    if query == source or max(len(query), len(source), len(target)) > _LONGEST:
        return None
    query_mark, source_mark, target_mark = _mark(query), _mark(source), _mark(target)
    body = source[: len(source) - len(source_mark)]
    if normalise(body) != normalise(query[: len(query) - len(query_mark)]) or not body.strip():
        return None
    repairs: list[Repair] = []
    if _kind(query_mark) != _kind(source_mark):
        if _kind(target_mark) != _kind(source_mark):
            return None
        stem = target[: len(target) - len(target_mark)]
        mark = _spelled(query_mark, target_mark, stem)
        # A full stop before a new mark, or a target that is nothing but marks.
        if not stem.strip() or stem.rstrip()[-1] in ".。":
            return None
        target = stem + mark
        repairs.append(Repair("punctuation", target_mark, mark))
    if _rises(query, source) and target[:1].islower():
        first = target[0].upper()
        if len(first) == 1:
            repairs.append(Repair("case", target[0], first))
            target = first + target[1:]
    return Edged(query, target, tuple(repairs)) if repairs else None


def _mark(text: str) -> str:
    found = _END.search(text)
    return found[0] if found else ""


def _kind(mark: str) -> str:
    return "..." if mark[:1] in (".", "…") and mark else mark.translate(_PLAIN)


def _spelled(mark: str, old: str, stem: str) -> str:
    """The query's mark as the target writes such marks."""
    wide = old != old.translate(_PLAIN) or (not stem.isascii() and is_dense(stem.rstrip()[-1:] or " "))
    if _kind(mark) == "...":
        return "…" if wide else mark
    return mark.translate(_WIDE) if wide else mark


def _rises(query: str, source: str) -> bool:
    return query[:1].isupper() and source[:1].islower()
