"""The tree over HTTP: every endpoint as a member, a stranger, somebody without the right, and nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.audit.models import AuditEntry
from apps.ldm.models import Capability, File
from apps.ldm.services.tree import copy
from tests.ldm.services.tree import builders as make
from tests.ldm.services.tree.builders import as_json, ref_of

pytestmark = pytest.mark.django_db
API = "/api/v1"


# ---- looking ----
def test_the_top(world: Any, client_for: Any, translator: Any, stranger: Any, lead: Any) -> None:
    make.project(lead, "Loose")
    body = client_for(translator).get(f"{API}/tree").json()
    (platform,) = body["platforms"]
    assert (platform["kind"], platform["name"], platform["projects"], platform["parent"]) == ("platform", "PC", 1, None)
    assert platform["counts"]["rows"] == 4
    assert platform["counts"]["by_status"]["confirmed"] == {"rows": 1, "words": 4}
    assert [project["name"] for project in body["projects"]] == ["Loose"]
    assert body["projects"][0]["platform_id"] is None
    assert body["trash_count"] == 0
    assert not any(body["may"].values())
    assert client_for(lead).get(f"{API}/tree").json()["may"]["create_platform"] is True
    (seen,) = client_for(stranger).get(f"{API}/tree").json()["platforms"]
    assert (seen["projects"], seen["counts"]["rows"]) == (0, 0), "no hint at what is hidden"


def test_a_folder_with_its_path_and_children(world: Any, client_for: Any, translator: Any, lead: Any) -> None:
    inner = make.folder(lead, world["folder"], "inner")
    for name in ("quest 10.txt", "Quest 2.txt"):
        make.file(lead, world["folder"], name, 1)
    make.file(lead, world["folder"], "ja.txt", 0, of=world["file"].original, variant="ja")
    body = client_for(translator).get(f"{API}/tree/folder/{world['folder'].pk}").json()
    assert [(step["kind"], step["name"]) for step in body["path"]] == [
        ("platform", "PC"),
        ("project", "Ashen Passage EN"),
    ]
    assert [child["name"] for child in body["children"]] == [
        "inner", "ja.txt", "quest 1.txt", "Quest 2.txt", "quest 10.txt",
    ]  # fmt: skip
    assert body["next"] is None
    assert body["node"]["counts"]["rows"] == 6
    assert body["children"][0]["parent"] == as_json(world["folder"])
    file = body["children"][2]
    assert (file["original_name"], file["siblings"], file["variant"]) == ("quest.txt", 1, "en")
    assert (file["folder_id"], file["project_id"]) == (world["folder"].pk, world["project"].pk)
    assert (file["assignee"], file["due_date"], file["format"], file["revision"]) == (None, None, "text", 1)
    assert file["may"]["rename"] is True
    assert file["may"]["assign"] is False
    assert inner.pk == body["children"][0]["id"]


def test_the_other_kinds(world: Any, client_for: Any, translator: Any) -> None:
    client = client_for(translator)
    body = client.get(f"{API}/tree/platform/{world['platform'].pk}").json()
    assert [child["name"] for child in body["children"]] == ["Ashen Passage EN"]
    assert body["path"] == []
    body = client.get(f"{API}/tree/project/{world['project'].pk}").json()
    assert (body["node"]["target_language"], body["node"]["restricted"]) == ("en", True)
    assert [child["kind"] for child in body["children"]] == ["folder"]
    body = client.get(f"{API}/tree/file/{world['file'].pk}").json()
    assert (len(body["path"]), body["children"]) == (3, [])


def test_children_come_in_pages(lead: Any, client_for: Any) -> None:
    project = make.project(lead)
    for n in range(3):
        make.folder(lead, project, f"d{n}")
        make.file(lead, project, f"f{n}.txt", 0)
    names, cursor = [], ""
    for _ in range(3):
        body = client_for(lead).get(f"{API}/tree/project/{project.pk}", {"limit": 2, "cursor": cursor}).json()
        names += [child["name"] for child in body["children"]]
        cursor = body["next"]
    assert names == ["d0", "d1", "d2", "f0.txt", "f1.txt", "f2.txt"]
    assert cursor is None
    first = client_for(lead).get(f"{API}/tree/project/{project.pk}", {"limit": 4}).json()
    File.objects.filter(name="f0.txt").delete()
    rest = client_for(lead).get(f"{API}/tree/project/{project.pk}", {"cursor": first["next"]}).json()
    assert [child["name"] for child in rest["children"]] == ["f1.txt", "f2.txt"], "also when the last one seen is gone"
    for bad in ({"cursor": "x"}, {"cursor": "WzFd"}, {"limit": "0"}):
        assert client_for(lead).get(f"{API}/tree/project/{project.pk}", bad).status_code == 400


def test_queries_do_not_grow_with_the_children(lead: Any, client_for: Any, django_assert_num_queries: Any) -> None:
    from apps.ldm.api import presenters
    from apps.ldm.permissions import rights_of
    from apps.ldm.selectors import tree

    project = make.project(lead, platform=make.platform(lead))
    folder = make.folder(lead, project)
    shared = make.original()

    def look() -> None:
        opened = tree.open_node(lead, ref_of(folder), limit=500)
        presenters.listed_json(rights_of(lead), opened.children)

    for size in (1, 15):
        for n in range(size):
            make.folder(lead, folder, f"{size} {n}")
            make.file(lead, folder, f"{size} {n}.txt", 0, of=shared, variant=str(n))
        with django_assert_num_queries(8):
            look()


def test_two_thousand_files_are_no_burden(lead: Any) -> None:
    import time

    from apps.ldm.api import presenters
    from apps.ldm.permissions import rights_of
    from apps.ldm.selectors import tree

    project = make.project(lead)
    File.objects.bulk_create(File(project=project, name=f"quest {n}.txt", format="text") for n in range(2000))
    start = time.perf_counter()
    opened = tree.open_node(lead, ref_of(project), limit=500)
    shown = presenters.listed_json(rights_of(lead), opened.children)
    assert time.perf_counter() - start < 1.0
    assert [node["name"] for node in shown[:3]] == ["quest 0.txt", "quest 1.txt", "quest 2.txt"]
    assert shown[-1]["name"] == "quest 499.txt"


def test_folders_for_the_left_tree(world: Any, lead: Any, client_for: Any, translator: Any) -> None:
    inner = make.folder(lead, world["folder"], "inner")
    client = client_for(translator)
    expected = [
        {"id": inner.pk, "parent_id": world["folder"].pk, "project_id": world["project"].pk, "name": "inner"},
        {"id": world["folder"].pk, "parent_id": None, "project_id": world["project"].pk, "name": "quest"},
    ]
    for kind in ("project", "platform"):
        body = client.get(f"{API}/tree/{kind}/{world[kind].pk}/folders").json()
        assert body == {"results": expected, "next": None}
    body = client.get(f"{API}/tree/folder/{world['folder'].pk}/folders").json()
    assert body["results"] == expected[:1]


# ---- who may not ----
LOOKING = ["tree/project/{project}", "tree/folder/{folder}", "tree/file/{file}", "tree/project/{project}/folders"]


@pytest.mark.parametrize("address", LOOKING)
def test_a_stranger_is_told_that_there_is_nothing(world: Any, client_for: Any, stranger: Any, address: str) -> None:
    ids = {kind: node.pk for kind, node in world.items()}
    answer = client_for(stranger).get(f"{API}/{address.format(**ids)}")
    assert answer.status_code == 404
    missing = client_for(stranger).get(f"{API}/{address.format(**dict.fromkeys(ids, 999999))}")
    assert answer.json() == missing.json()


CHANGING = [
    ("patch", "projects/{project}", {"name": "x"}),
    ("patch", "folders/{folder}", {"name": "x"}),
    ("patch", "files/{file}", {"name": "x"}),
    ("post", "folders", {"project_id": "{project}", "name": "x"}),
    ("post", "tree/move", {"items": [{"kind": "file", "id": "{file}"}], "to": {"kind": "project", "id": "{project}"}}),
    ("post", "tree/copy", {"items": [{"kind": "file", "id": "{file}"}], "to": {"kind": "project", "id": "{project}"}}),
    ("post", "tree/delete", {"items": [{"kind": "file", "id": "{file}"}]}),
    ("get", "projects/{project}/grants", None),
    ("post", "projects/{project}/grants", {"user_id": 1}),
    ("delete", "projects/{project}/grants?user_id=1", None),
    ("get", "search?q=quest&under=folder:{folder}", None),
]


def filled(value: Any, ids: dict[str, int]) -> Any:
    if isinstance(value, dict):
        return {key: filled(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, ids) for inner in value]
    return int(value.format(**ids)) if isinstance(value, str) and value.startswith("{") else value


@pytest.mark.parametrize(("method", "address", "data"), CHANGING)
def test_a_stranger_can_do_nothing(
    world: Any, client_for: Any, stranger: Any, method: str, address: str, data: Any
) -> None:
    ids = {kind: node.pk for kind, node in world.items()}
    answer = getattr(client_for(stranger), method)(f"{API}/{address.format(**ids)}", filled(data, ids))
    assert answer.status_code == 404, answer.json()
    assert answer.json()["error"]["code"] == "not_found"
    nobody = getattr(client_for(), method)(f"{API}/{address.format(**ids)}", filled(data, ids))
    assert nobody.status_code == 401
    world["file"].refresh_from_db()
    assert (world["file"].name, File.objects.count(), world["file"].trash_id) == ("quest 1.txt", 1, None)


@pytest.mark.parametrize("address", ["tree", "trash", "search?q=x", "capabilities", "tree/project/1"])
def test_nobody_is_asked_to_sign_in(client_for: Any, address: str) -> None:
    answer = client_for().get(f"{API}/{address}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")


FORBIDDEN = [
    ("post", "platforms", {"name": "x"}),
    ("post", "projects", {"name": "x", "platform_id": None}),
    ("patch", "projects/{project}", {"name": "x"}),
    ("patch", "projects/{project}", {"restricted": False}),
    ("patch", "platforms/{platform}", {"name": "x"}),
    ("patch", "files/{file}", {"assignee_id": None}),
    ("post", "tree/delete", {"items": [{"kind": "project", "id": "{project}"}]}),
    ("post", "tree/copy", {"items": [{"kind": "project", "id": "{project}"}], "to": None}),
    ("post", "tree/move", {"items": [{"kind": "project", "id": "{project}"}], "to": None}),
    ("get", "projects/{project}/grants", None),
    ("post", "projects/{project}/grants", {"user_id": 1}),
    ("get", "capabilities", None),
    ("post", "capabilities", {"user_id": 1, "name": "empty_trash"}),
    ("delete", "capabilities?user_id=1&name=empty_trash", None),
    ("post", "trash/empty", {}),
]


@pytest.mark.parametrize(("method", "address", "data"), FORBIDDEN)
def test_a_translator_without_the_right(
    world: Any, client_for: Any, translator: Any, method: str, address: str, data: Any
) -> None:
    ids = {kind: node.pk for kind, node in world.items()}
    answer = getattr(client_for(translator), method)(f"{API}/{address.format(**ids)}", filled(data, ids))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


# ---- making and changing ----
def test_making(client_for: Any, lead: Any) -> None:
    client = client_for(lead)
    platform = client.post(f"{API}/platforms", {"name": " Console "})
    assert (platform.status_code, platform.json()["name"]) == (201, "Console")
    again = client.post(f"{API}/platforms", {"name": "Console"})
    assert (again.status_code, again.json()["error"]["code"]) == (400, "name_taken")
    data = {"platform_id": platform.json()["id"], "name": "Game", "source_language": "ko", "target_language": "fr"}
    project = client.post(f"{API}/projects", data).json()
    assert project["parent"] == {"kind": "platform", "id": platform.json()["id"]}
    folder = client.post(f"{API}/folders", {"project_id": project["id"], "parent_id": None, "name": "a"}).json()
    inner = client.post(f"{API}/folders", {"project_id": project["id"], "parent_id": folder["id"], "name": "b"}).json()
    assert inner["parent"] == {"kind": "folder", "id": folder["id"]}
    assert client.post(f"{API}/folders", {"project_id": project["id"], "name": "a/b"}).status_code == 400
    assert client.post(f"{API}/projects", data | {"name": "x", "target_language": "??"}).status_code == 400
    assert client.post(f"{API}/folders", {"name": "x"}).json()["error"]["code"] == "invalid"


def test_changing(world: Any, client_for: Any, lead: Any, translator: Any) -> None:
    client = client_for(lead)
    file = f"{API}/files/{world['file'].pk}"
    body = client.patch(file, {"name": "b.txt", "assignee_id": translator.pk, "due_date": "2026-12-01"}).json()
    assert (body["name"], body["assignee"], body["due_date"]) == (
        "b.txt", {"id": translator.pk, "name": "Tran Slator"}, "2026-12-01",
    )  # fmt: skip
    assert body["changed_by"] == {"id": lead.pk, "name": "Lea Lead"}
    assert client.patch(file, {"restricted": True}).status_code == 400
    body = client.patch(f"{API}/platforms/{world['platform'].pk}", {"restricted": True}).json()
    assert body["restricted"] is True
    body = client.patch(f"{API}/projects/{world['project'].pk}", {"target_language": "de"}).json()
    assert body["target_language"] == "de"
    body = client_for(translator).patch(f"{API}/folders/{world['folder'].pk}", {"name": "talk"}).json()
    assert body["name"] == "talk"


def test_moving(world: Any, client_for: Any, translator: Any, lead: Any) -> None:
    make.file(lead, world["project"], "quest 1.txt")
    data = {"items": [as_json(world["file"])], "to": as_json(world["project"])}
    answer = client_for(translator).post(f"{API}/tree/move", data)
    assert answer.json() == {"items": [{"ref": as_json(world["file"]), "name": "quest 1 (2).txt"}]}
    entry = AuditEntry.objects.order_by("-id")[0]
    assert (entry.action, entry.actor_id, entry.detail["to"]) == ("nodes_moved", translator.pk, "Ashen Passage EN")
    inside = {"items": [as_json(world["folder"])], "to": as_json(world["folder"])}
    assert client_for(translator).post(f"{API}/tree/move", inside).status_code == 400
    other = make.project(lead, "B")
    across = {"items": [as_json(world["file"])], "to": as_json(other)}
    assert client_for(translator).post(f"{API}/tree/move", across).status_code == 403
    Capability.objects.create(user=translator, name="move_across_projects")
    assert client_for(translator).post(f"{API}/tree/move", across).status_code == 200
    for bad in ({"items": [], "to": None}, {"items": [{"kind": "row", "id": 1}], "to": None}, {}):
        assert client_for(translator).post(f"{API}/tree/move", bad).status_code == 400


def test_copying(
    world: Any, client_for: Any, translator: Any, run_tasks: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(translator)
    data = {"items": [as_json(world["file"])], "to": as_json(world["folder"])}
    answer = client.post(f"{API}/tree/copy", data)
    assert answer.status_code == 200
    assert answer.json()["task"] is None
    assert answer.json()["items"][0]["name"] == "quest 1 (2).txt"
    monkeypatch.setattr(copy, "FILE_ROWS_AT_ONCE", 3)
    refused = client.post(f"{API}/tree/copy", {"items": data["items"], "to": as_json(world["platform"])})
    assert refused.status_code == 400, "what cannot work is refused before a task is made"
    answer = client.post(f"{API}/tree/copy", data)
    assert (answer.status_code, answer.json()["items"]) == (202, [])
    run_tasks()
    task = client.get(f"{API}/tasks/{answer.json()['task']['id']}").json()
    assert (task["status"], task["result"]["items"][0]["name"]) == ("succeeded", "quest 1 (3).txt")
    assert File.objects.filter(folder=world["folder"]).count() == 3


def test_the_schema_describes_the_tree(client_for: Any, lead: Any) -> None:
    schema = client_for(lead).get(f"{API}/schema", {"format": "json"}).json()
    for address, methods in {
        "/api/v1/tree": {"get"},
        "/api/v1/tree/{kind}/{node_id}": {"get"},
        "/api/v1/tree/copy": {"post"},
        "/api/v1/trash/{item_id}": {"delete"},
        "/api/v1/capabilities": {"get", "post", "delete"},
        "/api/v1/search": {"get"},
    }.items():
        assert methods <= set(schema["paths"][address])
