"""Recognition of terms in a text: those of a term base, found in their inflected forms, with their places."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from apps.tm.matching.term_tables import (
    Found,
    Parsed,
    Table,
    Words,
    find_dense,
    find_hangul,
    find_words,
    gap,
    parse,
    spaces_fit,
    words_of,
)
from apps.tm.matching.term_text import HAS_HANGUL, Squeezed, Stream, read, squeeze

PREFERRED, ADMITTED, FORBIDDEN = "preferred", "admitted", "forbidden"
_ORDER = {PREFERRED: 0, ADMITTED: 1, FORBIDDEN: 2}


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A term with one translation, as the recognition holds it."""

    term_id: int
    source: str
    target: str = ""
    use: str = PREFERRED
    case_sensitive: bool = False
    part_of_speech: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TermHit:
    """A term found in a text: `start` and `end` are code points of the raw text.

    `rank`: 0 for the nearest term base. `exact`: the text has the form of the term base, not an inflected one.
    """

    term: TermEntry
    start: int
    end: int
    exact: bool
    memory_id: int = 0
    rank: int = 0


@dataclass(slots=True)
class TermIndex:
    """The terms of one term base, ready to be found. Many may read while one adds and removes."""

    language: str
    memory_id: int = 0
    terms: dict[int, TermEntry] = field(default_factory=dict)
    words: Table = field(default_factory=Table)
    hangul: Table = field(default_factory=Table)
    dense: Table = field(default_factory=Table)

    @classmethod
    def build(cls, terms: Iterable[TermEntry], language: str, memory_id: int = 0) -> TermIndex:
        """An index of terms whose sources are in `language`, a code such as "ko" or "pt-BR"."""
        index = cls(language, memory_id)
        for term in terms:
            index.add(term)
        return index

    def add(self, term: TermEntry) -> None:
        """Add a term, or replace the one of the same id. A source with nothing to recognise is never found."""
        if term.term_id in self.terms:
            self.remove(term.term_id)
        parsed = parse(term.source, self.language)
        if parsed is None:
            return
        self.terms[term.term_id] = term
        self._table(parsed).add(parsed.key, parsed.head, parsed.length, term.term_id)

    def remove(self, term_id: int) -> None:
        """Remove a term; nothing happens where it is not there."""
        term = self.terms.pop(term_id, None)
        if term is not None and (parsed := parse(term.source, self.language)) is not None:
            self._table(parsed).remove(parsed.key, term_id)

    def find(self, text: str) -> list[TermHit]:
        """Terms in a text by place; where they overlap the longest, with all its translations, preferred first."""
        return resolve(self.hits(text))

    def hits(self, text: str, rank: int = 0) -> list[TermHit]:
        """Every term that stands in the text, also inside others, in no order."""
        if not self.terms or not text:
            return []
        stream = read(text)
        found = list(self._word_hits(stream, rank)) if self.words.keys else []
        hangul = self.hangul.keys and HAS_HANGUL.search(stream.folded)
        dense = bool(self.dense.keys)
        if hangul or dense:
            squeezed = squeeze(stream)
            if hangul:
                found += self._character_hits(self.hangul, find_hangul(self.hangul, squeezed), squeezed, rank)
            if dense:
                found += self._character_hits(self.dense, find_dense(self.dense, squeezed), squeezed, rank)
        return found

    def _table(self, parsed: Parsed) -> Table:
        return {"words": self.words, "hangul": self.hangul, "dense": self.dense}[parsed.kind]

    def _word_hits(self, stream: Stream, rank: int) -> Iterator[TermHit]:
        words = words_of(stream, self.language)
        for at, end, key in find_words(self.words, words):
            for term_id in self.words.keys.get(key, ()):
                term = self.terms.get(term_id)
                if term is None:
                    continue
                place = _word_place(stream, words, (at, end, key), _parsed(term.source, self.language), term)
                if place is not None:
                    yield TermHit(term, *place, self.memory_id, rank)

    def _character_hits(self, table: Table, found: Iterable[Found], text: Squeezed, rank: int) -> Iterator[TermHit]:
        for at, end, key in found:
            for term_id in table.keys.get(key, ()):
                term = self.terms.get(term_id)
                if term is None:
                    continue
                parsed = _parsed(term.source, self.language)
                if parsed is None or not spaces_fit(text, at, end, parsed.gaps):
                    continue
                if term.case_sensitive and text.exact[at:end] != parsed.exact[0]:
                    continue
                yield TermHit(term, text.starts[at], text.ends[end - 1], True, self.memory_id, rank)


@lru_cache(maxsize=4096)
def _parsed(source: str, language: str) -> Parsed | None:
    return parse(source, language)


def _word_place(
    stream: Stream, words: Words, found: Found, parsed: Parsed | None, term: TermEntry
) -> tuple[int, int, bool] | None:
    """(start, end, exact) in the raw text, or None where signs, gaps or case speak against the hit."""
    at, end, _ = found
    if parsed is None:
        return None
    for n, written in enumerate(parsed.gaps):
        if (between := gap(stream, words, at + n)) and between != written:
            return None
    start, stop = words.starts[at], words.ends[end - 1]
    if not stream.folded.endswith(parsed.lead, 0, start) or not stream.folded.startswith(parsed.trail, stop):
        return None
    seen = [stream.exact[words.starts[n] : words.ends[n]] for n in range(at, end)]
    if term.case_sensitive and not all(map(_same_case, seen, parsed.exact)):
        return None
    exact = all(one.lower() == other.lower() for one, other in zip(seen, parsed.exact, strict=True))
    start, stop = start - len(parsed.lead), stop + len(parsed.trail)
    return stream.starts[start], stream.ends[stop - 1], exact


def _same_case(seen: str, written: str) -> bool:
    """Whether two forms of a word agree in case as far as they agree in letters."""
    for one, other in zip(seen, written, strict=False):
        if one.lower() != other.lower():
            return True
        if one != other:
            return False
    return True


def resolve(hits: Iterable[TermHit]) -> list[TermHit]:
    """Hits of one text, of one or several term bases: by place, without overlaps.

    The longest wins, then the first. One span keeps all its translations: preferred before admitted
    before forbidden, nearer term bases first, and the same translation once. Where a term base has the
    very form of the text, its terms that need an ending changed are left out.
    """
    spans: dict[tuple[int, int], list[TermHit]] = {}
    for hit in hits:
        spans.setdefault((hit.start, hit.end), []).append(hit)
    kept: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        at = bisect_left(kept, span)
        if (at == 0 or kept[at - 1][1] <= span[0]) and (at == len(kept) or span[1] <= kept[at][0]):
            kept.insert(at, span)
    found = []
    for span in kept:
        found += _of_one_span(spans[span])
    return found


def _of_one_span(hits: list[TermHit]) -> list[TermHit]:
    exact = {hit.memory_id for hit in hits if hit.exact}
    wanted = [hit for hit in hits if hit.exact or hit.memory_id not in exact]
    wanted.sort(key=lambda hit: (_ORDER.get(hit.term.use, 1), hit.rank, hit.term.term_id))
    seen: set[tuple[str, str]] = set()
    found = []
    for hit in wanted:
        mark = (hit.term.target, hit.term.use)
        if mark not in seen:
            seen.add(mark)
            found.append(hit)
    return found
