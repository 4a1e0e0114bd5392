"""Rows over HTTP: windows, views, edits, history, changes; as owner, member, stranger and nobody."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.ldm.models import File, Project, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_project
from tests.factories import run_queued_tasks
from tests.ldm.services.conftest import ROWS, locstr, row_of

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]


@pytest.fixture
def project(lead: User) -> Project:
    return create_project(actor=lead, platform_id=None, name="Passage", source_language="ko", target_language="en")


@pytest.fixture
def file(lead: User, project: Project) -> File:
    (made,) = import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=locstr(ROWS))
    return made


def url(path: str) -> str:
    return f"/api/v1/{path}"


def test_opening_a_file_tells_its_languages_and_path(file: File, translator: User, client_for: Client) -> None:
    body = client_for(translator).get(url(f"files/{file.pk}")).json()
    assert body["file"]["counts"]["rows"] == 5
    assert body["languages"]["source"] == {"code": "ko", "name": "한국어", "dir": "ltr"}
    assert [node["name"] for node in body["path"]][-1] in ("Passage", "quest.xml")


def test_a_window_is_a_range_of_positions(file: File, translator: User, client_for: Client) -> None:
    body = client_for(translator).get(url(f"files/{file.pk}/rows?start=1&count=2")).json()
    assert (body["total"], body["revision"], body["start"]) == (5, 1, 1)
    assert [(row["n"], row["key"], row["status"]) for row in body["rows"]] == [(2, "S2", "original"), (3, "S3", "new")]


@pytest.mark.parametrize("query", ["start=-1", "count=0", "count=501", "start=x"])
def test_a_window_beyond_the_limits_is_refused(file: File, lead: User, client_for: Client, query: str) -> None:
    response = client_for(lead).get(url(f"files/{file.pk}/rows?{query}"))
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid"


def test_a_view_keeps_its_rows_while_they_change(file: File, lead: User, client_for: Client) -> None:
    client = client_for(lead)
    view = client.post(url(f"files/{file.pk}/views"), {"status": ["new"]}).json()
    assert view["total"] == 3
    row = row_of(file, "S3")
    client.patch(url(f"rows/{row.pk}"), {"target": "Fog", "text_rev": 1})
    rows = client.get(url(f"files/{file.pk}/rows?view={view['view']}")).json()["rows"]
    assert [(row["key"], row["status"]) for row in rows] == [("S3", "translated"), ("S4", "new"), ("S5", "new")]
    assert client.post(url(f"files/{file.pk}/views"), {"status": ["new"]}).json()["total"] == 2


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ({"text": "안개"}, ["S3", "S4"]),
        ({"text": "REQUEST"}, ["S1"]),
        ({"text": "request", "fields": ["source"]}, []),
        ({"text": "s2", "fields": ["key"]}, ["S2"]),
        ({"sort": "key", "status": ["original"]}, ["S1", "S2"]),
        ({"flags": ["locked"]}, []),
        ({"text": "%"}, []),
        ({"text": "{0}"}, ["S2"]),
    ],
)
@pytest.mark.parametrize("indexed", [False, True])
def test_filters(
    file: File, lead: User, client_for: Client, wanted: dict[str, Any], keys: list[str], indexed: bool
) -> None:
    if indexed:
        run_queued_tasks()
        file.refresh_from_db()
        assert file.searchable_revision == file.revision
    client = client_for(lead)
    view = client.post(url(f"files/{file.pk}/views"), wanted).json()
    rows = client.get(url(f"files/{file.pk}/rows?view={view['view']}")).json()["rows"]
    assert [row["key"] for row in rows] == keys


def test_a_view_says_where_a_row_is_in_it(file: File, lead: User, client_for: Client) -> None:
    def post(**wanted: Any) -> Any:
        return client_for(lead).post(url(f"files/{file.pk}/views"), wanted).json()

    assert post(status=["new"], row=row_of(file, "S4").pk)["index"] == 1
    assert post(status=["new"], row=row_of(file, "S1").pk)["index"] is None
    assert post(status=["new"])["index"] is None
    assert post(row="S1")["error"]["code"] == "invalid"


def test_a_view_brings_its_rows_along_where_they_are_asked_for(file: File, lead: User, client_for: Client) -> None:
    def post(**wanted: Any) -> Any:
        return client_for(lead).post(url(f"files/{file.pk}/views"), wanted).json()

    assert "rows" not in post(status=["new"])
    first = post(status=["new"], count=2)
    assert (first["start"], [row["key"] for row in first["rows"]]) == (0, ["S3", "S4"])
    last = post(status=["new"], count=2, row=row_of(file, "S5").pk)
    assert (last["index"], last["start"], [row["key"] for row in last["rows"]]) == (2, 2, ["S5"])
    window = client_for(lead).get(url(f"files/{file.pk}/rows?view={last['view']}&start=2&count=2")).json()
    assert window["rows"] == last["rows"]
    assert post(text="nowhere at all", count=2)["rows"] == []


@pytest.mark.parametrize(
    "wanted",
    [
        {"status": ["done"]}, {"fields": ["colour"]}, {"sort": "x"}, {"nope": 1}, [1], {"count": -1}, {"count": 501},
        {"count": "all"},
    ],
)  # fmt: skip
def test_unknown_filters_name_the_valid_ones(file: File, lead: User, client_for: Client, wanted: Any) -> None:
    response = client_for(lead).post(url(f"files/{file.pk}/views"), wanted)
    assert response.status_code == 400


def test_a_view_of_somebody_else_is_gone(file: File, lead: User, translator: User, client_for: Client) -> None:
    view = client_for(lead).post(url(f"files/{file.pk}/views"), {"status": ["new"]}).json()["view"]
    for token in (view, "nonsense"):
        response = client_for(translator).get(url(f"files/{file.pk}/rows?view={token}"))
        assert (response.status_code, response.json()["error"]["code"]) == (404, "view_gone")


@pytest.mark.parametrize("query", ["n=4", "key=S4", "key=s4"])
def test_locating_a_row(file: File, lead: User, client_for: Client, query: str) -> None:
    body = client_for(lead).get(url(f"files/{file.pk}/locate?{query}")).json()
    assert body == {"index": 3, "row_id": row_of(file, "S4").pk}


def test_a_stale_save_answers_with_the_present_row(
    file: File, lead: User, translator: User, client_for: Client
) -> None:
    row = row_of(file, "S3")
    assert client_for(lead).patch(url(f"rows/{row.pk}"), {"target": "Theirs", "text_rev": 1}).status_code == 200
    response = client_for(translator).patch(url(f"rows/{row.pk}"), {"target": "Mine", "text_rev": 1})
    assert response.status_code == 409
    error = response.json()["error"]
    assert error["code"] == "stale"
    assert error["details"]["row"]["target"] == "Theirs"


def test_an_edit_answers_with_row_and_counts_and_is_in_history(
    file: File, translator: User, client_for: Client
) -> None:
    client = client_for(translator)
    row = row_of(file, "S3")
    body = client.patch(url(f"rows/{row.pk}"), {"target": "Fog", "status": "confirmed", "text_rev": 1}).json()
    assert body["row"]["status"] == "confirmed"
    assert body["file"]["counts"]["by_status"]["confirmed"]["rows"] == 1
    (entry,) = client.get(url(f"rows/{row.pk}/history")).json()["results"]
    assert (entry["target_before"], entry["target"], entry["author"]["name"]) == ("", "Fog", translator.name)


@pytest.mark.parametrize(
    "body", [{}, {"target": 5, "text_rev": 1}, {"status": "done", "text_rev": 1}, {"locked": "yes", "text_rev": 1}, []]
)
def test_a_malformed_edit_changes_nothing(file: File, lead: User, client_for: Client, body: Any) -> None:
    row = row_of(file, "S3")
    assert client_for(lead).patch(url(f"rows/{row.pk}"), body).status_code == 400
    assert row_of(file, "S3").rev == 1


def test_changes_since_a_revision(file: File, lead: User, client_for: Client) -> None:
    client = client_for(lead)
    for key, text in (("S3", "a"), ("S4", "b"), ("S3", "c")):
        row = row_of(file, key)
        client.patch(url(f"rows/{row.pk}"), {"target": text, "text_rev": row.text_rev})
    body = client.get(url(f"files/{file.pk}/changes?since=1")).json()
    assert [(row["key"], row["target"]) for row in body["rows"]] == [("S4", "b"), ("S3", "c")]
    assert (body["revision"], body["more"]) == (4, False)
    first = client.get(url(f"files/{file.pk}/changes?since=1&limit=1")).json()
    assert (len(first["rows"]), first["more"]) == (1, True)
    rest = client.get(url(f"files/{file.pk}/changes?since={first['revision']}")).json()
    assert [row["key"] for row in first["rows"] + rest["rows"]] == ["S4", "S3"]


def test_a_status_for_several_rows_is_one_change_set_that_can_be_reverted(
    file: File, lead: User, client_for: Client
) -> None:
    client = client_for(lead)
    ids = list(Row.objects.filter(file=file).values_list("pk", flat=True))
    body = client.post(url("rows/status"), {"ids": ids, "status": "approved"}).json()
    assert body["changed"] == 2
    assert len(body["refused"]) == 3
    listed = client.get(url(f"files/{file.pk}/change-sets")).json()["results"]
    assert [entry["kind"] for entry in listed] == ["bulk", "import"]
    assert client.post(url(f"change-sets/{body['change_set']}/revert"), {}).status_code == 202
    run_queued_tasks()
    assert set(Row.objects.filter(file=file).values_list("status", flat=True)) == {0, 1}


READS = ["files/{file}", "files/{file}/rows", "files/{file}/locate?n=1", "files/{file}/changes?since=0",
         "files/{file}/change-sets", "rows/{row}", "rows/{row}/history"]  # fmt: skip
WRITES = [
    ("post", "files/{file}/views", {}),
    ("patch", "rows/{row}", {"target": "x", "text_rev": 1}),
    ("post", "rows/status", {"ids": ["{row}"], "status": "confirmed"}),
    ("post", "files/{file}/download", {}),
    ("post", "files/{file}/reimport", {"upload": str(uuid.uuid4())}),
    ("post", "files/{file}/bilingual", {"upload": str(uuid.uuid4())}),
]


@pytest.mark.parametrize("path", READS)
def test_reads_of_a_restricted_project(
    file: File, project: Project, lead: User, stranger: User, client_for: Client, path: str
) -> None:
    Project.objects.filter(pk=project.pk).update(restricted=True)
    address = url(path.format(file=file.pk, row=row_of(file, "S1").pk))
    assert client_for(lead).get(address).status_code == 200
    assert client_for(stranger).get(address).status_code == 404
    assert client_for().get(address).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_writes_to_a_restricted_project(
    file: File, project: Project, lead: User, stranger: User, client_for: Client, method: str, path: str, body: Any
) -> None:
    Project.objects.filter(pk=project.pk).update(restricted=True)
    row = row_of(file, "S1")
    address = url(path.format(file=file.pk, row=row.pk))
    if "ids" in body:
        body = body | {"ids": [row.pk]}
    assert getattr(client_for(stranger), method)(address, body).status_code == 404
    assert getattr(client_for(), method)(address, body).status_code == 401
    assert row_of(file, "S1").rev == 1
    assert getattr(client_for(lead), method)(address, body).status_code in (200, 202)


def test_a_translator_may_not_approve(file: File, translator: User, client_for: Client) -> None:
    row = row_of(file, "S1")
    response = client_for(translator).patch(url(f"rows/{row.pk}"), {"status": "approved", "text_rev": 1})
    assert response.status_code == 403


def upload(client: Any, name: str, data: bytes) -> str:
    response = client.post(url("uploads"), {"file": SimpleUploadedFile(name, data)}, format="multipart")
    assert response.status_code == 201, response.content
    return str(response.json()["uploads"][0]["id"])


def finished(client: Any, response: Any) -> dict[str, Any]:
    assert response.status_code == 202, response.content
    run_queued_tasks()
    return dict(client.get(url(f"tasks/{response.json()['task']['id']}")).json())


def test_the_whole_way_in_and_out(project: Project, translator: User, client_for: Client) -> None:
    client = client_for(translator)
    data = locstr(ROWS)
    sent = upload(client, "quest.xml", data)
    seen = finished(client, client.post(url(f"uploads/{sent}/inspect"), {}))
    assert seen["result"]["total_segments"] == 5
    wanted = {"items": [{"upload": sent, "path": "deep/er/quest.xml"}], "project_id": project.pk}
    done = finished(client, client.post(url("imports"), wanted))
    (imported,) = done["result"]["files"]
    file = File.objects.get(pk=imported["id"])
    assert file.folder is not None and file.folder.name == "er"
    row = row_of(file, "S3")
    client.patch(url(f"rows/{row.pk}"), {"target": "Fog & <b>", "text_rev": 1})
    out = finished(client, client.post(url(f"files/{file.pk}/download"), {}))
    got = client.get(out["files"][0]["url"])
    written = b"".join(got.streaming_content) if got.streaming else got.content
    assert written == data.replace(b'Str="" />', b'Str="Fog &amp; &lt;b>" />', 1) or written == data.replace(
        b'Str="" />', b'Str="Fog &amp; &lt;b&gt;" />', 1
    )


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("broken.xml", b"<a><b></a>", "line"),
        ("bomb.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a StringId="1">&b;</a>', "entit"),
        ("bad.json", b'{"a": "b", "a": "c"}', "a"),
        ("unknown.bin", b"\x00\x01", "Readable"),
        ("sheet.xlsx", b"PK\x03\x04nonsense", ""),
        ("bytes.txt", b"1\t2\t3\t4\t5\t\xff\xfe\x81\t\x9d\n", "byte"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported_with_its_place(
    project: Project, translator: User, client_for: Client, name: str, data: bytes, words: str
) -> None:
    client = client_for(translator)
    sent = upload(client, name, data)
    done = finished(
        client, client.post(url("imports"), {"items": [{"upload": sent, "path": name}], "project_id": project.pk})
    )
    assert done["status"] == "succeeded"
    assert not done["result"]["files"]
    (error,) = done["result"]["errors"]
    assert error["path"] == name
    assert words.lower() in (error["message"] + error["place"]).lower()
    assert not File.objects.exists()


def test_an_empty_upload_is_refused(translator: User, client_for: Client) -> None:
    response = client_for(translator).post(
        url("uploads"), {"file": SimpleUploadedFile("a.xml", b"")}, format="multipart"
    )
    assert response.status_code == 400


def test_somebody_elses_upload_is_gone(project: Project, lead: User, translator: User, client_for: Client) -> None:
    sent = upload(client_for(lead), "quest.xml", locstr(ROWS))
    client = client_for(translator)
    done = finished(client, client.post(url(f"uploads/{sent}/inspect"), {}))
    assert done["status"] == "failed"
    assert "gone" in done["error"]


def test_a_new_version_is_compared_then_applied(file: File, lead: User, client_for: Client) -> None:
    client = client_for(lead)
    newer = [("S1", "바뀐 부탁", "The Keeper's Request"), *ROWS[1:], ("S6", "새 줄", "")]
    plan = finished(
        client, client.post(url(f"files/{file.pk}/reimport"), {"upload": upload(client, "q.xml", locstr(newer))})
    )
    result = plan["result"]
    assert (result["counts"]["new"], result["counts"]["changed"]) == (1, 1)
    items = client.get(url(f"plans/{result['plan']}/items?kind=changed")).json()["results"]
    assert [(item["key"], item["old_source"], item["note"]) for item in items] == [
        ("S1", "등대지기의 부탁", "source_changed")
    ]
    done = finished(client, client.post(url(f"plans/{result['plan']}/apply"), {"reason": "Build 2"}))
    change_set = done["result"]["change_set"]
    shown = client.get(url(f"change-sets/{change_set}")).json()
    assert (shown["reason"], shown["may_revert"]) == ("Build 2", True)
    assert client.get(url(f"change-sets/{change_set}/items")).json()["results"]


def test_a_bilingual_sheet_goes_out_and_comes_back(file: File, translator: User, client_for: Client) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    client = client_for(translator)
    out = finished(client, client.post(url(f"files/{file.pk}/download"), {"format": "bilingual"}))
    got = client.get(out["files"][0]["url"])
    book = load_workbook(BytesIO(b"".join(got.streaming_content)))
    sheet = book.worksheets[0]
    headers = {str(cell.value): cell.column for cell in sheet[1]}
    target = next(column for title, column in headers.items() if title.lower().startswith("target"))
    sheet.cell(row=4, column=target).value = "=Fog\nlifts"
    sheet.cell(row=4, column=target).data_type = "s"
    back = BytesIO()
    book.save(back)
    plan = finished(
        client, client.post(url(f"files/{file.pk}/bilingual"), {"upload": upload(client, "b.xlsx", back.getvalue())})
    )
    assert plan["result"]["counts"]["changed"] == 1, plan
    finished(client, client.post(url(f"plans/{plan['result']['plan']}/apply"), {}))
    assert row_of(file, "S3").target == "=Fog\nlifts"
