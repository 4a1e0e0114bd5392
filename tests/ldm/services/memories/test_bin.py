"""Memories in the recycle bin, and what becomes of them when their place goes there."""

from __future__ import annotations

from typing import Any

import pytest

from apps.audit.models import AuditEntry
from apps.ldm.models import TrashItem
from apps.ldm.selectors.trash import visible_items
from apps.ldm.services.memories import assign, bin
from apps.ldm.services.tree import purge
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.restore import restore
from apps.tm.models import Entry, Memory
from apps.tm.services.entries.edit import add
from locanext_project.errors import Forbidden, NotFound
from tests.ldm.services.memories.builders import memory, pairs, use_of
from tests.ldm.services.tree import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(admin_user: Any) -> dict[str, Any]:
    """A memory in each place of a closed platform, one in another project."""
    platform = make.platform(admin_user, restricted=True)
    project = make.project(admin_user, platform=platform)
    folder = make.folder(admin_user, project)
    deep = make.folder(admin_user, folder, "deep")
    other = make.project(admin_user, "other")
    places = {"platform": platform, "project": project, "folder": folder, "deep": deep, "other": other}
    return places | {f"tm {name}": memory(admin_user, f"tm {name}", place) for name, place in places.items()}


def test_a_memory_goes_into_the_bin_and_comes_back(lead: Any) -> None:
    folder = make.folder(lead, make.project(lead))
    made = memory(lead, "made", folder, penalty=3)
    add(actor=lead, memory_id=made.pk, source="등대", target="lighthouse")
    item = bin.trash(actor=lead, memory_id=made.pk)
    assert (item.kind, item.entity_id, item.name, item.path) == ("memory", made.pk, "made", "Ashen Passage EN / quest")
    assert [one.pk for one in visible_items(lead)] == [item.pk]
    with pytest.raises(NotFound):
        bin.trash(actor=lead, memory_id=made.pk)
    memory(lead, "made")
    back = bin.restore(actor=lead, item_id=item.pk)
    assert (back.pk, back.name, pairs(back)) == (made.pk, "made (2)", [("", "등대", "lighthouse")])
    use = use_of(made)
    assert (use.place, use.active, use.penalty) == (("folder", folder.pk), True, 3)
    assert not TrashItem.objects.exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "memory_created",
        "memory_restored",
    ]


def test_who_sees_and_restores_a_trashed_one(lead: Any, translator: Any, stranger: Any) -> None:
    own = memory(translator, "own")
    open_one = memory(translator, "open", make.project(lead))
    hidden, shown = (bin.trash(actor=translator, memory_id=one.pk) for one in (own, open_one))
    assert {one.pk for one in visible_items(stranger)} == {shown.pk}
    with pytest.raises(NotFound):
        bin.restore(actor=stranger, item_id=hidden.pk)
    with pytest.raises(Forbidden):
        bin.restore(actor=stranger, item_id=shown.pk)
    assert bin.restore(actor=translator, item_id=shown.pk).pk == open_one.pk
    with pytest.raises(NotFound):
        bin.restore(actor=translator, item_id=shown.pk)


def test_for_ever_is_for_ever(lead: Any, admin_user: Any) -> None:
    made = memory(admin_user, "made", make.project(admin_user))
    add(actor=admin_user, memory_id=made.pk, source="등대", target="lighthouse")
    item = bin.trash(actor=admin_user, memory_id=made.pk)
    with pytest.raises(Forbidden):
        purge.condemn(actor=lead, item_id=item.pk)
    purge.condemn(actor=admin_user, item_id=item.pk)
    for gone in (bin.restore, purge.condemn):
        with pytest.raises(NotFound):
            gone(actor=admin_user, item_id=item.pk)
    assert purge.rows_in([item]) == 1
    assert purge.purge_condemned() == 1
    assert not (Memory.objects.exists() or Entry.objects.exists() or TrashItem.objects.exists())
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.target_kind, entry.target_name) == ("trash_purged", "memory", "made")


def test_emptying_the_bin_takes_memories_along(admin_user: Any) -> None:
    for name in ("a", "b"):
        bin.trash(actor=admin_user, memory_id=memory(admin_user, name).pk)
    kept = memory(admin_user, "kept")
    purge.condemn_all(actor=admin_user)
    assert purge.purge_condemned() == 2
    assert list(Memory.objects.values_list("pk", flat=True)) == [kept.pk]


def unassigned(world: Any) -> set[str]:
    names = [name for name in world if name.startswith("tm ")]
    return {name.removeprefix("tm ") for name in names if use_of(world[name]).place is None}


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        ("platform", {"platform", "project", "folder", "deep"}),
        ("project", {"project", "folder", "deep"}),
        ("folder", {"folder", "deep"}),
    ],
)
def test_defect_23_a_deleted_place_unassigns_and_its_return_assigns(
    world: Any, admin_user: Any, kind: str, lost: set[str]
) -> None:
    from apps.ldm.services.memories.settings import change

    change(actor=admin_user, memory_id=world["tm deep"].pk, changes={"active": False, "priority": 5})
    (item,) = delete(actor=admin_user, items=[make.ref_of(world[kind])])
    assert item.memories == len(lost)
    assert unassigned(world) == lost
    for name in lost:
        use = use_of(world[f"tm {name}"])
        assert not use.active and use.was_restricted
    assert use_of(world["tm other"]).active
    assert AuditEntry.objects.latest("pk").detail["memories_unassigned"] == len(lost)
    restore(actor=admin_user, item_id=item.pk)
    assert unassigned(world) == set()
    for name in ("platform", "project", "folder", "deep"):
        use = use_of(world[f"tm {name}"])
        expected = "folder" if name == "deep" else name
        assert (use.place, use.active) == ((expected, world[name].pk), name != "deep")
        assert (use.was_restricted, use.lost_with, use.former) == (False, None, {})
    assert use_of(world["tm deep"]).priority == 5


def test_several_at_once_and_files_cost_none(world: Any, admin_user: Any) -> None:
    file = make.file(admin_user, world["folder"])
    (item,) = delete(actor=admin_user, items=[make.ref_of(file)])
    assert item.memories == 0 and unassigned(world) == set()
    items = delete(actor=admin_user, items=[make.ref_of(world["deep"]), make.ref_of(world["other"])])
    assert [entry.memories for entry in items] == [1, 1]
    assert not use_of(world["tm other"]).was_restricted


def test_what_was_assigned_meanwhile_stays_where_it_is(world: Any, admin_user: Any) -> None:
    (item,) = delete(actor=admin_user, items=[make.ref_of(world["folder"])])
    assign.move(actor=admin_user, memory_ids=[world["tm folder"].pk], to=make.ref_of(world["other"]))
    assign.move(actor=admin_user, memory_ids=[world["tm folder"].pk], to=None)
    assign.move(actor=admin_user, memory_ids=[world["tm deep"].pk], to=make.ref_of(world["other"]))
    restore(actor=admin_user, item_id=item.pk)
    assert unassigned(world) == {"folder"}, "taken out on purpose since"
    assert use_of(world["tm deep"]).place == ("project", world["other"].pk)


def test_bin_within_the_bin(world: Any, admin_user: Any) -> None:
    (inner,) = delete(actor=admin_user, items=[make.ref_of(world["folder"])])
    (outer,) = delete(actor=admin_user, items=[make.ref_of(world["project"])])
    assert (inner.memories, outer.memories) == (2, 1)
    restore(actor=admin_user, item_id=outer.pk)
    assert unassigned(world) == {"folder", "deep"}
    restore(actor=admin_user, item_id=inner.pk)
    assert unassigned(world) == set()


def test_a_trashed_memory_of_a_deleted_place(world: Any, admin_user: Any) -> None:
    item = bin.trash(actor=admin_user, memory_id=world["tm folder"].pk)
    (place,) = delete(actor=admin_user, items=[make.ref_of(world["folder"])])
    bin.restore(actor=admin_user, item_id=item.pk)
    assert unassigned(world) == {"folder", "deep"}
    restore(actor=admin_user, item_id=place.pk)
    assert unassigned(world) == set()


def test_a_place_that_is_gone_for_ever_leaves_its_memories(world: Any, admin_user: Any) -> None:
    (item,) = delete(actor=admin_user, items=[make.ref_of(world["platform"])])
    purge.condemn(actor=admin_user, item_id=item.pk)
    purge.purge_condemned()
    assert Memory.objects.count() == 5
    assert unassigned(world) == {"platform", "project", "folder", "deep"}
