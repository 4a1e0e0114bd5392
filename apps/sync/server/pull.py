"""What a desktop fetches of a file: a snapshot that can be cut anywhere, and the changes since a revision."""

from __future__ import annotations

import re

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Row
from apps.sync.protocol import PAGE_ROWS, RowsPage
from apps.sync.server import epoch
from apps.sync.server.rows import COLUMNS, to_wire
from locanext_project.errors import Invalid

_TOKEN = re.compile(r"(\d{1,18})\.(\d{1,9})\.(-?\d{1,18})")


MOST_OF_ONE = 200_000
"""Rows of one revision that still go in one answer; for more a snapshot in pages is the better way."""


def snapshot(user: User, file_id: int, token: str = "", limit: int = PAGE_ROWS) -> RowsPage:
    """A page of all rows, by id; removed ones too, so that they can come back.

    The revision is read before the first page and travels in the token: what changes while the
    pages are fetched comes again with `changes`. A file whose content was replaced meanwhile
    answers `reset`. Raises NotFound, and Invalid for a token that is none.
    """
    limit = max(1, min(limit, PAGE_ROWS))
    file = permissions.get_file(user, file_id)
    cursor, generation, after = file.revision, file.generation, None
    if token:
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise Invalid("This is not a place in a snapshot.", field="token")
        cursor, generation, after = (int(part) for part in match.groups())
        if generation != file.generation or cursor > file.revision:
            return RowsPage(COLUMNS, [], file.revision, file.generation, reset=True)
    rows = Row.objects.filter(file_id=file.pk).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.values_list(*COLUMNS)[: limit + 1])
    following = f"{cursor}.{generation}.{found[limit - 1][0]}" if len(found) > limit else ""
    return RowsPage(COLUMNS, to_wire(found[:limit]), cursor, generation, next=following)


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
    revision = File.objects.values_list("revision", flat=True).get(pk=file.pk)
    changed = Row.objects.filter(file_id=file.pk, rev__gt=since, rev__lte=revision).order_by("rev", "pk")
    found = list(changed.values_list("rev", *COLUMNS)[: limit + 1])
    more, cursor = len(found) > limit, revision
    if more:
        last = found[limit][0]
        kept = [row for row in found[:limit] if row[0] < last]
        if kept:
            cursor = kept[-1][0]
        else:
            kept = list(changed.filter(rev=last).values_list("rev", *COLUMNS)[: MOST_OF_ONE + 1])
            if len(kept) > MOST_OF_ONE:
                return RowsPage(COLUMNS, [], file.revision, file.generation, reset=True)
            cursor = last
            more = last < revision
        found = kept
    return RowsPage(COLUMNS, to_wire(row[1:] for row in found), cursor, file.generation, more=more)
