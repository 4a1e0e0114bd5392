"""What a condition finds: a condition of the database, a set of ids, or both; and, or, not between them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from django.db.models import Q

FEW = 5000
"""Up to so many ids go into a condition of the database; more are compared with its answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows for which `q` holds, that are in `ids`, and not in `without`; None restricts nothing.

    The ids may name rows that are not asked about (other files', removed ones): they never come out.
    """

    q: Q | None = None
    ids: AbstractSet[int] | None = None
    without: AbstractSet[int] | None = None

    @property
    def everything(self) -> bool:
        """Whether it restricts nothing."""
        return self.q is None and self.ids is None and self.without is None

    def lets_through(self, pk: int) -> bool:
        """Whether its sets of ids allow a row; its condition is not asked."""
        return (self.ids is None or pk in self.ids) and (self.without is None or pk not in self.without)

    @property
    def nothing(self) -> bool:
        """Whether it is known to find no row at all."""
        return self.ids is not None and not self.ids


EVERYTHING, NOTHING = Found(), Found(ids=frozenset())
Materialise = Callable[[Q], set[int]]
"""Reads the ids of the rows, among those asked about, for which a condition holds."""


def where(q: Q) -> Found:
    """What a condition of the database finds. It must be true or false for every row, never null."""
    return Found(q=q)


def among(ids: Collection[int]) -> Found:
    """Some rows."""
    return Found(ids=ids if isinstance(ids, set | frozenset) else set(ids))


def both(parts: Iterable[Found]) -> Found:
    """What every part finds."""
    q: Q | None = None
    ids: AbstractSet[int] | None = None
    without: AbstractSet[int] = frozenset()
    for part in parts:
        if part.q is not None:
            q = part.q if q is None else q & part.q
        if part.ids is not None:
            ids = part.ids if ids is None else ids & part.ids
        if part.without:
            without = without | part.without
    if ids is not None and without:
        ids, without = ids - without, frozenset()
    if ids is not None and not ids:
        return NOTHING
    return Found(q, ids, without or None)


def negated(found: Found, materialise: Materialise) -> Found:
    """What it does not find."""
    if found.everything:
        return NOTHING
    if found.q is None:
        if found.ids is None:
            return Found(ids=found.without)
        return Found(without=found.ids) if found.ids else EVERYTHING
    if found.ids is None and found.without is None:
        return Found(q=~found.q)
    # Not (q and in ids): what remains of both ids and condition is a set that is read.
    return Found(without=_ids(found, materialise))


def either(parts: Iterable[Found], materialise: Materialise) -> Found:
    """What one of the parts finds."""
    parts = [part for part in parts if not part.nothing]
    if not parts:
        return NOTHING
    if any(part.everything for part in parts):
        return EVERYTHING
    if len(parts) == 1:
        return parts[0]
    conditions = [_condition(part) for part in parts]
    if all(condition is not None for condition in conditions):
        return Found(q=functools.reduce(operator.or_, (condition for condition in conditions if condition is not None)))
    ids: set[int] = set()
    without: AbstractSet[int] | None = None
    for part in parts:
        if part.q is None and part.ids is None:
            assert part.without is not None  # noqa: S101 (else it would find everything)
            without = part.without if without is None else without & part.without
        else:
            ids |= _ids(part, materialise)
    if without is None:
        return Found(ids=ids)
    return Found(without=without - ids) if without - ids else EVERYTHING


def _condition(found: Found) -> Q | None:
    """All of it as one condition of the database, where the sets are small."""
    q = found.q
    for members, negative in ((found.ids, False), (found.without, True)):
        if members is None:
            continue
        if len(members) > FEW:
            return None
        inside = Q(pk__in=sorted(members))
        q = (~inside if negative else inside) if q is None else q & (~inside if negative else inside)
    return q


def _ids(found: Found, materialise: Materialise) -> AbstractSet[int]:
    if found.q is None and found.ids is not None:
        return found.ids
    ids: AbstractSet[int] = materialise(found.q if found.q is not None else Q())
    if found.ids is not None:
        ids = ids & found.ids
    return ids - found.without if found.without else ids
