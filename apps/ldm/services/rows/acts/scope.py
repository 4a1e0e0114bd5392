"""Which rows an act concerns: some ids, a view, or what a query finds."""

from __future__ import annotations

import importlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.selectors import views
from locanext_project.chunks import chunks
from locanext_project.errors import Invalid

MAX_IDS = 500
"""Rows that one request may name, and that one request changes at once; above that an act is a task."""
PORTION = 2000
"""Rows of one statement."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One of three: `ids`, the token of a `view`, or a `query` (the empty one is the whole file)."""

    ids: tuple[int, ...] | None = None
    view: str | None = None
    query: str | None = None

    @classmethod
    def parse(cls, data: Any) -> Scope:
        """From the API's JSON. Raises Invalid."""
        if not isinstance(data, dict) or len(data) != 1 or not set(data) <= {"ids", "view", "query"}:
            raise Invalid(_("scope is one of {ids}, {view} and {query}."), field="scope")
        if "ids" in data:
            return cls(ids=ids_of(data["ids"], MAX_IDS))
        name = "view" if "view" in data else "query"
        if not isinstance(data[name], str):
            raise Invalid(_("%(name)s is a text.") % {"name": name}, field="scope")
        return cls(**{name: data[name]})

    @property
    def whole_file(self) -> bool:
        return self.query is not None and not self.query.strip()

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        if self.ids is not None:
            return {"ids": list(self.ids)}
        return {"view": self.view} if self.view is not None else {"query": self.query or ""}


def ids_of(value: Any, most: int) -> tuple[int, ...]:
    """Ids out of JSON, each once. Raises Invalid."""
    if not isinstance(value, list) or not all(type(pk) is int and -(2**63) <= pk < 2**63 for pk in value):
        raise Invalid(_("ids is a list of row ids."), field="ids")
    if not 1 <= len(value) <= most:
        raise Invalid(_("Choose 1 to %(most)s rows.") % {"most": f"{most:,}"}, field="ids")
    return tuple(dict.fromkeys(value))


def resolve(actor: User, file: File, scope: Scope) -> array[int]:
    """The ids of the rows, in the order of the view, or as they stand in the file.

    Ids are not checked: they may be of other files. Raises NotFound for a view that is gone, Invalid.
    """
    if scope.ids is not None:
        return array("q", scope.ids)
    if scope.view is not None:
        return views.get(actor, file, scope.view).ids
    if scope.whole_file:
        rows = Row.objects.filter(file_id=file.pk, position__gte=0).order_by("position")
        return array("q", rows.values_list("pk", flat=True).iterator(chunk_size=10_000))
    matching = importlib.import_module("apps.ldm.selectors.filter_rows").matching
    return array("q", matching(actor, file, scope.query))


def portions(file: File, ids: Sequence[int], columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    """Values of live rows of the file, a portion at a time, in the order of `ids`; the first column is the id."""
    for some in chunks(ids, PORTION):
        # Not filtered by the file: the planner would then walk the file's index instead of the ids.
        found = Row.objects.filter(pk__in=some).values_list("file_id", "position", *columns)
        known = {values[2]: values[2:] for values in found if values[0] == file.pk and values[1] >= 0}
        yield [known[pk] for pk in some if pk in known]
