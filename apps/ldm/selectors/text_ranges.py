"""Where in a text the hits of a search are, in code points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from apps.ldm.queries.bounded_regex import BoundedPattern, RunawayPattern
from apps.ldm.selectors.row_index import form_of

Range = list[int]
"""Start and end; the end is not part of it."""
MOST = 100
"""Hits that are marked in one text."""
Ranges = Callable[[str], list[Range]]


def of_text(wanted: str) -> Ranges:
    """Finds a text wherever its search form is, left to right, without overlaps."""
    form = form_of(wanted)

    def ranges(text: str) -> list[Range]:
        if not form:
            return []
        whole = form_of(text)
        at = whole.find(form)
        if at < 0:
            return []
        # The form is made character by character: each has one or two places in it.
        owner: Sequence[int] = range(len(text))
        if len(whole) > len(text):
            owner = [n for n, character in enumerate(text) for _ in range(_places(character))]
        found: list[Range] = []
        while at >= 0 and len(found) < MOST:
            found.append([owner[at], owner[at + len(form) - 1] + 1])
            at = whole.find(form, at + len(form))
        return found

    return ranges


@lru_cache(maxsize=1 << 16)
def _places(character: str) -> int:
    return len(form_of(character))


def of_pattern(pattern: BoundedPattern) -> Ranges:
    """Finds what a regex matches; empty matches are none, and a text that takes too long has no marks."""

    def ranges(text: str) -> list[Range]:
        found: list[Range] = []
        try:
            for match in pattern.finditer(text):
                if match.end() > match.start():
                    found.append([match.start(), match.end()])
                if len(found) == MOST:
                    break
        except RunawayPattern:
            return []
        return found

    return ranges


def merged(parts: Iterable[list[Range]]) -> list[Range]:
    """The ranges of several searches in one text: in order, those that overlap joined."""
    found: list[Range] = []
    for start, end in sorted((start, end) for part in parts for start, end in part):
        if found and start < found[-1][1]:
            found[-1][1] = max(end, found[-1][1])
        else:
            found.append([start, end])
    return found
