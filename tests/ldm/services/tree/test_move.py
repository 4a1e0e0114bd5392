"""Moving nodes."""

from __future__ import annotations

from typing import Any

import pytest

from apps.ldm.models import Capability, File, Folder, Project
from apps.ldm.services.tree import delete
from apps.ldm.services.tree.move import move
from apps.ldm.services.tree.recount import recount_all
from locanext_project.errors import Forbidden, Invalid, NotFound
from tests.ldm.services.tree import builders as make
from tests.ldm.services.tree.builders import ref_of

pytestmark = pytest.mark.django_db


def rows_of(entity: Any) -> int:
    return type(entity).objects.get(pk=entity.pk).counts()["rows"]


def test_files_and_folders_within_a_project(lead: Any, translator: Any) -> None:
    project = make.project(lead)
    a, b = make.folder(lead, project, "a"), make.folder(lead, project, "b")
    inner = make.folder(lead, a, "inner")
    file = make.file(lead, inner, "quest.txt", 3)
    loose = make.file(lead, project, "quest.txt", 2)
    moved = move(actor=translator, items=[ref_of(inner), ref_of(loose)], to=ref_of(b))
    assert {(one.ref.kind, one.name) for one in moved} == {("folder", "inner"), ("file", "quest.txt")}
    assert (rows_of(a), rows_of(b), rows_of(inner), rows_of(project)) == (0, 5, 3, 5)
    assert Folder.objects.get(pk=inner.pk).parent_id == b.pk
    assert File.objects.get(pk=file.pk).folder_id == inner.pk
    assert not list(recount_all(repair=False))


def test_taken_names_get_a_suffix(lead: Any) -> None:
    project = make.project(lead)
    folder = make.folder(lead, project, "quest")
    make.folder(lead, folder, "sub")
    files = [make.file(lead, make.folder(lead, project, f"d{n}"), "quest.txt") for n in range(2)]
    sub = make.folder(lead, project, "sub")
    moved = move(actor=lead, items=[*map(ref_of, files), ref_of(sub)], to=ref_of(folder))
    assert sorted(one.name for one in moved) == ["quest (2).txt", "quest.txt", "sub (2)"]


def test_a_folder_cannot_go_into_itself(lead: Any) -> None:
    project = make.project(lead)
    outer = make.folder(lead, project, "outer")
    inner = make.folder(lead, make.folder(lead, outer, "middle"), "inner")
    for target in (outer, inner):
        with pytest.raises(Invalid, match="into itself"):
            move(actor=lead, items=[ref_of(outer)], to=ref_of(target))


def test_what_lies_in_another_item_goes_along(lead: Any) -> None:
    project = make.project(lead)
    outer, target = make.folder(lead, project, "outer"), make.folder(lead, project, "target")
    file = make.file(lead, outer)
    moved = move(actor=lead, items=[ref_of(file), ref_of(outer)], to=ref_of(target))
    assert [one.ref for one in moved] == [ref_of(outer)]
    assert File.objects.get(pk=file.pk).folder_id == outer.pk


def test_what_is_there_already_stays(lead: Any) -> None:
    project = make.project(lead)
    file = make.file(lead, project, "a.txt")
    assert move(actor=lead, items=[ref_of(file)], to=ref_of(project)) == []
    assert File.objects.get(pk=file.pk).name == "a.txt"


def test_another_project_takes_a_capability(lead: Any, translator: Any) -> None:
    here, there = make.project(lead, "A"), make.project(lead, "B", make.platform(lead))
    folder = make.folder(lead, here, "a")
    inner = make.folder(lead, folder, "inner")
    file, binned = make.file(lead, inner, "x.txt", 3), make.file(lead, inner, "y.txt")
    delete.delete(actor=lead, items=[ref_of(binned)])
    with pytest.raises(Forbidden, match="another project"):
        move(actor=translator, items=[ref_of(folder)], to=ref_of(there))
    Capability.objects.create(user=translator, name=Capability.Name.MOVE_ACROSS_PROJECTS)
    move(actor=translator, items=[ref_of(folder)], to=ref_of(there))
    assert {entity.project_id for entity in [*Folder.objects.all(), *File.objects.all()]} == {there.pk}
    assert File.objects.get(pk=file.pk).folder_id == inner.pk
    assert (rows_of(here), rows_of(there), rows_of(there.platform)) == (0, 3, 3)
    assert not list(recount_all(repair=False))


def test_the_target_must_be_live_and_seen(lead: Any, admin_user: Any, translator: Any) -> None:
    project = make.project(lead)
    file, folder = make.file(lead, project), make.folder(lead, project)
    hidden = make.project(admin_user, "Hidden", restricted=True)
    with pytest.raises(NotFound):
        move(actor=translator, items=[ref_of(file)], to=ref_of(hidden))
    delete.delete(actor=lead, items=[ref_of(folder)])
    with pytest.raises(NotFound):
        move(actor=translator, items=[ref_of(file)], to=ref_of(folder))


def test_projects_go_to_platforms(lead: Any, translator: Any) -> None:
    pc, mobile = make.platform(lead, "PC"), make.platform(lead, "Mobile")
    project = make.project(lead, "Game", pc)
    make.project(lead, "Game", mobile)
    make.file(lead, project, rows=3)
    with pytest.raises(Forbidden):
        move(actor=translator, items=[ref_of(project)], to=ref_of(mobile))
    assert move(actor=lead, items=[ref_of(project)], to=ref_of(mobile))[0].name == "Game (2)"
    assert (rows_of(pc), rows_of(mobile)) == (0, 3)
    move(actor=lead, items=[ref_of(project)], to=None)
    assert Project.objects.get(pk=project.pk).platform_id is None
    assert rows_of(mobile) == 0
    with pytest.raises(Invalid):
        move(actor=lead, items=[ref_of(project)], to=ref_of(make.folder(lead, project)))
    with pytest.raises(Forbidden):
        move(actor=lead, items=[ref_of(pc)], to=ref_of(mobile))


def test_statements_do_not_grow_with_the_files(lead: Any, django_assert_max_num_queries: Any) -> None:
    project = make.project(lead)
    folder = make.folder(lead, project)
    files = [make.file(lead, project, f"{n}.txt", 1) for n in range(40)]
    with django_assert_max_num_queries(35):
        move(actor=lead, items=[ref_of(file) for file in files], to=ref_of(folder))
    assert rows_of(folder) == 40
