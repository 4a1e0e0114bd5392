"""Who sees which memory, and who may do what to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.ldm import permissions_memory
from apps.ldm.models import Grant, MemoryAssignment
from apps.ldm.services.memories import assign, create, settings
from apps.ldm.services.memories.bin import trash
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from locanext_project.errors import Forbidden, NotFound
from tests import factories
from tests.ldm.services.tree import builders as make

pytestmark = pytest.mark.django_db


def memory(actor: Any, name: str, place: Any = None, kind: str = "memory") -> Memory:
    """A memory of the actor's in a place."""
    to = make.ref_of(place) if place is not None else None
    made = create.create(actor=actor, name=name, kind=kind, source_language="ko", target_language="en", to=to)
    return permissions_memory.visible_memories(actor).get(pk=made.pk)


@pytest.fixture
def world(admin_user: Any) -> dict[str, Any]:
    """A memory in each kind of place of an open and of a closed platform, the admin's."""
    found: dict[str, Any] = {}
    for name, closed in (("open", False), ("closed", True)):
        platform = make.platform(admin_user, name, restricted=closed)
        project = make.project(admin_user, f"{name} project", platform)
        folder = make.folder(admin_user, project, f"{name} folder")
        found |= {f"{name} platform": platform, f"{name} project": project, f"{name} folder": folder}
    for name, place in list(found.items()):
        memory(admin_user, name, place)
    memory(admin_user, "free")
    return found


def seen(user: Any) -> set[str]:
    return set(permissions_memory.visible_memories(user).values_list("name", flat=True))


OPEN = {"open platform", "open project", "open folder"}
CLOSED = {"closed platform", "closed project", "closed folder"}


def test_what_is_in_open_places_is_everybodys(world: Any, lead: Any, translator: Any, admin_user: Any) -> None:
    assert seen(admin_user) == OPEN | CLOSED | {"free"}
    assert seen(lead) == OPEN | {"free"}
    assert seen(translator) == OPEN
    assert seen(AnonymousUser()) == set()


def test_a_grant_opens_what_is_in_the_place(world: Any, translator: Any, reviewer: Any) -> None:
    Grant.objects.create(user=translator, platform=world["closed platform"])
    assert seen(translator) == OPEN | CLOSED
    Grant.objects.create(user=reviewer, project=world["closed project"])
    assert seen(reviewer) == OPEN | {"closed project", "closed folder"}


def test_an_unassigned_one_is_its_owners_and_the_leads_unless_its_place_was_closed(
    world: Any, lead: Any, translator: Any, reviewer: Any, admin_user: Any
) -> None:
    memory(translator, "own")
    assert (seen(translator), seen(reviewer)) == (OPEN | {"own"}, OPEN)
    assert seen(lead) == OPEN | {"free", "own"}
    ids = Memory.objects.filter(name__in=["closed folder", "open folder"]).values_list("pk", flat=True)
    assign.move(actor=admin_user, memory_ids=list(ids), to=None)
    assert seen(lead) == OPEN | {"free", "own"}
    assert seen(admin_user) == OPEN | CLOSED | {"free", "own"}
    assert dict(MemoryAssignment.objects.filter(pk__in=ids).values_list("memory__name", "was_restricted")) == {
        "closed folder": True,
        "open folder": False,
    }


def test_trashed_ones_and_those_without_any_assignment(world: Any, lead: Any, admin_user: Any, translator: Any) -> None:
    trash(actor=admin_user, memory_id=Memory.objects.get(name="open project").pk)
    assert "open project" not in seen(admin_user)
    bare = Memory.objects.create(name="bare", source_language="ko", target_language="en", owner_id=translator.pk)
    assert "bare" in seen(lead) and "bare" in seen(translator)
    found = permissions_memory.get_memory(lead, bare.pk)
    assert permissions_memory.assignment_of(found).place is None


EVERYTHING = dict.fromkeys(("edit_entries", "import", "export", "settings", "delete"), True)
MEMBER = EVERYTHING | {"settings": False, "delete": False}
READ_ONLY = {"edit_entries": False, "import": False}
NOTHING = dict.fromkeys(EVERYTHING, False)


@pytest.mark.parametrize("writable", [True, False])
def test_who_may_do_what(world: Any, lead: Any, translator: Any, stranger: Any, writable: bool) -> None:
    owned = memory(translator, "owned", world["open folder"])
    settings.change(actor=translator, memory_id=owned.pk, changes={"writable": writable})
    people = {"owner": (translator, EVERYTHING), "lead": (lead, EVERYTHING), "member": (stranger, MEMBER)}
    for who, (person, expected) in people.items():
        expected = expected if writable else expected | READ_ONLY
        found = permissions_memory.get_memory(person, owned.pk)
        assert permissions_memory.may(person, found) == expected, who
        for what, allowed in expected.items():
            if allowed:
                permissions_memory.require(person, what, found)
                continue
            with pytest.raises(Forbidden) as refusal:
                permissions_memory.require(person, what, found)
            assert ("read-only" in refusal.value.message) == (what in READ_ONLY)
    nobody = AnonymousUser()
    assert permissions_memory.may(nobody, owned) == NOTHING
    with pytest.raises(NotFound):
        permissions_memory.get_memory(nobody, owned.pk)


def test_what_one_may_not_see_is_not_there(world: Any, translator: Any) -> None:
    closed = Memory.objects.get(name="closed project")
    for pk in (closed.pk, 0, -1, 2**63 - 1, 2**63, -(2**63) - 1):
        with pytest.raises(NotFound):
            permissions_memory.get_memory(translator, pk)
    with pytest.raises(NotFound):
        permissions_memory.get_memories(translator, [Memory.objects.get(name="open project").pk, closed.pk])
    with pytest.raises(NotFound):
        permissions_memory.get_memory(translator, Memory.objects.get(name="open project").pk, "terms")


def test_the_name_of_a_platform_on_a_path_is_no_place(world: Any, admin_user: Any) -> None:
    person = factories.user(username="granted", role="lead")
    Grant.objects.create(user=person, project=world["closed project"])
    own = memory(person, "own")
    to = Ref("platform", world["closed platform"].pk)
    with pytest.raises(Forbidden):
        assign.move(actor=person, memory_ids=[own.pk], to=to)
    assert permissions_memory.get_memory(person, own.pk).assignment.place is None
