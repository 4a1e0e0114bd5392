"""What a client may send over a socket: checked before anything looks at it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.ldm.selectors.rows import storable
from locanext_project.errors import Invalid

MOST_BYTES = 64 * 1024
TYPING_LENGTH = 2000
"""So many characters of a text that is being typed are shown to others."""
TICKET_LENGTH = 100
BIGGEST = 2**63


@dataclass(frozen=True, slots=True)
class Join:
    """The first frame: which file, up to which revision it is known, and a ticket where there is no cookie."""

    file: int
    since: int
    ticket: str | None


@dataclass(frozen=True, slots=True)
class At:
    """The cursor is on a row, or on none."""

    row: int | None


@dataclass(frozen=True, slots=True)
class Lease:
    """The window wants to edit a row, or goes on doing so."""

    row: int


@dataclass(frozen=True, slots=True)
class Release:
    """The window has finished with a row."""

    row: int


@dataclass(frozen=True, slots=True)
class Typing:
    """The text of a row as far as it is typed."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Ping:
    """Is anybody there?"""


Frame = Join | At | Lease | Release | Typing | Ping


def parse(text: str | None) -> Frame:
    """A frame. Raises Invalid with a code: bad_frame or too_large."""
    if text is None:
        raise Invalid(_("Send text frames."), code="bad_frame")
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise Invalid(_("A frame has at most %(most)s KB.") % {"most": MOST_BYTES // 1024}, code="too_large")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(_("This is not JSON."), code="bad_frame") from None
    if not isinstance(data, dict):
        raise Invalid(_("A frame is a JSON object with a type."), code="bad_frame")
    make = _MAKERS.get(data.get("type")) if isinstance(data.get("type"), str) else None
    if make is None:
        raise Invalid(_("type is one of %(choices)s.") % {"choices": ", ".join(_MAKERS)}, code="bad_frame")
    return make(data)


def _number(data: dict[str, Any], name: str) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not -BIGGEST <= value < BIGGEST:
        raise Invalid(_("%(name)s is a whole number.") % {"name": name}, code="bad_frame")
    return value


def _join(data: dict[str, Any]) -> Join:
    ticket = data.get("ticket")
    if ticket is not None and not (isinstance(ticket, str) and len(ticket) <= TICKET_LENGTH):
        raise Invalid(_("ticket is a short text."), code="bad_frame")
    return Join(_number(data, "file"), _number(data, "since") if "since" in data else 0, ticket)


def _typing(data: dict[str, Any]) -> Typing:
    text = data.get("text")
    if not isinstance(text, str) or not storable(text):
        raise Invalid(_("text is a text."), code="bad_frame")
    return Typing(_number(data, "row"), text[:TYPING_LENGTH])


def _at(data: dict[str, Any]) -> At:
    return At(None if data.get("row") is None else _number(data, "row"))


_MAKERS: dict[Any, Any] = {
    "join": _join,
    "at": _at,
    "lease": lambda data: Lease(_number(data, "row")),
    "release": lambda data: Release(_number(data, "row")),
    "typing": _typing,
    "ping": lambda data: Ping(),
}
