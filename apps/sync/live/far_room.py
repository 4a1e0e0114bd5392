"""What the server's frames say of a file's room: read strictly, for a server may be another version, or nobody's."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from apps.ldm.live.news import Held, Person
from apps.ldm.live.upstream import Holder, Said, View
from apps.ldm.selectors.rows import storable

MOST = 2000
"""People, and leases, of one file that are kept; what is more is not shown."""
LONGEST_NAME = 150
BIGGEST = 2**63
_CONNECTION = re.compile(r"[A-Za-z0-9_-]{0,40}")


class Misread(ValueError):
    """A frame that is none."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody types in a row."""

    row: int
    person_id: int
    name: str
    text: str


def frame_of(text: str | bytes) -> dict[str, Any]:
    """A frame of the server. Raises Misread."""
    try:
        frame = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        frame = None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise Misread
    return frame


def view_of(frame: dict[str, Any]) -> View:
    """The whole state of the room, of a `joined` frame. Raises Misread."""
    view = View(_connection(frame, required=True))
    change_people(view, {"joined": _list(frame, "people")})
    change_leases(view, {"taken": _list(frame, "leases")})
    return view


def change_people(view: View, frame: dict[str, Any]) -> None:
    """A `people` frame. Raises Misread, and then the view is as it was."""
    people = dict(view.people)
    for one in _list(frame, "joined"):
        person = _person(one)
        people[person.connection] = person
    for one in _list(frame, "moved"):
        known = people.get(_connection(one, required=True))
        if known is not None:
            people[known.connection] = replace(known, row=_row(one))
    for connection in _list(frame, "left"):
        people.pop(connection if isinstance(connection, str) else "", None)
    view.people = dict(list(people.items())[:MOST])


def change_leases(view: View, frame: dict[str, Any]) -> None:
    """A `leases` frame. Raises Misread, and then the view is as it was."""
    leases = dict(view.leases)
    for row in _list(frame, "released"):
        leases.pop(row if type(row) is int else 0, None)
    for one in _list(frame, "taken"):
        person_id, name, row, until = _id(one), _name(one), _row(one), one.get("until")
        if row is None or not isinstance(until, str):
            raise Misread
        leases[row] = Held(row, person_id, name, _connection(one), until[:40])
    view.leases = dict(list(leases.items())[:MOST])


def typed_of(frame: dict[str, Any]) -> Typed:
    """A `typing` frame. Raises Misread."""
    row, text = _row(frame), frame.get("text")
    if row is None or not isinstance(text, str) or not storable(text):
        raise Misread
    return Typed(row, _id(frame), _name(frame), text)


def said_of(frame: dict[str, Any]) -> tuple[int, Said]:
    """A `lease` frame: the row and the answer. Raises Misread."""
    row, granted, holder = _row(frame), frame.get("granted"), frame.get("holder")
    if row is None or not isinstance(granted, bool):
        raise Misread
    if granted or holder is None:
        return row, Said(granted)
    if not isinstance(holder, dict):
        raise Misread
    return row, Said(False, Holder(_id(holder), _name(holder)))


def revision_of(frame: dict[str, Any]) -> int:
    """The revision up to which a frame tells. Raises Misread."""
    revision = frame.get("to" if frame["type"] == "changes" else "revision")
    if type(revision) is not int or not 0 <= revision < BIGGEST:
        raise Misread
    return revision


def _person(one: Any) -> Person:
    return Person(_connection(one, required=True), _id(one), _name(one), _row(one))


def _list(frame: Any, name: str) -> list[Any]:
    """A list of a frame: of objects, or of plain values where it names what went."""
    found = frame.get(name, [])
    if not isinstance(found, list):
        raise Misread
    if name not in ("left", "released") and not all(isinstance(one, dict) for one in found):
        raise Misread
    return found


def _connection(one: Any, *, required: bool = False) -> str:
    found = one.get("connection", "")
    if not isinstance(found, str) or not _CONNECTION.fullmatch(found) or (required and not found):
        raise Misread
    return found


def _id(one: Any) -> int:
    found = one.get("id")
    if type(found) is not int or not 0 < found < BIGGEST:
        raise Misread
    return found


def _name(one: Any) -> str:
    found = one.get("name")
    if not isinstance(found, str) or not storable(found):
        raise Misread
    return found[:LONGEST_NAME]


def _row(one: Any) -> int | None:
    """A row of the server; None for nowhere."""
    found = one.get("row")
    if found is not None and (type(found) is not int or not 0 < found < BIGGEST):
        raise Misread
    return found
