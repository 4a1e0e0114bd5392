"""Parts of the tree: what was named and what lies below, for who may see it, in pages that can be taken in alone."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File
from apps.ldm.services.tree.access import add_grant
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.ldm.services.tree.structure import Ref
from apps.ldm.services.tree.update import update_node
from apps.sync.protocol import MOST_PARTS, SyncPeer
from apps.sync.server import parts
from apps.sync.server.tree import tree
from locanext_project.errors import Invalid
from tests.e2e.editing_pages import file_with
from tests.factories import client_for
from tests.sync.peers import CARRIERS, peer_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(lead: User) -> File:
    """A file of a project on a platform, in the inner of two folders; another project has one too."""
    platform = create_platform(actor=lead, name="PC")
    project = create_project(
        actor=lead, platform_id=platform.pk, name="Game", source_language="ko", target_language="en"
    )
    file = file_with(lead, [("K1", "줄", "")], name="Elsewhere")
    outer = create_folder(actor=lead, project_id=project.pk, parent_id=None, name="Outer")
    inner = create_folder(actor=lead, project_id=project.pk, parent_id=outer.pk, name="Inner")
    create_folder(actor=lead, project_id=project.pk, parent_id=None, name="Other")
    return File.objects.create(
        project=project, folder=inner, name="in.xml", original_id=file.original_id, format="locstr"
    )


def asked(user: User, limit: int = 500, **places: list[str]) -> list[str]:
    """The names of all pages, in their order, each once."""
    names: dict[str, None] = {}
    cursor = ""
    while True:
        page = tree(user, cursor, limit, **places)
        known = set()
        for node in page.nodes:
            above = node["parent"]
            assert above is None or (above["kind"], above["id"]) in known, "a place comes before what lies in it"
            known.add((node["kind"], node["id"]))
        names |= dict.fromkeys(str(node["name"]) for node in page.nodes)
        if not (cursor := page.next):
            return list(names)


def test_below_and_only(file: File, lead: User) -> None:
    folder, project = file.folder, file.project
    assert folder is not None and folder.parent is not None and project.platform is not None
    way = ["PC", "Game", "Outer", "Inner", "in.xml"]
    below = {
        f"platform:{project.platform_id}": [*way[:3], "Other", *way[3:]],
        f"project:{project.pk}": [*way[:3], "Other", *way[3:]],
        f"folder:{folder.parent_id}": way,
        f"folder:{folder.pk}": way,
        f"file:{file.pk}": way,
        "folder:999999": [],
    }
    for place, names in below.items():
        assert asked(lead, below=[place]) == names, place
        assert sorted(asked(lead, 1, below=[place])) == sorted(names), place
    assert asked(lead, only=[f"folder:{folder.pk}"]) == way[:4]
    assert asked(lead, only=[f"project:{project.pk}"]) == way[:2]
    assert asked(lead, only=[f"file:{file.pk}"], below=["file:999999"]) == way
    assert "Elsewhere" in asked(lead)


def test_below_very_many_folders_their_project_is_given(
    file: File, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST_FOLDERS", 1)
    assert file.folder is not None
    names = asked(lead, below=[f"folder:{file.folder.parent_id}"])
    assert "Other" in names and "Elsewhere" not in names


def test_for_whoever_asks(file: File, lead: User, translator: User, reviewer: User) -> None:
    update_node(actor=lead, ref=Ref("project", file.project_id), changes={"restricted": True})
    add_grant(actor=lead, ref=Ref("project", file.project_id), user_id=translator.pk)
    place = f"/api/v1/sync/tree?below=project:{file.project_id}&only=file:{file.pk}"
    for person, status, count in ((lead, 200, 6), (translator, 200, 6), (reviewer, 200, 0), (None, 401, None)):
        answer = client_for(person).get(place)
        assert answer.status_code == status, person
        assert count is None or len(answer.json()["nodes"]) == count, person


@pytest.mark.parametrize(
    "bad", [["project"], ["project:x"], ["thing:1"], ["file:1"] * (MOST_PARTS + 1), ["project:-1"]]
)
def test_what_is_no_place_is_refused(lead: User, bad: list[str]) -> None:
    for name in ("below", "only"):
        with pytest.raises(Invalid):
            tree(lead, **{name: bad})  # type: ignore[arg-type]
        assert client_for(lead).get("/api/v1/sync/tree", {name: ",".join(bad)}).status_code == 400


@pytest.mark.parametrize("carrier", CARRIERS)
def test_by_either_carrier(file: File, lead: User, carrier: str) -> None:
    peer: SyncPeer = peer_for(carrier, lead)
    places: dict[str, Any] = {
        "below": [f"folder:{file.folder_id}"],
        "only": [f"project:{file.project_id}", "file:999999"],
    }
    page = peer.tree("", 500, **places)
    assert [node["name"] for node in page.nodes] == ["PC", "Game", "Outer", "Inner", "in.xml"]
    assert peer.tree("", 1, **places).next
