"""Counters say what a recount says, whatever happened in between."""

from __future__ import annotations

import random
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.ldm.models import File, Folder, Platform, Project, Row, Status, TrashItem
from apps.ldm.services import counters
from apps.ldm.services.tree import copy, delete, move, restore
from apps.ldm.services.tree.recount import recount_all
from locanext_project import workspaces
from locanext_project.errors import Conflict, Invalid
from tests.ldm.services.tree import builders as make
from tests.ldm.services.tree.builders import Ref, ref_of

pytestmark = pytest.mark.django_db


def differences() -> list[Any]:
    return list(recount_all(repair=False))


def rows_of(entity: Any) -> int:
    return type(entity).objects.get(pk=entity.pk).counts()["rows"]


def test_a_change_reaches_everything_above(lead: Any) -> None:
    platform = make.platform(lead)
    project = make.project(lead, platform=platform)
    top = make.folder(lead, project, "a")
    file = make.file(lead, make.folder(lead, top, "b"), rows=0)
    with workspaces.atomic():
        counters.apply(file.pk, {Status.NEW: (3, 12), Status.CONFIRMED: (1, 5)})
    with workspaces.atomic():
        counters.apply(file.pk, {Status.NEW: (-1, -4), Status.TRANSLATED: (1, 4)})
    for entity in (file, file.folder, top, project, platform):
        counts = type(entity).objects.get(pk=entity.pk).counts()
        assert (counts["rows"], counts["words"]) == (4, 17)
        assert counts["by_status"]["new"] == {"rows": 2, "words": 8}
        assert counts["by_status"]["translated"] == {"rows": 1, "words": 4}


def test_nothing_to_add_asks_nothing(lead: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        counters.apply(1, {Status.NEW: (0, 0)})


def test_a_change_takes_one_statement_a_level(lead: Any, django_assert_num_queries: Any) -> None:
    project = make.project(lead, platform=make.platform(lead))
    file = make.file(lead, make.folder(lead, make.folder(lead, project, "a"), "b"))
    with django_assert_num_queries(5):
        counters.apply(file.pk, {Status.NEW: (1, 1)})


def test_a_change_in_the_bin_stays_in_its_entry(lead: Any) -> None:
    project = make.project(lead)
    folder = make.folder(lead, project)
    file = make.file(lead, folder, rows=4)
    delete.delete(actor=lead, items=[ref_of(folder)])
    with workspaces.atomic():
        counters.apply(file.pk, {Status.NEW: (1, 1)})
    assert (rows_of(file), rows_of(folder), rows_of(project)) == (5, 5, 0)


def test_recount_finds_and_repairs(lead: Any) -> None:
    project = make.project(lead, platform=make.platform(lead))
    file = make.file(lead, make.folder(lead, project), rows=6)
    Row.objects.filter(file=file, position=0).update(source_changed=True)
    Row.objects.filter(file=file, position=5).update(status=Status.APPROVED)
    found = counters.recount(file.pk)
    assert found == {
        "rows_original": -1, "words_original": -6, "rows_approved": 1, "words_approved": 6, "rows_flagged": 1,
    }  # fmt: skip
    assert counters.recount(file.pk) == {}
    assert differences() == []


def test_the_command_reports_repairs_and_fails(lead: Any) -> None:
    project = make.project(lead)
    make.file(lead, project, rows=2)
    Project.objects.filter(pk=project.pk).update(rows_new=40)
    output = StringIO()
    with pytest.raises(CommandError, match="1 wrong counters found") as refused:
        call_command("recount", "--dry-run", stdout=output)
    assert refused.value.returncode == 1
    assert f"project {project.pk} Ashen Passage EN: rows_new was 40, counted 1" in output.getvalue()
    with pytest.raises(CommandError, match="repaired"):
        call_command("recount", stdout=output)
    call_command("recount", stdout=output)
    assert rows_of(project) == 2


@pytest.mark.parametrize("seed", range(4))
def test_counters_equal_a_recount_after_anything(admin_user: Any, seed: int) -> None:
    chance = random.Random(seed)
    actor = admin_user
    platforms = [make.platform(actor, name) for name in ("PC", "Mobile")]
    projects = [make.project(actor, f"P{n}", platform) for n, platform in enumerate([*platforms, None])]
    for project in projects:
        make.file(actor, make.folder(actor, make.folder(actor, project, "a"), "b"), rows=3)
    done = {"refused": 0}
    for step in range(60):
        act = chance.choice(["file", "folder", "edit", "move", "copy", "delete", "restore", "project"])
        try:
            _act(actor, chance, act, step)
            done[act] = done.get(act, 0) + 1
        except (Invalid, Conflict):
            done["refused"] += 1
    assert differences() == []
    assert len(done) == 9, done


def _live(model: Any) -> list[Any]:
    return list(model.objects.filter(trash__isnull=True).order_by("pk"))


def _act(actor: Any, chance: random.Random, act: str, step: int) -> None:
    projects, folders, files = _live(Project), _live(Folder), _live(File)
    places = [*projects, *folders]
    if act == "restore":
        items = list(TrashItem.objects.order_by("pk"))
        if items:
            restore.restore(actor=actor, item_id=chance.choice(items).pk)
    elif not places:
        make.project(actor, f"new {step}")
    elif act == "file":
        make.file(actor, chance.choice(places), f"f{step}.txt", rows=chance.randrange(5))
    elif act == "folder":
        make.folder(actor, chance.choice(places), f"d{step}")
    elif act == "edit" and files:
        with workspaces.atomic():
            _edit(chance.choice(files))
    elif act == "project" and projects:
        target = chance.choice([None, *_live(Platform)])
        move.move(actor=actor, items=[ref_of(chance.choice(projects))], to=ref_of(target) if target else None)
    elif folders or files:
        chosen = chance.sample([*folders, *files], k=min(2, len(folders) + len(files)))
        if act == "move":
            move.move(actor=actor, items=[ref_of(node) for node in chosen], to=ref_of(chance.choice(places)))
        elif act == "copy" and len(files) < 60:
            copy.copy(actor=actor, items=[ref_of(chosen[0])], to=ref_of(chance.choice(places)))
        elif act == "delete":
            if chance.random() < 0.25:
                chosen = [chance.choice([*projects, *_live(Platform)])]
            delete.delete(actor=actor, items=[ref_of(node) for node in chosen])


def _edit(file: File) -> None:
    row = Row.objects.filter(file=file).order_by("pk").first()
    if row is not None and row.status != Status.REVIEWED:
        Row.objects.filter(pk=row.pk).update(status=Status.REVIEWED)
        counters.apply(file.pk, {Status(row.status): (-1, -row.words), Status.REVIEWED: (1, row.words)})


def test_a_reference_is_what_it_says(lead: Any) -> None:
    project = make.project(lead)
    assert ref_of(project) == Ref("project", project.pk)
