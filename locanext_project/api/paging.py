"""Keyset paging: every list is paged, none by OFFSET."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, IntegerField, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from locanext_project.api.parsers import is_text
from locanext_project.errors import Invalid

M = TypeVar("M", bound=Model)
DEFAULT_LIMIT = 100
MAX_LIMIT = 500
BIGGEST = 2**63 - 1


def limit_of(params: Mapping[str, str], default: int = DEFAULT_LIMIT, maximum: int = MAX_LIMIT) -> int:
    """The page size asked for, 1 to `maximum`. Raises Invalid."""
    raw = params.get("limit", "")
    if not raw:
        return default
    if not raw.isdecimal() or not 1 <= int(raw) <= maximum:
        raise Invalid(_("limit is a number from 1 to %(most)s.") % {"most": maximum}, field="limit")
    return int(raw)


def page(
    request: Request,
    queryset: QuerySet[M],
    order: Sequence[str],
    present: Callable[[M], dict[str, Any]],
    *,
    default_limit: int = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """One page: {"results": [...], "next": cursor or null}.

    `order` names fields, "-" for descending; the last must be unique (the primary key). The
    cursor holds the last row's values, so that rows added meanwhile move nothing.
    """
    params = request.query_params
    limit = limit_of(params, default_limit)
    if cursor := params.get("cursor", ""):
        queryset = queryset.filter(_after(order, _checked(queryset.model, order, decode(cursor, len(order)))))
    rows = list(queryset.order_by(*order)[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return {
        "results": [present(row) for row in rows],
        "next": cursor_of([_value(rows[-1], name) for name in order]) if more else None,
    }


def _value(row: Model, name: str) -> Any:
    value: Any = row
    for part in name.lstrip("-").split("__"):
        value = getattr(value, part)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows strictly behind `values` in `order`."""
    condition = Q()
    equal = Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        comparison = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    return condition


def cursor_of(values: list[Any]) -> str:
    """The cursor that `decode` reads."""
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def decode(cursor: str, length: int) -> list[Any]:
    """The texts and whole numbers of a cursor, `length` of them. Raises Invalid for what no client got from us."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise Invalid(_("This cursor is not one of ours."), field="cursor") from None
    if not isinstance(values, list) or len(values) != length or not all(map(_plain, values)):
        raise _foreign()
    return values


def _plain(value: Any) -> bool:
    if isinstance(value, str):
        return is_text(value)
    return type(value) is int and -BIGGEST <= value <= BIGGEST


def _checked(model: type[Model], order: Sequence[str], values: Sequence[Any]) -> list[Any]:
    """The values as their columns take them. Raises Invalid."""
    return [_of_column(_column(model, name), value) for name, value in zip(order, values, strict=True)]


def _column(model: type[Model], name: str) -> Field[Any, Any]:
    *path, last = name.lstrip("-").split("__")
    for step in path:
        related = model._meta.get_field(step).related_model
        assert isinstance(related, type)  # noqa: S101 (orders are ours: they lead over relations)
        model = related
    field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    assert isinstance(field, Field)  # noqa: S101 (and end at a column)
    return field


def _of_column(field: Field[Any, Any], value: Any) -> Any:
    if type(value) is not (int if isinstance(field, IntegerField) else str):
        raise _foreign()
    try:
        converted = field.to_python(value)
    except (ValidationError, ValueError, OverflowError):
        raise _foreign() from None
    if isinstance(converted, datetime) and timezone.is_naive(converted):
        raise _foreign()
    return converted


def _foreign() -> Invalid:
    return Invalid(_("This cursor belongs to another list."), field="cursor")
