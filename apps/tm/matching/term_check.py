"""Whether a translation uses the terms of its source, and none that is forbidden for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from apps.tm.matching.term_text import HAS_DENSE, HAS_HANGUL, read, squeeze
from apps.tm.matching.terms import FORBIDDEN, TermEntry, TermHit, TermIndex, resolve

INSIDE = 4
"""Characters of a translation that is accepted also inside a longer word: Schlüssel in Eisenschlüssel."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` "missing": none of `expected` is in the target; `start` and `end` are places in the source.

    "forbidden": the target uses a forbidden translation of `term`; `start` and `end` are places in the
    target. Code points of the raw texts, both.
    """

    kind: str
    term: TermEntry
    start: int
    end: int
    expected: tuple[str, ...]


def check(source: str, target: str, terms: Sequence[TermIndex], target_language: str) -> list[Finding]:
    """Findings of one translation; `terms` are term bases, the nearest first. An empty target has none."""
    hits = resolve(hit for rank, index in enumerate(terms) for hit in index.hits(source, rank))
    return findings(target, hits, target_language)


def findings(target: str, hits: Iterable[TermHit], target_language: str) -> list[Finding]:
    """The same for hits that are known already (of `resolve`), in their order, missing ones first."""
    if not target.strip():
        return []
    spans = [list(found) for _, found in groupby(hits, key=lambda hit: (hit.start, hit.end))]
    wanted = {hit.term.target for span in spans for hit in span if hit.term.target}
    numbers = {text: n for n, text in enumerate(sorted(wanted))}
    index = TermIndex.build([TermEntry(n, text) for text, n in numbers.items()], target_language)
    places: dict[str, list[tuple[int, int]]] = {}
    for hit in index.hits(target):
        places.setdefault(hit.term.source, []).append((hit.start, hit.end))
    missing, forbidden = [], []
    seen: set[tuple[str, str, int]] = set()
    for span in spans:
        allowed = [hit.term.target for hit in span if hit.term.use != FORBIDDEN and hit.term.target]
        if allowed and not any(text in places or _inside(text, target) for text in allowed):
            missing.append(Finding("missing", span[0].term, span[0].start, span[0].end, tuple(dict.fromkeys(allowed))))
        covered = [place for text in allowed for place in places.get(text, ())]
        for hit in span:
            if hit.term.use != FORBIDDEN or hit.term.target in allowed:
                continue
            for start, end in places.get(hit.term.target, ()):
                mark = (hit.term.source, hit.term.target, start)
                if mark in seen or any(left <= start and end <= right for left, right in covered):
                    continue
                seen.add(mark)
                forbidden.append(Finding("forbidden", hit.term, start, end, tuple(dict.fromkeys(allowed))))
    return missing + forbidden


def _inside(text: str, target: str) -> bool:
    """Whether the text is part of the target at all: a compound, or an ending that no rule knows."""
    sought = squeeze(read(text)).folded
    dense = HAS_HANGUL.search(sought) or HAS_DENSE.search(sought)
    if len(sought) < (2 if dense else INSIDE):
        return False
    return sought in squeeze(read(target)).folded
