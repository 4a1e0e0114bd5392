"""One look-up: candidates from the store, repaired where that is certain, scored and put in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from apps.tm.matching import ranking
from apps.tm.matching.context import Context, context_of, key_similarity
from apps.tm.matching.known import Found, known_parts
from apps.tm.matching.lines import LineFound, LinesFound, find_lines
from apps.tm.matching.normalise import normalise, text_hash
from apps.tm.matching.proposals import EntryText, Kind, Line, Proposal, Proposals, Query, Store
from apps.tm.matching.repair import Known, Repaired, glued, slotted
from apps.tm.matching.sentences import LONGEST, sentences
from apps.tm.matching.slots import masked

NEAREST, NEAREST_MASKED = 25, 8
"""Candidates by characters, and by characters with slots masked."""
DEEPEST = 0.5
"""Edit similarity of the farthest candidates."""
_REPAIRED = 10
"""Candidates, by their score before any repair, of which the sentences are tried."""
_LONG, _NEAREST_LONG = 10_000, 3
"""Characters above which few candidates are looked at, and how many."""


@dataclass(slots=True)
class _Candidate:
    """An entry and how it stands to the query; `raw` is its figure with context, without repair."""

    entry: EntryText
    context: Context
    likely_key: float
    raw: float = 0.0

    @property
    def order(self) -> tuple[float | int | str, ...]:
        """Among equal scores, best first: context, confirmed, nearest, likely key, newest; then the number."""
        entry = self.entry
        return (
            -self.context.same_key,
            -self.context.neighbours,
            -entry.confirmed,
            entry.rank,
            -self.likely_key,
            -entry.changed,
            entry.entry_id,
            entry.target,
        )


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A proposal in the making. `points`: percent, not yet rounded. `gained`: points that the context added."""

    candidate: _Candidate
    kind: Kind
    points: float
    raw: float
    target: str
    result: Repaired | None = None
    gained: float = 0.0
    companion: bool = False
    """The same entry without its sentence repair: kept whatever its score."""

    @property
    def order(self) -> tuple[float | int | str, ...]:
        return (-round(self.points, 6), -round(self.raw, 9), *self.candidate.order, self.target)


class Look:
    """The state of one call of `propose`."""

    def __init__(self, query: Query, store: Store, threshold: int, limit: int) -> None:
        self.query, self.store = query, store
        self.threshold, self.limit = threshold, max(0, limit)
        self.text = normalise(query.source)
        self.weights = store.word_weights()

    def run(self, stop_at_exact: bool) -> Proposals:
        """Proposals, earlier translation and lines; with `stop_at_exact` nothing but equal sources if there are any."""
        same = self.store.by_hashes([text_hash(self.query.source)])
        keyed = self.store.by_key(self.query.key) if self.query.key else ()
        ranked = [self._exact(one) for one in self._candidates(same) if one.entry.source == self.query.source]
        lines: list[Proposal] = []
        if not (ranked and stop_at_exact):
            for number, candidate in enumerate(self._near([*same, *keyed])):
                ranked += self._with_repairs(candidate, number < _REPAIRED)
            found = find_lines(self.query, self.store)
            if found is not None:
                lines = [self._line(one, found.of) for one in found.found]
                ranked += self._glued_lines(found)
        return Proposals(self._best(ranked), self._earlier(keyed), lines)

    def _candidates(self, entries: Iterable[EntryText]) -> list[_Candidate]:
        """The best entry of each pair of texts; entries without a target are none."""
        best: dict[tuple[str, str, int], _Candidate] = {}
        for entry in entries:
            if not entry.target.strip():
                continue
            candidate = self._candidate(entry)
            pair = (entry.source, entry.target, entry.penalty)
            if pair not in best or candidate.order < best[pair].order:
                best[pair] = candidate
        return list(best.values())

    def _candidate(self, entry: EntryText) -> _Candidate:
        likely = round(key_similarity(self.query.key, entry.key), 6)
        return _Candidate(entry, context_of(self.query, entry), likely)

    def _near(self, others: Iterable[EntryText]) -> list[_Candidate]:
        """Entries with another source, scored as they are, best first."""
        limit = NEAREST if len(self.text) <= _LONG else _NEAREST_LONG
        deepest = min(DEEPEST, self.threshold / 100)
        hashes = [known for known, _ in self.store.nearest(self.text, deepest, limit)]
        mask = masked(self.query.source)
        if mask is not None:
            limit = min(limit, NEAREST_MASKED)
            hashes += [known for known, _ in self.store.nearest_masked(mask, deepest, limit)]
        entries = [*others, *self.store.by_hashes(list(dict.fromkeys(hashes))), *self._base()]
        candidates = self._candidates(entry for entry in entries if entry.source != self.query.source)
        for candidate in candidates:
            candidate.raw = self._raw(candidate.entry.source, candidate.context)
        return sorted(candidates, key=lambda one: (-round(one.raw, 9), one.order))

    def _raw(self, source: str, context: Context) -> float:
        return ranking.similarity(self.text, normalise(source), self.weights) + ranking.bonus(context)

    def _exact(self, candidate: _Candidate) -> _Ranked:
        steps = candidate.context.steps
        points = 100.0 + steps - candidate.entry.penalty
        raw = 1.0 + ranking.bonus(candidate.context)
        kind: Kind = "context" if steps else "exact"
        return _Ranked(candidate, kind, points, raw, candidate.entry.target, None, float(steps))

    def _with_repairs(self, candidate: _Candidate, with_sentences: bool) -> list[_Ranked]:
        """The candidate as well repaired as it can be, and, where sentences were, as it is beside it."""
        entry, query = candidate.entry, self.query.source
        plain = self._fuzzy(candidate, None, candidate.raw)
        slots = slotted(query, entry.source, entry.target)
        if slots is not None:
            raw = self._raw(slots.source, candidate.context)
            if raw >= candidate.raw:
                plain = self._fuzzy(candidate, slots, raw)
        sentence = glued(query, entry.source, entry.target, self.known) if with_sentences else None
        if sentence is not None:
            raw = self._raw(sentence.source, candidate.context)
            if raw > plain.raw:
                return [self._fuzzy(candidate, sentence, raw), replace(plain, companion=True)]
        return [plain]

    @cached_property
    def _sentences(self) -> dict[str, Found | None]:
        """Sentences of the query and what memories know of each; empty where it has one only."""
        source = self.query.source
        several = [part.text for part in sentences(source)] if len(source) <= LONGEST else []
        if len(several) < 2:
            return {}
        found = known_parts(several, self.query, self.store)
        return {text: found.get(text) for text in several}

    @cached_property
    def known(self) -> Known:
        """Targets of the sentences that memories know."""
        return {text: found.target for text, found in self._sentences.items() if found is not None}

    def _base(self) -> list[EntryText]:
        """Where memories know every sentence, the entry of the longest: the others are glued to it."""
        if not self._sentences or len(self.known) < len(self._sentences):
            return []
        longest = self._sentences[max(self.known, key=lambda text: (len(text), text))]
        return [longest.entry] if longest is not None else []

    def _fuzzy(self, candidate: _Candidate, result: Repaired | None, raw: float) -> _Ranked:
        entry = candidate.entry
        points = ranking.percent(raw)
        gained = points - ranking.percent(raw - ranking.bonus(candidate.context))
        kind: Kind = "fuzzy" if result is None else "repaired"
        target = entry.target if result is None else result.target
        return _Ranked(candidate, kind, points - entry.penalty, raw, target, result, gained)

    def _line(self, line: LineFound, of: int) -> Proposal:
        """A proposal for one line: its source is equal, but it is not the row's."""
        entry = line.found.entry
        points = ranking.LINE - entry.penalty
        parts = ranking.parts(line.source, line.source, self.weights, 0.0, entry.penalty)
        return Proposal(entry, "line", ranking.whole(points), 1.0, line.target, parts, (), Line(line.n, of))

    def _glued_lines(self, found: LinesFound) -> list[_Ranked]:
        if found.glued is None:
            return []
        worst = max((line.found.entry for line in found.found), key=lambda entry: entry.penalty)
        candidate = self._candidate(worst)
        return [_Ranked(candidate, "line", ranking.GLUED_LINES - worst.penalty, 1.0, found.glued)]

    def _best(self, ranked: list[_Ranked]) -> list[Proposal]:
        """The first `limit` of different targets, with the companion of a sentence repair among them."""
        chosen: list[_Ranked] = []
        seen: set[str] = set()
        if not self.limit:
            return []
        for one in sorted(ranked, key=lambda one: one.order):
            if one.points + 1e-9 < self.threshold or one.target in seen:
                continue
            seen.add(one.target)
            chosen.append(one)
            if len(chosen) == self.limit:
                break
        wanted = next((one for one in chosen if one.result is not None and _has_sentence(one.result)), None)
        if wanted is not None and self.limit > 1:
            entry = wanted.candidate.entry
            other = next((one for one in ranked if one.companion and one.candidate.entry is entry), None)
            if other is not None and other.target not in seen:
                chosen = sorted([*chosen[: self.limit - 1], other], key=lambda one: one.order)
        return [self._shown(one) for one in chosen]

    def _shown(self, ranked: _Ranked) -> Proposal:
        entry = ranked.candidate.entry
        parts = ranking.parts(self.query.source, entry.source, self.weights, ranked.gained, entry.penalty)
        repairs = () if ranked.result is None else ranked.result.repairs
        return Proposal(entry, ranked.kind, ranking.whole(ranked.points), ranked.raw, ranked.target, parts, repairs)

    def _earlier(self, keyed: Iterable[EntryText]) -> Proposal | None:
        """The translation of what the row's source was before, repaired where that is certain."""
        old, query = self.query.old_source, self.query
        entries = [entry for entry in keyed if entry.source != query.source]
        if old is not None and old != query.source and not any(entry.source == old for entry in entries):
            entries += [entry for entry in self.store.by_hashes([text_hash(old)]) if entry.source == old]
        candidates = self._candidates(entries)
        if not candidates:
            return None
        best = min(candidates, key=lambda one: (one.entry.source != old, one.order))
        best.raw = self._raw(best.entry.source, best.context)
        ranked = self._with_repairs(best, True)[0]
        return replace(self._shown(ranked), kind="earlier")


def _has_sentence(result: Repaired) -> bool:
    return any(repair.kind == "sentence" for repair in result.repairs)
