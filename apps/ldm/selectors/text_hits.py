"""The first rows that hold a text, by file and position: few of many hits without looking at all of them.

A rare text has few hits: the index names them all, and they are sorted. A frequent one is found
soon by reading the rows in their order. Counting hits up to a bound tells the one from the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from django.db import connections
from django.db.models import Q

from apps.ldm.models import Row
from apps.ldm.selectors.row_index import MIN_INDEXED, form_of, held, indexed, is_rare, run
from apps.ldm.selectors.search_rows import holds, narrowed
from apps.ldm.selectors.universe import FileFacts, Universe
from locanext_project import workspaces

PROBED = {"sqlite": 12_000, "postgresql": 5000}
"""Hits in the whole database that are sorted; a text with more of them is frequent.

SQLite names and sorts a thousand hits in some 2 ms; a hundred hits among a million rows are read in 0.3 s divided by
the thousands that there are. Near here both are the same.
"""
FIRST_WINDOW, LAST_WINDOW = 4_000, 64_000
"""Rows that are read at a time; each window is four times the one before."""
MOST_WALKED = 150_000
"""After so many rows without enough hits all hits of the files that are left are read after all."""


class Place(NamedTuple):
    """Where a row stands; places compare as results are ordered."""

    file_id: int
    position: int
    row_id: int = 0


START = Place(-(2**63), -1)


class Hits(NamedTuple):
    """Places in order, and how many there are in all where that is known."""

    places: list[Place]
    total: int | None


def first(
    universe: Universe,
    text: str,
    fields: Sequence[str],
    *,
    whole: bool = False,
    after: Place = START,
    limit: int = 101,
) -> Hits:
    """The first `limit` rows behind `after` with the text in one of the fields; `whole`: as all of the field."""
    search = _Search(universe, text, fields, whole, after, limit)
    known, total = search.known()
    late = search.late()
    if len(late) >= limit or not search.first_page:
        total = None
    elif total is not None:
        total = len({place.row_id for place in (*known, *late)})
    return Hits(sorted({*known, *late})[:limit], total)


class _Search:
    """One text looked for in one universe."""

    def __init__(
        self, universe: Universe, text: str, fields: Sequence[str], whole: bool, after: Place, limit: int
    ) -> None:
        self.universe, self.text, self.form, self.fields, self.whole = universe, text, form_of(text), fields, whole
        self.limit = limit
        # A place is behind another by file and position: whoever goes on from one may not know its row.
        self.first_page = after[:2] == START[:2]
        self.after = Place(after.file_id, after.position, 2**63)
        self.vendor = connections[workspaces.alias()].vendor
        self.files = [file for file in universe.facts if file.pk >= after.file_id and file.searchable_revision]

    def known(self) -> tuple[list[Place], int | None]:
        """Rows that the index knows: the first of them, or all where they are few, with their number."""
        if not self.files:
            return [], 0
        if len(self.form) >= MIN_INDEXED and is_rare(self.form, PROBED[self.vendor]):
            hits = self._all([file.pk for file in self.files])
            return [place for place in hits if self._is_behind(place)], len(hits)
        found: list[Place] = []
        walked = 0
        for n, file in enumerate(self.files):
            if walked > MOST_WALKED and len(self.form) >= MIN_INDEXED:
                rest = self._all([left.pk for left in self.files[n:]])
                return [*found, *(place for place in rest if self._is_behind(place))], None
            few, rows = self._walked(file)
            walked += rows
            found += few
            if len(found) >= self.limit:
                break
        return found[: self.limit], None

    def _is_behind(self, place: Place) -> bool:
        """Whether a place comes after the last one of the page before; a cursor knows no row, and needs none."""
        return place[:2] > self.after[:2]

    def late(self) -> list[Place]:
        """Rows that changed since they were indexed: the first of them, read one after the other."""
        rows = self.universe.late()
        if rows is None:
            return []
        condition = narrowed(self.text, self.form, self.fields)
        if condition is not None:
            rows = rows.filter(condition)
        if not self.first_page:
            file_id, position, _ = self.after
            rows = rows.filter(Q(file_id__gt=file_id) | Q(file_id=file_id, position__gt=position))
        ordered = rows.order_by("file_id", "position").values_list("file_id", "position", "pk", *self.fields)
        matching = (
            Place(*values[:3])
            for values in ordered.iterator(chunk_size=2000)
            if holds(self.form, values[3:], whole=self.whole)
        )
        return list(islice(matching, self.limit))

    def _all(self, file_ids: Sequence[int]) -> list[Place]:
        found = indexed(self.form, self.fields, file_ids, whole=self.whole)
        return sorted(Place(file_id, position, pk) for pk, file_id, position in found)

    def _walked(self, file: FileFacts) -> tuple[list[Place], int]:
        """The first hits of a file by reading its rows in order, and how many rows that were."""
        start = self.after.position + 1 if file.pk == self.after.file_id else 0
        found: list[Place] = []
        walked, window = 0, FIRST_WINDOW
        last = Row.objects.filter(file_id=file.pk).order_by("-position").values_list("position", flat=True).first()
        end = -1 if last is None else last
        while start <= end and len(found) < self.limit:
            if walked > MOST_WALKED and len(self.form) >= MIN_INDEXED:
                rest = [place for place in self._all([file.pk]) if place.position >= start]
                return [*found, *rest], walked
            found += self._window(file, start, start + window, self.limit - len(found))
            walked += window
            start += window
            window = min(window * 4, LAST_WINDOW)
        return found, walked

    def _window(self, file: FileFacts, start: int, end: int, limit: int) -> Iterator[Place]:
        condition, parameters = held(self.form, self.fields, self.whole)
        rows = "SELECT id, position FROM ldm_row WHERE file_id = %s AND position >= %s AND position < %s"
        limits = [file.pk, start, end]
        if file.searchable_revision < file.revision:
            rows += " AND rev <= %s"
            limits.append(file.searchable_revision)
        if self.vendor == "sqlite":
            statement = (
                f"SELECT r.id, r.position FROM ({rows}) r CROSS JOIN ldm_rowtext t ON t.row_id = r.id"  # noqa: S608
                f" WHERE {condition} ORDER BY r.position LIMIT %s"
            )
        else:
            # OFFSET 0 keeps the planner from asking the trigram index for every hit of the whole database.
            statement = (
                f"WITH r AS MATERIALIZED ({rows}) SELECT r.id, r.position FROM r CROSS JOIN LATERAL"  # noqa: S608
                f" (SELECT text FROM ldm_rowtext WHERE row_id = r.id OFFSET 0) t WHERE {condition}"
                " ORDER BY r.position LIMIT %s"
            )
        hits = run(statement, [*limits, *parameters, limit])
        return (Place(file.pk, position, pk) for pk, position in hits)
