"""Windows of rows, one row, and the changes since a revision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Row, Status
from locanext_project.errors import Invalid, NotFound
from locanext_project.prepared import Prepared, instance

MAX_WINDOW = 500
ROW_COLUMNS = (
    "id", "position", "key", "plural", "source", "target", "status", "rev", "text_rev", "origin", "score", "locked",
    "source_changed", "old_source", "blank_intended", "context", "comment", "location", "max_length", "codes",
    "edited_by_id", "edited_by_name", "edited_at", "removed_at", "assignee_id", "assignee_name",
)  # fmt: skip

_STATE_COLUMNS = ("id", "revision", *(f"{unit}_{status.label}" for unit in ("rows", "words") for status in Status))
_state = Prepared(lambda pk: File.objects.filter(pk=pk).values_list(*_STATE_COLUMNS))
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_STATUS_NAMES = {int(status): status.label for status in Status}


def row_json(values: Sequence[Any]) -> dict[str, Any]:
    """A row of ROW_COLUMNS as the API shows it."""
    (
        pk, position, key, plural, source, target, status, rev, text_rev, origin, score, locked, source_changed,
        old_source, blank_intended, context, comment, location, max_length, codes, edited_by_id, edited_by_name,
        edited_at, removed_at, assignee_id, assignee_name,
    ) = values  # fmt: skip
    return {
        "id": pk, "n": position + 1, "key": key, "plural": plural, "source": source, "target": target,
        "status": _STATUS_NAMES[status], "rev": rev, "text_rev": text_rev, "origin": origin, "score": score,
        "locked": locked, "source_changed": source_changed, "old_source": old_source,
        "blank_intended": blank_intended, "context": context, "comment": comment, "location": location,
        "max_length": max_length, "codes": codes,
        "edited_by": {"id": edited_by_id, "name": edited_by_name} if edited_by_name else None,
        "edited_at": edited_at, "removed": removed_at is not None,
        "assignee": {"id": assignee_id, "name": assignee_name} if assignee_id is not None else None,
    }  # fmt: skip


def present(row: Row) -> dict[str, Any]:
    """A loaded row as the API shows it."""
    return row_json([getattr(row, name) for name in ROW_COLUMNS])


def window(file: File, start: int, count: int) -> list[dict[str, Any]]:
    """Rows by position, `start` from 0. Raises Invalid for more than MAX_WINDOW rows."""
    _check(start, count)
    rows = Row.objects.filter(file_id=file.pk, position__gte=start, position__lt=start + count)
    return [row_json(values) for values in rows.order_by("position").values_list(*ROW_COLUMNS)]


def by_ids(file: File, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Rows in the order of `ids`; those that are gone are left out."""
    _check(0, len(ids) or 1)
    # Not filtered by the file: the planner would then walk the file's index instead of the ids.
    rows = Row.objects.filter(pk__in=ids).values_list("file_id", *ROW_COLUMNS)
    found = {values[1]: values[1:] for values in rows if values[0] == file.pk}
    return [row_json(found[pk]) for pk in ids if pk in found]


def _check(start: int, count: int) -> None:
    if start < 0 or not 1 <= count <= MAX_WINDOW:
        raise Invalid(_("start is 0 or more and count is 1 to %(most)s.") % {"most": MAX_WINDOW}, field="count")


def total_rows(file: File) -> int:
    """Live rows, from the kept counters."""
    return int(file.counts()["rows"])


def state_of_file(file_id: int) -> tuple[int, dict[str, Any]]:
    """The revision and the counts of a file that the caller may see, as they are now."""
    (values,) = _state(file_id)
    file = instance(File, _STATE_COLUMNS, values)
    return file.revision, file.counts()


def get_row(user: User, row_id: int) -> tuple[Row, File]:
    """A row and its file, if the person may see it. Raises NotFound."""
    row = Row.objects.filter(pk=row_id).first()
    if row is None:
        raise NotFound
    return row, permissions.get_file(user, row.file_id)


def changes_since(file_id: int, since: int, limit: int = MAX_WINDOW) -> tuple[int, list[dict[str, Any]], bool]:
    """Rows changed after a revision, in its order: (cursor to ask from next, rows, whether more follow).

    The file's revision is read before the rows, so a change committed meanwhile comes with the
    next call. A page never splits one revision, so a bulk act may make it longer than `limit`.
    """
    revision = File.objects.values_list("revision", flat=True).get(pk=file_id)
    if since >= revision:
        return revision, [], False
    changed = Row.objects.filter(file_id=file_id, rev__gt=since, rev__lte=revision).order_by("rev", "id")
    values = list(changed.values_list(*ROW_COLUMNS)[: limit + 1])
    if len(values) <= limit:
        return revision, [row_json(v) for v in values], False
    rev_at = ROW_COLUMNS.index("rev")
    last = values[limit][rev_at]
    kept = [v for v in values if v[rev_at] < last]
    if kept:
        return kept[-1][rev_at], [row_json(v) for v in kept], True
    whole = list(changed.filter(rev=last).values_list(*ROW_COLUMNS))
    return last, [row_json(v) for v in whole], last < revision


def storable(text: str) -> bool:
    """Whether every database can hold and compare this text: no U+0000, no half of a surrogate pair."""
    return _UNSTORABLE.search(text) is None


def statuses(names: Iterable[str]) -> list[Status]:
    """Statuses by name. Raises Invalid naming the valid ones."""
    try:
        return [Status.of(name) for name in names]
    except ValueError as error:
        raise Invalid(str(error), field="status") from None
