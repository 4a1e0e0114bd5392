"""A round and a download ask the server for what is here and what is subscribed to, however much else it has."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Folder, Project
from apps.ldm.services.tree.create import create_folder, create_project
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.structure import Ref
from apps.ldm.services.tree.update import update_node
from apps.sync.client import rounds, subscriptions, tree
from apps.sync.models import MirroredFile, Subscription
from apps.sync.protocol import MOST_PARTS, PAGE_NODES
from tests.e2e.editing_pages import file_with
from tests.sync.client.site import Line, edit, mirror_of, offline, sync, texts

pytestmark = pytest.mark.django_db


class Watched(Line):
    """A line that notes how often the tree was asked for, and what it gave."""

    def __init__(self, peer: Any) -> None:
        super().__init__(peer)
        self.given: set[tuple[str, int]] = set()

    def __getattr__(self, name: str) -> Any:
        real = super().__getattr__(name)
        return self._tree if name == "tree" else real

    def _tree(self, *args: Any, **kwargs: Any) -> Any:
        page = super().__getattr__("tree")(*args, **kwargs)
        self.given |= {(node["kind"], node["id"]) for node in page.nodes}
        return page


@pytest.fixture
def watched(line: Line) -> Watched:
    """The line of the fixtures, watched."""
    return Watched(line.peer)


@pytest.fixture
def crowd(file: File, lead: User) -> list[Project]:
    """Much that nobody asked for: 30 projects of 60 files."""
    made = [
        create_project(actor=lead, platform_id=None, name=f"Other {n}", source_language="ko", target_language="en")
        for n in range(30)
    ]
    File.objects.bulk_create(
        [
            File(project=project, name=f"f{n}.xml", original_id=file.original_id, format="xml", revision=1)
            for project in made
            for n in range(60)
        ],
        batch_size=500,
    )
    return made


def in_folder(file: File, lead: User, *names: str) -> Folder:
    """Folders in one another in the file's project; the innermost."""
    at: Folder | None = None
    for name in names:
        at = create_folder(actor=lead, project_id=file.project_id, parent_id=at.pk if at else None, name=name)
    assert at is not None
    return at


def another(file: File, name: str, folder: Folder) -> File:
    """One more file of the project, without rows."""
    original = file.original_id
    return File.objects.create(
        project_id=file.project_id, folder=folder, name=name, original_id=original, format="xml", revision=1
    )


def test_a_round_asks_for_what_is_here_and_no_more(
    mirrored: File, crowd: list[Project], watched: Watched, person: User
) -> None:
    sync(watched)
    watched.calls.clear()
    assert sync(watched).trouble == ""
    assert watched.given == {("project", mirrored.project_id), ("file", mirrored.pk)}
    assert [call for call in watched.calls if call != "hello"] == ["tree", "memories"]


def test_what_did_not_move_is_not_asked_for(
    mirrored: File, watched: Watched, person: User, lead: User, translator: User
) -> None:
    sync(watched)
    before = mirror_of(mirrored)["synced_at"]
    assert "changes" not in watched.calls
    assert sync(watched).files == 1
    assert mirror_of(mirrored)["synced_at"] > before
    edit(lead, mirrored.pk, "K1", "news")
    sync(watched)
    assert watched.calls.count("changes") == 1
    with offline():
        assert texts(mirrored.pk)["K1"][0] == "news"
        # As if it was a page short: whatever the tree says, a mirror that is not whole goes on.
        MirroredFile.objects.filter(pk=mirrored.pk).update(cursor=1)
    sync(watched)
    assert watched.calls.count("changes") > 1


def test_a_subscribed_folder_brings_what_is_new_at_any_depth(
    mirrored: File, crowd: list[Project], watched: Watched, person: User, lead: User
) -> None:
    outer = in_folder(mirrored, lead, "Outer")
    beside = another(mirrored, "beside.xml", in_folder(mirrored, lead, "Beside"))
    with offline():
        subscriptions.subscribe(actor=person, kind="folder", entity_id=outer.pk)
    sync(watched)
    inner = create_folder(actor=lead, project_id=mirrored.project_id, parent_id=outer.pk, name="Inner")
    new = another(mirrored, "new.xml", inner)
    assert sync(watched).trouble == ""
    with offline():
        assert set(File.objects.filter(pk__gt=0).values_list("pk", flat=True)) == {mirrored.pk, new.pk}
        assert Folder.objects.get(pk=inner.pk).parent_id == outer.pk
        assert MirroredFile.objects.get(pk=new.pk).state == "current"
    others = {("project", project.pk) for project in crowd} | {("file", beside.pk)}
    assert not watched.given & others
    assert watched.calls.count("tree") <= 4


def test_a_file_that_moved_where_nothing_is_here_takes_its_new_place_along(
    mirrored: File, watched: Watched, person: User, lead: User
) -> None:
    inner = in_folder(mirrored, lead, "Outer", "Inner")
    update_node(actor=lead, ref=Ref("project", mirrored.project_id), changes={"name": "Renamed"})
    File.objects.filter(pk=mirrored.pk).update(folder=inner)
    assert sync(watched).trouble == ""
    with offline():
        here = File.objects.select_related("folder__parent", "project").get(pk=mirrored.pk)
        assert here.folder is not None and here.folder.parent is not None
        assert (here.folder.name, here.folder.parent.name, here.project.name) == ("Inner", "Outer", "Renamed")
    update_node(actor=lead, ref=Ref("folder", inner.pk), changes={"name": "Inner too"})
    File.objects.filter(pk=mirrored.pk).update(folder=None)
    sync(watched)
    # No file lies in it any more: the next round asks for the folder alone.
    sync(watched)
    with offline():
        assert Folder.objects.get(pk=inner.pk).name == "Inner too"


def test_lost_rights_and_deleted_parts_stop_nothing_else(
    mirrored: File, watched: Watched, person: User, lead: User
) -> None:
    restricted = file_with(lead, [("A", "가", "a")], name="Restricted")
    folder = in_folder(mirrored, lead, "Gone")
    inside = another(mirrored, "inside.xml", folder)
    with offline():
        subscriptions.subscribe(actor=person, kind="project", entity_id=restricted.project_id)
        subscriptions.subscribe(actor=person, kind="folder", entity_id=folder.pk)
    sync(watched)
    with offline():
        assert MirroredFile.objects.filter(state="current").count() == 3
    Project.objects.filter(pk=restricted.project_id).update(restricted=True)
    delete(actor=lead, items=[Ref("folder", folder.pk)])
    edit(lead, mirrored.pk, "K1", "news")
    outcome = sync(watched)
    assert (outcome.trouble, outcome.passed) == ("", {restricted.pk: "gone", inside.pk: "gone"})
    with offline():
        assert texts(mirrored.pk)["K1"][0] == "news"
        assert texts(restricted.pk) == {"A": ("a", 1)}
        assert Subscription.objects.count() == 2
    Project.objects.filter(pk=restricted.project_id).update(restricted=False)
    sync(watched)
    assert mirror_of(restricted)["state"] == "current"


def test_many_mirrored_files_take_few_requests(
    mirrored: File, watched: Watched, person: User, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = in_folder(mirrored, lead, "Many")
    File.objects.bulk_create(
        [
            File(project_id=mirrored.project_id, folder=folder, name=f"f{n}", original_id=mirrored.original_id,
                 format="xml", revision=1)
            for n in range(700)
        ],
        batch_size=500,
    )  # fmt: skip
    with offline():
        subscriptions.subscribe(actor=person, kind="folder", entity_id=folder.pk)
        tree.mirror_tree(watched)
        assert MirroredFile.objects.count() == 701
        subscriptions.unsubscribe(actor=person, kind="folder", entity_id=folder.pk)
        watched.calls.clear()
        tree.mirror_tree(watched)
    assert watched.calls.count("tree") == 701 // MOST_PARTS + 1 == 4
    assert 701 // PAGE_NODES == 1


def test_a_download_of_a_folder_asks_for_the_folder(
    mirrored: File, crowd: list[Project], watched: Watched, person: User, lead: User
) -> None:
    inner = in_folder(mirrored, lead, "Outer", "Inner")
    new = another(mirrored, "new.xml", inner)
    with offline():
        assert subscriptions.files_below(watched, "folder", inner.parent_id or 0) == [new.pk]
        assert subscriptions.files_below(watched, "file", new.pk) == [new.pk]
        assert subscriptions.files_below(watched, "project", 10**9) == []
        assert len(subscriptions.files_below(watched, "project", crowd[0].pk)) == 60
    assert ("file", mirrored.pk) not in watched.given
    assert watched.calls.count("tree") == 3


def test_a_server_that_knows_no_parts_gives_everything_and_no_more_comes(
    mirrored: File, crowd: list[Project], watched: Watched, person: User, lead: User
) -> None:
    """An older one passes over what it does not know in an address."""
    real = watched.peer.tree
    watched.peer.tree = lambda cursor="", limit=PAGE_NODES, **_unknown: real(cursor, limit)
    with offline():
        subscriptions.subscribe(actor=person, kind="project", entity_id=crowd[3].pk)
        assert rounds.run(watched).trouble == ""
        assert File.objects.filter(pk__gt=0).count() == 61
        assert len(subscriptions.files_below(watched, "project", crowd[3].pk)) == 60
