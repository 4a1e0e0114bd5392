"""What a desktop fetches of a file: a snapshot that can be cut anywhere, and the changes since a revision."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import Row
from apps.sync.protocol import PAGE_ROWS, RowsPage
from apps.sync.server import epoch
from apps.sync.server.rows import COLUMNS, to_wire
from locanext_project.errors import Invalid
from locanext_project.prepared import Prepared

_TOKEN = re.compile(r"(\d{1,18})\.(\d{1,9})\.(-?\d{1,18})")


MOST_OF_ONE = 200_000
"""Rows of one revision that still go in one answer; for more a snapshot in pages is the better way."""
SPANS = 4
"""Of a page, along the primary key; a page that needs more is sorted."""
WIDTH = 2
"""Ids of a span for each row that is wanted: some are of other files, or of rows that are gone."""


def snapshot(user: User, file_id: int, token: str = "", limit: int = PAGE_ROWS) -> RowsPage:
    """A page of all rows, by id; removed ones too, so that they can come back.

    The revision is read before the first page and travels in the token: what changes while the
    pages are fetched comes again with `changes`. A file whose content was replaced meanwhile
    answers `reset`. Raises NotFound, and Invalid for a token that is none.
    """
    limit = max(1, min(limit, PAGE_ROWS))
    file = permissions.get_file(user, file_id)
    cursor, generation, after = file.revision, file.generation, 0
    if token:
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise Invalid(_("This is not a place in a snapshot."), field="token")
        cursor, generation, after = (int(part) for part in match.groups())
        if generation != file.generation or cursor > file.revision:
            return RowsPage(COLUMNS, [], file.revision, file.generation, reset=True)
    found = _rows_behind(file.pk, after, limit + 1)
    following = f"{cursor}.{generation}.{found[limit - 1][0]}" if len(found) > limit else ""
    return RowsPage(COLUMNS, to_wire(found[:limit]), cursor, generation, next=following)


def _rows_behind(file_id: int, after: int, most: int) -> list[tuple[Any, ...]]:
    """Rows with the lowest ids above one, in their order.

    Rows that came together have ids that lie together: they are read along the primary key, in spans of it. By an
    index of the file, each page would read and sort all that is left of the file.
    """
    found: list[tuple[Any, ...]] = []
    end, near = after, after > 0
    for _span in range(SPANS):
        if not near:
            lowest = _lowest_behind(file_id, end)
            if not lowest:
                return found
            end = lowest[0][0] - 1
        begin, end, near = end, end + most * WIDTH, False
        found += _rows_between(file_id, begin, end, most=most)[: most - len(found)]
        if len(found) == most:
            return found
    # Scattered among the rows of other files.
    return found + _rows_sorted(file_id, end, most=most)[: most - len(found)]


def _between(file_id: int, after: int, until: int, *, most: int) -> QuerySet[Row, tuple[Any, ...]]:
    # With a sum no index of the file fits: both databases take the primary key.
    found = Row.objects.annotate(of=F("file_id") + 0).filter(of=file_id, pk__gt=after, pk__lte=until)
    return found.order_by("pk").values_list(*COLUMNS)[:most]


def _lowest(file_id: int, after: int) -> QuerySet[Row, tuple[Any, ...]]:
    # And here none of the primary key: behind the file's last row it would be read to its end.
    found = Row.objects.filter(file_id=file_id, pk__gt=after).annotate(there=F("pk") + 0)
    return found.order_by("there").values_list("there")[:1]


def _sorted(file_id: int, after: int, *, most: int) -> QuerySet[Row, tuple[Any, ...]]:
    return Row.objects.filter(file_id=file_id, pk__gt=after).order_by("pk").values_list(*COLUMNS)[:most]


def _since(file_id: int, since: int, until: int, *, most: int) -> QuerySet[Row, tuple[Any, ...]]:
    found = Row.objects.filter(file_id=file_id, rev__gt=since, rev__lte=until).order_by("rev", "pk")
    return found.values_list("rev", *COLUMNS)[:most]


_rows_between, _lowest_behind, _rows_sorted = Prepared(_between), Prepared(_lowest), Prepared(_sorted)
_rows_since = Prepared(_since)


def changes(
    user: User, file_id: int, since: int, generation: int, known_epoch: str, limit: int = PAGE_ROWS
) -> RowsPage:
    """Rows changed after a revision, in its order; a page never splits one revision.

    `reset` where the cursor means nothing here: another life of the data, other content, or a
    revision that this server has not reached; and where one act changed more rows than one answer
    holds. Raises NotFound.
    """
    limit = max(1, min(limit, PAGE_ROWS))
    file = permissions.get_file(user, file_id)
    if known_epoch != epoch.current() or generation != file.generation or since > file.revision:
        return RowsPage(COLUMNS, [], file.revision, file.generation, reset=True)
    # Read before the rows: what is committed meanwhile comes with the next page.
    revision = file.revision
    found = _rows_since(file.pk, since, revision, most=limit + 1)
    more, cursor = len(found) > limit, revision
    if more:
        last = found[limit][0]
        kept = [row for row in found[:limit] if row[0] < last]
        if kept:
            cursor = kept[-1][0]
        else:
            kept = _rows_since(file.pk, last - 1, last, most=MOST_OF_ONE + 1)
            if len(kept) > MOST_OF_ONE:
                return RowsPage(COLUMNS, [], file.revision, file.generation, reset=True)
            cursor = last
            more = last < revision
        found = kept
    return RowsPage(COLUMNS, to_wire(row[1:] for row in found), cursor, file.generation, more=more)
