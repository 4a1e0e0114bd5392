"""The tree level by level: what lies directly in a place, page by page, for who may see it; and at a desktop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.accounts.services.local_person import adopt
from apps.ldm.models import File, Folder
from apps.ldm.services.tree.access import add_grant
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.ldm.services.tree.structure import Ref
from apps.ldm.services.tree.update import update_node
from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.client import peers, tree
from apps.sync.server.tree import level
from locanext_project.errors import NotFound
from tests.desktop_site.conftest import offline_client
from tests.e2e.editing_pages import file_with
from tests.factories import client_for
from tests.sync.client.site import offline

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(lead: User) -> File:
    """A file at the top of its project, beside two folders, of which one holds a third."""
    file = file_with(lead, [("K1", "줄", "")])
    outer = create_folder(actor=lead, project_id=file.project_id, parent_id=None, name="Outer")
    create_folder(actor=lead, project_id=file.project_id, parent_id=outer.pk, name="Inner")
    create_folder(actor=lead, project_id=file.project_id, parent_id=None, name="Other")
    return file


def names(user: User, parent: str, limit: int = 500) -> list[str]:
    """Of all pages."""
    found, cursor = [], ""
    while True:
        page = level(user, parent, cursor, limit)
        assert len(page.nodes) <= limit
        found += [str(node["name"]) for node in page.nodes]
        if not (cursor := page.next):
            return found


def test_each_level_by_itself(file: File, lead: User) -> None:
    platform = create_platform(actor=lead, name="PC")
    project = create_project(
        actor=lead, platform_id=platform.pk, name="Below", source_language="ko", target_language=""
    )
    assert names(lead, "root") == ["PC", file.project.name]
    assert names(lead, f"platform:{platform.pk}") == ["Below"] and names(lead, f"project:{project.pk}") == []
    at = f"project:{file.project_id}"
    assert names(lead, at) == names(lead, at, 1) == names(lead, at, 2) == ["Outer", "Other", file.name]
    outer = Folder.objects.get(name="Outer")
    assert names(lead, f"folder:{outer.pk}") == ["Inner"]


def test_as_whoever_asks(file: File, lead: User, translator: User, reviewer: User) -> None:
    at = f"/api/v1/sync/tree?parent=project:{file.project_id}"
    update_node(actor=lead, ref=Ref("project", file.project_id), changes={"restricted": True})
    add_grant(actor=lead, ref=Ref("project", file.project_id), user_id=translator.pk)
    for person, status in ((lead, 200), (translator, 200), (reviewer, 404), (None, 401)):
        assert client_for(person).get(at).status_code == status, person
    assert names(reviewer, "root") == []
    with pytest.raises(NotFound):
        level(reviewer, f"project:{file.project_id}")
    client = client_for(lead)
    for bad in ("parent=file:1", "parent=x", "parent=project:12x", "parent=root&cursor=nowhere"):
        assert client.get(f"/api/v1/sync/tree?{bad}").status_code == 400, bad


@pytest.fixture
def window(lead: User, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of the desktop's API; the desktop reaches its server, and its calls are counted."""

    class Counting(InProcessPeer):
        calls = 0

        def level(self, *args: Any, **kwargs: Any) -> Any:
            Counting.calls += 1
            return super().level(*args, **kwargs)

        def tree(self, *args: Any, **kwargs: Any) -> Any:
            raise AssertionError("the whole tree is not asked for")

    @contextmanager
    def server() -> Iterator[Any]:
        yield Counting(lead.pk)

    monkeypatch.setattr(peers, "server", server)
    with offline():
        adopt({"id": lead.pk, "username": lead.username, "name": lead.name, "role": "lead", "language": ""})
    client = offline_client()
    client.counting = Counting  # type: ignore[attr-defined]
    return client


def test_a_folder_of_5000_files_at_a_desktop(window: Any, file: File, lead: User) -> None:
    with offline():
        tree.mirror_path(InProcessPeer(lead.pk), file.pk)
    Folder.objects.all().delete()
    made = [
        File(project=file.project, name=f"f{n}.xml", original_id=file.original_id, format="locstr") for n in range(4999)
    ]
    File.objects.bulk_create(made, batch_size=500)
    found, cursor, slowest = [], "", 0.0
    while cursor is not None:
        began = time.monotonic()
        with CaptureQueriesContext(connection) as queries:
            answer = window.get(
                "/api/v1/link/tree", {"parent": f"project:{file.project_id}", "cursor": cursor, "limit": 500}
            ).json()
        slowest = max(slowest, time.monotonic() - began)
        assert len(queries) <= 12
        found += answer["items"]
        cursor = answer["next"]
    assert window.counting.calls == 10 and len({node["id"] for node in found}) == 5000
    assert [node["id"] for node in found if node["here"]] == [file.pk]
    assert slowest < 2.0
    assert window.get("/api/v1/link/tree", {"parent": "", "limit": 1}).json()["next"] is None
    assert window.get("/api/v1/link/tree", {"parent": "project:999999"}).status_code == 404
    assert window.get("/api/v1/link/tree", {"parent": "", "cursor": "x"}).status_code == 400
