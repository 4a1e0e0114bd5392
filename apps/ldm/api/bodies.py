"""What comes in requests, checked before a service or a task gets it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.ldm.selectors.rows import storable
from locanext_project.errors import Invalid

BIGGEST = 2**63 - 1
DEEPEST = 20


def json_object(request: Request) -> dict[str, Any]:
    """The request's JSON object. Raises Invalid, also for text that no database can hold."""
    if not isinstance(request.data, dict):
        raise Invalid(_("Send a JSON object."))
    data = dict(request.data)
    _check(data, 0)
    return data


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise Invalid(_("This JSON is nested more than %(most)s deep.") % {"most": DEEPEST})
    if isinstance(value, str):
        if not storable(value):
            raise Invalid(_("This text holds a character that no database can hold."), code="bad_character")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check(key, depth)
            _check(inner, depth + 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check(inner, depth + 1)


def query_text(request: Request, name: str) -> str:
    """A text from the query, without spaces around it, empty where there is none. Raises Invalid."""
    value = request.query_params.get(name, "").strip()
    if not storable(value):
        raise Invalid(
            _("%(name)s holds a character that no row can hold.") % {"name": name}, field=name, code="bad_character"
        )
    return value


def query_integer(request: Request, name: str, default: int | None = None) -> int:
    """A whole number from the query. Raises Invalid naming the parameter."""
    raw = request.query_params.get(name, "")
    if not raw and default is not None:
        return default
    try:
        number = int(raw)
    except ValueError:
        raise Invalid(_("%(name)s is a whole number.") % {"name": name}, field=name) from None
    return max(-BIGGEST, min(BIGGEST, number))


def whole_number(data: dict[str, Any], name: str, what: str) -> int:
    """A whole number of the body. Raises Invalid saying `what` it is."""
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid(_("%(name)s is %(what)s.") % {"name": name, "what": what}, field=name)
    return value


def text(data: dict[str, Any], name: str) -> str | None:
    """A text of the body, or None where it is not there. Raises Invalid."""
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid(_("%(name)s is a text.") % {"name": name}, field=name)
    return value


def flag(data: dict[str, Any], name: str) -> bool | None:
    """True or false of the body, or None where it is not there. Raises Invalid."""
    value = data.get(name)
    if value is not None and not isinstance(value, bool):
        raise Invalid(_("%(name)s is true or false.") % {"name": name}, field=name)
    return value


def options(data: dict[str, Any], name: str = "options") -> dict[str, Any] | None:
    """The options of a reader, or None. Raises Invalid; what is in them is the reader's to check."""
    value = data.get(name)
    if value is not None and not isinstance(value, dict):
        raise Invalid(_("%(name)s is a JSON object.") % {"name": name}, field=name)
    return value


def names(data: dict[str, Any], name: str) -> list[str] | None:
    """A list of texts of the body, or None. Raises Invalid."""
    value = data.get(name)
    if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise Invalid(_("%(name)s is a list of texts.") % {"name": name}, field=name)
    return value
