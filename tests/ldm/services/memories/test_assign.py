"""Making memories where they serve, moving them, and how they are used there."""

from __future__ import annotations

from typing import Any

import pytest

from apps.audit.models import AuditEntry
from apps.ldm.models import Folder, MemoryAssignment
from apps.ldm.services.memories import assign, create, settings
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.structure import Ref
from apps.tm.errors import NameTaken
from apps.tm.models import Memory
from apps.tm.services.entries.edit import add
from locanext_project.errors import Forbidden, Invalid, NotFound
from tests.ldm.services.memories.builders import memory, pairs, use_of
from tests.ldm.services.tree import builders as make

pytestmark = pytest.mark.django_db


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def folder(lead: Any) -> Folder:
    return make.folder(lead, make.project(lead))


def test_a_memory_is_active_where_it_is_made_and_inactive_nowhere(lead: Any, folder: Folder) -> None:
    there, nowhere = memory(lead, "there", folder), memory(lead, "nowhere")
    assert (use_of(there).place, use_of(there).active) == (("folder", folder.pk), True)
    assert (use_of(nowhere).place, use_of(nowhere).active) == (None, False)
    with pytest.raises(Invalid) as refusal:
        settings.change(actor=lead, memory_id=nowhere.pk, changes={"active": True, "priority": 1})
    assert refusal.value.code == "no_scope"
    assert use_of(nowhere).priority == 100, "nothing of a refused change is kept"


def test_moving_several_is_one_act(lead: Any, folder: Folder) -> None:
    first, second = memory(lead, "first"), memory(lead, "second", folder.project, active=False, priority=7)
    before = len(actions())
    moved = assign.move(actor=lead, memory_ids=[second.pk, first.pk], to=make.ref_of(folder))
    assert [one.name for one in moved] == ["second", "first"]
    assert {use_of(one).place for one in moved} == {("folder", folder.pk)}
    assert use_of(second).active and use_of(second).priority == 7
    assert actions()[before:] == ["memories_moved"]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.detail["count"], entry.detail["to"]) == (2, folder.name)
    settings.change(actor=lead, memory_id=first.pk, changes={"active": False})
    assign.move(actor=lead, memory_ids=[first.pk], to=make.ref_of(folder))
    assert not use_of(first).active, "what is there already stays as it is"


def test_all_or_none_move(lead: Any, translator: Any, folder: Folder) -> None:
    own, foreign = memory(translator, "own"), memory(lead, "foreign", folder.project)
    hidden = memory(lead, "hidden")
    for others, error in (([foreign.pk], Forbidden), ([hidden.pk], NotFound), ([10**9], NotFound)):
        with pytest.raises(error):
            assign.move(actor=translator, memory_ids=[own.pk, *others], to=make.ref_of(folder))
        assert use_of(own).place is None
    with pytest.raises(Invalid):
        assign.move(actor=translator, memory_ids=[], to=None)
    with pytest.raises(Invalid):
        file = make.file(lead, folder)
        assign.move(actor=translator, memory_ids=[own.pk], to=Ref("file", file.pk))
    delete(actor=lead, items=[make.ref_of(folder)])
    with pytest.raises(NotFound):
        assign.move(actor=translator, memory_ids=[own.pk], to=make.ref_of(folder))


def test_changing_how_a_memory_is_used(lead: Any, folder: Folder) -> None:
    made = memory(lead, "made", folder)
    before = len(actions())
    wanted = {"active": False, "priority": 3, "penalty": 5, "writable": False}
    settings.change(actor=lead, memory_id=made.pk, changes=wanted | {"name": "renamed"})
    assert {name: getattr(use_of(made), name) for name in wanted} == wanted
    assert actions()[before:] == ["memory_renamed", "memory_use_changed"]
    settings.change(actor=lead, memory_id=made.pk, changes=wanted)
    assert len(actions()) == before + 2, "what changes nothing writes nothing"
    for bad in ({"penalty": 101}, {"penalty": -1}, {"priority": 10_000}, {"scope": 1}, {"source_language": "klingon!"}):
        with pytest.raises(Invalid):
            settings.change(actor=lead, memory_id=made.pk, changes=bad)
    memory(lead, "other")
    with pytest.raises(NameTaken):
        settings.change(actor=lead, memory_id=made.pk, changes={"name": "other"})


def test_a_copy_is_used_as_the_other_is(lead: Any, translator: Any, folder: Folder) -> None:
    origin = memory(lead, "origin", folder, penalty=4, priority=9)
    add(actor=lead, memory_id=origin.pk, source="등대", target="lighthouse", key="K1")
    twin = create.copy(actor=translator, memory_id=origin.pk, to=make.ref_of(folder.project))
    assert (twin.name, pairs(twin)) == ("origin (2)", [("K1", "등대", "lighthouse")])
    use = use_of(twin)
    assert (use.place, use.active, use.penalty, use.priority) == (("project", folder.project_id), True, 4, 9)
    assert Memory.objects.get(pk=twin.pk).owner_id == translator.pk
    assert use_of(create.copy(actor=translator, memory_id=origin.pk, to=None)).place is None


def test_an_unassigned_copy_out_of_a_closed_place_is_not_every_leads(admin_user: Any, lead: Any) -> None:
    closed = make.project(admin_user, "closed", restricted=True)
    origin = memory(admin_user, "origin", closed)
    twin = create.copy(actor=admin_user, memory_id=origin.pk, to=None)
    assert use_of(twin).was_restricted
    with pytest.raises(NotFound):
        assign.move(actor=lead, memory_ids=[twin.pk], to=None)


def test_a_folder_without_memory_gets_one(lead: Any, folder: Folder) -> None:
    memory(lead, f"TM - {folder.name}")
    made = create.for_folder(actor=lead, project=folder.project, folder=folder)
    assert made is not None and made.name == f"TM - {folder.name} (2)"
    assert (made.source_language, made.target_language, made.entries) == ("ko", "en", 0)
    assert (use_of(made).place, use_of(made).active) == (("folder", folder.pk), True)
    assert create.for_folder(actor=lead, project=folder.project, folder=folder) is None
    assert create.for_folder(actor=lead, project=folder.project, folder=None) is None
    mute = make.project(lead, "mute", target_language="")
    assert create.for_folder(actor=lead, project=mute, folder=make.folder(lead, mute)) is None


def test_every_memory_made_here_has_one_assignment(lead: Any, folder: Folder) -> None:
    for place in (None, folder, folder.project):
        memory(lead, str(place), place)
    assert MemoryAssignment.objects.count() == Memory.objects.count() == 3
