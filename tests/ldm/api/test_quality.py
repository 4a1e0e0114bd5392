"""The figures of a memory over HTTP, and the match that a row's edit names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import MemoryAssignment, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_project
from apps.tm.models import MatchDay, Memory

pytestmark = pytest.mark.django_db
CSV = "key,ko,en\nS1,등불이 켜졌다,\nS2,등불이 꺼졌다,\n".encode()


@pytest.fixture
def memory(lead: User) -> Memory:
    project = create_project(
        actor=lead, platform_id=None, name="Ashen Passage", source_language="ko", target_language="en"
    )
    import_file(actor=lead, project=project, folder=None, filename="lamps.csv", data=CSV)
    made = Memory.objects.create(name="Ashen", source_language="ko", target_language="en", owner_id=lead.pk)
    MemoryAssignment.objects.create(memory=made, project=project, active=True)
    return made


def confirm(client: Any, row: Row, target: str, **body: Any) -> Any:
    row.refresh_from_db()
    body = {"text_rev": row.text_rev, "target": target, "status": "confirmed"} | body
    return client.patch(f"/api/v1/rows/{row.pk}", body, content_type="application/json")


def shown(memory: Memory, **more: Any) -> dict[str, Any]:
    return {"memory_id": memory.pk, "kind": "fuzzy", "score": 88, "target": "The lamp is lit."} | more


@pytest.mark.parametrize(
    ("target", "outcome"),
    [("The lamp is lit.", "as_is"), ("The lamp is lit again.", "edited"), ("Zwölf Boxkämpfer", "not_used")],
)
def test_what_became_of_the_best_match_is_counted_once(
    target: str, outcome: str, memory: Memory, lead: User, client_for: Callable[..., Any]
) -> None:
    client, row = client_for(lead), Row.objects.order_by("position").first()
    assert row is not None
    assert confirm(client, row, target, match=shown(memory)).status_code == 200
    assert confirm(client, row, target, match=shown(memory)).status_code == 200
    day = MatchDay.objects.get(memory=memory)
    assert (day.band, getattr(day, outcome), day.as_is + day.edited + day.not_used) == ("85-94", 1, 1)
    figures = client.get(f"/api/v1/memories/{memory.pk}/quality").json()
    band = next(one for one in figures["bands"] if one["band"] == "85-94")
    assert band[outcome] == 1


def test_a_filled_row_that_is_edited_counts_as_edited(
    memory: Memory, lead: User, client_for: Callable[..., Any]
) -> None:
    client, row = client_for(lead), Row.objects.order_by("position").first()
    assert row is not None
    body = {"text_rev": row.text_rev, "target": "The lamp is lit.", "status": "translated", "origin": "tm", "score": 88}
    filled = client.patch(f"/api/v1/rows/{row.pk}", body, content_type="application/json").json()["row"]
    assert (filled["origin"], filled["score"], filled["status"]) == ("tm", 88, "translated")
    confirm(client, row, "Something else", match=shown(memory))
    assert MatchDay.objects.get(memory=memory).edited == 1


def test_only_memories_that_serve_the_file_are_counted(
    memory: Memory, lead: User, client_for: Callable[..., Any]
) -> None:
    other = Memory.objects.create(name="Other", source_language="ko", target_language="en")
    row = Row.objects.order_by("position").first()
    assert row is not None
    assert confirm(client_for(lead), row, "The lamp is lit.", match=shown(other)).status_code == 200
    assert not MatchDay.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"origin": "import"},
        {"origin": "tm", "score": 103},
        {"score": 88},
        {"origin": "tm", "score": "88"},
        {"match": []},
        {"match": {"memory_id": 1, "kind": "", "score": 1, "target": "x"}},
        {"match": {"memory_id": "1", "kind": "fuzzy", "score": 1, "target": "x"}},
        {"match": {"memory_id": 1, "kind": "fuzzy", "score": 1}},
    ],
)
def test_what_makes_no_sense_is_refused(
    body: dict[str, Any], memory: Memory, lead: User, client_for: Callable[..., Any]
) -> None:
    row = Row.objects.order_by("position").first()
    assert row is not None
    assert confirm(client_for(lead), row, "x", **body).status_code == 400
    row.refresh_from_db()
    assert row.target != "x"


def test_days_are_bounded(memory: Memory, lead: User, client_for: Callable[..., Any]) -> None:
    for days in ("0", "-1", "401", "x"):
        assert client_for(lead).get(f"/api/v1/memories/{memory.pk}/quality?days={days}").status_code == 400
