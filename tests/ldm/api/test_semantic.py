"""Engines and vectors over the API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import User
from apps.tm.models import Memory
from tests.tm import vector_rooms as rooms

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]


@pytest.fixture(autouse=True)
def _rooms(settings: Any, tmp_path: Path) -> None:
    rooms.fresh_rooms(settings, tmp_path)


def test_the_built_in_engine_is_always_there(
    client_for: Client, translator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.tm.vectors.engines.find_spec", lambda name: None)
    said = client_for(translator).get("/api/v1/engines").json()
    assert [(one["name"], one["available"], one["why"]) for one in said["engines"]] == [("ngram", True, "")]
    assert [one["kind"] for one in said["kinds"]] == ["ngram", "static", "transformer"]
    assert all("start.py ml" in one["why"] and not one["available"] for one in said["kinds"][1:])


def test_models_of_the_folder_are_offered(client_for: Client, lead: User, tmp_path: Path) -> None:
    (tmp_path / "models" / "org" / "small").mkdir(parents=True)
    (tmp_path / "models" / "org" / "small" / "config.json").write_text("{}")
    said = client_for(lead).get("/api/v1/engines").json()
    assert [one["name"] for one in said["engines"]] == ["ngram", "transformer:org/small"]
    assert said["engines"][1]["title"] == "org/small"
    assert str(tmp_path) not in str(said)


def test_vectors_are_built_as_a_task(client_for: Client, lead: User, run_tasks: Callable[[], int]) -> None:
    memory = rooms.filled(lead)
    client = client_for(lead)
    answer = client.post(f"/api/v1/memories/{memory.pk}/vectors", {})
    assert answer.status_code == 202, answer.content
    task = answer.json()["task"]
    assert client.get(f"/api/v1/memories/{memory.pk}").json()["vectors"]["state"] == "building"
    run_tasks()
    assert client.get(f"/api/v1/tasks/{task['id']}").json()["result"]["count"] == len(rooms.TEXTS)
    shown = client.get(f"/api/v1/memories/{memory.pk}").json()["vectors"]
    assert (shown["state"], shown["revision"], shown["why"]) == ("ready", memory.revision, "")


def test_another_engine_is_named_with_it(client_for: Client, lead: User) -> None:
    memory = rooms.filled(lead, engine="")
    assert client_for(lead).post(f"/api/v1/memories/{memory.pk}/vectors", {}).status_code == 400
    answer = client_for(lead).post(f"/api/v1/memories/{memory.pk}/vectors", {"engine": "ngram"})
    assert answer.status_code == 202
    assert Memory.objects.get(pk=memory.pk).engine == "ngram"


@pytest.mark.parametrize(
    ("engine", "status", "code"),
    [("pickle:x", 400, "invalid"), (5, 400, "invalid"), ("static:missing", 503, "engine_unavailable")],
)
def test_engines_that_are_none_are_refused(client_for: Client, lead: User, engine: Any, status: int, code: str) -> None:
    memory = rooms.filled(lead)
    answer = client_for(lead).post(f"/api/v1/memories/{memory.pk}/vectors", {"engine": engine})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert Memory.objects.get(pk=memory.pk).engine == "ngram"
