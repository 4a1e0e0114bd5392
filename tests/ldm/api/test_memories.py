"""Memories over HTTP: made, changed, moved, copied, trashed; what serves a file; deleted places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Folder, Project, TrashItem
from apps.ldm.services.files.import_file import import_file
from apps.tm.models import Entry, Memory
from apps.tm.services.entries.edit import add
from tests.factories import run_queued_tasks
from tests.ldm.services.conftest import ROWS, locstr
from tests.ldm.services.memories.builders import memory, pairs
from tests.ldm.services.tree import builders as make

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]
NEW = {"name": "Main", "kind": "memory", "source_language": "ko", "target_language": "en"}


@pytest.fixture
def project(lead: User) -> Project:
    return make.project(lead, platform=make.platform(lead))


@pytest.fixture
def folder(lead: User, project: Project) -> Folder:
    return make.folder(lead, project)


@pytest.fixture
def file(lead: User, project: Project, folder: Folder) -> File:
    (made,) = import_file(actor=lead, project=project, folder=folder, filename="quest.xml", data=locstr(ROWS))
    return made


def url(path: str) -> str:
    return f"/api/v1/{path}"


def ref(node: Any) -> dict[str, Any]:
    found = make.ref_of(node)
    return {"kind": found.kind, "id": found.id}


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def result_of(client: Any, response: Any) -> dict[str, Any]:
    """The result of the task that a request started."""
    assert response.status_code == 202, response.content
    run_queued_tasks()
    task = client.get(url(f"tasks/{response.json()['task']['id']}")).json()
    assert task["status"] == "succeeded", task
    return task["result"]


def test_making_one_in_a_place(folder: Folder, translator: User, client_for: Client) -> None:
    made = client_for(translator).post(url("memories"), NEW | {"scope": ref(folder), "description": "all of it"})
    assert made.status_code == 201
    body = made.json()
    assert body["scope"] == {
        **ref(folder),
        "name": "quest",
        "path": [
            {"kind": "platform", "id": folder.project.platform_id, "name": "PC"},
            {"kind": "project", "id": folder.project_id, "name": "Ashen Passage EN"},
        ],
    }
    assert {name: body[name] for name in ("active", "priority", "penalty", "writable", "entries", "revision")} == {
        "active": True,
        "priority": 100,
        "penalty": 0,
        "writable": True,
        "entries": 0,
        "revision": 0,
    }
    assert body["owner"] == {"id": translator.pk, "name": translator.name}
    assert all(body["may"].values()) and body["description"] == "all of it"
    assert body["index"]["state"] == "ready" and body["vectors"]["engine"] == "ngram"
    assert client_for(translator).get(url(f"memories/{body['id']}")).json()["name"] == "Main"


def test_bad_input_is_refused_by_name(folder: Folder, lead: User, client_for: Client) -> None:
    client = client_for(lead)
    client.post(url("memories"), NEW)
    for body, expected in (
        (NEW, (400, "name_taken")),
        (NEW | {"name": " "}, (400, "invalid")),
        (NEW | {"name": "x", "kind": "dictionary"}, (400, "invalid")),
        (NEW | {"name": "x", "source_language": ""}, (400, "invalid")),
        (NEW | {"name": "x", "target_language": "klingon!"}, (400, "invalid")),
        (NEW | {"name": "x", "scope": {"kind": "file", "id": 1}}, (400, "invalid")),
        (NEW | {"name": "x", "scope": {"kind": "folder", "id": folder.pk + 999}}, (404, "not_found")),
        (NEW | {"name": "a\0b"}, (400, "bad_character")),
    ):
        assert code(client.post(url("memories"), body)) == expected, body
    assert Memory.objects.count() == 1
    assert client.post(url("memories"), NEW | {"kind": "terms"}).status_code == 201, (
        "term bases have names of their own"
    )


def test_changing_and_the_scope_that_activation_needs(lead: User, translator: User, client_for: Client) -> None:
    made = memory(lead, "made")
    client = client_for(lead)
    assert code(client.patch(url(f"memories/{made.pk}"), {"active": True})) == (400, "no_scope")
    body = client.patch(url(f"memories/{made.pk}"), {"name": "renamed", "penalty": 4, "writable": False}).json()
    assert (body["name"], body["penalty"], body["writable"]) == ("renamed", 4, False)
    assert body["may"]["edit_entries"] is False and body["may"]["settings"] is True
    for bad in ({"penalty": 101}, {"priority": "high"}, {"active": None}, {"engine": "gpt"}):
        assert client.patch(url(f"memories/{made.pk}"), bad).status_code == 400, bad
    assert code(client_for(translator).patch(url(f"memories/{made.pk}"), {"name": "x"})) == (404, "not_found")


def test_lists_by_place_kind_and_name(project: Project, folder: Folder, lead: User, client_for: Client) -> None:
    for name, place, kind in (
        ("a", folder, "memory"),
        ("b", project, "memory"),
        ("c", None, "memory"),
        ("words", project, "terms"),
    ):
        memory(lead, name, place, kind=kind)
    client = client_for(lead)

    def names(query: str) -> list[str]:
        return [one["name"] for one in client.get(url(f"memories?{query}")).json()["results"]]

    assert names("") == ["a", "b", "c", "words"]
    assert names(f"scope=project:{project.pk}") == ["b", "words"]
    assert names(f"scope=folder:{folder.pk}&kind=memory") == ["a"]
    assert names(f"scope=platform:{project.platform_id}") == []
    assert names("scope=unassigned") == ["c"]
    assert names("kind=terms") == ["words"]
    assert names("search=OR") == ["words"]
    first = client.get(url("memories?limit=3")).json()
    assert [one["name"] for one in first["results"]] == ["a", "b", "c"]
    assert names(f"limit=3&cursor={first['next']}") == ["words"]
    for query, expected in (("scope=galaxy:1", 400), ("scope=folder:x", 400), ("kind=x", 400), ("scope=folder:0", 404)):
        assert client.get(url(f"memories?{query}")).status_code == expected, query


def test_the_tree_has_only_folders_that_hold_one(project: Project, folder: Folder, lead: User, client_for: Any) -> None:
    deep = make.folder(lead, folder, "deep")
    make.folder(lead, project, "empty")
    memory(lead, "in the deep", deep)
    body = client_for(lead).get(url("memories/tree")).json()
    assert [(one["kind"], one["name"], one["parent"]) for one in body["places"]] == [
        ("platform", "PC", None),
        ("project", "Ashen Passage EN", {"kind": "platform", "id": project.platform_id}),
        ("folder", "deep", ref(folder)),
        ("folder", "quest", ref(project)),
    ]
    assert [one["name"] for one in body["memories"]] == ["in the deep"]


def test_lists_cost_the_same_however_many(
    folder: Folder, lead: User, client_for: Client, django_assert_max_num_queries: Any
) -> None:
    place: Any = folder
    for number in range(12):
        memory(lead, f"m{number}", place)
        place = make.folder(lead, place, "deeper")
    client = client_for(lead)
    for path in ("memories", "memories/tree"):
        with django_assert_max_num_queries(14):
            assert client.get(url(path)).status_code == 200


def test_moving_several_and_strangers_among_them(
    project: Project, folder: Folder, lead: User, translator: User, client_for: Client
) -> None:
    own, foreign = memory(translator, "own"), memory(lead, "foreign")
    client = client_for(translator)
    refused = client.post(url("memories/move"), {"ids": [own.pk, foreign.pk], "to": ref(folder)})
    assert code(refused) == (404, "not_found")
    assert client.get(url(f"memories/{own.pk}")).json()["scope"]["kind"] is None
    moved = client.post(url("memories/move"), {"ids": [own.pk], "to": ref(folder)}).json()["memories"]
    assert [(one["scope"]["kind"], one["active"]) for one in moved] == [("folder", True)]
    back = client.post(url("memories/move"), {"ids": [own.pk], "to": None}).json()["memories"]
    assert [(one["scope"]["kind"], one["active"]) for one in back] == [(None, False)]
    for bad in ({"ids": [], "to": None}, {"ids": [own.pk]}, {"ids": ["x"], "to": None}, {"to": None}):
        assert client.post(url("memories/move"), bad).status_code == 400, bad


def test_copying_is_a_task(folder: Folder, lead: User, client_for: Client) -> None:
    origin = memory(lead, "origin", folder.project)
    add(actor=lead, memory_id=origin.pk, source="등대", target="lighthouse")
    client = client_for(lead)
    done = result_of(client, client.post(url("memories/copy"), {"ids": [origin.pk], "to": ref(folder)}))
    (made,) = done["memories"]
    assert made["name"] == "origin (2)"
    body = client.get(url(f"memories/{made['id']}")).json()
    assert (body["entries"], body["scope"]["kind"], body["active"]) == (1, "folder", True)


def test_the_bin_and_back(folder: Folder, lead: User, client_for: Client) -> None:
    made = memory(lead, "made", folder)
    client = client_for(lead)
    item = client.delete(url(f"memories/{made.pk}")).json()["trash"]
    assert (item["kind"], item["entity_id"], item["path"]) == ("memory", made.pk, "PC / Ashen Passage EN / quest")
    assert item["may"] == {"restore": True, "delete": False}
    assert client.get(url(f"memories/{made.pk}")).status_code == 404
    listed = client.get(url("trash")).json()["results"]
    assert [(one["kind"], one["name"], one["may"]["restore"]) for one in listed] == [("memory", "made", True)]
    node = client.post(url(f"trash/{item['id']}/restore")).json()["node"]
    assert (node["kind"], node["id"], node["parent"]) == ("memory", made.pk, ref(folder))
    assert client.get(url(f"memories/{made.pk}")).json()["active"] is True


def test_deleting_for_ever(admin_user: User, client_for: Client) -> None:
    made = memory(admin_user, "made")
    client = client_for(admin_user)
    item = client.delete(url(f"memories/{made.pk}")).json()["trash"]
    assert client.delete(url(f"trash/{item['id']}")).json() == {"deleted": 1, "task": None}
    assert not Memory.objects.exists() and not TrashItem.objects.exists()


def test_deleting_a_folder_says_how_many_memories_it_leaves(
    project: Project, folder: Folder, lead: User, client_for: Client
) -> None:
    made = [memory(lead, "one", folder), memory(lead, "two", folder)]
    client = client_for(lead)
    body = client.post(url("tree/delete"), {"items": [ref(folder)]}).json()
    assert body["memories_unassigned"] == 2 and body["trash"][0]["memories"] == 2
    assert client.get(url(f"memories/{made[0].pk}")).json()["scope"]["kind"] is None
    client.post(url(f"trash/{body['trash'][0]['id']}/restore"))
    assert client.get(url(f"memories/{made[0].pk}")).json()["scope"]["kind"] == "folder"
    other = make.folder(lead, project, "other")
    assert client.post(url("tree/delete"), {"items": [ref(other)]}).json()["memories_unassigned"] == 0


def test_what_serves_a_file(project: Project, folder: Folder, file: File, lead: User, client_for: Client) -> None:
    near = memory(lead, "near", folder, writable=False)
    far = memory(lead, "far", project)
    memory(lead, "japanese", project, languages=("ko", "ja"))
    memory(lead, "words", project, kind="terms")
    body = client_for(lead).get(url(f"files/{file.pk}/memories")).json()
    shown = [
        (one["memory"]["name"], one["place"]["kind"], one["distance"], one["mismatch"]) for one in body["memories"]
    ]
    assert shown == [
        ("near", "folder", 0, False),
        ("far", "project", 1, False),
        ("japanese", "project", 1, True),
    ]
    assert [one["memory"]["name"] for one in body["terms"]] == ["words"]
    assert body["writes_to"] == far.pk != near.pk


def test_confirming_over_http_writes_into_it(
    project: Project, file: File, lead: User, translator: User, client_for: Client
) -> None:
    near = memory(lead, "near", project)
    row = file.rows.get(key="S3")
    body = {"target": "The fog lifts", "status": "confirmed", "text_rev": row.text_rev}
    assert client_for(translator).patch(url(f"rows/{row.pk}"), body).status_code == 200
    assert pairs(near) == [("S3", "안개가 걷힌다", "The fog lifts")]
    ids = [file.rows.get(key=key).pk for key in ("S1", "S2")]
    client_for(translator).post(url("rows/status"), {"ids": ids, "status": "confirmed"})
    assert Entry.objects.filter(memory=near).count() == 3


def test_importing_into_a_folder_says_which_memory_was_made(folder: Folder, lead: User, client_for: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_for(lead)
    data = SimpleUploadedFile("quest.xml", locstr(ROWS))
    upload = client.post(url("uploads"), {"file": data}, format="multipart").json()["uploads"][0]["id"]
    body = {"items": [{"upload": upload}], "project_id": folder.project_id, "folder_id": folder.pk}
    done = result_of(client, client.post(url("imports"), body))
    assert done["memory_created"] == {"id": Memory.objects.get().pk, "name": "TM - quest"}
