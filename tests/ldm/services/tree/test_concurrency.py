"""Edits and structural changes at the same time: nobody deadlocks, and every row is counted once."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from apps.ldm.models import Folder, Row, Status, TrashItem
from apps.ldm.services import counters
from apps.ldm.services.rows.revisions import raise_revision
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.move import move
from apps.ldm.services.tree.recount import recount_all
from apps.ldm.services.tree.restore import restore
from locanext_project import workspaces
from locanext_project.errors import Conflict, Invalid, NotFound
from tests import factories
from tests.ldm.services.rows.threads import run_all
from tests.ldm.services.tree import builders as make
from tests.ldm.services.tree.builders import Ref, ref_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
STEPS = 60


def edit(file_id: int, chance: random.Random) -> None:
    """What an edit of a row does, with its locks in their order."""
    with workspaces.atomic():
        rows = Row.objects.select_for_update().filter(file_id=file_id)
        row = rows.get(position=chance.randrange(4))
        before, after = Status(row.status), chance.choice(list(Status))
        Row.objects.filter(pk=row.pk).update(status=after)
        raise_revision(file_id)
        if before != after:
            counters.apply(file_id, {before: (-1, -row.words), after: (1, row.words)})


def test_edits_while_things_move_and_go(transactional_db: None) -> None:
    admin = factories.user(username="admin", role="admin")
    platform = make.platform(admin)
    projects = [make.project(admin, name, platform) for name in ("A", "B")]
    folders = [make.folder(admin, project, f"{n}") for project in projects for n in range(2)]
    folders += [make.folder(admin, folder, "deep") for folder in folders]
    files = [make.file(admin, folder, rows=4) for folder in folders]

    def editor(seed: int) -> Callable[[], None]:
        def work() -> None:
            chance = random.Random(seed)
            for _ in range(STEPS * 2):
                edit(chance.choice(files).pk, chance)

        return work

    def mover(seed: int, act: Callable[[random.Random], Any]) -> Callable[[], None]:
        def work() -> None:
            chance = random.Random(seed)
            for _ in range(STEPS):
                try:
                    act(chance)
                except (Conflict, Invalid, NotFound):
                    continue

        return work

    def move_some(chance: random.Random) -> None:
        target = chance.choice([*projects, *folders])
        move(actor=admin, items=[ref_of(one) for one in chance.sample([*folders, *files], 2)], to=ref_of(target))

    def delete_some(chance: random.Random) -> None:
        delete(actor=admin, items=[ref_of(one) for one in chance.sample([*folders, *files], 2)])

    def restore_some(chance: random.Random) -> None:
        ids = list(TrashItem.objects.values_list("pk", flat=True))
        if ids:
            restore(actor=admin, item_id=chance.choice(ids))

    def move_project(chance: random.Random) -> None:
        to = chance.choice([None, Ref("platform", platform.pk)])
        move(actor=admin, items=[ref_of(chance.choice(projects))], to=to)

    acts = [move_some, delete_some, restore_some, restore_some, move_project]
    problems = run_all([*map(editor, range(3)), *(mover(n, act) for n, act in enumerate(acts))])
    assert problems == []
    with workspaces.use(workspaces.SERVER):
        assert list(recount_all(repair=False)) == []


def test_one_name_is_given_once(transactional_db: None) -> None:
    admin = factories.user(username="admin", role="admin")
    project = make.project(admin)
    problems = run_all([lambda: make.folder(admin, project, "quest") and None for _ in range(6)])
    assert [type(problem) for problem in problems] == [Invalid] * 5
    assert Folder.objects.count() == 1
