"""Frames of a server that is another version, broken, or nobody's: refused whole, and what was known stays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.ldm.live.news import Held, Person
from apps.sync.live import far_room
from apps.sync.live.far_room import Misread

PERSON = {"connection": "ab", "id": 5, "name": "Rea", "row": 7}
LEASE = {"row": 7, "id": 5, "name": "Rea", "until": "2026-01-01T00:00:00.000000Z", "connection": "ab"}
JOINED = {"type": "joined", "revision": 3, "connection": "me", "people": [PERSON], "leases": [LEASE]}


def test_the_room_as_it_is() -> None:
    view = far_room.view_of(JOINED)
    assert view.connection == "me"
    assert view.people == {"ab": Person("ab", 5, "Rea", 7)}
    assert view.leases == {7: Held(7, 5, "Rea", "ab", LEASE["until"])}  # type: ignore[arg-type]
    far_room.change_people(view, {"moved": [{"connection": "ab", "row": None}, {"connection": "zz", "row": 1}]})
    assert view.people == {"ab": Person("ab", 5, "Rea", None)}
    far_room.change_people(view, {"left": ["ab", "zz"]})
    far_room.change_leases(view, {"released": [7, 8]})
    assert not view.people and not view.leases


@pytest.mark.parametrize("text", ["", "[]", "7", "null", "{", '{"type":7}', "[" * 100_000, b"x"])
def test_what_is_no_frame(text: str | bytes) -> None:
    with pytest.raises(Misread):
        far_room.frame_of(text)


WRONG_PEOPLE: list[Any] = [
    7, [7], [PERSON | {"id": -1}], [PERSON | {"id": True}], [PERSON | {"id": 2**63}], [PERSON | {"name": "\ud800"}],
    [PERSON | {"name": "a\0"}], [PERSON | {"name": None}], [PERSON | {"row": -4}], [PERSON | {"row": "7"}],
    [PERSON | {"connection": ""}], [PERSON | {"connection": "<b>"}], [PERSON | {"connection": "x" * 41}],
]  # fmt: skip


@pytest.mark.parametrize("people", WRONG_PEOPLE)
def test_people_that_are_none(people: Any) -> None:
    view = far_room.view_of(JOINED)
    with pytest.raises(Misread):
        far_room.change_people(view, {"joined": people, "left": ["ab"]})
    assert list(view.people) == ["ab"]
    with pytest.raises(Misread):
        far_room.view_of(JOINED | {"people": people})


@pytest.mark.parametrize("lease", [7, LEASE | {"row": None}, LEASE | {"row": -7}, LEASE | {"until": 5}, {"row": 7}])
def test_leases_that_are_none(lease: Any) -> None:
    view = far_room.view_of(JOINED)
    with pytest.raises(Misread):
        far_room.change_leases(view, {"taken": [lease], "released": [7]})
    assert list(view.leases) == [7]


def test_a_flood_is_cut() -> None:
    people = [PERSON | {"connection": f"c{n}"} for n in range(far_room.MOST + 5)]
    leases = [LEASE | {"row": n + 1} for n in range(far_room.MOST + 5)]
    view = far_room.view_of(JOINED | {"people": people, "leases": leases})
    assert len(view.people) == len(view.leases) == far_room.MOST
    assert len(far_room.view_of(JOINED | {"people": [PERSON | {"name": "n" * 999}]}).people["ab"].name) == 150


@pytest.mark.parametrize(
    "frame",
    [{"granted": 1}, {"granted": False, "holder": 7}, {"granted": False, "holder": {"id": 0, "name": "x"}}, {}],
)
def test_answers_that_are_none(frame: dict[str, Any]) -> None:
    with pytest.raises(Misread):
        far_room.said_of({"type": "lease", "row": 7} | frame)


def test_typing_and_revisions() -> None:
    typed = {"type": "typing", "row": 7, "id": 5, "name": "Rea", "text": "t"}
    assert far_room.typed_of(typed).text == "t"
    for wrong in ({"row": None}, {"text": 7}, {"text": json.loads('"\\ud800"')}):
        with pytest.raises(Misread):
            far_room.typed_of(typed | wrong)
    assert far_room.revision_of({"type": "changes", "to": 5}) == far_room.revision_of({"type": "hint", "revision": 5})
    for revision in (-1, True, "5", None, 2**63):
        with pytest.raises(Misread):
            far_room.revision_of({"type": "hint", "revision": revision})
