"""Finding entries by text: a field holds a text when the search form of the one is part of that of the other.

Databases fold case each in their own way, so they only narrow down what Python then compares.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.tm.matching.normalise import search_form
from apps.tm.models import Entry, Memory
from locanext_project.errors import Invalid

FIELDS = ("source", "target", "key")
DEFAULT_FIELDS = ("source", "target")
_PORTION = 5000
IN_ORDER = Q(pk__gte=-(2**63))
"""True of every entry: makes planners walk the index of (memory, id), and the table in its order."""
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# The other characters whose search form is one of ASCII: databases do not fold them so.
_STRANGERS = {"k": "\u212a", "i": "\u0130"}


def storable(text: str) -> bool:
    """Whether every database can hold and compare this text: no U+0000, no half of a surrogate pair."""
    return _UNSTORABLE.search(text) is None


def matching_ids(
    memory: Memory,
    text: str,
    fields: Sequence[str] = DEFAULT_FIELDS,
    limit: int | None = None,
    *,
    deleted: bool = False,
) -> list[int]:
    """Ids of the live entries (`deleted`: of the tombstones) with `text` in one of the fields, by id.

    At most `limit`, the first ones by id. The empty text is in none. Raises Invalid for an unknown field.
    """
    if not fields or set(fields) - set(FIELDS):
        raise Invalid(_("Fields are %(fields)s.") % {"fields": ", ".join(FIELDS)}, field="fields")
    form = search_form(text)
    if not form or not storable(text):
        return []
    found = None if deleted else _indexed(memory, text, fields)
    if found is not None:
        return found[:limit]
    entries = Entry.objects.filter(IN_ORDER, memory_id=memory.pk, removed_at__isnull=not deleted)
    return list(islice(scan(entries, form, text, tuple(dict.fromkeys(fields))), limit))


def _indexed(memory: Memory, text: str, fields: Sequence[str]) -> list[int] | None:
    """The ids from the memory's index, by id; None where there is none that has every entry. Small ones need none."""
    # Here, because the readers of indexes ask the other selectors for entries.
    from apps.tm.indexes.reader import READY, SMALL, open_many
    from apps.tm.indexes.texts import fold

    if memory.entries <= SMALL:
        return None
    opened = open_many([memory.pk]).get(memory.pk)
    if opened is None or opened.index is None or opened.state != READY:
        return None
    return sorted(opened.index.find(fold(text), tuple(dict.fromkeys(fields))))


def scan(rows: QuerySet[Any], form: str, text: str, fields: Sequence[str]) -> Iterator[int]:
    """Ids of those entries, or terms, that hold `form`, the search form of `text`, in one of the fields.

    By id; the database only narrows them down.
    """
    narrowed = _narrowed(text, form, fields)
    if narrowed is not None:
        rows = rows.filter(narrowed)
    for pk, *values in rows.order_by("pk").values_list("pk", *fields).iterator(chunk_size=_PORTION):
        if any(form in search_form(value) for value in values):
            yield pk


def _narrowed(text: str, form: str, fields: Sequence[str]) -> Q | None:
    """A condition that holds for every entry that matches, and for few others; None where there is none."""
    caseless = text.lower() == text.upper()
    if not (text.isascii() or caseless):
        return None
    lookup = "contains" if caseless else "icontains"
    looked_for = [Q(**{f"{name}__{lookup}": text}) for name in fields]
    strangers = [other for plain, other in _STRANGERS.items() if plain in form]
    looked_for += [Q(**{f"{name}__contains": other}) for name in fields for other in strangers]
    return functools.reduce(operator.or_, looked_for)
