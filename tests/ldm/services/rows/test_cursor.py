"""Writers of every kind at once, and a reader who follows the cursor: nothing missed, nobody stuck."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest

from apps.ldm.errors import StaleRow
from apps.ldm.models import ChangeSet, File, Row, RowRevision, RowText, Status
from apps.ldm.selectors.rows import changes_since
from apps.ldm.selectors.search_rows import matching_ids
from apps.ldm.services import counters
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.files.import_many import Item, import_many
from apps.ldm.services.reimport.apply import apply_plan
from apps.ldm.services.reimport.plan import make_plan
from apps.ldm.services.rows import search_index
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.revert import revert_change_set
from apps.ldm.services.rows.set_status import set_status
from apps.ldm.services.tree.create import create_folder, create_project
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.move import move
from apps.ldm.services.tree.recount import recount_all
from apps.ldm.services.tree.structure import Ref
from locanext_project.errors import Conflict, Forbidden, Invalid, NotFound
from tests import factories
from tests.ldm.services.conftest import locstr
from tests.ldm.services.rows.threads import run_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
REFUSALS = (StaleRow, Conflict, Invalid, NotFound, Forbidden)


def version(number: int, rows: int = 40) -> bytes:
    chance = random.Random(number)
    keys = chance.sample(range(rows + 5), rows)
    return locstr([(f"K{key}", f"원문 {key} {chance.randrange(2)}", f"t{number}" if key % 3 else "") for key in keys])


def test_a_reader_of_the_cursor_misses_nothing(transactional_db: None) -> None:
    lead = factories.user(username="lead", role="lead")
    project = create_project(actor=lead, platform_id=None, name="P", source_language="ko", target_language="en")
    folders = [create_folder(actor=lead, project_id=project.pk, parent_id=None, name=name) for name in ("one", "two")]
    (file,) = import_file(actor=lead, project=project, folder=folders[0], filename="a.xml", data=version(0))
    done = threading.Event()
    seen: list[tuple[int, int]] = []
    running = threading.Semaphore(0)

    def some_rows(chance: random.Random, count: int) -> list[Row]:
        live = list(Row.objects.filter(file=file, position__gte=0))
        return chance.sample(live, min(count, len(live)))

    def repeat(seed: int, times: int, act: Callable[[random.Random], object]) -> Callable[[], None]:
        def work() -> None:
            chance = random.Random(seed)
            try:
                for _ in range(times):
                    try:
                        act(chance)
                    except REFUSALS:
                        continue
            finally:
                running.release()

        return work

    def edit(chance: random.Random) -> None:
        for row in some_rows(chance, 1):
            edit = RowEdit(target=f"e{chance.random()}")
            edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=edit)

    def status(chance: random.Random) -> None:
        ids = [row.pk for row in some_rows(chance, 8)]
        set_status(actor=lead, row_ids=ids, status=chance.choice([Status.CONFIRMED, Status.TRANSLATED]))

    def reimport(chance: random.Random) -> None:
        present = File.objects.get(pk=file.pk)
        plan = make_plan(actor=lead, file=present, filename="a.xml", data=version(chance.randrange(50)))
        apply_plan(actor=lead, plan=plan, conflicts=chance.choice(["ours", "file"]))

    def revert(chance: random.Random) -> None:
        sets = list(ChangeSet.objects.filter(file=file).order_by("-pk").values_list("pk", flat=True)[:5])
        revert_change_set(actor=lead, change_set_id=chance.choice(sets))

    def index(chance: random.Random) -> None:
        search_index.build(file.pk)

    def shift(chance: random.Random) -> None:
        move(actor=lead, items=[Ref("file", file.pk)], to=Ref("folder", chance.choice(folders).pk))

    def into_folders(chance: random.Random) -> None:
        items = [Item(f"deep{chance.randrange(3)}/b.xml", version(1, 4))]
        import_many(actor=lead, project=project, folder=chance.choice(folders), items=items)

    works = [
        *(repeat(seed, 30, edit) for seed in range(3)), repeat(10, 15, status), repeat(11, 15, status),
        repeat(20, 8, reimport), repeat(21, 8, reimport), repeat(30, 10, revert), repeat(31, 10, revert),
        repeat(40, 15, index), repeat(50, 10, shift), repeat(60, 6, into_folders), repeat(61, 6, into_folders),
    ]  # fmt: skip

    def read() -> None:
        since = 0
        while True:
            last = done.is_set()
            since, rows, more = changes_since(file.pk, since, limit=7)
            seen.extend((row["id"], row["rev"]) for row in rows)
            if last and not more:
                return

    def finish() -> None:
        for _ in works:
            running.acquire(timeout=110)
        done.set()

    assert run_all([*works, read, finish]) == []
    # No row twice at one revision, revisions only rise, and the last of every row was seen.
    assert len(seen) == len(set(seen))
    assert [rev for _, rev in seen] == sorted(rev for _, rev in seen)
    latest = dict(seen)
    assert latest == dict(Row.objects.filter(file=file).values_list("pk", "rev"))
    live = Row.objects.filter(file=file, removed_at__isnull=True)
    assert sorted(live.values_list("position", flat=True)) == list(range(live.count()))
    assert list(recount_all(repair=False)) == []
    assert counters.recount(file.pk) == {}
    assert RowRevision.objects.filter(row__file=file).exists()
    # The index, in whatever state it was left, finds what is there.
    present = File.objects.get(pk=file.pk)
    wanted = {row.pk for row in live if "원문 1" in row.source}
    assert set(matching_ids(present, "원문 1", ("source",))) == wanted
    assert RowText.objects.filter(file_id=file.pk).exists()


def test_two_versions_at_once_are_applied_one_after_the_other(transactional_db: None) -> None:
    """The second waits for the first and sees the rows it has added."""
    lead = factories.user(username="lead", role="lead")
    project = create_project(actor=lead, platform_id=None, name="P", source_language="ko", target_language="en")
    (file,) = import_file(actor=lead, project=project, folder=None, filename="a.xml", data=version(0, 3))
    newer = locstr([(f"N{n}", f"새 줄 {n}", "") for n in range(6)])
    for _ in range(3):
        plans = [make_plan(actor=lead, file=File.objects.get(pk=file.pk), filename="a.xml", data=newer) for _ in "ab"]
        assert run_all([lambda plan=plan: apply_plan(actor=lead, plan=plan) for plan in plans]) == []
        live = Row.objects.filter(file=file, removed_at__isnull=True)
        assert sorted(live.values_list("position", flat=True)) == list(range(6))
        newer = newer.replace("새 줄".encode(), "더 새 줄".encode()).replace(b'"N', b'"NN')


def test_imports_of_one_name_at_once_get_names_of_their_own(transactional_db: None) -> None:
    lead = factories.user(username="lead", role="lead")
    project = create_project(actor=lead, platform_id=None, name="P", source_language="ko", target_language="en")

    def work() -> None:
        done = import_many(actor=lead, project=project, folder=None, items=[Item("a/b/x.xml", version(1, 4))])
        assert not done.errors

    assert run_all([work] * 5) == []
    names = sorted(File.objects.values_list("name", flat=True))
    assert names == ["x (2).xml", "x (3).xml", "x (4).xml", "x (5).xml", "x.xml"]
    assert len(set(File.objects.values_list("folder_id", flat=True))) == 1
    assert list(recount_all(repair=False)) == []


def test_a_folder_that_is_deleted_meanwhile_gets_no_file(transactional_db: None) -> None:
    lead = factories.user(username="lead", role="admin")
    project = create_project(actor=lead, platform_id=None, name="P", source_language="ko", target_language="en")
    for n in range(4):
        folder = create_folder(actor=lead, project_id=project.pk, parent_id=None, name=f"f{n}")

        def put(folder: object = folder) -> None:
            try:
                import_file(actor=lead, project=project, folder=folder, filename="x.xml", data=version(1, 30))  # type: ignore[arg-type]
            except NotFound:
                pass

        assert run_all([put, lambda pk=folder.pk: delete(actor=lead, items=[Ref("folder", pk)])]) == []
        folder.refresh_from_db()
        assert folder.trash_id is not None
        # Either it came first and went into the bin with its folder, or it was refused.
        assert not File.objects.filter(folder=folder, trash__isnull=True).exists()
    assert list(recount_all(repair=False)) == []
