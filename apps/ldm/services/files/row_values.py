"""From segments to the values of rows: hashes, words, statuses, counters."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from apps.ldm.formats import FormatError, Segment
from apps.ldm.formats.words import count_words
from apps.ldm.models import Origin, Status
from apps.tm.matching.normalise import text_hash

# The other fields of a new row have a database default or are null: not sending them makes loading faster.
ROW_FIELDS = (
    "file_id", "position", "segment", "key", "source", "target", "source_hash", "status", "origin", "words",
    "location", "rev", "text_rev",
)  # fmt: skip
SOMETIMES = ("plural", "locked", "context", "comment", "max_length", "codes")
"""Fields that many files have in no row; loaded where one has."""

CHECKED_TOGETHER = 500
KNOWN_TEXTS = 200_000
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


def prepare(segments: Sequence[Segment], positions: list[int], source_language: str) -> Prepared:
    """Hash and count the segments at `positions`. Raises FormatError for text no database can hold."""
    check_storable(segments, positions)
    hashes, words = array("q"), array("l")
    keep_hash, keep_words = hashes.append, words.append
    with_target = words_with_target = 0
    # Game files repeat themselves; one look-up is cheaper than a hash and a count.
    known: dict[str, tuple[int, int]] = {}
    look_up = known.get
    for position in positions:
        segment = segments[position]
        source = segment.source
        found = look_up(source)
        if found is None:
            found = (text_hash(source), count_words(source, source_language))
            if len(known) < KNOWN_TEXTS:
                known[source] = found
        keep_hash(found[0])
        keep_words(found[1])
        if segment.target:
            with_target += 1
            words_with_target += found[1]
    counts = {
        Status.NEW: (len(positions) - with_target, sum(words) - words_with_target),
        Status.ORIGINAL: (with_target, words_with_target),
    }
    return Prepared(positions, hashes, words, counts)


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
                    code = f"U+{ord(found[0]):04X}"
                    raise FormatError("the text holds %(code)s, which no database keeps", segment.location, code=code)


def _texts(segment: Segment) -> tuple[str, str, str, str, str]:
    return segment.source, segment.target, segment.key, segment.context, segment.comment


def fields_of(segments: Iterable[Segment]) -> tuple[str, ...]:
    """ROW_FIELDS, and those of SOMETIMES that any of the segments has."""
    missing = list(SOMETIMES)
    for segment in segments:
        if not missing:
            break
        for name in missing:
            value = getattr(segment, name)
            if value if name != "max_length" else value is not None:
                missing = [other for other in missing if other != name]
    return ROW_FIELDS + tuple(name for name in SOMETIMES if name not in missing)


def row_tuples(
    file_id: int, segments: Sequence[Segment], prepared: Prepared, rev: int, fields: Sequence[str]
) -> Iterator[tuple[object, ...]]:
    """Tuples of `fields` (from `fields_of`) for `bulk_load`."""
    new, original = int(Status.NEW), int(Status.ORIGINAL)
    none, imported = str(Origin.NONE), str(Origin.IMPORT)
    names = [name for name in fields[len(ROW_FIELDS) :] if name != "codes"]
    plain = _tuple_getter(names)
    codes = "codes" in fields
    for order, (position, hash_, words) in enumerate(
        zip(prepared.positions, prepared.hashes, prepared.words, strict=True)
    ):
        segment = segments[position]
        has_target = bool(segment.target)
        values: tuple[object, ...] = (
            file_id, order, position, segment.key, segment.source, segment.target, hash_,
            original if has_target else new, imported if has_target else none, words, segment.location[:255], rev, rev,
        )  # fmt: skip
        if plain:
            values += plain(segment)
        if codes:
            values += (dict(segment.codes) or None,)
        yield values


def _tuple_getter(names: Sequence[str]) -> Callable[[Segment], tuple[object, ...]] | None:
    """A function that gives these attributes of a segment as a tuple; None for no names."""
    if not names:
        return None
    if len(names) == 1:
        one = attrgetter(names[0])
        return lambda segment: (one(segment),)
    return attrgetter(*names)
