"""Filtered and sorted views of a file: an array of row ids, computed once, sliced for every window.

The array stays as it is while a person works in it, so rows do not jump; a new filter, or the
same one asked for again, makes a new array. The token of a view says what it is, so any process
can check it; the arrays lie in a folder that the processes of a machine share.
"""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import F, Q

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.selectors import search_rows, view_store
from apps.ldm.selectors.rows import statuses, storable
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound

SALT = "ldm.view"
KEPT_BYTES = 256 * 1024 * 1024
KEPT_DAYS = 7
FEW = 5000
"""Up to so many hits of a text go into the query; more are compared with its answer."""
FIELDS = ("source", "target", "key", "comment")
FLAGS = {"source_changed": Q(source_changed=True), "locked": Q(locked=True), "blank": Q(blank_intended=True)}
SORTS = {
    "position": ("position",),
    "key": ("key", "position"),
    "source": ("source", "position"),
    "target": ("target", "position"),
    # Rows nobody edited come last on every database.
    "edited": (F("edited_at").desc(nulls_last=True), "position"),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a view shows; empty tuples mean everything."""

    status: tuple[str, ...] = ()
    text: str = ""
    fields: tuple[str, ...] = ("source", "target")
    flags: tuple[str, ...] = ()
    sort: str = "position"

    @classmethod
    def parse(cls, data: dict[str, Any]) -> Filter:
        """From the API's JSON. Raises Invalid naming what is not known."""
        unknown = set(data) - {"status", "text", "fields", "flags", "sort"}
        if unknown:
            raise Invalid(f"A filter has no {sorted(unknown)[0]!r}. It has status, text, fields, flags and sort.")
        names = {"status": [], "fields": ["source", "target"], "flags": []} | {
            name: data[name] for name in ("status", "fields", "flags") if data.get(name)
        }
        for name, values in names.items():
            if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
                raise Invalid(f"{name} is a list of names.", field=name)
        statuses(names["status"])
        for name, values, valid in (("fields", names["fields"], FIELDS), ("flags", names["flags"], tuple(FLAGS))):
            for value in values:
                if value not in valid:
                    raise Invalid(f"{name} has no {value!r}. It has {', '.join(valid)}.", field=name)
        sort, text = data.get("sort") or "position", data.get("text") or ""
        if not isinstance(sort, str) or sort not in SORTS:
            raise Invalid(f"sort has no {sort!r}. It has {', '.join(SORTS)}.", field="sort")
        if not isinstance(text, str) or len(text) > 1000:
            raise Invalid("text is a text of at most 1,000 characters.", field="text")
        if not storable(text):
            raise Invalid("text holds a character that no row can hold.", field="text", code="bad_character")
        return cls(tuple(names["status"]), text, tuple(names["fields"]), tuple(names["flags"]), sort)


@dataclass(slots=True)
class View:
    """A view's token and its row ids in order."""

    token: str
    ids: array[int]
    revision: int


class _Kept:
    """The last used views of this process, by token."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._views: OrderedDict[tuple[str, str], View] = OrderedDict()
        self._bytes = 0

    def get(self, token: str) -> View | None:
        key = (workspaces.alias(), token)
        with self._lock:
            view = self._views.get(key)
            if view is not None:
                self._views.move_to_end(key)
            return view

    def put(self, view: View) -> None:
        key = (workspaces.alias(), view.token)
        with self._lock:
            if old := self._views.pop(key, None):
                self._bytes -= len(old.ids) * 8
            self._views[key] = view
            self._bytes += len(view.ids) * 8
            while self._bytes > KEPT_BYTES and len(self._views) > 1:
                _, dropped = self._views.popitem(last=False)
                self._bytes -= len(dropped.ids) * 8


_kept = _Kept()


def make(user: User, file: File, wanted: Filter) -> View:
    """Compute a view now. The caller has checked that the person may see the file."""
    token = signing.dumps(
        [user.pk, file.pk, file.revision, wanted.status, wanted.text, wanted.fields, wanted.flags, wanted.sort],
        salt=SALT,
        compress=True,
    )
    view = View(token, _ids(file, wanted), file.revision)
    view_store.keep(token, view.ids)
    _kept.put(view)
    return view


def get(user: User, file: File, token: str) -> View:
    """A view made before, by this process or another. Raises NotFound("view_gone").

    Where its array is nowhere any more it is computed again, but only while the file has not
    changed since: another array under the same token would make rows jump.
    """
    gone = NotFound("This view is gone. Filter again.", code="view_gone")
    try:
        owner, file_id, revision, *wanted = signing.loads(token, salt=SALT, max_age=KEPT_DAYS * 86400)
    except signing.BadSignature:
        raise gone from None
    if owner != user.pk or file_id != file.pk:
        raise gone
    view = _kept.get(token)
    if view is not None:
        return view
    ids = view_store.load(token)
    if ids is None:
        if revision != file.revision:
            raise gone
        status, text, fields, flags, sort = wanted
        ids = _ids(file, Filter(tuple(status), text, tuple(fields), tuple(flags), sort))
        view_store.keep(token, ids)
    view = View(token, ids, revision)
    _kept.put(view)
    return view


def _ids(file: File, wanted: Filter) -> array[int]:
    rows = Row.objects.filter(file_id=file.pk, position__gte=0)
    if wanted.status:
        rows = rows.filter(status__in=[int(status) for status in statuses(wanted.status)])
    for flag in wanted.flags:
        rows = rows.filter(FLAGS[flag])
    found: set[int] | None = None
    if wanted.text:
        matching = search_rows.matching_ids(file, wanted.text, wanted.fields)
        if len(matching) <= FEW:
            rows = rows.filter(pk__in=matching)
        else:
            found = set(matching)
    ordered = rows.order_by(*SORTS[wanted.sort]).values_list("pk", flat=True).iterator(chunk_size=10_000)
    return array("q", ordered if found is None else (pk for pk in ordered if pk in found))


def locate(file: File, view: View | None, row_id: int) -> int | None:
    """Where a row is within the view, or within the file; None when it is not there."""
    if view is None:
        position = Row.objects.filter(file_id=file.pk, pk=row_id, position__gte=0).values_list("position", flat=True)
        return position.first()
    try:
        return view.ids.index(row_id)
    except ValueError:
        return None
