"""Filtered and sorted views of a file: an array of row ids, computed once, sliced for every window.

The array stays as it is while a person works in it, so rows do not jump; a new filter, or the
same one asked for again, makes a new array. The token of a view says what it is, so any process
can check it; the arrays lie in a folder that the processes of a machine share.
"""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from dataclasses import astuple, dataclass
from typing import Any

from django.core import signing
from django.db.models import Q

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.selectors import filter_rows, search_rows, view_store
from apps.ldm.selectors.filter_rows import SORTS
from apps.ldm.selectors.filter_sets import among, both, where
from apps.ldm.selectors.rows import statuses, storable
from apps.ldm.selectors.universe import Universe
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound

SALT = "ldm.view"
KEPT_BYTES = 256 * 1024 * 1024
KEPT_DAYS = 7
FIELDS = ("source", "target", "key", "comment")
FLAGS = {"source_changed": Q(source_changed=True), "locked": Q(locked=True), "blank": Q(blank_intended=True)}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a view shows; empty tuples mean everything."""

    status: tuple[str, ...] = ()
    text: str = ""
    fields: tuple[str, ...] = ("source", "target")
    flags: tuple[str, ...] = ()
    sort: str = "position"
    query: str = ""
    """In the filter language; the others hold beside it."""

    @classmethod
    def parse(cls, data: dict[str, Any]) -> Filter:
        """From the API's JSON. Raises Invalid naming what is not known."""
        unknown = set(data) - {"status", "text", "fields", "flags", "sort", "query"}
        if unknown:
            raise Invalid(
                f"A filter has no {sorted(unknown)[0]!r}. It has query, status, text, fields, flags and sort."
            )
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
        query = data.get("query") or ""
        if not isinstance(query, str):
            raise Invalid("query is a text in the filter language.", field="query")
        filter_rows.check(query)
        return cls(tuple(names["status"]), text, tuple(names["fields"]), tuple(names["flags"]), sort, query)


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
        [user.pk, file.pk, file.revision, *astuple(wanted)],
        salt=SALT,
        compress=True,
    )
    view = View(token, _ids(user, file, wanted), file.revision)
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
        status, text, fields, flags, *rest = wanted
        ids = _ids(user, file, Filter(tuple(status), text, tuple(fields), tuple(flags), *rest))
        view_store.keep(token, ids)
    view = View(token, ids, revision)
    _kept.put(view)
    return view


def _ids(user: User, file: File, wanted: Filter) -> array[int]:
    universe = Universe.of_file(file, user)
    parts = [filter_rows.found_by(universe, wanted.query)]
    if wanted.status:
        parts.append(where(Q(status__in=[int(status) for status in statuses(wanted.status)])))
    parts += [where(FLAGS[flag]) for flag in wanted.flags]
    if wanted.text:
        parts.append(among(search_rows.matching_ids(file, wanted.text, wanted.fields)))
    return filter_rows.ordered(universe, both(parts), SORTS[wanted.sort])


def locate(file: File, view: View | None, row_id: int) -> int | None:
    """Where a row is within the view, or within the file; None when it is not there."""
    if view is None:
        position = Row.objects.filter(file_id=file.pk, pk=row_id, position__gte=0).values_list("position", flat=True)
        return position.first()
    try:
        return view.ids.index(row_id)
    except ValueError:
        return None
