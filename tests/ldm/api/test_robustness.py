"""What no client of ours sends: every answer is a sentence with a code, never an error of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.ldm.models import File, Project, Row, RowRevision, Upload
from apps.ldm.selectors import view_store, views
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.reimport.apply import apply_plan
from apps.ldm.services.reimport.plan import make_plan
from apps.ldm.services.tree.create import create_project
from tests.factories import run_queued_tasks
from tests.ldm.services.conftest import ROWS, locstr, row_of

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]
HUGE = 2**70
LONE = '"\\ud800"'


@pytest.fixture
def project(lead: User) -> Project:
    return create_project(actor=lead, platform_id=None, name="Passage", source_language="ko", target_language="en")


@pytest.fixture
def file(lead: User, project: Project) -> File:
    (made,) = import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=locstr(ROWS))
    return made


@pytest.fixture
def client(lead: User, client_for: Client) -> Any:
    """The lead's client; an error of the program is an answer with 500 here, not an exception."""
    made = client_for(lead)
    made.raise_request_exception = False
    return made


def url(path: str) -> str:
    return f"/api/v1/{path}"


def refused(response: Any, *statuses: int) -> None:
    assert response.status_code in (statuses or (400,)), response.content
    error = response.json()["error"]
    assert error["code"] and error["message"]


IDS = (HUGE, -HUGE, -1, 0, 2**63, -(2**63), 2**63 - 1)


@pytest.mark.parametrize(
    "path",
    ["rows/{}", "rows/{}/history", "files/{}", "files/{}/rows", "files/{}/changes?since=0", "change-sets/{}",
     "files/{}/change-sets", "change-sets/{}/items"],
)  # fmt: skip
def test_ids_that_nothing_has(client: Any, path: str) -> None:
    for pk in IDS:
        assert client.get(url(path.format(pk))).status_code == 404


def test_writes_to_ids_that_nothing_has(client: Any, file: File) -> None:
    for pk in IDS:
        assert client.patch(url(f"rows/{pk}"), {"target": "x", "text_rev": 1}).status_code == 404
        refused(client.post(url("rows/status"), {"ids": [pk], "status": "confirmed"}), 404)
        assert client.post(url(f"change-sets/{pk}/revert"), {}).status_code == 404
        assert client.post(url(f"files/{pk}/download"), {}).status_code == 404
        refused(client.post(url("imports"), {"items": [{"upload": "x"}], "project_id": pk}), 404)
    row = row_of(file, "S1")
    body = client.post(url("rows/status"), {"ids": [HUGE, row.pk], "status": "confirmed"}).json()
    assert body["changed"] == 1


@pytest.mark.parametrize(
    "query",
    ["rows?start={0}&count=5", "rows?count={0}", "changes?since={0}", "changes?since=-{0}", "locate?n={0}",
     "locate?row={0}", "rows?start=1e3", "rows?start=%00", "changes", "changes?since=0&limit=0", "locate",
     "locate?key=%00", "locate?cell=%00", "locate?key=none", "rows?view=%00", "rows?view=" + "x" * 5000,
     "change-sets?cursor=x", "change-sets?limit=x"],
)  # fmt: skip
def test_strange_queries(client: Any, file: File, query: str) -> None:
    response = client.get(url(f"files/{file.pk}/{query.format(HUGE)}"))
    assert response.status_code in (200, 400, 404), response.content
    assert "rows" in response.json() or response.json()["error"]["message"]


@pytest.mark.parametrize("content", ["{", "[]", "null", '"x"', "5", "", '{"a": NaN}', "\xff"])
def test_malformed_bodies(client: Any, file: File, content: str) -> None:
    row = row_of(file, "S3")
    for method, path in (
        ("patch", f"rows/{row.pk}"), ("post", "rows/status"), ("post", "imports"), ("post", f"files/{file.pk}/views"),
        ("post", f"files/{file.pk}/reimport"), ("post", f"files/{file.pk}/bilingual"),
    ):  # fmt: skip
        response = client.generic(method.upper(), url(path), content.encode("latin-1"), content_type="application/json")
        assert response.status_code in (200, 202, 400), (path, response.content)
        if response.status_code == 400:
            assert response.json()["error"]["message"]
    assert row_of(file, "S3").rev == 1


@pytest.mark.parametrize(
    "text", [LONE, '"a\\u0000b"', '{"a": 1}', "[]", "true", "1e400", '{"x": [[' + LONE + "]]}"], ids=range(7)
)
def test_texts_that_are_none(client: Any, file: File, text: str) -> None:
    row = row_of(file, "S3")
    one, form = f"rows/{row.pk}", f"files/{file.pk}"
    bodies = [
        ("PATCH", one, '{"text_rev": 1, "target": %s}'), ("PATCH", one, '{"text_rev": %s, "target": "x"}'),
        ("PATCH", one, '{"text_rev": 1, "target": "x", "note": %s}'),
        ("PATCH", one, '{"text_rev": 1, "status": %s, "target": "x"}'),
        ("POST", "rows/status", '{"ids": %s, "status": "confirmed"}'),
        ("POST", "rows/status", '{"ids": [1], "status": %s}'),
        ("POST", "rows/status", '{"ids": [' + str(row.pk) + '], "status": "new", "reason": %s}'),
        ("POST", f"{form}/views", '{"text": %s}'), ("POST", f"{form}/views", '{"sort": %s}'),
        ("POST", f"{form}/views", '{"status": [%s]}'), ("POST", f"{form}/views", '{"flags": [%s]}'),
        ("POST", f"{form}/download", '{"status": %s}'), ("POST", f"{form}/download", '{"format": %s}'),
        ("POST", f"{form}/reimport", '{"upload": "x", "recognise_by": %s}'),
        ("POST", f"{form}/reimport", '{"upload": "x", "source_upload": %s, "options": 5}'),
        ("POST", "imports", '{"project_id": %s, "items": [{"upload": "x"}]}'),
        ("POST", "imports", '{"project_id": 1, "items": [{"upload": %s}]}'),
        ("POST", "imports", '{"project_id": 1, "items": [{"upload": "x", "path": %s, "options": 1}]}'),
        ("POST", "imports", '{"project_id": 1, "items": [{"upload": "x"}], "variants": [%s, 1]}'),
    ]  # fmt: skip
    for method, path, body in bodies:
        response = client.generic(method, url(path), body % text, content_type="application/json")
        quiet = response.status_code in (200, 202) and text in ("[]", "true")
        assert quiet or response.status_code in (400, 404), (path, body, response.content)
    assert row_of(file, "S3").target in ("", "x")


def test_long_texts(client: Any, file: File) -> None:
    row = row_of(file, "S3")
    text = "가" * 100_000
    assert client.patch(url(f"rows/{row.pk}"), {"target": text, "text_rev": 1}).status_code == 200
    assert row_of(file, "S3").target == text
    refused(client.patch(url(f"rows/{row.pk}"), {"target": "x" * 200_001, "text_rev": 2}))
    note = client.patch(url(f"rows/{row.pk}"), {"target": "y", "note": "n" * 5000, "text_rev": 2})
    assert note.status_code == 200
    assert len(RowRevision.objects.filter(row=row).latest("id").note) == 500


def test_an_upload_beyond_the_limit(client: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_MB = 1
    big = SimpleUploadedFile("big.xml", b"x" * (1024 * 1024 + 1))
    small = SimpleUploadedFile("small.xml", b"x")
    response = client.post(url("uploads"), {"file": [small, big]}, format="multipart")
    refused(response, 413)
    assert response.json()["error"]["details"]["limit_mb"] == 1
    assert not Upload.objects.exists()
    refused(client.post(url("uploads"), {"path": "x"}, format="multipart"))


OPTIONS: list[dict[str, Any]] = [
    {"columns": "x"}, {"columns": 5}, {"encoding": []}, {"encoding": "klingon"}, {"source_language": 5}, {"header": {}},
    {"delimiter": 7}, {"sheets": 1}, {"rules": "x"}, {"unknown": [[[]]]}, {"target": {"a": None}},
]  # fmt: skip


@pytest.mark.parametrize("name", ["t.csv", "t.txt", "q.xml", "t.json", "t.po", "t.properties"])
def test_options_of_wrong_types_are_a_sentence(client: Any, project: Project, name: str) -> None:
    sent = client.post(url("uploads"), {"file": SimpleUploadedFile(name, b'{"a": "b"}\n')}, format="multipart").json()
    upload = sent["uploads"][0]["id"]
    items = [{"upload": upload, "path": f"{n}{name}", "options": options} for n, options in enumerate(OPTIONS)]
    starts = [client.post(url(f"uploads/{upload}/inspect"), {"options": options}) for options in OPTIONS[:3]]
    starts.append(client.post(url("imports"), {"items": items, "project_id": project.pk}))
    run_queued_tasks()
    for start in starts:
        task = client.get(url(f"tasks/{start.json()['task']['id']}")).json()
        told = [error["message"] for error in (task["result"] or {}).get("errors", [])] + [task["error"] or ""]
        assert task["status"] == "succeeded" or task["error"]
        for sentence in told:
            assert "Traceback" not in sentence
            assert not any(word in sentence for word in ("TypeError", "AttributeError", "KeyError", "object has no"))
            assert "unexpected" not in sentence.lower(), sentence
    assert task["status"] == "succeeded", task["error"]


# ---- views
def test_tokens_of_views_cannot_be_made_up(client: Any, file: File, lead: User, translator: User) -> None:
    view = client.post(url(f"files/{file.pk}/views"), {"status": ["new"]}).json()["view"]
    forged = [
        view[:-1] + ("A" if view[-1] != "A" else "B"), view + "x", view.replace(":", ""), "", ":::",
        signing.dumps([translator.pk, file.pk, 1, [], "", ["source"], [], "position"], salt=views.SALT, compress=True),
        signing.dumps([lead.pk, file.pk + 1, 1, [], "", ["source"], [], "position"], salt=views.SALT, compress=True),
        signing.dumps([lead.pk, file.pk, 1, [], "", ["source"], [], "position"], salt="other", compress=True),
    ]  # fmt: skip
    for token in filter(None, forged):
        response = client.get(url(f"files/{file.pk}/rows"), {"view": token})
        refused(response, 404)
        assert response.json()["error"]["code"] == "view_gone"


def forget_views() -> None:
    """As if another process answered."""
    views._kept = views._Kept()


def test_another_process_shows_the_same_view(client: Any, file: File) -> None:
    token = client.post(url(f"files/{file.pk}/views"), {"status": ["new"]}).json()["view"]
    row = row_of(file, "S3")
    client.patch(url(f"rows/{row.pk}"), {"target": "Fog", "text_rev": 1})
    forget_views()
    rows = client.get(url(f"files/{file.pk}/rows"), {"view": token}).json()
    assert ([row["key"] for row in rows["rows"]], rows["total"]) == (["S3", "S4", "S5"], 3)


def test_a_view_that_is_nowhere_is_made_again_only_for_the_same_rows(client: Any, file: File) -> None:
    token = client.post(url(f"files/{file.pk}/views"), {"status": ["new"], "sort": "key"}).json()["view"]
    forget_views()
    view_store._path(token).unlink()
    body = client.get(url(f"files/{file.pk}/rows"), {"view": token}).json()
    assert [row["key"] for row in body["rows"]] == ["S3", "S4", "S5"]
    forget_views()
    view_store._path(token).unlink()
    row = row_of(file, "S3")
    client.patch(url(f"rows/{row.pk}"), {"target": "Fog", "text_rev": 1})
    refused(client.get(url(f"files/{file.pk}/rows"), {"view": token}), 404)


def test_rows_that_a_newer_version_took_stay_in_a_view_as_removed(client: Any, file: File, lead: User) -> None:
    token = client.post(url(f"files/{file.pk}/views"), {"status": ["new"]}).json()["view"]
    data = locstr([row for row in ROWS if row[0] != "S4"])
    apply_plan(actor=lead, plan=make_plan(actor=lead, file=file, filename="quest.xml", data=data))
    body = client.get(url(f"files/{file.pk}/rows"), {"view": token}).json()
    assert body["total"] == len(body["rows"]) == 3
    assert [(row["key"], row["removed"]) for row in body["rows"]] == [("S3", False), ("S4", True), ("S5", False)]
    gone = next(row for row in body["rows"] if row["removed"])
    refused(client.patch(url(f"rows/{gone['id']}"), {"target": "x", "text_rev": gone["text_rev"]}), 404)
    answer = client.post(url("rows/status"), {"ids": [gone["id"], row_of(file, "S1").pk], "status": "confirmed"}).json()
    assert answer["changed"] == 1
    assert Row.objects.get(pk=gone["id"]).status == 0


@pytest.mark.parametrize("sort", ["position", "key", "source", "target", "edited"])
def test_sorting_is_total_and_the_same_twice(client: Any, file: File, lead: User, sort: str) -> None:
    row = row_of(file, "S4")
    client.patch(url(f"rows/{row.pk}"), {"target": "Fog", "text_rev": 1})
    made = views.make(lead, File.objects.get(pk=file.pk), views.Filter(sort=sort)).ids
    assert made == views.make(lead, File.objects.get(pk=file.pk), views.Filter(sort=sort)).ids
    assert sorted(made) == sorted(Row.objects.filter(file=file).values_list("pk", flat=True))
    if sort == "edited":
        assert made[0] == row.pk


def test_a_view_of_many_rows_is_eight_bytes_a_row(file: File, lead: User) -> None:
    view = views.make(lead, file, views.Filter())
    assert view.ids.itemsize == 8
    assert view_store._path(view.token).stat().st_size == 8 * len(view.ids)
