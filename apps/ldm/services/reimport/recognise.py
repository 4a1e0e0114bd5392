"""Which row of the present file a segment of a newer version is.

Rows are recognised by a key that is unique on both sides; rows whose key occurs more than once by
key and source; the rest by source, repeats in order of position. Pure: no database.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

KEY = "key"
KEY_AND_SOURCE = "key_source"
SOURCE = "source"
RULES = ("all", "key", "source")

_SUFFIX = re.compile(r"#[2-9]\d*\Z|#1\d+\Z")


class Identity(NamedTuple):
    """What recognises a row: the reader's key, its plural form, and the source."""

    key: str
    plural: str
    source: str


@dataclass(slots=True)
class Recognition:
    """For every new segment the position of its old row, or None; and the old rows nobody claimed."""

    old_of_new: list[int | None]
    by: list[str]
    """KEY, KEY_AND_SOURCE, SOURCE, or "" for a new segment."""
    gone: list[int] = field(default_factory=list)


def recognise(
    old: Sequence[Identity], new: Sequence[Identity], *, rule: str = "all", keys_mean_something: bool = True
) -> Recognition:
    """Pair the two sides; no old row is claimed twice.

    `rule`: "all" (key, then key and source, then source), "key" or "source" alone.
    `keys_mean_something` False: the keys are made from positions, so only sources are compared.
    """
    result = Recognition([None] * len(new), [""] * len(new))
    free_old = set(range(len(old)))
    if rule != "source" and keys_mean_something:
        old_keys, new_keys = _base_keys(old), _base_keys(new)
        _unique(result, free_old, old_keys, new_keys)
        _in_order(result, free_old, KEY_AND_SOURCE, _with_source(old_keys, old), _with_source(new_keys, new))
        if rule == "key":
            # Repeated keys whose source changed as well: what is left of them, in order.
            _in_order(result, free_old, KEY, dict(enumerate(old_keys)), dict(enumerate(new_keys)))
        else:
            _groups_of_equal_size(result, free_old, old_keys, new_keys)
    if rule != "key":
        _in_order(
            result,
            free_old,
            SOURCE,
            {n: (row.source, row.plural) for n, row in enumerate(old) if row.source.strip()},
            {n: (row.source, row.plural) for n, row in enumerate(new) if row.source.strip()},
        )
    result.gone = sorted(free_old)
    return result


def _base_keys(rows: Sequence[Identity]) -> list[tuple[str, str]]:
    """Keys as the file has them: the reader numbers repeats "#2", "#3" behind the first."""
    present = {row.key for row in rows}
    keys = []
    for row in rows:
        base = _SUFFIX.sub("", row.key)
        keys.append((base if base != row.key and base in present else row.key, row.plural))
    return keys


def _unique(
    result: Recognition, free_old: set[int], old_keys: list[tuple[str, str]], new_keys: list[tuple[str, str]]
) -> None:
    """Pair keys that occur exactly once on both sides."""
    old_at, new_at = _once(old_keys), _once(new_keys)
    for key, position in new_at.items():
        match = old_at.get(key)
        if match is not None:
            result.old_of_new[position], result.by[position] = match, KEY
            free_old.discard(match)


def _once(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int | None] = {}
    for position, key in enumerate(keys):
        if key[0]:
            found[key] = None if key in found else position
    return {key: position for key, position in found.items() if position is not None}


def _with_source(keys: list[tuple[str, str]], rows: Sequence[Identity]) -> dict[int, object]:
    return {n: (*key, rows[n].source) for n, key in enumerate(keys) if key[0]}


def _in_order(
    result: Recognition, free_old: set[int], how: str, old: dict[int, object], new: dict[int, object]
) -> None:
    """Pair equal values that are still free, repeats in order of position."""
    waiting: dict[object, list[int]] = defaultdict(list)
    for position in sorted(old, reverse=True):
        if position in free_old:
            waiting[old[position]].append(position)
    for position in sorted(new):
        if result.old_of_new[position] is None and (candidates := waiting.get(new[position])):
            match = candidates.pop()
            result.old_of_new[position], result.by[position] = match, how
            free_old.discard(match)


def _groups_of_equal_size(
    result: Recognition, free_old: set[int], old_keys: list[tuple[str, str]], new_keys: list[tuple[str, str]]
) -> None:
    """One old and one new row are left of a repeated key: its source changed, it is the same row."""
    left_old: dict[tuple[str, str], list[int]] = defaultdict(list)
    for position in sorted(free_old):
        if old_keys[position][0]:
            left_old[old_keys[position]].append(position)
    left_new: dict[tuple[str, str], list[int]] = defaultdict(list)
    for position, key in enumerate(new_keys):
        if result.old_of_new[position] is None and key in left_old:
            left_new[key].append(position)
    for key, positions in left_new.items():
        if len(positions) == len(left_old[key]) == 1:
            result.old_of_new[positions[0]], result.by[positions[0]] = left_old[key][0], KEY
            free_old.discard(left_old[key][0])
