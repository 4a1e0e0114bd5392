"""GET search/rows: every mode, every scope, page by page, and what each person may find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.selectors import search_hits
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.rows import search_index
from apps.ldm.services.tree.access import add_grant
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from apps.tm.services.entries.edit import add as add_entry
from tests.ldm.services.conftest import locstr

pytestmark = pytest.mark.django_db
ROWS = [
    ("Q1", "등대지기의 역사", "The keeper's history"),
    ("Q2", "역사", "History"),
    ("Q3", "고래기름 {0}통", "{0} barrels"),
    ("Q4", "안개", ""),
]


@pytest.fixture
def place(lead: User) -> dict[str, Any]:
    """Two projects on a restricted platform, a file in a folder of the first, one in the second."""
    platform = create_platform(actor=lead, name="Closed", restricted=True)
    made: dict[str, Any] = {"platform": platform}
    for name in ("first", "second"):
        made[name] = create_project(
            actor=lead, platform_id=platform.pk, name=name, source_language="ko", target_language="en"
        )
    made["folder"] = create_folder(actor=lead, project_id=made["first"].pk, parent_id=None, name="Quests")
    data = locstr(ROWS)
    (made["file"],) = import_file(actor=lead, project=made["first"], folder=made["folder"], filename="a.xml", data=data)
    (made["other"],) = import_file(actor=lead, project=made["second"], folder=None, filename="b.xml", data=data)
    search_index.build(made["file"].pk)
    return made


def asked(client: Any, **params: Any) -> Any:
    response = client.get("/api/v1/search/rows", params)
    assert response.status_code == 200, response.content
    return response.json()


def keys(client: Any, **params: Any) -> list[str]:
    return [hit["key"] for hit in asked(client, **params)["results"]]


def test_modes(place: dict[str, Any], lead: User, client_for: Callable[..., Any]) -> None:
    client, scope = client_for(lead), f"file:{place['file'].pk}"
    assert keys(client, q="역사", scope=scope) == ["Q1", "Q2"]
    assert keys(client, q="HISTORY", scope=scope) == ["Q1", "Q2"]
    assert keys(client, q="역사", mode="exact", scope=scope) == ["Q2"]
    assert keys(client, q="역사", mode="excludes", scope=scope) == ["Q3", "Q4"]
    assert keys(client, q=r"\{\d\}", mode="regex", scope=scope) == ["Q3"]
    assert keys(client, q="Q", scope=scope) == []
    assert keys(client, q="q", fields="key,comment", scope=scope) == ["Q1", "Q2", "Q3", "Q4"]
    assert keys(client, query='target:="" OR key:Q3', scope=scope) == ["Q3", "Q4"]
    assert keys(client, q="역사", query="-key:Q1", scope=scope) == ["Q2"]


def test_what_a_hit_says(place: dict[str, Any], lead: User, client_for: Callable[..., Any]) -> None:
    found = asked(client_for(lead), q="역사", scope=f"file:{place['file'].pk}")
    assert (found["next"], found["total"]) == (None, 2)
    row = Row.objects.get(file=place["file"], key="Q1")
    assert found["results"][0] == {
        "row_id": row.pk,
        "file_id": place["file"].pk,
        "file_name": "a.xml",
        "source_language": "ko",
        "target_language": "en",
        "path": [
            {"kind": "platform", "id": place["platform"].pk, "name": "Closed"},
            {"kind": "project", "id": place["first"].pk, "name": "first"},
            {"kind": "folder", "id": place["folder"].pk, "name": "Quests"},
        ],
        "n": 1,
        "key": "Q1",
        "source": "등대지기의 역사",
        "target": "The keeper's history",
        "comment": "",
        "status": "original",
        "ranges": {"source": [[6, 8]]},
    }
    (hit,) = asked(client_for(lead), q=r"b\w+", mode="regex", scope=f"file:{place['file'].pk}")["results"]
    assert hit["ranges"] == {"target": [[4, 11]]}


def test_scopes(place: dict[str, Any], lead: User, client_for: Callable[..., Any]) -> None:
    client = client_for(lead)
    both = [place["file"].pk, place["other"].pk]
    for scope, files in (
        (f"file:{both[0]}", both[:1]),
        (f"folder:{place['folder'].pk}", both[:1]),
        (f"project:{place['first'].pk}", both[:1]),
        (f"project:{place['second'].pk}", both[1:]),
        (f"platform:{place['platform'].pk}", both),
        ("all", both),
        ("", both),
    ):
        for mode in ("contains", "regex"):
            results = asked(client, q="안개", scope=scope, mode=mode)["results"]
            assert [hit["file_id"] for hit in results] == files, (scope, mode)


@pytest.mark.parametrize("mode", ["contains", "exact", "excludes", "regex", "query"])
def test_pages(place: dict[str, Any], lead: User, client_for: Callable[..., Any], mode: str) -> None:
    client = client_for(lead)
    what = {"query": "NOT key:Q2"} if mode == "query" else {"q": "역사", "mode": mode}
    whole = [hit["row_id"] for hit in asked(client, **what)["results"]]
    found: list[int] = []
    cursor = ""
    for _ in range(len(whole) + 2):
        page = asked(client, **what, limit=1, cursor=cursor)
        found += [hit["row_id"] for hit in page["results"]]
        cursor = page["next"]
        if not cursor:
            break
    assert found == whole and len(whole) > 1


def test_a_page_that_had_no_time_goes_on(
    place: dict[str, Any], lead: User, client_for: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_hits, "SECONDS", -1.0)
    monkeypatch.setattr(search_hits, "FIRST_WINDOW", 2)
    found, cursor, pages = [], "", 0
    while pages < 20:
        page = asked(client_for(lead), q="안개|없다", mode="regex", cursor=cursor)
        found += [hit["file_id"] for hit in page["results"]]
        cursor, pages = page["next"], pages + 1
        if not cursor:
            break
    assert found == [place["file"].pk, place["other"].pk] and pages > 2


def test_who_finds_what(
    place: dict[str, Any], lead: User, translator: User, stranger: User, client_for: Callable[..., Any]
) -> None:
    add_grant(actor=lead, ref=Ref("project", place["first"].pk), user_id=translator.pk)
    modes = [{"q": "안개", "mode": mode} for mode in ("contains", "exact", "regex")] + [{"query": "안개"}]
    for what in modes:
        assert len(asked(client_for(lead), **what)["results"]) == 2
        assert [hit["file_id"] for hit in asked(client_for(translator), **what)["results"]] == [place["file"].pk]
        assert asked(client_for(stranger), **what)["results"] == []
        assert client_for().get("/api/v1/search/rows", what).status_code == 401
    for kind, pk in (("file", place["file"].pk), ("folder", place["folder"].pk), ("project", place["first"].pk)):
        for mode in ("contains", "similar"):
            asked_for = {"q": "안개", "scope": f"{kind}:{pk}", "mode": mode}
            assert client_for(stranger).get("/api/v1/search/rows", asked_for).status_code == 404
    outside = {"q": "안개", "scope": f"file:{place['other'].pk}"}
    assert client_for(translator).get("/api/v1/search/rows", outside).status_code == 404


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "invalid"),
        ({"q": "  "}, "invalid"),
        ({"q": "a", "mode": "fuzzy"}, "invalid"),
        ({"q": "a", "fields": "source,colour"}, "invalid"),
        ({"q": "a", "scope": "memory:1"}, "invalid"),
        ({"q": "a", "scope": "file:x"}, "invalid"),
        ({"q": "a", "cursor": "nonsense"}, "invalid"),
        ({"q": "a" * 1001}, "invalid"),
        ({"q": "a\0"}, "bad_character"),
        ({"q": "a(b", "mode": "regex"}, "bad_query"),
        ({"query": "colour:red"}, "bad_query"),
        ({"query": "x" * 3000}, "bad_query"),
        ({"query": "a\0"}, "bad_character"),
    ],
)
def test_bad_input(lead: User, client_for: Callable[..., Any], params: dict[str, str], code: str) -> None:
    response = client_for(lead).get("/api/v1/search/rows", params)
    assert response.status_code == 400 and response.json()["error"]["code"] == code, response.content


def test_a_runaway_regex_is_refused(place: dict[str, Any], lead: User, client_for: Callable[..., Any]) -> None:
    Row.objects.filter(key="Q4").update(source="a" * 5000 + "!")
    response = client_for(lead).get("/api/v1/search/rows", {"q": "(a+)+$", "mode": "regex"})
    assert response.status_code == 400 and response.json()["error"]["code"] == "bad_query"


def test_by_meaning(place: dict[str, Any], lead: User, client_for: Callable[..., Any]) -> None:
    client, scope = client_for(lead), f"project:{place['first'].pk}"
    Memory.objects.all().delete()
    found = asked(client, q="안개", mode="similar", scope=scope)
    assert found["similar"]["state"] == "no_memory" and found["similar"]["message"] and found["results"] == []
    memory = create_memory(
        actor=lead, name="M", source_language="ko", target_language="en", to=Ref("project", place["first"].pk)
    )
    Memory.objects.filter(pk=memory.pk).update(engine="")
    add_entry(actor=lead, memory_id=memory.pk, source="등대지기의 역사", target="x")
    assert asked(client, q="안개", mode="similar", scope=scope)["similar"]["state"] == "no_engine"
    Memory.objects.filter(pk=memory.pk).update(engine="ngram")
    found = asked(client, q="등대지기의 역사책", mode="similar", scope=scope)
    assert found["similar"] == {"state": "ready", "message": "", "memories": 1}
    assert [(hit["key"], 0.5 <= hit["score"] < 1) for hit in found["results"]] == [("Q1", True)]
    assert keys(client, q="안개", mode="similar", scope=scope) == ["Q4"]
    # One word finds the entry, and by it the row, that only holds it.
    assert keys(client, q="등대", mode="similar", scope=scope) == ["Q1"]


def test_views_take_queries(place: dict[str, Any], lead: User, client_for: Callable[..., Any]) -> None:
    client, address = client_for(lead), f"/api/v1/files/{place['file'].pk}"
    made = client.post(f"{address}/views", {"query": "역사", "status": ["original"], "sort": "key"}, format="json")
    assert made.status_code == 200 and made.json()["total"] == 2
    rows = client.get(f"{address}/rows", {"view": made.json()["view"]}).json()["rows"]
    assert [row["key"] for row in rows] == ["Q1", "Q2"]
    refused = client.post(f"{address}/views", {"query": "a colour:red"}, format="json").json()["error"]
    assert refused["code"] == "bad_query"
    assert (refused["details"]["at"], refused["details"]["length"]) == (2, 6)
    assert "status" in refused["details"]["valid"]


def test_files_that_are_gone_are_not_searched(
    place: dict[str, Any], lead: User, client_for: Callable[..., Any]
) -> None:
    delete(actor=lead, items=[Ref("file", place["other"].pk)])
    assert File.objects.filter(trash__isnull=True).count() == 1
    assert [hit["file_id"] for hit in asked(client_for(lead), q="안개")["results"]] == [place["file"].pk]
