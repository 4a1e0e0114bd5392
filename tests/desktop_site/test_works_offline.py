"""Everything works in the desktop's own workspace, over the API and the worker, with ids below zero."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.ldm.models import File, MemoryAssignment, Row, TrashItem
from apps.sync.models import MirroredFile, MirroredMemory, MirroredRow
from apps.tm.models import Memory
from locanext_project import workspaces
from locanext_project.id_guards import open_for_mirror
from tests import factories
from tests.desktop_site.conftest import Mirror
from tests.ldm.services.conftest import ROWS, locstr

pytestmark = pytest.mark.django_db
TEXT = "S1\t등대지기의 부탁\tThe Keeper's Request\r\nS2\t안개가 걷힌다\t\r\n".encode()


def book() -> bytes:
    """A workbook of three columns."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for line in (("Key", "KR", "EN"), ("S1", "등대지기의 부탁", "The Keeper's Request"), ("S2", "안개가 걷힌다", "")):
        sheet.append(line)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


class Work:
    """What the pages do, call by call; every answer must be a good one."""

    def __init__(self, client: APIClient) -> None:
        self.client = client

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        answer = getattr(self.client, method)(f"/api/v1/{path}", body, **options)
        assert answer.status_code < 300, (path, answer.content[:500])
        return answer.json() if answer.content else None

    def done(self, task: dict[str, Any]) -> dict[str, Any]:
        """The task, when it has run."""
        factories.run_queued_tasks()
        run: dict[str, Any] = self.call("get", f"tasks/{task['id']}")
        assert run["status"] == "succeeded", run["error"]
        return run

    def bring(self, name: str, data: bytes, folder_id: int | None = None, **options: Any) -> File:
        """Upload and import a file into the Offline Storage."""
        sent = self.client.post("/api/v1/uploads", {"file": SimpleUploadedFile(name, data)}, format="multipart")
        assert sent.status_code == 201, sent.content
        items = [{"upload": sent.json()["uploads"][0]["id"], "options": options}]
        body = {"project_id": -1, "folder_id": folder_id, "items": items}
        self.done(self.call("post", "imports", body)["task"])
        return File.objects.get(name=name, trash__isnull=True)

    def fetch(self, task: dict[str, Any]) -> bytes:
        """The one result file of a task."""
        (file,) = self.done(task)["files"]
        answer: Any = self.client.get(file["url"])
        return b"".join(answer.streaming_content) if answer.streaming else answer.content

    def save(self, row: Row, target: str, status: str = "confirmed") -> dict[str, Any]:
        body = {"target": target, "status": status, "text_rev": row.text_rev}
        saved: dict[str, Any] = self.call("patch", f"rows/{row.pk}", body)
        return saved


@pytest.fixture
def work(api: APIClient) -> Work:
    """The person at work; the languages of the Offline Storage are set."""
    work = Work(api)
    work.call("get", "tree")
    work.call("patch", "projects/-1", {"source_language": "ko", "target_language": "en"})
    return work


@pytest.fixture
def nothing_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """No connection leaves this process to anything but itself (P22); what was tried."""
    tried: list[Any] = []

    def connect(self: socket.socket, address: Any, *rest: Any) -> None:
        tried.append(address)
        raise OSError("offline")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **_: connect(None, given))  # type: ignore[arg-type]
    yield tried
    assert tried == []


@pytest.fixture
def one_database() -> Iterator[None]:
    """Every query of the test goes to the desktop's own database (P14)."""
    with CaptureQueriesContext(connections["default"]) as others:
        yield
    # The savepoints of the test itself are no questions.
    asked = [query["sql"] for query in others.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert asked == []


@pytest.mark.parametrize(("name", "data"), [("quest.xml", locstr(ROWS)), ("quest.txt", TEXT), ("quest.xlsx", book())])
def test_import_edit_and_export(work: Work, name: str, data: bytes, one_database: None) -> None:
    folder = work.call("post", "folders", {"project_id": -1, "parent_id": None, "name": "Quests"})
    assert folder["id"] < -1
    file = work.bring(name, data, folder["id"])
    assert work.fetch(work.call("post", f"files/{file.pk}/download", {})["task"]) == data
    window = work.call("get", f"files/{file.pk}/rows?start=0&count=50")
    assert all(row["id"] < -1 for row in window["rows"])
    empty = Row.objects.filter(file=file, target="").order_by("position").first()
    assert empty is not None
    work.save(empty, "The fog lifts.")
    written = work.fetch(work.call("post", f"files/{file.pk}/download", {})["task"])
    if not name.endswith("xlsx"):
        assert written == data.replace(*_edit_of(name), 1)
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(written)).active
        assert sheet is not None and sheet["C3"].value == "The fog lifts."
    bilingual = work.fetch(work.call("post", f"files/{file.pk}/download", {"format": "bilingual"})["task"])
    assert bilingual[:2] == b"PK"


def _edit_of(name: str) -> tuple[bytes, bytes]:
    if name.endswith("txt"):
        return "안개가 걷힌다\t\r\n".encode(), "안개가 걷힌다\tThe fog lifts.\r\n".encode()
    return '"안개가 걷힌다" Str=""'.encode(), '"안개가 걷힌다" Str="The fog lifts."'.encode()


def test_memory_look_ups_and_pretranslation(work: Work, one_database: None, nothing_outside: list[Any]) -> None:
    folder = work.call("post", "folders", {"project_id": -1, "parent_id": None, "name": "Quests"})
    memory = work.call(
        "post",
        "memories",
        {
            "name": "Mine",
            "source_language": "ko",
            "target_language": "en",
            "scope": {"kind": "folder", "id": folder["id"]},
        },
    )
    assert memory["id"] < 0
    first = work.bring("first.xml", locstr([("A1", "안개가 천천히 걷힌다", "")]), folder["id"])
    row = Row.objects.get(file=first)
    work.save(row, "The fog lifts slowly.")
    second = work.bring(
        "second.xml", locstr([("B1", "안개가 천천히 걷힌다", ""), ("B2", "안개가 천천히 걷혔다", "")]), folder["id"]
    )
    same, alike = Row.objects.filter(file=second).order_by("position")
    found = work.call("post", f"files/{second.pk}/lookup", {"row": same.pk})
    assert found["proposals"][0]["target"] == "The fog lifts slowly."
    fuzzy = work.call("post", f"files/{second.pk}/lookup", {"row": alike.pk, "threshold": 50})
    factories.run_queued_tasks()
    fuzzy = work.call("post", f"files/{second.pk}/lookup", {"row": alike.pk, "threshold": 50})
    assert fuzzy["proposals"][0]["target"] == "The fog lifts slowly."
    engines = work.call("get", "engines")["engines"]
    built_in = next(one for one in engines if one["available"])
    body = {"engine": built_in["id"]} if "id" in built_in else {"engine": built_in["name"]}
    work.done(work.call("post", f"memories/{memory['id']}/vectors", body)["task"])
    near = work.call("post", f"files/{second.pk}/lookup", {"row": alike.pk, "semantic": True})
    assert near["semantic"] is not None
    work.done(work.call("post", f"files/{second.pk}/pretranslate", {"threshold": 50})["task"])
    assert list(Row.objects.filter(file=second).order_by("position").values_list("target", flat=True)) == [
        "The fog lifts slowly.", "The fog lifts slowly."
    ]  # fmt: skip


def test_memories_move_copy_and_serve_what_is_mirrored(work: Work, mirror: Mirror, one_database: None) -> None:
    body = {"name": "Mine", "source_language": "ko", "target_language": "en", "scope": {"kind": "folder", "id": 503}}
    memory = work.call("post", "memories", body)
    served = work.call("get", "files/504/memories")
    assert [one["memory"]["id"] if "memory" in one else one["id"] for one in served["memories"]] == [memory["id"]]
    to = {"kind": "project", "id": -1}
    work.call("post", "memories/move", {"ids": [memory["id"]], "to": to})
    tree = work.call("get", "memories/tree")
    assert [one["id"] for one in tree["memories"]] == [memory["id"]]
    assert ("project", -1) in {(place["kind"], place["id"]) for place in tree["places"]}


def test_search_checks_and_filters(work: Work, own_file: File, one_database: None, nothing_outside: list[Any]) -> None:
    row = Row.objects.get(file=own_file, key="S2")
    work.save(row, "barrels", "translated")
    factories.run_queued_tasks()
    hits = work.call("get", "search/rows?q=고래&scope=project:-1")
    assert [hit["row_id"] for hit in hits["results"]] == [row.pk]
    names = work.call("get", "search?q=own")
    assert any(hit["id"] == own_file.pk for hit in names["results"])
    work.done(work.call("post", f"files/{own_file.pk}/check-all", {})["task"])
    issues = work.call("get", f"files/{own_file.pk}/issues")
    assert row.pk in {issue["row_id"] for issue in issues["results"]}
    view = work.call("post", f"files/{own_file.pk}/views", {"query": "check:placeholder"})
    assert view["total"] == 1
    history = work.call("get", f"rows/{row.pk}/history")
    assert history["results"][0]["author"]["id"] == 71


def test_a_bin_of_ones_own(work: Work, own_file: File, one_database: None) -> None:
    work.call("post", "tree/delete", {"items": [{"kind": "file", "id": own_file.pk}]})
    (entry,) = work.call("get", "trash")["results"]
    assert entry["may"] == {"restore": True, "delete": True}
    assert work.client.get(f"/api/v1/files/{own_file.pk}").status_code == 404
    work.call("post", f"trash/{entry['id']}/restore")
    work.call("get", f"files/{own_file.pk}")
    work.call("post", "tree/delete", {"items": [{"kind": "file", "id": own_file.pk}]})
    work.call("post", "trash/empty")
    factories.run_queued_tasks()
    assert not File.objects.filter(pk=own_file.pk).exists()
    assert not TrashItem.objects.exists()


def test_a_new_version_of_an_own_file(work: Work, own_file: File) -> None:
    sent = work.client.post(
        "/api/v1/uploads", {"file": SimpleUploadedFile("own.xml", locstr(ROWS[:3]))}, format="multipart"
    ).json()["uploads"][0]["id"]
    run = work.done(work.call("post", f"files/{own_file.pk}/reimport", {"upload": sent})["task"])
    plan = run["result"]["plan"]
    work.done(work.call("post", f"plans/{plan}/apply", {})["task"])
    assert Row.objects.filter(file=own_file, removed_at__isnull=True).count() == 3


def test_many_own_things_at_once(work: Work) -> None:
    files = [work.bring(f"{n}.xml", locstr(ROWS[:1])) for n in range(4)]
    folder = work.call("post", "folders", {"project_id": -1, "parent_id": None, "name": "Many"})
    items = [{"kind": "file", "id": file.pk} for file in files]
    work.call("post", "tree/move", {"items": items, "to": {"kind": "folder", "id": folder["id"]}})
    assert File.objects.filter(folder_id=folder["id"]).count() == 4
    work.call("post", "tree/copy", {"items": items, "to": {"kind": "project", "id": -1}})
    assert File.objects.filter(project_id=-1).count() == 8
    zipped = work.fetch(work.call("post", "projects/-1/download", {})["task"])
    assert zipped[:2] == b"PK"


@pytest.mark.parametrize(
    "path", ["", "platforms/-1/", "projects/-1/", "projects/-1/import/", "projects/-1/settings/", "trash/", "memory/"]
)
def test_pages_of_the_storage(work: Work, path: str, one_database: None) -> None:
    answer = work.client.get(f"/{path}")
    assert answer.status_code == 200
    assert "&quot;desktop&quot;:true" in answer.content.decode()


def test_pages_of_an_own_file(work: Work, own_file: File) -> None:
    for path in ("", "changes/", "repeats/", "new-version/", "bilingual/"):
        assert work.client.get(f"/files/{own_file.pk}/{path}").status_code == 200
    assert "Offline Storage" in work.client.get(f"/files/{own_file.pk}/").content.decode()


def test_the_same_ids_are_nothing_on_a_server(translator: Any, work: Work, own_file: File) -> None:
    with workspaces.use(workspaces.SERVER):
        client = factories.client_for(translator)
        for path in (f"files/{own_file.pk}", "tree/project/-1", f"files/{own_file.pk}/rows"):
            assert client.get(f"/api/v1/{path}").status_code == 404


def test_a_file_that_is_not_here_is_fetched_by_its_page(work: Work, own_file: File) -> None:
    answer = work.client.get("/files/9999/?row=3")
    assert answer.status_code == 404
    assert 'id="fetching" data-file="9999"' in answer.content.decode()
    assert "fetching" not in work.client.get("/files/-9999/").content.decode()


def test_a_mirrored_file_says_when_its_memories_are_still_coming(work: Work, mirror: Mirror) -> None:
    with workspaces.atomic(), open_for_mirror():
        memory = Memory.objects.create(pk=600, name="Server's", source_language="ko", target_language="en", owner_id=1)
        MemoryAssignment.objects.create(memory=memory, folder=mirror.folder, active=True)
    MirroredFile.objects.create(file_id=504, state=MirroredFile.State.CURRENT, cursor=3)
    coming = MirroredMemory.objects.create(memory_id=600, whole=False)
    (known,) = work.call("get", "link/files?ids=504")
    assert known["memories_whole"] is False
    coming.whole = True
    coming.save()
    (known,) = work.call("get", "link/files?ids=504")
    assert known["memories_whole"] is True


def test_an_edit_of_the_servers_row_waits_to_be_sent(work: Work, mirror: Mirror) -> None:
    MirroredFile.objects.create(file_id=504, state=MirroredFile.State.CURRENT, cursor=3)
    MirroredRow.objects.create(row_id=505, rev=3)
    work.save(mirror.row, "Mine")
    (pending,) = work.call("get", "link/pending")["items"]
    assert (pending["row_id"], pending["target"]) == (505, "Mine")
    (known,) = work.call("get", "link/files?ids=504")
    assert known["pending"] == 1
