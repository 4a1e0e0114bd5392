"""Tasks over HTTP, for the owner, a lead, a stranger and nobody."""

from __future__ import annotations

import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from apps.tasks import selectors, services
from apps.tasks.api import shapes
from apps.tasks.models import CHUNK_BYTES, Status, TaskFile, TaskRun
from tests.factories import run_queued_tasks

LIST = "/api/v1/tasks"


def add(person, **fields):
    return services.enqueue(actor=person, kind="tests.add", args={"a": 1, "b": 2}, **fields)


def with_file(person, name="result.bin", size=10):
    return services.run_here(actor=person, kind="tests.file", args={"size": size, "name": name})


def ids(response):
    assert response.status_code == 200, response.content
    return [task["id"] for task in response.json()["results"]]


def test_a_task_as_json(translator, client_for):
    run = add(translator, title="One and two", subject_kind="file", subject_id=-12)
    client = client_for(translator)
    waiting = client.get(f"{LIST}/{run.pk}").json()
    assert waiting.keys() == shapes.TaskOutput().fields.keys()
    assert waiting | {"created_at": ""} == {
        "id": str(run.pk),
        "kind": "tests.add",
        "title": "One and two",
        "status": "queued",
        "owner": {"id": translator.pk, "name": "Tran Slator"},
        "step": "",
        "done": 0,
        "total": None,
        "percent": None,
        "eta_seconds": None,
        "created_at": "",
        "started_at": None,
        "finished_at": None,
        "cancel_requested": False,
        "silent": False,
        "result": {},
        "error": "",
        "files": [],
        "subject": {"kind": "file", "id": -12},
    }
    run_queued_tasks()
    done = client.get(f"{LIST}/{run.pk}").json()
    assert (done["status"], done["percent"], done["result"]["sum"]) == ("succeeded", 100, 3)
    assert done["started_at"] <= done["finished_at"]


def test_the_list_and_its_filters(translator, reviewer, lead, client_for):
    queued = add(translator, subject_kind="file", subject_id=7)
    other = add(reviewer)
    done = with_file(translator)
    client = client_for(translator)
    assert ids(client.get(LIST)) == [str(done.pk), str(queued.pk)]
    assert ids(client.get(LIST, {"all": "1"})) == [str(done.pk), str(queued.pk)], "not a lead"
    assert ids(client.get(LIST, {"active": "1"})) == [str(queued.pk)]
    assert ids(client.get(LIST, {"status": "succeeded"})) == [str(done.pk)]
    assert ids(client.get(LIST, {"subject_kind": "file", "subject_id": "7"})) == [str(queued.pk)]
    assert ids(client.get(LIST, {"subject_kind": "file", "subject_id": "-7"})) == []
    boss = client_for(lead)
    assert ids(boss.get(LIST)) == []
    assert ids(boss.get(LIST, {"all": "1"})) == [str(done.pk), str(other.pk), str(queued.pk)]
    first = boss.get(LIST, {"all": "1", "limit": "2"}).json()
    rest = boss.get(LIST, {"all": "1", "limit": "2", "cursor": first["next"]}).json()
    assert [task["id"] for task in first["results"] + rest["results"]] == [str(done.pk), str(other.pk), str(queued.pk)]
    assert rest["next"] is None


def test_the_list_asks_the_database_as_often_for_many_as_for_few(translator, client_for, django_assert_max_num_queries):
    for _ in range(5):
        with_file(translator)
    client = client_for(translator)
    client.get(LIST)
    with django_assert_max_num_queries(8):
        assert len(client.get(LIST).json()["results"]) == 5


@pytest.mark.parametrize(
    "query",
    [
        {"status": "sleeping"},
        {"active": "maybe"},
        {"subject_id": "5"},
        {"subject_kind": "file", "subject_id": "five"},
        {"subject_kind": "file", "subject_id": "9" * 30},
        {"limit": "0"},
        {"cursor": "x"},
    ],
)
def test_what_cannot_be_understood_is_refused(translator, client_for, query):
    answer = client_for(translator).get(LIST, query)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid"


def test_who_may_do_what(translator, stranger, lead, client_for):
    run = with_file(translator)
    file = TaskFile.objects.get(task_id=run.pk)
    waiting = add(translator)
    one, download, cancel = f"{LIST}/{run.pk}", f"{LIST}/{run.pk}/files/{file.pk}", f"{LIST}/{waiting.pk}/cancel"
    nobody, other, boss, owner = client_for(), client_for(stranger), client_for(lead), client_for(translator)
    for client, status in ((nobody, 401), (other, 404)):
        assert client.get(one).status_code == status
        assert client.get(download).status_code == status
        assert client.post(cancel).status_code == status
        assert client.delete(one).status_code == status
    assert nobody.get(LIST).status_code == 401
    waiting.refresh_from_db()
    assert waiting.status == Status.QUEUED
    assert boss.get(one).status_code == boss.get(download).status_code == 200
    assert boss.delete(one).status_code == 403
    assert boss.post(cancel).json()["status"] == "cancelled"
    again = owner.post(cancel)
    assert (again.status_code, again.json()["error"]["details"]) == (409, {"status": "cancelled"})
    assert owner.delete(one).status_code == 204
    assert owner.get(one).status_code == 404
    assert not TaskFile.objects.exists()


def test_a_task_that_runs_is_asked_to_end_and_cannot_be_removed(translator, client_for):
    run = add(translator)
    TaskRun.objects.filter(pk=run.pk).update(status=Status.RUNNING)
    client = client_for(translator)
    answer = client.post(f"{LIST}/{run.pk}/cancel").json()
    assert (answer["status"], answer["cancel_requested"]) == ("running", True)
    assert client.delete(f"{LIST}/{run.pk}").status_code == 409


def test_downloading(translator, client_for):
    run = with_file(translator, "대사 “2”장.bin", CHUNK_BYTES + 5)
    client = client_for(translator)
    (file,) = client.get(f"{LIST}/{run.pk}").json()["files"]
    assert (file["name"], file["size"]) == ("대사 “2”장.bin", CHUNK_BYTES + 5)
    answer = client.get(file["url"])
    body = b"".join(answer.streaming_content)
    assert len(body) == CHUNK_BYTES + 5 and body[:3] == b"\x00\x01\x02"
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('대사 “2”장.bin')}"
    assert answer["Content-Length"] == str(CHUNK_BYTES + 5)
    assert answer["Content-Type"] == "text/plain"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_file_belongs_to_its_task_and_must_be_complete(translator, client_for):
    one, two = with_file(translator), with_file(translator)
    file = TaskFile.objects.get(task_id=one.pk)
    client = client_for(translator)
    assert client.get(f"{LIST}/{two.pk}/files/{file.pk}").status_code == 404
    assert client.get(f"{LIST}/{one.pk}/files/{uuid.uuid4()}").status_code == 404
    TaskFile.objects.filter(pk=file.pk).update(complete=False)
    assert client.get(f"{LIST}/{one.pk}/files/{file.pk}").status_code == 404
    assert client.get(f"{LIST}/{one.pk}").json()["files"] == []


def test_the_time_left_is_the_rate_of_the_present_step():
    now = timezone.now()
    known = {
        "status": Status.RUNNING,
        "done": 60,
        "total": 100,
        "measured_from": 20,
        "measured_at": now - timedelta(seconds=25),
        "heartbeat_at": now - timedelta(seconds=5),
    }
    run = TaskRun(**known)
    assert selectors.eta_seconds(run, now) == 15  # 2 a second, 40 left, 5 seconds ago
    assert selectors.percent(run) == 60
    assert selectors.eta_seconds(run, now + timedelta(minutes=5)) == 0
    for unknown in ({"total": None}, {"done": 20}, {"measured_at": None}, {"status": Status.QUEUED}):
        assert selectors.eta_seconds(TaskRun(**known | unknown), now) is None


def test_the_status_bar_shows_what_runs_first(translator, reviewer):
    waiting, running = add(translator), add(translator)
    add(reviewer)
    with_file(translator)
    TaskRun.objects.filter(pk=running.pk).update(status=Status.RUNNING)
    assert [task.pk for task in selectors.active_tasks(viewer=translator)] == [running.pk, waiting.pk]


def test_the_admin_shows_details_to_admins_only(translator, admin_user, client):
    run = services.run_here(actor=translator, kind="tests.fail", args={"how": "crash"})
    address = f"/admin/tasks/taskrun/{run.pk}/change/"
    client.force_login(translator)
    assert client.get(address).status_code == 302
    client.force_login(admin_user)
    page = client.get(address)
    assert page.status_code == 200 and b"secret inner workings" in page.content
    assert b'name="_save"' not in page.content
    assert client.get("/admin/tasks/taskrun/add/").status_code == 403
