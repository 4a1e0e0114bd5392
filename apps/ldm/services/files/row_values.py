"""From segments to the values of rows: hashes, words, statuses, counters."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps.ldm.formats import FormatError, Segment
from apps.ldm.formats.words import count_words
from apps.ldm.models import Origin, Status
from apps.tm.matching.normalise import text_hash

ROW_FIELDS = (
    "file_id", "position", "segment", "key", "plural", "source", "target", "source_hash", "status", "origin",
    "score", "words", "locked", "source_changed", "blank_intended", "old_source", "context", "comment", "location",
    "max_length", "codes", "rev", "text_rev", "edited_at", "edited_by_id", "edited_by_name", "removed_at",
)  # fmt: skip

CHECKED_TOGETHER = 500
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

Counts = dict[Status, tuple[int, int]]
"""Rows and words by status."""


@dataclass(slots=True)
class Prepared:
    """What is costly about rows, computed before the transaction that writes them."""

    positions: list[int]
    """Segment positions in the document, in order."""
    hashes: array[int]
    words: array[int]
    counts: Counts


def initial_status(segment: Segment) -> Status:
    """A target that came with the file is `original`: nobody has touched it."""
    return Status.ORIGINAL if segment.target else Status.NEW


def prepare(segments: Sequence[Segment], positions: list[int], source_language: str) -> Prepared:
    """Hash and count the segments at `positions`. Raises FormatError for text no database can hold."""
    hashes = array("q")
    words = array("l")
    totals = {status: [0, 0] for status in (Status.NEW, Status.ORIGINAL)}
    # Game files repeat themselves; one look-up is cheaper than a hash and a count.
    known: dict[str, tuple[int, int]] = {}
    check_storable(segments, positions)
    for position in positions:
        segment = segments[position]
        found = known.get(segment.source)
        if found is None:
            found = (text_hash(segment.source), count_words(segment.source, source_language))
            if len(known) < 200_000:
                known[segment.source] = found
        hashes.append(found[0])
        words.append(found[1])
        total = totals[initial_status(segment)]
        total[0] += 1
        total[1] += found[1]
    return Prepared(positions, hashes, words, {status: (rows, sum_) for status, (rows, sum_) in totals.items()})


def check_storable(segments: Sequence[Segment], positions: Sequence[int]) -> None:
    """Raises FormatError naming the first segment whose text holds U+0000 or half of a surrogate pair."""
    for start in range(0, len(positions), CHECKED_TOGETHER):
        part = [segments[position] for position in positions[start : start + CHECKED_TOGETHER]]
        # One search over many texts costs a tenth of one search a text.
        if _UNSTORABLE.search("".join(text for segment in part for text in _texts(segment))) is None:
            continue
        for segment in part:
            for text in _texts(segment):
                if found := _UNSTORABLE.search(text):
                    raise FormatError(f"the text holds U+{ord(found[0]):04X}, which no database keeps", segment.location)


def _texts(segment: Segment) -> tuple[str, str, str, str, str]:
    return segment.source, segment.target, segment.key, segment.context, segment.comment


def row_tuples(file_id: int, segments: Sequence[Segment], prepared: Prepared, rev: int) -> Iterator[tuple[object, ...]]:
    """Tuples of ROW_FIELDS for `bulk_load`."""
    new, original = int(Status.NEW), int(Status.ORIGINAL)
    none, imported = str(Origin.NONE), str(Origin.IMPORT)
    for order, (position, hash_, words) in enumerate(
        zip(prepared.positions, prepared.hashes, prepared.words, strict=True)
    ):
        segment = segments[position]
        has_target = bool(segment.target)
        yield (
            file_id, order, position, segment.key, segment.plural, segment.source, segment.target, hash_,
            original if has_target else new, imported if has_target else none, None, words,
            segment.locked, False, False, None, segment.context, segment.comment, segment.location[:255],
            segment.max_length, dict(segment.codes) if segment.codes else None,
            rev, rev, None, None, "", None,
        )  # fmt: skip
