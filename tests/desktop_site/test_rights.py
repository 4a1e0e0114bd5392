"""What the person at a desktop sees and may do: everything of their own, the rows of the server's, nothing above."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm import permissions, permissions_memory
from apps.ldm.models import File, Folder, Platform, Project, Row, Status
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.tree import offline_storage
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from locanext_project import workspaces
from locanext_project.errors import Forbidden, NotFound
from locanext_project.id_guards import open_for_mirror
from tests.desktop_site.conftest import Mirror, offline_client

pytestmark = pytest.mark.django_db


def test_the_storage_is_made_once_and_on_desktops_only(lead: User, desk: User, storage: Project) -> None:
    assert (storage.pk, storage.platform_id) == (-1, -1)
    assert offline_storage.ensure(actor=desk).pk == storage.pk
    assert AuditEntry.objects.filter(action="offline_storage_made").count() == 1
    with workspaces.use(workspaces.SERVER), pytest.raises(NotFound):
        offline_storage.ensure(actor=lead)


def test_a_platform_of_the_servers_may_have_the_same_name(desk: User, storage: Project) -> None:
    with workspaces.atomic(), open_for_mirror():
        Platform.objects.create(pk=9, name="Offline Storage")
    assert Platform.objects.get(pk=9).name == "Offline Storage" and storage.pk == -1


def test_what_is_made_and_imported_gets_ids_below_the_storages(storage: Project, own_file: File) -> None:
    assert own_file.pk < -1
    assert own_file.project_id == -1
    assert all(row.pk < -1 for row in Row.objects.filter(file=own_file))


def test_everything_stored_here_is_seen(desk: User, mirror: Mirror) -> None:
    assert mirror.platform.restricted
    for kind in ("platform", "project", "folder", "file"):
        assert permissions.get_node(desk, kind, getattr(mirror, kind).pk)


def test_rights_at_the_servers_things(desk: User, mirror: Mirror) -> None:
    def may(node: Any) -> set[str]:
        return {what for what, yes in permissions.may(desk, node).items() if yes}

    assert may(mirror.platform) == set()
    assert may(mirror.project) == {"download"}
    assert may(mirror.folder) == {"download", "copy"}
    assert may(mirror.file) == {"download", "copy", "edit_rows"}
    desk.role = "reviewer"
    assert may(mirror.file) == {"download", "copy", "edit_rows", "review"}
    desk.role = "admin"
    led = {"download", "copy", "edit_rows", "review", "approve", "revert_others", "lock_rows", "assign"}
    assert may(mirror.file) == led
    assert may(mirror.platform) == set()


def test_rights_at_own_things(desk: User, storage: Project, own_file: File) -> None:
    assert all(permissions.may(desk, own_file).values())
    project = permissions.may(desk, storage)
    assert {what for what, yes in project.items() if yes} == {"create_folder", "import", "download", "edit"}
    assert storage.platform is not None
    assert not any(permissions.may(desk, storage.platform).values())


def test_a_refusal_says_why(desk: User, mirror: Mirror, storage: Project) -> None:
    for what, node, word in (
        ("rename", mirror.file, "changed there"),
        ("move", mirror.folder, "changed there"),
        ("import", mirror.file, "imported on the server"),
        ("import", mirror.project, "Offline Storage"),
        ("create_folder", mirror.folder, "Offline Storage"),
        ("lock_rows", mirror.file, "Only leads"),
        ("assign", mirror.file, "Only leads"),
        ("manage_access", mirror.project, "nobody else"),
        ("delete", storage, "stays as it is"),
        ("review", mirror.file, "reviewers"),
    ):
        with pytest.raises(Forbidden, match=word):
            permissions.require(desk, what, node)


def test_a_server_knows_nothing_of_this(lead: User, desk: User) -> None:
    with workspaces.use(workspaces.SERVER):
        assert not permissions.rights_of(lead).desktop
        assert permissions.rights_of(lead).may_make_projects


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "platforms", {"name": "Mine"}),
        ("post", "projects", {"platform_id": None, "name": "Mine"}),
        ("post", "projects", {"platform_id": -1, "name": "Mine"}),
        ("post", "folders", {"project_id": 502, "parent_id": None, "name": "Mine"}),
        ("patch", "files/504", {"name": "other.xml"}),
        ("patch", "folders/503", {"name": "Other"}),
        ("patch", "projects/-1", {"name": "Other"}),
        ("post", "tree/delete", {"items": [{"kind": "file", "id": 504}]}),
        ("post", "tree/delete", {"items": [{"kind": "project", "id": -1}]}),
        ("post", "tree/move", {"items": [{"kind": "file", "id": 504}], "to": {"kind": "project", "id": -1}}),
        ("post", "tree/copy", {"items": [{"kind": "file", "id": 504}], "to": {"kind": "folder", "id": 503}}),
        ("get", "projects/502/grants", None),
        ("get", "capabilities", None),
    ],
)
def test_refused_over_the_api(api: APIClient, mirror: Mirror, method: str, path: str, body: Any) -> None:
    answer = getattr(api, method)(f"/api/v1/{path}", body)
    assert answer.status_code == 403, answer.json()
    assert "server" in answer.json()["error"]["message"] or "computer" in answer.json()["error"]["message"]
    assert not Folder.objects.exclude(pk=503).exists()


def test_an_own_file_does_not_go_among_the_servers(api: APIClient, mirror: Mirror, own_file: File) -> None:
    body = {"items": [{"kind": "file", "id": own_file.pk}], "to": {"kind": "folder", "id": 503}}
    assert api.post("/api/v1/tree/move", body).status_code == 403
    own_file.refresh_from_db()
    assert own_file.project_id == -1


def test_a_copy_of_the_servers_file_is_the_persons_own(api: APIClient, mirror: Mirror) -> None:
    body = {"items": [{"kind": "file", "id": 504}], "to": {"kind": "project", "id": -1}}
    answer = api.post("/api/v1/tree/copy", body)
    assert answer.status_code in (200, 201), answer.json()
    twin = File.objects.get(name="quest.xml", project_id=-1)
    assert twin.pk < 0
    assert Row.objects.get(file=twin).target == "As it came"


def test_rows_are_edited_with_the_role_of_the_server(api: APIClient, desk: User, mirror: Mirror) -> None:
    saved = api.patch("/api/v1/rows/505", {"target": "Mine", "status": "confirmed", "text_rev": mirror.row.text_rev})
    assert saved.status_code == 200, saved.json()
    row = Row.objects.get(pk=505)
    assert (row.target, row.status) == ("Mine", Status.CONFIRMED)
    refused = api.patch("/api/v1/rows/505", {"status": "approved", "text_rev": row.text_rev})
    assert refused.status_code == 403


def test_an_own_row_may_be_reviewed_and_approved_alone(api: APIClient, own_file: File) -> None:
    row = Row.objects.filter(file=own_file).first()
    assert row is not None
    for status in ("confirmed", "reviewed", "approved"):
        row.refresh_from_db()
        saved = api.patch(f"/api/v1/rows/{row.pk}", {"target": "Mine", "status": status, "text_rev": row.text_rev})
        assert saved.status_code == 200, saved.json()


def test_a_memory_of_the_servers_is_read_only(desk: User, api: APIClient, mirror: Mirror) -> None:
    with workspaces.atomic(), open_for_mirror():
        memory = Memory.objects.create(
            pk=600, name="Server's", source_language="ko", target_language="en", owner_id=desk.pk
        )
    may = permissions_memory.may(desk, memory)
    assert {what for what, yes in may.items() if yes} == {"export"}
    with pytest.raises(Forbidden, match="make a copy"):
        permissions_memory.require(desk, "edit_entries", memory)
    answer = api.post("/api/v1/memories/move", {"ids": [600], "to": {"kind": "project", "id": -1}})
    assert answer.status_code == 403
    own = create_memory(
        actor=desk, name="Mine", source_language="ko", target_language="en", to=Ref("folder", mirror.folder.pk)
    )
    assert own.pk < 0
    assert all(permissions_memory.may(desk, own).values())


def test_the_root_list(api: APIClient, mirror: Mirror) -> None:
    answer = api.get("/api/v1/tree").json()
    assert [node["id"] for node in answer["platforms"]] == [501]
    assert [(node["id"], node["name"]) for node in answer["projects"]] == [(-1, "Offline Storage")]
    assert api.get("/api/v1/tree/project/-1").json()["path"] == []
    assert answer["may"] == {
        "create_platform": False, "create_project": False, "empty_trash": True, "move_across_projects": False
    }  # fmt: skip


def test_the_storage_is_the_windows_only(lead: User, desk: User, own_file: File) -> None:
    """A node of the LAN set-up: who comes without the launch secret works on the server, where it is not there."""
    with workspaces.use(workspaces.SERVER):
        client = APIClient()
        client.force_login(lead)
        answer = client.get("/api/v1/tree").json()
    assert (answer["platforms"], answer["projects"]) == ([], [])
    assert answer["may"]["create_platform"] is True
    for path in ("tree/project/-1", f"tree/file/{own_file.pk}", f"files/{own_file.pk}/rows?start=0&count=5"):
        assert client.get(f"/api/v1/{path}").status_code == 404, path
        assert offline_client().get(f"/api/v1/{path}").status_code == 200, path
