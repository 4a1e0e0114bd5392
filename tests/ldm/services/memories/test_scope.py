"""Which memories serve a file: of its folder, all folders above, its project and platform; nearest first."""

from __future__ import annotations

from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from apps.ldm import permissions
from apps.ldm.models import File, Grant
from apps.ldm.selectors import memories
from apps.ldm.services.memories import assign, settings
from apps.ldm.services.tree.copy import copy as copy_nodes
from apps.ldm.services.tree.move import move as move_nodes
from apps.ldm.services.tree.structure import Ref
from locanext_project import workspaces
from tests.ldm.services.memories.builders import memory
from tests.ldm.services.tree import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(lead: Any) -> dict[str, Any]:
    """A file in a folder of a folder of a project of a platform, and a folder beside."""
    platform = make.platform(lead)
    project = make.project(lead, platform=platform)
    parent = make.folder(lead, project, "quests")
    folder = make.folder(lead, parent, "chapter 1")
    beside = make.folder(lead, project, "items")
    return {
        "platform": platform,
        "project": project,
        "parent": parent,
        "folder": folder,
        "beside": beside,
        "file": make.file(lead, folder),
    }


def fresh(file: File) -> File:
    return File.objects.select_related("project__platform").get(pk=file.pk)


def names(file: File, **options: Any) -> list[str]:
    return [one.name for one in memories.for_file(fresh(file), **options)]


def test_golden_path_8_nearest_first_and_deactivating_removes_at_once(world: Any, lead: Any) -> None:
    made = {name: memory(lead, name, world[name]) for name in ("platform", "project", "parent", "folder", "beside")}
    memory(lead, "nowhere")
    assert names(world["file"]) == ["folder", "parent", "project", "platform"]
    assert memories.writes_to(fresh(world["file"])) == made["folder"]
    settings.change(actor=lead, memory_id=made["parent"].pk, changes={"active": False})
    assert names(world["file"]) == ["folder", "project", "platform"]
    settings.change(actor=lead, memory_id=made["folder"].pk, changes={"writable": False})
    assert memories.writes_to(fresh(world["file"])) == made["project"]


def test_defect_19_all_parents_count_and_the_lower_priority_comes_first(world: Any, lead: Any) -> None:
    memory(lead, "far but strong", world["platform"], priority=1)
    memory(lead, "parent b", world["parent"], priority=20)
    memory(lead, "parent a", world["parent"], priority=10, penalty=4)
    memory(lead, "parent c", world["parent"], priority=20)
    memory(lead, "near but weak", world["folder"], priority=900)
    found = memories.for_file(fresh(world["file"]))
    assert [(one.rank, one.name, one.penalty) for one in found] == [
        (0, "near but weak", 0),
        (1, "parent a", 4),
        (2, "parent b", 0),
        (3, "parent c", 0),
        (4, "far but strong", 0),
    ]


def test_other_languages_are_listed_and_not_used(world: Any, lead: Any) -> None:
    memory(lead, "japanese", world["folder"], languages=("ko", "ja"))
    memory(lead, "american", world["project"], languages=("ko-KR", "en-US"))
    listed = memories.serving(fresh(world["file"]))
    assert [(one.memory.name, one.mismatch, one.distance) for one in listed] == [
        ("japanese", True, 0),
        ("american", False, 2),
    ]
    assert names(world["file"]) == ["american"]
    written = memories.writes_to(fresh(world["file"]))
    assert written is not None and written.name == "american"


def test_term_bases_are_asked_apart(world: Any, lead: Any) -> None:
    memory(lead, "words", world["project"], kind="terms")
    assert names(world["file"]) == [] and memories.writes_to(fresh(world["file"])) is None
    assert [one.name for one in memories.terms_for_file(fresh(world["file"]))] == ["words"]


def test_two_queries_however_deep_and_many(world: Any, lead: Any) -> None:
    place = world["folder"]
    for number in range(8):
        memory(lead, f"memory {number}", place)
        place = make.folder(lead, place, "deeper")
    file = fresh(make.file(lead, place))
    from django.db import connections

    with CaptureQueriesContext(connections[workspaces.alias()]) as queries:
        assert len(memories.for_file(file)) == 8
    assert len(queries) == 2


def test_a_platform_one_does_not_see_into_is_not_asked(admin_user: Any, translator: Any) -> None:
    platform = make.platform(admin_user, "closed", restricted=True)
    project = make.project(admin_user, "open to one", platform)
    file = make.file(admin_user, project)
    memory(admin_user, "of the platform", platform)
    memory(admin_user, "of the project", project)
    Grant.objects.create(user=translator, project=project)
    seen = permissions.get_file(translator, file.pk)
    assert names(seen, user=translator) == ["of the project"]
    assert names(seen, user=admin_user) == ["of the project", "of the platform"]


def test_moved_folders_take_their_memories_along(world: Any, lead: Any) -> None:
    memory(lead, "folder", world["folder"])
    memory(lead, "parent", world["parent"])
    memory(lead, "items", world["beside"])
    (copied,) = copy_nodes(actor=lead, items=[make.ref_of(world["folder"])], to=make.ref_of(world["beside"]))
    move_nodes(actor=lead, items=[make.ref_of(world["folder"])], to=make.ref_of(world["beside"]))
    assert names(world["file"]) == ["folder", "items"]
    twin = File.objects.get(folder_id=copied.ref.id)
    assert names(twin) == ["items"], "a copied folder has no memory of its own"


def test_moving_a_memory_moves_what_it_serves(world: Any, lead: Any) -> None:
    moving = memory(lead, "moving", world["beside"])
    assert names(world["file"]) == []
    assign.move(actor=lead, memory_ids=[moving.pk], to=Ref("platform", world["platform"].pk))
    assert names(world["file"]) == ["moving"]
