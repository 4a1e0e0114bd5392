"""Which rows an act concerns: some ids, a view, or what a query finds."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.selectors import filter_rows, views
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
    return filter_rows.matching(actor, file, scope.query or "")
