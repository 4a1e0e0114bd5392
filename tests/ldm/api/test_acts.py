"""Acts over HTTP: who may, what a request and what a task does, bad input, blocks for spreadsheets, change sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.formats.clipboard_block import parse_block
from apps.ldm.models import ChangeSet, File, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.rows.acts import scope as scopes
from apps.ldm.services.tree.create import create_project
from tests.ldm.services.conftest import ROWS, locstr, row_of
from tests.ldm.services.rows.acts.conftest import everything, texts

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]
WHOLE = {"query": ""}
ACTS: list[dict[str, Any]] = [
    {"act": "status", "status": "confirmed"},
    {"act": "copy_source"},
    {"act": "clear"},
    {"act": "blank"},
    {"act": "lock"},
    {"act": "assign", "person": None},
    {"act": "replace", "find": "e", "with": "a"},
    {"act": "paste", "block": "x"},
]


@pytest.fixture
def make_file(lead: User) -> Callable[..., File]:
    """Files of five rows in one project."""
    project = create_project(actor=lead, platform_id=None, name="Way", source_language="ko", target_language="en")

    def make(name: str = "quest.xml") -> File:
        (made,) = import_file(actor=lead, project=project, folder=None, filename=name, data=locstr(ROWS))
        return made

    return make


@pytest.fixture
def file(make_file: Callable[..., File]) -> File:
    return make_file()


def url(path: str) -> str:
    return f"/api/v1/{path}"


@pytest.mark.parametrize("body", ACTS, ids=lambda body: body["act"])
def test_strangers_and_nobody_change_nothing(
    file: File,
    client_for: Client,
    stranger: User,
    lead: User,
    body: dict[str, Any],
) -> None:
    file.project.restricted = True
    file.project.save(update_fields=["restricted"])
    before = everything(file)
    for path in ("acts", "acts/preview"):
        for client, status in ((client_for(), 401), (client_for(stranger), 404)):
            answer = client.post(url(f"files/{file.pk}/{path}"), {**body, "scope": WHOLE}, format="json")
            assert answer.status_code == status, (path, answer.content)
    assert everything(file) == before and not ChangeSet.objects.exclude(kind="import").exists()


@pytest.mark.parametrize("body", ACTS, ids=lambda body: body["act"])
def test_members_and_owners(
    file: File,
    client_for: Client,
    translator: User,
    lead: User,
    body: dict[str, Any],
) -> None:
    leads_only = body["act"] in ("lock", "assign")
    address = url(f"files/{file.pk}/acts")
    seen = client_for(translator).post(f"{address}/preview", {**body, "scope": WHOLE}, format="json")
    done = client_for(translator).post(address, {**body, "scope": WHOLE}, format="json")
    assert (seen.status_code, done.status_code) == ((403, 403) if leads_only else (200, 200)), done.content
    assert client_for(lead).post(address, {**body, "scope": WHOLE}, format="json").status_code == 200


def test_an_act_answers_with_its_outcome_and_can_be_reverted(
    file: File,
    client_for: Client,
    translator: User,
    run_tasks: Callable[[], int],
) -> None:
    client, before = client_for(translator), everything(file)
    view = client.post(url(f"files/{file.pk}/views"), {"status": ["original"]}, format="json").json()["view"]
    body = {"act": "replace", "find": "request", "with": "wish", "scope": {"view": view}, "reason": "style"}
    done = client.post(url(f"files/{file.pk}/acts"), body, format="json").json()
    assert (done["changed"], done["refused"], texts(file)["S1"][0]) == (1, [], "The Keeper's wish")
    shown = client.get(url(f"change-sets/{done['change_set']}")).json()
    assert (shown["kind"], shown["reason"], shown["author"]["name"]) == ("replace", "style", translator.name)
    assert shown["may_revert"] and shown["counts"]["find"] == "request"
    (item,) = client.get(url(f"change-sets/{done['change_set']}/items")).json()["results"]
    assert (item["target_before"], item["target"]) == ("The Keeper's Request", "The Keeper's wish")
    assert client.post(url(f"change-sets/{done['change_set']}/revert"), {}, format="json").status_code == 202
    run_tasks()
    assert everything(file) == before


def test_many_rows_are_a_task_that_says_the_same(
    file: File,
    client_for: Client,
    lead: User,
    run_tasks: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("apps.ldm.api.acts.MAX_IDS", 3)
    client = client_for(lead)
    answer = client.post(
        url(f"files/{file.pk}/acts"), {"act": "status", "status": "confirmed", "scope": WHOLE}, format="json"
    )
    assert answer.status_code == 202 and answer.json()["task"]["kind"] == "ldm.act"
    assert texts(file)["S1"][1] == "original"
    run_tasks()
    task = client.get(url(f"tasks/{answer.json()['task']['id']}")).json()
    assert task["status"] == "succeeded", task
    assert (task["result"]["changed"], task["result"]["refused_by"]) == (2, {"empty": 3})
    # Cancelled before it begins, it has changed nothing.
    queued = client.post(url(f"files/{file.pk}/acts"), {"act": "clear", "scope": WHOLE}, format="json").json()["task"]
    client.post(url(f"tasks/{queued['id']}/cancel"))
    run_tasks()
    assert texts(file)["S1"] == ("The Keeper's Request", "confirmed")
    assert scopes.MAX_IDS == 500


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"act": "boom", "scope": WHOLE}, "invalid"),
        ({"act": "replace", "find": "(", "regex": True, "scope": WHOLE}, "bad_regex"),
        ({"act": "clear", "scope": {"query": "nothing:here"}}, "bad_query"),
        ({"act": "clear", "scope": {"ids": [1] * 501}}, "invalid"),
        ({"act": "paste", "scope": WHOLE, "block": "a\u0000"}, "bad_character"),
        ({"act": "replace", "find": "a", "scope": WHOLE, "cursor": "forged"}, "invalid"),
        ({"act": "replace", "find": "a", "scope": WHOLE, "limit": 0}, "invalid"),
    ],
)
def test_bad_input_changes_nothing(
    file: File,
    client_for: Client,
    lead: User,
    body: dict[str, Any],
    code: str,
) -> None:
    before = everything(file)
    answer = client_for(lead).post(url(f"files/{file.pk}/acts/preview"), body, format="json")
    assert answer.status_code == 400 and answer.json()["error"]["code"] == code, answer.content
    assert everything(file) == before


def test_a_stale_propagation_answers_with_the_row(file: File, client_for: Client, lead: User) -> None:
    row = row_of(file, "S1")
    body = {"act": "propagate", "row": row.pk, "text_rev": 99}
    answer = client_for(lead).post(url(f"files/{file.pk}/acts"), body, format="json")
    assert answer.status_code == 409
    assert answer.json()["error"]["details"]["row"]["id"] == row.pk


def test_rows_are_copied_as_a_block(file: File, client_for: Client, lead: User) -> None:
    client = client_for(lead)
    body = {"scope": WHOLE, "columns": ["n", "key", "target", "status"], "header": True}
    answer = client.post(url(f"files/{file.pk}/copy-block"), body, format="json")
    assert answer["Content-Type"].startswith("text/tab-separated-values")
    assert parse_block(answer.content.decode())[:2] == [
        ["n", "key", "target", "status"], ["1", "S1", "The Keeper's Request", "original"],
    ]  # fmt: skip
    for wrong in ({"scope": WHOLE, "columns": ["secret"]}, {"columns": ["key"]}):
        assert client.post(url(f"files/{file.pk}/copy-block"), wrong, format="json").status_code == 400


def test_repeats_over_http(file: File, client_for: Client, lead: User) -> None:
    client = client_for(lead)
    (group,) = client.get(url(f"files/{file.pk}/repeats")).json()["results"]
    assert (group["source"], group["rows"], group["differ"]) == ("안개가 걷힌다", 2, 1)
    assert client.get(url(f"files/{file.pk}/repeats?inconsistent=1")).json()["results"] == []
    for place in (f"files/{file.pk}", f"projects/{file.project_id}"):
        rows = client.get(url(f"{place}/repeats/{group['hash']}/rows")).json()["results"]
        assert [row["key"] for row in rows] == ["S3", "S4"]
    row = row_of(file, "S3")
    assert client.get(url(f"rows/{row.pk}/repeats")).json() == {"same": 1, "differ": 0, "confirmed": 0}
    for wrong in ("sort=luck", "cursor=x", "limit=0"):
        assert client.get(url(f"files/{file.pk}/repeats?{wrong}")).status_code == 400


def test_leads_see_the_change_sets_of_a_project_and_filter_them(
    file: File,
    make_file: Callable[..., File],
    client_for: Client,
    lead: User,
    translator: User,
) -> None:
    other = make_file(name="other.xml")
    for person, target in ((lead, file), (translator, other)):
        body = {"act": "clear", "scope": WHOLE}
        assert client_for(person).post(url(f"files/{target.pk}/acts"), body, format="json").status_code == 200
    address = url(f"projects/{file.project_id}/change-sets")
    assert client_for(translator).get(address).status_code == 403

    def files(query: str) -> list[str]:
        answer = client_for(lead).get(f"{address}?{query}")
        assert answer.status_code == 200, answer.content
        return [one["file"]["name"] for one in answer.json()["results"]]

    assert files("kind=bulk") == ["other.xml", "quest.xml"]
    assert files(f"author={translator.pk}") == ["other.xml"]
    assert files("kind=bulk&until=2000-01-01") == [] and len(files("kind=bulk,import&since=2000-01-01")) == 4
    for wrong in ("kind=nothing", "author=x", "since=soon", "until=2026-13-45"):
        assert client_for(lead).get(f"{address}?{wrong}").status_code == 400
    sets = client_for(translator).get(url(f"files/{file.pk}/change-sets?author={lead.pk}&kind=bulk")).json()
    assert len(sets["results"]) == 1
    apart = create_project(actor=lead, platform_id=None, name="Apart", source_language="ko", target_language="en")
    assert client_for(lead).get(url(f"projects/{apart.pk}/change-sets")).json()["results"] == []
    assert Row.objects.filter(file=file).count() == 5
