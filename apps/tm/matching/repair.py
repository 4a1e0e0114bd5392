"""Repairs of a near match: sentences exchanged, added and dropped, codes, numbers and edges substituted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from apps.tm.matching.edges import edged
from apps.tm.matching.proposals import Repair
from apps.tm.matching.sentences import BREAK, LONGEST, Part, Unit, respelled, sentences, units
from apps.tm.matching.slots import codes, substitute
from apps.tm.matching.words import is_dense

_PAIRED = 0.4
"""Similarity from which a sentence is taken for a changed form of another one."""
_SETTLED = 0.75
"""Similarity that all sentences have, at least, before others are dropped."""
_MOST, _PAIRS = 200, 50

Known = Mapping[str, str]
"""Target by source of the query's sentences that memories know."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """An entry's texts after repair."""

    source: str
    target: str
    repairs: tuple[Repair, ...] = ()


def slotted(query: str, source: str, target: str) -> Repaired | None:
    """The entry's texts with the query's codes, numbers, breaks and edges; None when needless or not certain."""
    result = Repaired(source, target)
    broken = respelled(query, source, target)
    if broken is not None:
        result = Repaired(source, broken.target, (Repair("code", broken.old, broken.new),))
    slots = substitute(query, result.source, result.target)
    if slots is not None:
        result = Repaired(slots.source, slots.target, (*result.repairs, *slots.repairs))
    edges = edged(query, result.source, result.target)
    if edges is not None:
        result = Repaired(edges.source, edges.target, (*result.repairs, *edges.repairs))
    if not result.repairs or (codes(source) == codes(target) and codes(result.target) != codes(query)):
        return None
    return result


def glued(query: str, source: str, target: str, known: Known) -> Repaired | None:
    """The entry's texts with the query's sentences, then its codes and numbers; None when no sentence is gained.

    A sentence of the query is, in this order: one of the entry's own; one that a memory knows; a changed
    form of one of the entry's, which stays as the entry has it; left out. Sentences of the entry that
    the query has no more are dropped.
    """
    if max(len(query), len(source), len(target)) > LONGEST:
        return None
    have = units(source, target)
    want = _merged(sentences(query), have)
    if not have or len(want) > _MOST or (len(have) < 2 and len(want) < 2):
        return None
    places, lowest = _placed([part.text for part in want], [unit.source.text for unit in have], known)
    chosen: list[_Chosen] = []
    repairs: list[Repair] = []
    for part, place in zip(want, places, strict=True):
        unit = None if place is None else have[place]
        if part.text in known and (unit is None or unit.source.text != part.text):
            chosen.append(_Chosen(part, None, part.text, known[part.text]))
            repairs.append(Repair("sentence", unit.target.text if unit else "", known[part.text]))
        elif unit is not None:
            chosen.append(_Chosen(part, place, unit.source.text, unit.target.text))
    used = {place for place in places if place is not None}
    unused = [place for place in range(len(have)) if place not in used]
    if len(chosen) == len(want) and lowest >= _SETTLED:
        repairs += [Repair("sentence", have[place].target.text, "") for place in unused]
    else:
        # The query says something there that nobody knows: what the entry says may be a form of it.
        _insert(chosen, unused, have)
    if not repairs or all(one.place is None for one in chosen):
        return None
    result = Repaired("".join(one.source + one.part.gap for one in chosen), _joined(chosen, have), tuple(repairs))
    after = slotted(query, result.source, result.target)
    if after is not None:
        result = Repaired(after.source, after.target, (*result.repairs, *after.repairs))
    # A sentence left out may have held a code.
    if codes(source) == codes(target) and codes(result.target) != codes(query):
        return None
    return result


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What stands for one part of the query; `place` is that of the entry's unit, None for a memory's."""

    part: Part
    place: int | None
    source: str
    target: str


def _merged(want: list[Part], have: Sequence[Unit]) -> list[Part]:
    """The query's sentences, those that are together one unit of the entry put together."""
    longer = [texts for unit in have if len(texts := sentences(unit.source.text)) > 1]
    if not longer:
        return want
    merged: list[Part] = []
    place = 0
    while place < len(want):
        run = next((texts for texts in longer if _runs(want, place, texts)), None)
        if run is None:
            merged.append(want[place])
            place += 1
            continue
        last = want[place + len(run) - 1]
        text = "".join(part.text + part.gap for part in want[place : place + len(run) - 1]) + last.text
        merged.append(Part(text, last.gap))
        place += len(run)
    return merged


def _runs(want: list[Part], place: int, texts: list[Part]) -> bool:
    run = want[place : place + len(texts)]
    return len(run) == len(texts) and all(one.text == other.text for one, other in zip(run, texts, strict=True))


def _placed(want: Sequence[str], have: Sequence[str], known: Known) -> tuple[list[int | None], float]:
    """For each part of the query the place of the entry's unit that it equals, or of which it is a form.

    Beside them the lowest similarity of such a pair. Parts that memories know take only units that are
    alike; the others then take what is left between their neighbours.
    """
    places: list[int | None] = [None] * len(want)
    for step in Levenshtein.opcodes(have, want):
        if step.tag == "equal":
            for shift in range(step.dest_end - step.dest_start):
                places[step.dest_start + shift] = step.src_start + shift
    taken = {place for place in places if place is not None}
    moved = {text: place for place, text in enumerate(have) if place not in taken}
    for number, text in enumerate(want):
        if places[number] is None and text in moved:
            places[number] = moved.pop(text)
    open_want = [number for number, place in enumerate(places) if place is None][:_PAIRS]
    taken = {place for place in places if place is not None}
    open_have = [place for place in range(len(have)) if place not in taken][:_PAIRS]
    similar = [
        (-Levenshtein.normalized_similarity(want[number], have[place], score_cutoff=_PAIRED), number, place)
        for number in open_want
        for place in open_have
    ]
    lowest = 1.0
    for score, number, place in sorted(similar):
        if -score >= _PAIRED and places[number] is None and place not in taken:
            places[number] = place
            taken.add(place)
            if want[number] not in known:
                lowest = min(lowest, -score)
    for number in open_want:
        if places[number] is None and want[number] not in known:
            after = max((place for place in places[:number] if place is not None), default=-1)
            before = min((place for place in places[number:] if place is not None), default=len(have))
            free = next((place for place in range(after + 1, before) if place not in taken), None)
            if free is not None:
                places[number] = free
                taken.add(free)
                lowest = 0.0
    return places, lowest


def _insert(chosen: list[_Chosen], unused: Sequence[int], have: Sequence[Unit]) -> None:
    """Put units of the entry that stand for nothing of the query where the entry has them."""
    for place in unused:
        unit = have[place]
        at = next((n + 1 for n, one in enumerate(chosen) if one.place == place - 1), 0 if place == 0 else len(chosen))
        chosen.insert(at, _Chosen(unit.source, place, unit.source.text, unit.target.text))


def _joined(chosen: Sequence[_Chosen], have: Sequence[Unit]) -> str:
    """The target, with gaps as the entry has them where it has them."""
    space = _space(have, [one.target for one in chosen])
    parts: list[str] = []
    for number, one in enumerate(chosen):
        after = chosen[number + 1].place if number + 1 < len(chosen) else len(have)
        parts.append(one.target)
        if one.place is not None and after == one.place + 1 and have[one.place].source.gap == one.part.gap:
            parts.append(have[one.place].target.gap)
        elif not one.part.gap or BREAK.search(one.part.gap):
            parts.append(one.part.gap)
        else:
            parts.append(space if number + 1 < len(chosen) else "")
    return "".join(parts)


def _space(have: Sequence[Unit], targets: Sequence[str]) -> str:
    """What the target has where the source has a space between sentences."""
    seen = Counter(
        unit.target.gap for unit in have[:-1] if unit.source.gap.strip(" ") == "" and not BREAK.search(unit.target.gap)
    )
    if seen:
        return min(seen, key=lambda gap: (-seen[gap], gap))
    return "" if any(is_dense(text[-1]) or text[-1] in "。！？」』" for text in targets if text) else " "
