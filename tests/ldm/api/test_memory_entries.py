"""Entries over HTTP: pages, edits, history, acts on many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.api import entries as entries_api
from apps.tm.models import Entry, Memory
from apps.tm.services.entries import ConfirmedText, upsert
from tests.factories import run_queued_tasks
from tests.ldm.services.memories.builders import memory
from tests.ldm.services.tree import builders as make

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]


@pytest.fixture
def base(lead: User) -> Memory:
    """A memory of five confirmed entries in an open project."""
    made = memory(lead, "base", make.project(lead))
    texts = [ConfirmedText(f"K{n}", f"등대 {n}", f"lighthouse {n}") for n in range(5)]
    upsert(actor=lead, memory_id=made.pk, texts=texts)
    return made


def url(path: str) -> str:
    return f"/api/v1/{path}"


def test_pages_sorted_and_searched(base: Memory, translator: User, client_for: Client) -> None:
    client = client_for(translator)
    address = url(f"memories/{base.pk}/entries")
    first = client.get(f"{address}?sort=-source&limit=2").json()
    assert [one["key"] for one in first["results"]] == ["K4", "K3"]
    assert first["total"] == 5
    rest = client.get(f"{address}?sort=-source&limit=3&cursor={first['next']}").json()
    assert [one["key"] for one in rest["results"]] == ["K2", "K1", "K0"] and rest["next"] is None
    assert [one["key"] for one in client.get(f"{address}?search=HOUSE 3").json()["results"]] == ["K3"]
    assert client.get(f"{address}?search=K3").json()["total"] == 0
    assert client.get(f"{address}?search=K3&fields=key,source").json()["total"] == 1
    assert client.get(f"{address}?state=unconfirmed").json()["total"] == 0
    for query in ("sort=colour", "search=a&fields=x", "state=lost", "author=me", "cursor=x", "limit=501", "limit=0"):
        assert client.get(f"{address}?{query}").status_code == 400, query


def test_adding_and_editing(base: Memory, translator: User, lead: User, client_for: Client) -> None:
    client = client_for(translator)
    made = client.post(url(f"memories/{base.pk}/entries"), {"source": " 안개\n", "target": "fog", "note": "weather"})
    assert made.status_code == 201
    entry = made.json()
    assert (entry["source"], entry["confirmed"], entry["created_by"]["id"]) == (" 안개\n", False, translator.pk)
    again = client.post(url(f"memories/{base.pk}/entries"), {"source": " 안개\n", "target": "fog"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "duplicate")
    changed = client.patch(url(f"entries/{entry['id']}"), {"target": "mist", "rev": entry["rev"]}).json()
    assert (changed["target"], changed["rev"]) == ("mist", entry["rev"] + 1)
    stale = client_for(lead).patch(url(f"entries/{entry['id']}"), {"target": "haze", "rev": entry["rev"]})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale")
    assert stale.json()["error"]["details"]["entry"]["target"] == "mist"
    history = client.get(url(f"entries/{entry['id']}/history")).json()["results"]
    assert [(one["kind"], one["target_before"]) for one in history] == [("edit", "fog")]
    for bad in ({"source": "", "target": "x"}, {"source": "x"}, {"source": "a\0", "target": "x"}):
        assert client.post(url(f"memories/{base.pk}/entries"), bad).status_code == 400, bad
    assert client.patch(url(f"entries/{entry['id']}"), {"target": "x"}).status_code == 400


def test_a_read_only_memory_is_not_edited_by_anybody(base: Memory, lead: User, client_for: Client) -> None:
    client = client_for(lead)
    client.patch(url(f"memories/{base.pk}"), {"writable": False})
    entry = Entry.objects.filter(memory=base).first()
    assert entry is not None
    for response in (
        client.post(url(f"memories/{base.pk}/entries"), {"source": "x", "target": "y"}),
        client.patch(url(f"entries/{entry.pk}"), {"target": "y", "rev": entry.rev}),
        client.post(url(f"memories/{base.pk}/entries/act"), {"act": "delete", "ids": [entry.pk]}),
        client.post(url(f"memories/{base.pk}/import"), {}),
    ):
        assert response.status_code == 403 and "read-only" in response.json()["error"]["message"]
    assert client.get(url(f"memories/{base.pk}/entries")).json()["total"] == 5


def test_acts_by_id_and_on_all_that_match(base: Memory, translator: User, client_for: Client) -> None:
    client = client_for(translator)
    act = url(f"memories/{base.pk}/entries/act")
    ids = list(Entry.objects.filter(memory=base).order_by("pk").values_list("pk", flat=True))
    assert client.post(act, {"act": "unconfirm", "ids": ids[:2]}).json() == {"changed": 2, "task": None}
    assert client.post(act, {"act": "confirm", "search": "", "state": "unconfirmed"}).json()["changed"] == 2
    assert client.post(act, {"act": "delete", "search": "house 4"}).json()["changed"] == 1
    assert client.get(url(f"memories/{base.pk}/entries?state=deleted")).json()["total"] == 1
    assert client.post(act, {"act": "restore", "ids": ids}).json()["changed"] == 1
    stranger = Entry.objects.create(
        memory=memory(translator, "x"), source="a", target="b", source_hash=1, rev=0,
        created_at=base.created_at, changed_at=base.created_at,
    )  # fmt: skip
    assert client.post(act, {"act": "delete", "ids": [stranger.pk, 2**63 - 1]}).json()["changed"] == 0
    for bad in (
        {"act": "burn", "ids": ids},
        {"act": "delete"},
        {"act": "delete", "ids": []},
        {"act": "delete", "ids": ids, "search": "x"},
        {"act": "delete", "ids": [2**63]},
        {"act": "delete", "ids": list(range(5001))},
        {"act": "delete", "search": "x", "fields": ["colour"]},
    ):
        assert client.post(act, bad).status_code == 400, bad
    assert Entry.objects.filter(memory=base, removed_at__isnull=True).count() == 5


def test_an_act_on_very_many_is_a_task(
    base: Memory, translator: User, client_for: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries_api, "AT_ONCE", 2)
    client = client_for(translator)
    answer = client.post(
        url(f"memories/{base.pk}/entries/act"), {"act": "delete", "search": "house", "fields": ["target"]}
    )
    assert answer.status_code == 202 and answer.json()["changed"] == 0
    run_queued_tasks()
    task = client.get(url(f"tasks/{answer.json()['task']['id']}")).json()
    assert (task["status"], task["result"], task["subject"]) == (
        "succeeded",
        {"changed": 5},
        {"kind": "memory", "id": base.pk},
    )
    assert client.get(url(f"memories/{base.pk}/entries")).json()["total"] == 0


def test_term_bases_have_no_entries(lead: User, client_for: Client) -> None:
    words = memory(lead, "words", kind="terms")
    assert client_for(lead).get(url(f"memories/{words.pk}/entries")).status_code == 404
    made = client_for(lead).post(url(f"memories/{words.pk}/entries"), {"source": "x", "target": "y"})
    assert made.status_code == 404
