"""Sentences and lines of a row that memories know: as whole entries, and as parts of others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from apps.tm.matching.context import key_similarity
from apps.tm.matching.normalise import text_hash
from apps.tm.matching.proposals import EntryText, Query, Store
from apps.tm.matching.sentences import part_target


class Found(NamedTuple):
    """A part's translation and the entry that has it; `whole`: the entry is that part and nothing else."""

    entry: EntryText
    target: str
    whole: bool


def known_parts(texts: Iterable[str], query: Query, store: Store) -> dict[str, Found]:
    """The best translation of each of some sentences or lines; those that no memory has are missing.

    Sources must be equal, code point by code point. Whole entries come before parts, then confirmed
    ones, nearer memories, likelier keys and newer ones.
    """
    hashes = {text: text_hash(text) for text in texts if text.strip()}
    if not hashes:
        return {}
    wanted = list(dict.fromkeys(hashes.values()))
    found: dict[str, list[Found]] = {}
    for entry in store.by_hashes(wanted):
        if entry.source in hashes and entry.target.strip():
            found.setdefault(entry.source, []).append(Found(entry, entry.target, True))
    open_texts = {text: known for text, known in hashes.items() if text not in found}
    in_parts = store.by_parts(list(dict.fromkeys(open_texts.values()))) if open_texts else {}
    for text, known in open_texts.items():
        for entry in in_parts.get(known, ()):
            target = part_target(entry.source, entry.target, text)
            if target is not None and target.strip():
                found.setdefault(text, []).append(Found(entry, target, False))
    return {text: min(every, key=lambda one: _order(one, query)) for text, every in found.items()}


def _order(found: Found, query: Query) -> tuple[float | int | str, ...]:
    entry = found.entry
    return (
        not found.whole,
        not entry.confirmed,
        entry.rank,
        entry.penalty,
        -round(key_similarity(query.key, entry.key), 6),
        -entry.changed,
        entry.entry_id,
        found.target,
    )
