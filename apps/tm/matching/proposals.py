"""What the matching pipeline takes and gives: entries, queries, proposals, and the store that it asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from apps.tm.matching.words import WordWeights

Kind = Literal["context", "exact", "fuzzy", "repaired", "line", "earlier"]
RepairKind = Literal["number", "code", "sentence", "punctuation", "case"]


@dataclass(frozen=True, slots=True)
class EntryText:
    """An entry as matching sees it, with raw texts.

    `previous` and `next` are the sources of its neighbours: None is unknown, "" is known to be none.
    """

    entry_id: int
    memory_id: int
    key: str
    source: str
    target: str
    previous: str | None = None
    next: str | None = None
    speaker: str = ""
    penalty: int = 0
    """Points of a hundred that its memory takes off."""
    rank: int = 0
    """Of its memory: nearness, then priority; 0 is the nearest."""
    confirmed: bool = False
    changed: float = 0.0
    """Unix time."""


@dataclass(frozen=True, slots=True)
class Query:
    """The row that wants a translation. `previous` and `next` as in `EntryText`.

    `old_source`: what the row's source was before it changed, where that is known.
    """

    source: str
    key: str = ""
    previous: str | None = None
    next: str | None = None
    speaker: str = ""
    old_source: str | None = None


class Line(NamedTuple):
    """Which line of the row a proposal is for, counted from 1."""

    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing written into the target that the entry does not have there."""

    kind: RepairKind
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Why the score is what it is.

    `words`, `numbers`, `codes`, `punctuation`: agreement of the sources, 0 to 100, before any repair.
    `context`: points that key and neighbours added; `penalty`: points that the memory takes off.
    """

    words: int
    numbers: int
    codes: int
    punctuation: int
    context: int = 0
    penalty: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A translation to offer.

    `score`: percent; 100 if and only if the entry's source equals the row's, code point by code point,
    and its memory has no penalty; 101 and 102 with context. `raw`: the figure behind the score, which
    orders. `target`: the text to offer; the entry keeps what the memory holds. `line`: where it answers
    one line of the row only.
    """

    entry: EntryText
    kind: Kind
    score: int
    raw: float
    target: str
    parts: Parts
    repairs: tuple[Repair, ...] = ()
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class Proposals:
    """`proposals`: for the whole row, best first. `lines`: for single lines, by line, then best first.

    `earlier`: the row's own earlier translation, whose source was another one.
    """

    proposals: list[Proposal] = field(default_factory=list)
    earlier: Proposal | None = None
    lines: list[Proposal] = field(default_factory=list)


class Store(Protocol):
    """The memories of one look-up, as one.

    A source hash is `normalise.text_hash(source)`. Entries come with rank and penalty of their memory.
    """

    def nearest(self, text: str, threshold: float, limit: int) -> Sequence[tuple[int, float]]:
        """Source hashes nearest to a text, best first, with their similarity (0 to 1).

        `text` is `normalise(source)`, and the index holds `normalise(source)` of every entry.
        """

    def nearest_masked(self, text: str, threshold: float, limit: int) -> Sequence[tuple[int, float]]:
        """The same among entries whose `slots.masked(source)` is not None; `text` is such a mask."""

    def by_hashes(self, hashes: Sequence[int]) -> Sequence[EntryText]:
        """Every entry with one of these source hashes."""

    def by_key(self, key: str) -> Sequence[EntryText]:
        """Every entry with this very key; none for the empty key."""

    def by_parts(self, hashes: Sequence[int]) -> Mapping[int, Sequence[EntryText]]:
        """Per hash, some entries (few are enough) of which `sentences.part_hashes(source, target)` holds it.

        Hashes that no entry holds may be left out.
        """

    def word_weights(self) -> WordWeights:
        """How much each word of the memories says."""
