"""Comparisons of texts: through the search index where it helps, verified on the rows, late rows read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from apps.ldm.checks import codes
from apps.ldm.models import Row
from apps.ldm.queries import Op, QueryError, Term
from apps.ldm.queries.bounded_regex import BoundedPattern, Budget, RunawayPattern
from apps.ldm.queries.fields import columns
from apps.ldm.queries.literals import required
from apps.ldm.selectors.filter_sets import EVERYTHING, FEW, Found, among, where
from apps.ldm.selectors.filter_terms import COMPARISONS
from apps.ldm.selectors.row_index import FIELDS, MIN_INDEXED, form_of, indexed, indexed_ids
from apps.ldm.selectors.search_rows import scan
from apps.ldm.selectors.universe import Universe

REGEX_SECONDS = 20.0
"""What all regexes of a query may take together."""
MOST_FETCHED = 50_000
"""More candidates than these are not fetched by their ids: every row is read."""
T = TypeVar("T")


@dataclass(slots=True)
class TextFinder:
    """Answers the text conditions of one query."""

    universe: Universe
    budget: Budget = field(default_factory=lambda: Budget(REGEX_SECONDS))

    def is_indexed(self, term: Term) -> bool:
        """Whether the index answers a text condition, whatever rows are asked for."""
        return self.universe.only is None and term.op is not Op.REGEX and set(columns(term.field)) <= set(FIELDS)

    def find(self, term: Term, base: Q | None) -> Found:
        """Rows for which a text condition holds. `base`: rows for which it does not hold are not asked for.

        Raises QueryError where a regex takes too long.
        """
        names = columns(term.field)
        if term.op is Op.REGEX:
            return among(self._regex(term, names, base))
        whole = term.op is Op.IS
        if not term.value:
            return where(_one_is_empty(names)) if whole else EVERYTHING
        if not self.is_indexed(term):
            return among(set(scan(self._rows(base), term.value, names, whole=whole)))
        form, late = form_of(term.value), self.universe.late()
        if late is None:
            return among(set(indexed_ids(form, names, self.universe.file_ids, whole=whole)))
        found = {pk for pk, _, _ in indexed(form, names, self.universe.file_ids, whole=whole)}
        return among(found | set(scan(late, term.value, names, whole=whole)))

    def length(self, term: Term, base: Q | None) -> Found:
        """Rows by the visible characters of their target."""
        rows, value = self._rows(base), int(term.value)
        # Codes only make a text shorter than it is, so the database can leave out what is too short anyway.
        if term.op in (Op.HAS, Op.GREATER, Op.AT_LEAST, Op.BETWEEN):
            rows = rows.annotate(_characters=Length("target")).filter(_characters__gte=value)
        fits: Callable[[int], bool]
        if term.op is Op.BETWEEN:
            until = int(term.until)
            fits = lambda size: value <= size <= until  # noqa: E731
        else:
            compare = COMPARISONS[term.op]
            fits = lambda size: compare(size, value)  # noqa: E731
        pairs = rows.values_list("pk", "target").iterator(chunk_size=5000)
        return among({pk for pk, target in pairs if fits(visible_length(target))})

    def _rows(self, base: Q | None) -> QuerySet[Row]:
        rows = self.universe.rows()
        return rows if base is None else rows.filter(base)

    def _regex(self, term: Term, names: Collection[str], base: Q | None) -> set[int]:
        pattern = BoundedPattern(term.value, ignore_case=term.ignore_case, budget=self.budget)
        try:
            return {
                pk
                for pk, *values in self._candidates(term, names, base)
                if any(pattern.matches(value) for value in values)
            }
        except RunawayPattern as error:
            raise QueryError(str(error), term.at, term.length) from None

    def _candidates(self, term: Term, names: Collection[str], base: Q | None) -> Iterator[tuple[Any, ...]]:
        """(id, texts) of the rows that may match: those with the longest text that every match holds."""
        rows = self._rows(base)
        literal = max(required(term.value, ignore_case=term.ignore_case), key=lambda one: len(form_of(one)), default="")
        usable = self.universe.only is None and set(names) <= set(FIELDS) and len(form_of(literal)) >= MIN_INDEXED
        if usable:
            held = self.find(Term(term.field, Op.HAS, literal), base).ids or frozenset()
            if len(held) <= MOST_FETCHED:
                for chunk in chunks(held, FEW):
                    yield from rows.filter(pk__in=chunk).values_list("pk", *names)
                return
        yield from rows.order_by().values_list("pk", *names).iterator(chunk_size=5000)


def visible_length(text: str) -> int:
    """Characters of a target as a player sees them, without codes."""
    return codes.size(text)[0]


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    left = iter(items)
    while part := list(islice(left, size)):
        yield part


def _one_is_empty(names: Collection[str]) -> Q:
    condition = Q()
    for name in names:
        condition |= Q(**{name: ""})
    return condition
