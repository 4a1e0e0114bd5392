"""Going through the rows of a scope in order, a portion at a time, from any place on."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.selectors.rows import total_rows
from apps.ldm.services.rows.acts.scope import PORTION, Scope, resolve
from locanext_project.errors import Invalid

SALT = "ldm.act.place"


class Place(NamedTuple):
    """Where a scan stands: so many rows passed, the last one being `row_id` at `position`; 0, 0, -1 at the start."""

    passed: int = 0
    row_id: int = 0
    position: int = -1


START = Place()


def pack(*values: int) -> str:
    """Whole numbers as a cursor that nobody forges."""
    return signing.dumps(list(values), salt=SALT, compress=True)


def unpack(token: Any, length: int) -> list[int]:
    """The numbers of a cursor. Raises Invalid."""
    try:
        values = signing.loads(token, salt=SALT) if isinstance(token, str) else None
    except signing.BadSignature:
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise Invalid(_("This cursor is not one of ours."), field="cursor")
    return values


class Scan:
    """Rows of a scope that fulfil `narrowed`, as (values, place behind them), the values of `columns`.

    The whole file is read by position, so that starting in its middle costs nothing; of other scopes the ids
    are kept.
    """

    def __init__(
        self, actor: User, file: File, scope: Scope, columns: Sequence[str], *, narrowed: Q | None = None
    ) -> None:
        self.file = file
        self.columns = ("file_id", "position", "pk", *columns)
        self.narrowed = narrowed if narrowed is not None else Q()
        self.ids: array[int] | None = None if scope.whole_file else resolve(actor, file, scope)
        if scope.ids is not None:
            self.ids = _in_order(file, self.ids or array("q"))
        self.total = total_rows(file) if self.ids is None else len(self.ids)

    def portions(self, after: Place = START) -> Iterator[list[tuple[tuple[Any, ...], Place]]]:
        """Portions of rows behind a place; the values are without file, position and id, which are in the place.

        A portion may be empty: rows were passed that are not wanted.
        """
        return self._by_position(after) if self.ids is None else self._by_ids(self.ids, after)

    def _by_position(self, after: Place) -> Iterator[list[tuple[tuple[Any, ...], Place]]]:
        rows = Row.objects.filter(self.narrowed, file_id=self.file.pk).order_by("position")
        last = after.position
        while found := list(rows.filter(position__gt=last).values_list(*self.columns)[:PORTION]):
            yield [(values[3:], Place(values[1] + 1, values[2], values[1])) for values in found]
            last = found[-1][1]
            if len(found) < PORTION:
                return

    def _by_ids(self, ids: array[int], after: Place) -> Iterator[list[tuple[tuple[Any, ...], Place]]]:
        for start in range(_behind(ids, after), len(ids), PORTION):
            some = ids[start : start + PORTION].tolist()
            # Not filtered by the file: the planner would then walk the file's index instead of the ids.
            rows = Row.objects.filter(self.narrowed, pk__in=some).values_list(*self.columns)
            known = {values[2]: values for values in rows if values[0] == self.file.pk and values[1] >= 0}
            yield [(known[pk][3:], Place(start + n + 1, pk, known[pk][1])) for n, pk in enumerate(some) if pk in known]


def _in_order(file: File, ids: array[int]) -> array[int]:
    """Those of some ids that are live rows of the file, as they stand there."""
    rows = Row.objects.filter(pk__in=ids.tolist(), position__gte=0).order_by("position")
    return array("q", [pk for pk, file_id in rows.values_list("pk", "file_id") if file_id == file.pk])


def _behind(ids: array[int], place: Place) -> int:
    """The index behind a place; where the ids are others than before, behind the row itself, or as many as passed."""
    if not place.passed:
        return 0
    if place.passed <= len(ids) and ids[place.passed - 1] == place.row_id:
        return place.passed
    try:
        return ids.index(place.row_id) + 1
    except ValueError:
        return min(place.passed, len(ids))
