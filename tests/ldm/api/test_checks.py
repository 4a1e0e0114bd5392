"""Checks over HTTP: typing, lists, counts, dismissing, codes, rules; as owner, member, stranger and nobody."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Project, Row, RowIssue
from apps.ldm.services.checks.pattern_words import SENTENCES
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_project
from tests.factories import run_queued_tasks
from tests.ldm.services.conftest import locstr, row_of

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]
ROWS = [
    ("A", "{0} 골드", "gold"),
    ("B", "안개 <b>속</b>", "in the <b>안개"),
    ("C", "등불", "a lamp"),
    ("D", "고래 {0}", ""),
]


@pytest.fixture
def project(lead: User) -> Project:
    return create_project(actor=lead, platform_id=None, name="Passage", source_language="ko", target_language="en")


@pytest.fixture
def file(lead: User, project: Project) -> File:
    rows = [(key, source.replace("<", "&lt;"), target.replace("<", "&lt;")) for key, source, target in ROWS]
    (made,) = import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=locstr(rows))
    run_queued_tasks()
    return made


def url(file: File, path: str) -> str:
    return f"/api/v1/files/{file.pk}/{path}"


def test_findings_are_listed_in_the_order_of_rows_page_by_page(
    file: File, translator: User, client_for: Client
) -> None:
    client, listed, cursor = client_for(translator), [], ""
    for _ in range(5):
        body = client.get(url(file, f"issues?limit=1&cursor={cursor}")).json()
        listed += body["results"]
        cursor = body["next"]
        if cursor is None:
            break
    assert [(one["n"], one["key"], one["kind"], one["code"]) for one in listed] == [
        (1, "A", "placeholder", "missing"),
        (2, "B", "tag", "unclosed"),
        (2, "B", "untranslated", "left"),
    ]
    first = listed[0]
    assert first["message"] == "{0} is missing." and first["severity"] == "error" and first["source"] == [[0, 3]]
    assert first["source_text"] == "{0} 골드" and first["target_text"] == "gold"
    only = client.get(url(file, "issues?kind=tag")).json()["results"]
    assert [one["key"] for one in only] == ["B"]
    refused = client.get(url(file, "issues?kind=spelling"))
    assert refused.status_code == 400 and "untranslated" in refused.json()["error"]["message"]


def test_counts_and_findings_of_rows(file: File, translator: User, client_for: Client) -> None:
    client = client_for(translator)
    counts = client.get(url(file, "issues/counts")).json()
    assert counts == {
        "checked_revision": 1,
        "revision": 1,
        "by_kind": {"placeholder": 1, "tag": 1, "line_break": 0, "length": 0, "untranslated": 1},
        "open": 3,
        "dismissed": 0,
    }
    a, c = row_of(file, "A").pk, row_of(file, "C").pk
    found = client.get(url(file, f"issues/rows?ids={a},{c}")).json()["issues"]
    assert [one["code"] for one in found[str(a)]] == ["missing"] and found[str(c)] == []
    assert client.get(url(file, "issues/rows?ids=x")).status_code == 400
    assert client.get(url(file, f"issues/rows?ids={','.join(map(str, range(501)))}")).status_code == 400
    assert client.get(url(file, f"issues/rows?ids={2**70}")).json()["issues"] == {}


def test_typing_is_checked_and_nothing_is_kept(file: File, translator: User, client_for: Client) -> None:
    client, row = client_for(translator), row_of(file, "D")
    before = RowIssue.objects.count()
    body = client.post(url(file, "check"), {"rows": [{"id": row.pk, "target": "whale {1}"}]}).json()
    (finding,) = body["issues"][str(row.pk)]
    assert (finding["code"], finding["source"], finding["target"]) == ("changed", [[3, 6]], [[6, 9]])
    assert finding["id"] is None and finding["message"] == "{0} became {1}."
    assert RowIssue.objects.count() == before
    kept = row_of(file, "A")
    (known,) = client.post(url(file, "check"), {"rows": [{"id": kept.pk, "target": "coins"}]}).json()["issues"][
        str(kept.pk)
    ]
    assert known["id"] == RowIssue.objects.get(row=kept).pk


@pytest.mark.parametrize(
    "body",
    [{}, {"rows": []}, {"rows": {}}, {"rows": [7]}, {"rows": [{"target": "x"}]}, {"rows": [{"id": "1"}]},
     {"rows": [{"id": True, "target": "x"}]}, {"rows": [{"id": 1, "target": 2}]},
     {"rows": [{"id": 1, "target": "a\x00"}]}, {"rows": [{"id": 1, "target": "x"}] * 51}],
)  # fmt: skip
def test_what_is_no_list_of_rows_is_refused(file: File, lead: User, client_for: Client, body: Any) -> None:
    assert client_for(lead).post(url(file, "check"), body).status_code == 400


def test_very_long_texts_and_foreign_rows_are_not_checked(
    file: File, lead: User, project: Project, client_for: Client
) -> None:
    client = client_for(lead)
    (other,) = import_file(actor=lead, project=project, folder=None, filename="b.xml", data=locstr([("Z", "{0}", "x")]))
    rows = [{"id": row_of(other, "Z").pk, "target": "x"}, {"id": 2**70, "target": "x"}]
    assert client.post(url(file, "check"), {"rows": rows}).json()["issues"] == {}
    long = [{"id": row_of(file, "A").pk, "target": "x" * 200_001}]
    assert client.post(url(file, "check"), {"rows": long}).status_code == 413


def test_one_typed_row_takes_few_queries(
    file: File, lead: User, client_for: Client, django_assert_max_num_queries: Any
) -> None:
    client, row = client_for(lead), row_of(file, "A")
    body = {"rows": [{"id": row.pk, "target": "gold {1}"}]}
    client.post(url(file, "check"), body)
    with django_assert_max_num_queries(8):
        client.post(url(file, "check"), body)


def test_dismissing_and_opening_again(file: File, translator: User, client_for: Client) -> None:
    client = client_for(translator)
    issue = RowIssue.objects.get(row__key="A")
    done = client.post(url(file, "issues/dismiss"), {"ids": [issue.pk], "dismissed": True})
    assert done.json() == {"changed": [issue.pk]}
    assert client.get(url(file, "issues/counts")).json()["dismissed"] == 1
    (kept,) = client.get(url(file, "issues?dismissed=true")).json()["results"]
    assert kept["dismissed"] and kept["dismissed_by"]["name"] == translator.name
    assert client.post(url(file, "issues/dismiss"), {"ids": [issue.pk], "dismissed": False}).json()["changed"]
    for body in ({}, {"ids": "1"}, {"ids": [True]}, {"ids": [1], "dismissed": "yes"}, {"ids": []}):
        assert client.post(url(file, "issues/dismiss"), body).status_code == 400, body
    assert client.post(url(file, "issues/dismiss"), {"ids": [2**70]}).json() == {"changed": []}


def test_everything_is_checked_again_by_a_task(file: File, lead: User, project: Project, client_for: Client) -> None:
    client = client_for(lead)
    Row.objects.filter(file=file, key="C").update(target="등불")
    for address in (url(file, "check-all"), f"/api/v1/projects/{project.pk}/check-all"):
        response = client.post(address)
        assert response.status_code == 202
        run_queued_tasks()
        task = client.get(f"/api/v1/tasks/{response.json()['task']['id']}").json()
        task = task.get("task", task)
        assert task["status"] == "succeeded", task
        assert task["result"]["rows"] == 4 and task["result"]["by_kind"]["untranslated"] == 2


def test_the_sheet_of_findings(file: File, lead: User, client_for: Client) -> None:
    client = client_for(lead)
    # Text that a workbook could take for markup of its own.
    Row.objects.filter(file=file, key="A").update(source="<r>{0} & 골드</r>", target="_x000D_gold")
    response = client.post(url(file, "issues/export"))
    assert response.status_code == 202
    run_queued_tasks()
    task = client.get(f"/api/v1/tasks/{response.json()['task']['id']}").json()
    task = task.get("task", task)
    (kept,) = task["files"]
    data = client.get(f"/api/v1/tasks/{task['id']}/files/{kept['id']}")
    content = b"".join(data.streaming_content) if data.streaming else data.content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[0] == ("Row", "Key", "Check", "Severity", "Finding", "Source", "Target")
    assert rows[1] == (1, "A", "Placeholders", "error", "{0} is missing.", "<r>{0} & 골드</r>", "_x000D_gold")
    assert len(rows) == 4


def test_a_saved_row_says_what_was_found(file: File, translator: User, client_for: Client) -> None:
    client, row = client_for(translator), row_of(file, "A")
    body = {"target": "{1} gold", "status": "confirmed", "text_rev": row.text_rev}
    saved = client.patch(f"/api/v1/rows/{row.pk}", body).json()
    assert [one["code"] for one in saved["issues"]] == ["changed"]


def test_confirming_is_refused_where_leads_want_it(
    file: File, lead: User, project: Project, translator: User, client_for: Client
) -> None:
    address = f"/api/v1/projects/{project.pk}/checks"
    assert client_for(translator).put(address, {"block_confirm": ["tag"]}).status_code == 403
    done = client_for(lead).put(address, {"block_confirm": ["tag"]})
    assert done.json()["block_confirm"] == ["tag"] and len(done.json()["kinds"]) == 5
    row = row_of(file, "B")
    body = {"target": "in the <b>fog", "status": "confirmed", "text_rev": row.text_rev}
    refused = client_for(translator).patch(f"/api/v1/rows/{row.pk}", body)
    error = refused.json()["error"]
    assert refused.status_code == 409 and error["code"] == "check_failed"
    assert error["details"]["issues"][0]["message"] == "<b> is never closed." and "<b>" in error["message"]
    many = client_for(translator).post("/api/v1/rows/status", {"ids": [row.pk], "status": "confirmed"}).json()
    assert many["changed"] == 0 and len(many["refused"]) == 1


# ---- codes
def test_codes_are_given_as_scripts_compile_them(
    file: File, lead: User, project: Project, translator: User, client_for: Client
) -> None:
    address = f"/api/v1/projects/{project.pk}/codes"
    usual = client_for(translator).get(address).json()
    assert usual["builtin"] == usual["families"] and usual["custom"] == [] and len(usual["patterns"]) > 15
    custom = [{"name": "section", "pattern": r"§[A-Z!]|~\w+", "kind": "tag"}]
    assert client_for(translator).put(address, {"custom": custom}).status_code == 403
    body = client_for(lead).put(address, {"builtin": ["braces", "tags"], "custom": custom}).json()
    assert body["custom"] == custom and body["builtin"] == ["tags", "braces"]
    assert body["patterns"][0] == {
        "name": "custom_0", "family": "custom", "kind": "tag", "source": "§[A-Z!]|~[A-Za-z0-9_]+",
    }  # fmt: skip
    assert {one["family"] for one in body["patterns"]} == {"custom", "inline", "tags", "braces"}
    assert client_for(translator).get(address).json() == body


@pytest.mark.parametrize(
    ("body", "field", "at"),
    [
        ({"builtin": ["colors"]}, "builtin", None),
        ({"custom": {}}, "custom", None),
        ({"custom": [7]}, "custom.0", None),
        ({"custom": [{"name": "a", "pattern": "x", "kind": "tag"}] * 2}, "custom", None),
        ({"custom": [{"name": "a", "pattern": "x", "kind": "tag"}] * 21}, "custom", None),
        ({"custom": [{"name": "a", "pattern": "(a+)+", "kind": "tag"}]}, "custom.0", 4),
        ({"custom": [{"name": "a", "pattern": "a(", "kind": "tag"}]}, "custom.0", 1),
        ({"custom": [{"name": "a", "pattern": "a", "kind": "colour?"}]}, "custom.0", 0),
    ],
)
def test_bad_codes_are_refused_with_their_place(
    project: Project, lead: User, client_for: Client, body: Any, field: str, at: int | None
) -> None:
    refused = client_for(lead).put(f"/api/v1/projects/{project.pk}/codes", body)
    details = refused.json()["error"]["details"]
    assert refused.status_code == 400 and details["field"] == field and details.get("at") == at
    project.refresh_from_db()
    assert "codes" not in project.settings
    if at is not None:
        assert refused.json()["error"]["message"] in SENTENCES


# ---- rules of length
def test_rules_of_length(file: File, lead: User, project: Project, translator: User, client_for: Client) -> None:
    client, address = client_for(lead), f"/api/v1/projects/{project.pk}/length-rules"
    made = client.post(address, {"characters": 3, "file": file.pk, "query": "key:=C"})
    assert made.status_code == 201
    rule = made.json()
    assert (rule["file_name"], rule["query"], rule["characters"]) == ("quest.xml", "key:=C", 3)
    run_queued_tasks()
    (finding,) = client.get(url(file, "issues?kind=length")).json()["results"]
    assert finding["message"] == "6 characters of at most 3." and finding["target"] == [[3, 6]]
    assert client_for(translator).get(address).json()["results"] == [rule]
    changed = client.patch(f"{address}/{rule['id']}", {"characters": 10})
    assert changed.json()["characters"] == 10
    bad = client.post(address, {"characters": 3, "query": "colour:red"})
    assert bad.status_code == 400 and bad.json()["error"]["code"] == "bad_query"
    assert client.delete(f"{address}/{rule['id']}").status_code == 204
    assert client.patch(f"{address}/{rule['id']}", {"characters": 1}).status_code == 404


# ---- who may
def test_owner_member_stranger_and_nobody(
    file: File, lead: User, project: Project, translator: User, stranger: User, client_for: Client
) -> None:
    project.restricted = True
    project.save(update_fields=["restricted"])
    gets = [url(file, path) for path in ("issues", "issues/counts", "issues/rows?ids=1")]
    gets += [f"/api/v1/projects/{project.pk}/{path}" for path in ("codes", "checks", "length-rules")]
    posts = [url(file, path) for path in ("check", "check-all", "issues/dismiss", "issues/export")]
    posts += [f"/api/v1/projects/{project.pk}/{path}" for path in ("check-all", "length-rules")]
    for address in gets:
        assert client_for(lead).get(address).status_code == 200, address
        assert client_for(stranger).get(address).status_code == 404, address
        assert client_for().get(address).status_code == 401, address
    for address in posts:
        assert client_for(stranger).post(address, {"rows": [{"id": 1, "target": ""}]}).status_code == 404, address
        assert client_for().post(address, {}).status_code == 401, address
    for path in ("codes", "checks"):
        assert client_for(stranger).put(f"/api/v1/projects/{project.pk}/{path}", {}).status_code == 404
        assert client_for().put(f"/api/v1/projects/{project.pk}/{path}", {}).status_code == 401


def test_a_typed_row_is_answered_at_once(file: File, lead: User, client_for: Client) -> None:
    """A guard against growth, far above what it takes (2 to 4 ms)."""
    client, row = client_for(lead), row_of(file, "A")
    body = {"rows": [{"id": row.pk, "target": "gold <b>{1}</b> " * 20}]}
    times = []
    for _ in range(8):
        start = time.process_time()
        assert client.post(url(file, "check"), body).status_code == 200
        times.append(time.process_time() - start)
    assert min(times) < 0.05
