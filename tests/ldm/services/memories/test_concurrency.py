"""Confirming, moving memories and deleting places at the same time: nobody deadlocks, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.ldm.models import File, MemoryAssignment, Status
from apps.ldm.services.memories import assign
from apps.ldm.services.rows.set_status import set_status
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.restore import restore
from apps.tm.models import Entry, Memory
from locanext_project.errors import Conflict, NotFound
from tests import factories
from tests.ldm.services.memories.builders import memory
from tests.ldm.services.rows.threads import run_all
from tests.ldm.services.tree import builders as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
STEPS = 12


@pytest.fixture
def boss(transactional_db: None) -> Any:
    return factories.user(username="boss", role="admin")


def confirming(actor: Any, file: File) -> Callable[[], None]:
    """Rows up and down again and again; each step up writes into the memory."""
    ids = list(file.rows.filter(target__gt="").values_list("pk", flat=True))

    def work() -> None:
        for _ in range(STEPS):
            set_status(actor=actor, row_ids=ids, status=Status.TRANSLATED)
            set_status(actor=actor, row_ids=ids, status=Status.CONFIRMED)

    return work


def test_two_files_confirmed_into_one_memory(boss: Any) -> None:
    project = make.project(boss)
    files = [make.file(boss, project, f"{n}.txt", rows=20) for n in range(3)]
    shared = memory(boss, "shared", project)
    assert run_all([confirming(boss, file) for file in files]) == []
    entries = Entry.objects.filter(memory=shared, removed_at__isnull=True)
    with_text = files[0].rows.filter(target__gt="").count()
    # The files hold the same keys and sources: one entry for each, whoever came first.
    assert entries.count() == with_text == Memory.objects.get(pk=shared.pk).entries


def test_confirming_while_its_folder_goes_and_the_memory_moves(boss: Any) -> None:
    project = make.project(boss)
    folder = make.folder(boss, project)
    file = make.file(boss, make.folder(boss, project, "other"), rows=12)
    inside = memory(boss, "inside", folder)
    memory(boss, "of the project", project)

    def deleting() -> None:
        for _ in range(STEPS):
            (item,) = delete(actor=boss, items=[make.ref_of(folder)])
            restore(actor=boss, item_id=item.pk)

    def moving() -> None:
        for number in range(STEPS):
            try:
                assign.move(actor=boss, memory_ids=[inside.pk], to=make.ref_of(project if number % 2 else folder))
            except (NotFound, Conflict):
                continue  # the folder was in the bin at that moment

    assert run_all([confirming(boss, file), deleting, moving]) == []
    assignment = MemoryAssignment.objects.get(pk=inside.pk)
    assert assignment.place in (("project", project.pk), ("folder", folder.pk))
    assert assignment.active and assignment.lost_with_id is None
