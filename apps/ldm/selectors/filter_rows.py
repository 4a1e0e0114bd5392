"""Which rows a query of the filter language finds: the one way, for views, bulk acts, rules and searches."""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import connections
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.queries import All, Node, Not, Op, QueryError, Term, parse
from apps.ldm.queries import Any as AnyOf
from apps.ldm.queries.fields import columns
from apps.ldm.selectors import filter_sets, filter_terms, row_index
from apps.ldm.selectors.filter_sets import EVERYTHING, NOTHING, Found, both, either, negated
from apps.ldm.selectors.filter_text import TextFinder
from apps.ldm.selectors.query_words import said
from apps.ldm.selectors.row_index import FIELDS as INDEXED
from apps.ldm.selectors.universe import Universe
from locanext_project import workspaces
from locanext_project.errors import Invalid

MANY = 100_000
"""Above this, reading every row and choosing in Python costs less than telling the database the ids."""
SORTS: dict[str, tuple[Any, ...]] = {
    "position": ("position",),
    "key": ("key", "position"),
    "source": ("source", "position"),
    "target": ("target", "position"),
    # Rows nobody edited come last on every database.
    "edited": (F("edited_at").desc(nulls_last=True), "position"),
}
_BY_DATABASE = {
    "status": filter_terms.status,
    "origin": filter_terms.origin,
    "score": filter_terms.score,
    "n": filter_terms.number,
    "updated": filter_terms.updated,
    "by": filter_terms.by,
    "assignee": filter_terms.assignee,
    "file": filter_terms.file_name,
    "has": filter_terms.has,
    "is": filter_terms.is_,
    "check": filter_terms.check,
}


def matching(user: User | None, file: File, query: str, *, sort: str = "position") -> array[int]:
    """Ids of the live rows of a file that a query finds, in order; all of them for the empty query.

    The caller has checked that the person may see the file. `sort` is one of SORTS. Raises
    Invalid("bad_query") with the place of what is wrong.
    """
    universe = Universe.of_file(file, user)
    return ordered(universe, found_by(universe, query), SORTS[sort])


def among(user: User | None, file: File, query: str, row_ids: Collection[int]) -> set[int]:
    """Those of some rows of a file that a query finds; meant for some hundreds of rows. Raises as `matching`."""
    if not row_ids:
        return set()
    universe = Universe.of_file(file, user, only=sorted(row_ids))
    return set(ordered(universe, found_by(universe, query), ()))


def check(query: str) -> Node:
    """The tree of a query. Raises Invalid("bad_query")."""
    try:
        return parse(query)
    except QueryError as error:
        raise refusal(error) from None


def found_by(universe: Universe, query: str) -> Found:
    """What a query finds among the rows of a universe. Raises Invalid("bad_query")."""
    tree = check(query)
    try:
        return Evaluation(universe).find(tree, None)
    except QueryError as error:
        raise refusal(error) from None


def refusal(error: QueryError) -> Invalid:
    """The refusal of a query, as every API and service shows it."""
    return Invalid(said(error), code="bad_query", at=error.at, length=error.length, valid=list(error.valid))


def ordered(universe: Universe, found: Found, order: Iterable[Any]) -> array[int]:
    """Ids of the rows of a universe that were found, in order."""
    if found.nothing:
        return array("q")
    few = found.ids is not None and len(found.ids) <= MANY
    rows, left = _narrowed(universe.rows_by_id() if few else universe.rows(), found)
    ids = row_index.ids_at_once(rows.order_by(*order))
    return array("q", ids if left.everything else filter(left.lets_through, ids))


def stream(rows: QuerySet[Row], found: Found, order: Iterable[Any]) -> Iterator[int]:
    """As `ordered`, one after the other, read as far as it is asked for."""
    if found.nothing:
        return
    rows, left = _narrowed(rows, found)
    ids = rows.order_by(*order).values_list("pk", flat=True).iterator(chunk_size=10_000)
    yield from ids if left.everything else filter(left.lets_through, ids)


def _narrowed(rows: QuerySet[Row], found: Found) -> tuple[QuerySet[Row], Found]:
    """The rows as far as the database can choose among them, and the sets of ids that are left to compare with."""
    ids, without = found.ids, found.without
    if found.q is not None:
        rows = rows.filter(found.q)
    if ids is not None and len(ids) <= filter_sets.FEW:
        rows, ids = rows.filter(pk__in=sorted(ids)), None
    elif ids is not None and len(ids) <= MANY:
        # The database keeps the others from being read into Python; it cannot be given the ids as parameters.
        rows, ids = rows.filter(pk__in=_listed(ids)), None
    if without is not None and len(without) <= filter_sets.FEW:
        rows, without = rows.exclude(pk__in=sorted(without)), None
    return rows, Found(ids=ids, without=without)


def _listed(ids: Collection[int]) -> RawSQL:
    """Any number of ids as a subquery with one parameter."""
    if connections[workspaces.alias()].vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])  # noqa: S611 (ids are a parameter)
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])  # noqa: S611


class Evaluation:
    """One query over one universe; what does not depend on the base is found once."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._texts = TextFinder(universe)
        self._known: dict[Term, Found] = {}

    def find(self, node: Node, base: Q | None) -> Found:
        """What a part of the query finds, where `base` holds; elsewhere it may answer anything."""
        if isinstance(node, Term):
            return self._term(node, base)
        if isinstance(node, Not):
            return negated(self.find(node.part, base), lambda q: self._ids(q, base))
        if isinstance(node, AnyOf):
            return either([self.find(part, base) for part in node.parts], lambda q: self._ids(q, base))
        return self._all(node, base)

    def _all(self, node: All, base: Q | None) -> Found:
        """The cheap parts first: what they leave is all that the dear ones have to read."""
        found = EVERYTHING
        for part in sorted(node.parts, key=_cost):
            narrower = base if found.q is None else (found.q if base is None else base & found.q)
            found = both([found, self.find(part, narrower)])
            if found.nothing:
                return NOTHING
        return found

    def _term(self, term: Term, base: Q | None) -> Found:
        if term.field == "length":
            return self._texts.length(term, base)
        if term.field not in _BY_DATABASE and not self._texts.is_indexed(term):
            return self._texts.find(term, base)
        if term not in self._known:
            of_database = _BY_DATABASE.get(term.field)
            self._known[term] = of_database(term, self._universe) if of_database else self._texts.find(term, None)
        return self._known[term]

    def _ids(self, q: Q, base: Q | None) -> set[int]:
        rows = self._universe.rows().filter(q)
        if base is not None:
            rows = rows.filter(base)
        return set(rows.order_by().values_list("pk", flat=True).iterator(chunk_size=10_000))


def reads_all(tree: Node) -> bool:
    """Whether answering takes reading rows that the database and the index cannot judge."""
    return _cost(tree) == 2


def _cost(node: Node) -> int:
    """0 for what the database decides, 1 for the index, 2 for what reads every row."""
    if isinstance(node, Term):
        if node.field in _BY_DATABASE:
            return 0
        return 1 if node.op is not Op.REGEX and set(columns(node.field)) <= set(INDEXED) else 2
    if isinstance(node, Not):
        return _cost(node.part)
    return max((_cost(part) for part in node.parts), default=0)
