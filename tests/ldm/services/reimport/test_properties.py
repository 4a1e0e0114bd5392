"""Random versions, edits and reverts: what must hold whatever comes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File, Row, RowRevision, Status
from apps.ldm.services import counters
from apps.ldm.services.files.export_file import build
from apps.ldm.services.reimport.apply import apply_plan
from apps.ldm.services.reimport.plan import make_plan
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.revert import Reverted, revert_change_set
from locanext_project.errors import Conflict
from tests.ldm.services.conftest import locstr

pytestmark = pytest.mark.django_db
Version = list[tuple[str, str, str]]
SHOWN = (
    "id", "position", "segment", "key", "source", "source_hash", "target", "status", "origin", "words", "locked",
    "source_changed", "old_source", "blank_intended", "context", "comment", "location", "max_length", "codes",
)  # fmt: skip
SOURCES = ["등대", "안개가 걷힌다", "고래기름 {0}통", "부탁", "등불을 건네받는다", "항구의 밤"]
WORDS = ["light", "fog", "oil", "port", "night", "lamp", ""]
SEEDS = [*range(6), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(6, 60))]


class World:
    """A file, a random person, and every text that was ever in it."""

    def __init__(self, seed: int, lead: User, make_file: Callable[..., File]) -> None:
        self.chance = random.Random(seed)
        self.lead = lead
        self.number = 0
        first = [self._row(n) for n in range(self.chance.randrange(2, 12))]
        self.version = first
        self.texts = {target for *_, target in first if target}
        self.file = make_file(first)

    def _row(self, n: int) -> tuple[str, str, str]:
        key = f"K{n}" if self.chance.random() < 0.8 else "SAME"
        return key, self.chance.choice(SOURCES), self.text()

    def text(self) -> str:
        word = self.chance.choice(WORDS)
        self.number += 1
        return f"{word} {self.number}" if word and self.chance.random() < 0.7 else word

    def newer(self, version: Version, *, clears: bool = True) -> Version:
        """Another version: rows go, move, come, are renamed, doubled, and change on either side."""
        rows: Version = []
        for key, source, target in version:
            act = self.chance.randrange(12)
            if act == 0:
                continue
            if act == 1:
                key = f"R{self.chance.randrange(100)}"
            if act == 2:
                source = self.chance.choice(SOURCES)
            if act in (3, 4):
                changed = self.text()
                target = changed if changed or clears else target
            if act == 5:
                key, source = f"N{self.chance.randrange(100)}", self.chance.choice(SOURCES)
            rows.append((key, source, target))
            if act == 6:
                rows.append((key, source, self.text()))
        rows += [self._row(100 + n) for n in range(self.chance.randrange(3))]
        if self.chance.random() < 0.4:
            self.chance.shuffle(rows)
        return rows or [("K0", "등대", "")]

    def edit(self, times: int) -> set[int]:
        """Random edits by a person; the ids of the rows they touched."""
        touched = set()
        for _ in range(times):
            row = self.chance.choice(list(Row.objects.filter(file=self.file, position__gte=0)))
            kind = self.chance.randrange(4)
            if kind == 0 and row.target:
                edit = RowEdit(status=self.chance.choice([Status.CONFIRMED, Status.REVIEWED, Status.APPROVED]))
            elif kind == 1:
                edit = RowEdit(target="", status=Status.CONFIRMED, blank_intended=True)
            elif kind == 2:
                edit = RowEdit(status=Status.NEW)
            else:
                edit = RowEdit(target=f"mine {self.text()}")
                self.texts.add(edit.target or "")
            after = edit_row(actor=self.lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=edit)
            if after.text_rev != row.text_rev:
                touched.add(row.pk)
        return touched

    def apply(self, version: Version, conflicts: str = "ours") -> ChangeSet:
        file = File.objects.get(pk=self.file.pk)
        plan = make_plan(actor=self.lead, file=file, filename="quest.xml", data=locstr(version))
        self.texts |= {target for *_, target in version if target} if conflicts == "file" else set()
        return apply_plan(actor=self.lead, plan=plan, conflicts=conflicts)

    def revert(self, change_set: ChangeSet) -> Reverted:
        return revert_change_set(actor=self.lead, change_set_id=change_set.pk)

    def rows(self) -> list[tuple[Any, ...]]:
        rows = Row.objects.filter(file=self.file, position__gte=0)
        return list(rows.order_by("position").values_list(*SHOWN))

    def data(self) -> bytes:
        return build(actor=self.lead, file=File.objects.get(pk=self.file.pk)).data

    def check(self) -> None:
        """Positions without gaps, counters that a recount finds right, and no text lost."""
        live = Row.objects.filter(file=self.file, removed_at__isnull=True)
        assert sorted(live.values_list("position", flat=True)) == list(range(live.count()))
        segments = [segment for segment in live.values_list("segment", flat=True) if segment >= 0]
        assert len(segments) == len(set(segments))
        assert not Row.objects.filter(file=self.file, removed_at__isnull=False).exclude(position=-1).exists()
        assert counters.recount(self.file.pk) == {}
        revisions = RowRevision.objects.filter(row__file=self.file)
        kept = set(Row.objects.filter(file=self.file).values_list("target", flat=True))
        kept |= set(revisions.values_list("target", flat=True)) | set(revisions.values_list("target_before", flat=True))
        assert not self.texts - kept


@pytest.fixture(params=SEEDS)
def world(request: pytest.FixtureRequest, lead: User, make_file: Callable[..., File]) -> World:
    return World(request.param, lead, make_file)


def test_an_untouched_file_becomes_the_newer_one_and_goes_back(world: World) -> None:
    before, old_data = world.rows(), world.data()
    assert old_data == locstr(world.version)
    newer = world.newer(world.version, clears=False)
    change_set = world.apply(newer)
    world.check()
    # Where the newer file has no text, a row that was recognised keeps its own.
    texts = Row.objects.filter(file=world.file, position__gte=0).order_by("position").values_list("target", flat=True)
    pairs = list(zip(newer, texts, strict=True))
    assert all(text == row[2] for row, text in pairs if row[2])
    assert world.data() == locstr([(key, source, text) for (key, source, _), text in pairs])
    assert {row[0] for row in before} <= set(Row.objects.filter(file=world.file).values_list("id", flat=True))
    assert world.revert(change_set).kept == []
    world.check()
    assert world.rows() == before
    assert world.data() == old_data


@pytest.mark.parametrize("conflicts", ["ours", "file"])
def test_a_file_in_work_goes_back_to_what_it_was(world: World, conflicts: str) -> None:
    world.edit(6)
    before, old_data = world.rows(), world.data()
    change_set = world.apply(world.newer(world.version), conflicts)
    world.check()
    if conflicts == "ours":
        # What a person wrote or confirmed is still there, in the row or, where the row is gone, in it.
        for pk, status, target in ((row[0], row[7], row[6]) for row in before):
            if status >= Status.TRANSLATED and target:
                assert Row.objects.get(pk=pk).target == target
    assert world.revert(change_set).kept == []
    world.check()
    assert world.rows() == before
    assert world.data() == old_data


def test_later_edits_survive_a_revert_and_are_listed(world: World) -> None:
    world.edit(3)
    before = {row[0]: row for row in world.rows()}
    change_set = world.apply(world.newer(world.version), world.chance.choice(["ours", "file"]))
    touched = world.edit(5)
    mine = {row.pk: (row.target, row.status) for row in Row.objects.filter(pk__in=touched)}
    done = world.revert(change_set)
    world.check()
    listed = [entry["row_id"] for entry in done.kept]
    assert len(listed) == len(set(listed))
    after = {row[0]: row for row in world.rows()}
    for pk, (target, status) in mine.items():
        assert (after[pk][6], after[pk][7]) == (target, status)
    for pk, row in before.items():
        if pk not in touched:
            assert after[pk] == row
        else:
            assert (after[pk][1:6]) == row[1:6]
    # Rows of the newer version stay only where somebody worked on them; every edit of them is listed.
    assert set(after) == set(before) | touched
    assert (set(after) - set(before)) <= set(listed)


def test_two_newer_versions_are_taken_back_in_their_order(world: World) -> None:
    first, first_data = world.rows(), world.data()
    one = world.newer(world.version)
    first_set = world.apply(one)
    between, between_data = world.rows(), world.data()
    second_set = world.apply(world.newer(one), "file")
    with pytest.raises(Conflict) as refusal:
        world.revert(first_set)
    assert refusal.value.code == "newer_import"
    undo = world.revert(second_set)
    assert (world.rows(), world.data()) == (between, between_data)
    with pytest.raises(Conflict):
        world.revert(second_set)
    # Both texts of a row that the second version changed are not "edited later": it was taken back.
    assert world.revert(first_set).kept == []
    assert (world.rows(), world.data()) == (first, first_data)
    world.check()
    # The second revert stands before the first one now, so only the last can be undone.
    with pytest.raises(Conflict):
        world.revert(undo.change_set)


def test_a_revert_can_be_reverted(world: World) -> None:
    change_set = world.apply(world.newer(world.version), "file")
    newer, newer_data = world.rows(), world.data()
    undo = world.revert(change_set)
    redo = world.revert(undo.change_set)
    assert redo.kept == []
    assert (world.rows(), world.data()) == (newer, newer_data)
    world.check()


def test_the_same_version_again_changes_nothing(world: World) -> None:
    newer = world.newer(world.version, clears=False)
    world.apply(newer)
    before, data = world.rows(), world.data()
    plan = make_plan(actor=world.lead, file=File.objects.get(pk=world.file.pk), filename="q.xml", data=locstr(newer))
    assert plan.counts["unchanged"] == len(newer)
    world.apply(newer)
    assert [row[:2] + row[3:] for row in world.rows()] == [row[:2] + row[3:] for row in before]
    assert world.data() == data
