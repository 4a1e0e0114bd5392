"""Candidates for terms: short sources that are no sentences and come again in other sources."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from apps.tm.matching.normalise import normalise
from apps.tm.matching.term_tables import parse
from apps.tm.matching.term_text import BREAK, read
from apps.tm.matching.terms import TermEntry, TermIndex

LONGEST = 200
"""Characters that the length option may allow."""
EXAMPLE = 300
DEFAULT_LENGTH, DEFAULT_OCCURRENCES = 21, 2
Pairs = Iterable[tuple[str, str]]

_SENTENCE_END = re.compile(r"[.!?…‥。！？．｡؟।॥。]+[\"'”’»」』)\]）】]*$")


@dataclass(frozen=True, slots=True)
class CandidateRules:
    """Which sources are candidates: at most `max_length` characters, in at least `min_occurrences` rows.

    `sentences`: also those that end as a sentence does.
    """

    max_length: int = DEFAULT_LENGTH
    min_occurrences: int = DEFAULT_OCCURRENCES
    sentences: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """`occurrences`: rows that hold it; `suggestion`: the most frequent target of rows that are exactly it."""

    source: str
    occurrences: int
    suggestion: str
    example: str


@dataclass(slots=True)
class _Seen:
    forms: Counter[str] = field(default_factory=Counter)
    targets: dict[str, Counter[str]] = field(default_factory=dict)
    """Of each form: a suggestion belongs to the very source."""
    rows: int = 0
    example: str = ""


def is_candidate(source: str, rules: CandidateRules) -> bool:
    """Whether a source may be a term: short, one line, with a letter, without codes, not a sentence."""
    text = source.strip()
    if not text or len(text) > rules.max_length or "\n" in text or "\r" in text:
        return False
    if not rules.sentences and _SENTENCE_END.search(text):
        return False
    if not any(character.isalpha() for character in text):
        return False
    stream = read(text)
    if BREAK in stream.folded:
        return False
    # A tag leaves a hole in the places.
    return stream.starts[0] == 0 and stream.ends[-1] == len(text) and "<" not in text


def candidate_key(source: str, language: str) -> str:
    """Equal for sources that are one candidate: wand and Wands, Energy and Energy:."""
    parsed = parse(source.strip(), language)
    return normalise(source) if parsed is None else f"{parsed.lead}{parsed.key}{parsed.trail}"


def collect(
    pairs: Callable[[], Pairs], language: str, rules: CandidateRules, known: Iterable[str] = ()
) -> list[Candidate]:
    """Candidates of rows, the most frequent first, then the shorter.

    `pairs()` gives (source, target) of every row and is called twice. `known`: sources that are no
    candidates (terms that exist, candidates that were decided). Occurrences count each row once, also
    where the candidate is within its text, recognised as terms are.
    """
    seen = _sources(pairs(), language, rules, {candidate_key(source, language) for source in known})
    keys = list(seen)
    numbers = {key: n for n, key in enumerate(keys)}
    names = [_first(seen[key].forms) for key in keys]
    index = TermIndex.build((TermEntry(n, name) for n, name in enumerate(names)), language)
    for source, _ in pairs():
        own = numbers.get(candidate_key(source, language)) if is_candidate(source, rules) else None
        found = {hit.term.term_id for hit in index.hits(source)}
        if own is not None:
            found.add(own)
        for n in found:
            one = seen[keys[n]]
            one.rows += 1
            if n != own and not one.example:
                one.example = _excerpt(source)
    wanted = [
        Candidate(name, one.rows, _first(one.targets.get(name, Counter())), one.example or name)
        for name, one in zip(names, seen.values(), strict=True)
        if one.rows >= rules.min_occurrences
    ]
    return sorted(wanted, key=lambda one: (-one.occurrences, len(one.source), one.source))


def _sources(pairs: Pairs, language: str, rules: CandidateRules, known: Collection[str]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for source, target in pairs:
        # A cheap look first: most rows are longer than any candidate.
        if len(source) > rules.max_length + 20 or not is_candidate(source, rules):
            continue
        key = candidate_key(source, language)
        if key in known:
            continue
        one = seen.setdefault(key, _Seen())
        form = source.strip()
        one.forms[form] += 1
        if target.strip():
            one.targets.setdefault(form, Counter())[target.strip()] += 1
    return seen


def _first(counted: Counter[str]) -> str:
    """The most frequent, of those the shortest, of those the first by code point: the same in every run."""
    return min(counted, key=lambda text: (-counted[text], len(text), text)) if counted else ""


def _excerpt(text: str) -> str:
    return text if len(text) <= EXAMPLE else text[: EXAMPLE - 1] + "…"
