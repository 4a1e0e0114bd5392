"""Pretranslation: what fills a row, what is left alone, history, revert, cancelling, rows that others change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm.models import ChangeSet, File, Origin, Project, Row, RowRevision, Status
from apps.ldm.selectors.chosen_files import Chosen, files_of
from apps.ldm.services.pretranslate import filling, looking, run
from apps.ldm.services.pretranslate.options import KINDS, Options, options_of
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.revert import revert_change_set
from apps.tasks.errors import TaskCancelled
from apps.tm.models import Memory
from locanext_project.errors import Forbidden, Invalid, NotFound
from tests.ldm.services.conftest import row_of

pytestmark = pytest.mark.django_db
MakeFile = Callable[..., File]
MakeMemory = Callable[..., Memory]
TEXTS = [
    ("S3", "안개가 걷힌다", "The fog lifts"),
    ("S5", "등불을 건네받는다", "You are handed the lantern"),
    ("S2", "고래기름 {0}통", "{0} casks of whale oil"),
]


def go(actor: User, *files: File, dry_run: bool = False, **options: Any) -> run.Report:
    """Pretranslate files."""
    chosen = files_of(actor, Chosen(files=[file.pk for file in files]))
    return run.pretranslate(actor=actor, files=chosen, options=options_of(options), dry_run=dry_run)


def test_empty_rows_are_filled_marked_and_remembered(file: File, make_memory: MakeMemory, translator: User) -> None:
    make_memory(TEXTS, "Main memory")
    report = go(translator, file)
    assert (report.rows, report.considered, report.filled, report.no_match) == (5, 3, 3, 0)
    assert report.bands == {"101": 2, "100": 1}
    assert report.kinds == {"context": 2, "exact": 1}
    row = row_of(file, "S3")
    assert (row.target, row.status, row.origin, row.score) == ("The fog lifts", Status.TRANSLATED, Origin.MEMORY, 101)
    assert row_of(file, "S4").score == 100
    assert row_of(file, "S2").target == "{0} barrels"
    change_set = ChangeSet.objects.get(kind=ChangeSet.Kind.PRETRANSLATE)
    assert (change_set.counts["changed"], change_set.author_id) == (3, translator.pk)
    entry = RowRevision.objects.get(row=row, change_set=change_set)
    assert (entry.note, entry.origin, entry.score, entry.target_before) == ("context 101 · Main memory", "tm", 101, "")
    assert report.files[0]["change_set"] == change_set.pk
    file.refresh_from_db()
    assert file.rows_translated == 3
    assert AuditEntry.objects.filter(action="file_pretranslated").count() == 1


def test_a_dry_run_counts_the_same_and_writes_nothing(file: File, make_memory: MakeMemory, translator: User) -> None:
    make_memory(TEXTS)
    before = list(Row.objects.order_by("pk").values())
    audit = AuditEntry.objects.count()
    dry = go(translator, file, dry_run=True)
    assert list(Row.objects.order_by("pk").values()) == before
    assert not ChangeSet.objects.filter(kind=ChangeSet.Kind.PRETRANSLATE).exists()
    assert AuditEntry.objects.count() == audit
    assert {sample["key"] for sample in dry.samples} == {"S3", "S4", "S5"}
    done = go(translator, file)
    assert (dry.filled, dry.bands, dry.kinds) == (done.filled, done.bands, done.kinds)


def test_a_second_run_changes_nothing(file: File, make_memory: MakeMemory, translator: User) -> None:
    make_memory(TEXTS)
    go(translator, file)
    file.refresh_from_db()
    revision = file.revision
    assert go(translator, file).filled == 0
    again = go(translator, file, overwrite=True)
    assert (again.filled, again.same) == (1, 3)
    assert row_of(file, "S2").target == "{0} casks of whale oil"
    file.refresh_from_db()
    assert file.revision == revision + 1


@pytest.mark.parametrize(("threshold", "filled"), [(75, 4), (100, 3), (101, 2)])
def test_the_threshold_is_the_least_score(
    make_file: MakeFile, make_memory: MakeMemory, translator: User, threshold: int, filled: int
) -> None:
    file = make_file([(key, source, "") for key, source, _ in TEXTS[:2]] + [
        ("X1", "안개가 걷힌다", ""),
        ("X2", "등불을 건네받는다!", ""),
    ])  # fmt: skip
    make_memory(TEXTS)
    assert go(translator, file, threshold=threshold).filled == filled
    assert all(row.score >= threshold for row in Row.objects.filter(file=file, origin=Origin.MEMORY))


def test_repaired_texts_are_whole_and_marked(make_file: MakeFile, make_memory: MakeMemory, translator: User) -> None:
    file = make_file([("A1", "사과 7개를 성문으로 가져와라", "")])
    make_memory([("Z1", "사과 3개를 성문으로 가져와라", "Bring 3 apples to the gate")])
    assert go(translator, file).kinds == {"repaired": 1}
    row = row_of(file, "A1")
    assert row.target == "Bring 7 apples to the gate"
    assert row.score is not None and row.score < 100
    assert RowRevision.objects.filter(row=row, note__startswith="repaired").exists()


def test_matches_of_lines_and_entries_of_several_texts_do_not_break_it(
    make_file: MakeFile, make_memory: MakeMemory, translator: User
) -> None:
    """Defect 9: a match of one line has no text for the row, and was written or crashed."""
    file = make_file([
        ("L1", "성문을 열어라&#10;안개가 걷힌다", ""),
        ("L2", "성문을 열어라&#10;고래가 노래하는 밤에만 들리는 이야기", ""),
        ("L3", "등불을 켜라", ""),
    ])  # fmt: skip
    make_memory([
        ("M1", "성문을 열어라", "Open the gate"),
        ("M2", "안개가 걷힌다", "The fog lifts"),
        ("M3", "등불을 켜라", "Light the lantern"),
        ("M4", "등불을 켜라", "Turn the lamp on"),
    ])  # fmt: skip
    report = go(translator, file)
    # Put together from lines, or from sentences: in either case a text for the whole row.
    assert report.kinds in ({"line": 1, "exact": 1}, {"repaired": 1, "exact": 1})
    assert row_of(file, "L1").target == "Open the gate\nThe fog lifts"
    assert (row_of(file, "L2").target, row_of(file, "L2").status) == ("", Status.NEW)
    assert row_of(file, "L3").target in ("Light the lantern", "Turn the lamp on")


def test_of_equal_sources_the_one_with_the_rows_key_fills(
    make_file: MakeFile, make_memory: MakeMemory, translator: User
) -> None:
    file = make_file([("B", "열기", ""), ("A", "열기", ""), ("C", "열기", "")])
    make_memory([("A", "열기", "Open (door)"), ("B", "열기", "Open (chest)")])
    go(translator, file)
    assert row_of(file, "A").target == "Open (door)"
    assert row_of(file, "B").target == "Open (chest)"
    assert row_of(file, "C").score == 100


def test_the_rows_own_key_comes_before_a_closer_match_where_that_is_wanted(
    make_file: MakeFile, make_memory: MakeMemory, translator: User
) -> None:
    rows = [("K9", "오래된 등대의 문지기가 고래를 부른다", "")]
    first, second = make_file(rows, "one.xml"), make_file(rows, "two.xml")
    make_memory([
        ("Z1", "오래된 등대의 문지기가 고래를 부른다!", "Another keeper calls the whale"),
        ("K9", "오래된 등대의 문지기가 고래를 본다", "The keeper sees the whale"),
    ])  # fmt: skip
    go(translator, first, same_key_first=True)
    go(translator, second, same_key_first=False)
    assert row_of(first, "K9").target == "The keeper sees the whale"
    assert row_of(second, "K9").target.startswith("Another keeper")


def test_earlier_translations_fill_only_where_wanted(
    make_file: MakeFile, make_memory: MakeMemory, translator: User
) -> None:
    file = make_file([("E1", "완전히 새로 쓰인 문장", "")])
    make_memory([("E1", "옛날 말", "Old words")])
    assert go(translator, file).filled == 0
    report = go(translator, file, use_earlier=True)
    assert report.kinds == {"earlier": 1}
    row = row_of(file, "E1")
    assert row.target == "Old words"
    assert row.score is not None and row.score < 75
    assert RowRevision.objects.filter(row=row, note__startswith="earlier").exists()


def test_penalised_memories_fill_only_when_asked(
    make_file: MakeFile, make_memory: MakeMemory, translator: User
) -> None:
    file = make_file([("S3", "안개가 걷힌다", "")])
    make_memory(TEXTS, penalty=5)
    assert go(translator, file).filled == 0
    assert go(translator, file, penalised=True).filled == 1
    assert row_of(file, "S3").score == 96


def test_kinds_that_are_not_wanted_make_room_for_others(
    make_file: MakeFile, make_memory: MakeMemory, translator: User
) -> None:
    file = make_file([("A1", "사과 7개를 성문으로 가져와라", "")])
    make_memory([
        ("Z1", "사과 3개를 성문으로 가져와라", "Bring 3 apples to the gate"),
        ("Z2", "사과 7개를 성문으로 가져오라", "Bring apples to the gate"),
    ])  # fmt: skip
    assert go(translator, file, kinds=["exact", "context"]).filled == 0
    assert go(translator, file, kinds=["fuzzy"]).kinds == {"fuzzy": 1}
    assert row_of(file, "A1").target == "Bring apples to the gate"


def test_decided_rows_stay_unless_a_lead_asks(
    file: File, make_memory: MakeMemory, translator: User, lead: User
) -> None:
    make_memory(TEXTS)
    row = row_of(file, "S3")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev,
             edit=RowEdit(target="Fog!", status=Status.APPROVED))  # fmt: skip
    Row.objects.filter(file=file, key="S4").update(locked=True)
    Row.objects.filter(file=file, key="S5").update(blank_intended=True)
    assert go(translator, file, overwrite=True).filled == 1
    assert [row_of(file, key).target for key in ("S3", "S4", "S5")] == ["Fog!", "", ""]
    for option in ("confirmed", "locked"):
        with pytest.raises(Forbidden):
            go(translator, file, **{option: True})
    # The lead's own text is in the memory now: the row has it already.
    make_memory([("S3", "안개가 걷힌다", "The fog is gone")], "Nearer")
    Row.objects.filter(pk=row.pk).update(target="Mist")
    go(lead, file, confirmed=True, locked=True)
    assert row_of(file, "S3").target != "Mist"
    assert row_of(file, "S3").status == Status.TRANSLATED
    assert row_of(file, "S4").target != ""
    assert row_of(file, "S5").target == ""


def test_rows_that_others_change_meanwhile_are_left_alone(
    file: File, make_memory: MakeMemory, translator: User, reviewer: User
) -> None:
    memory = make_memory(TEXTS)
    options = Options()
    found = looking.look(file, run.serving.for_file(file), options)
    assert len(found.fills) == 3
    row = row_of(file, "S3")
    edit_row(actor=reviewer, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="By hand"))
    Row.objects.filter(file=file, key="S4").update(locked=True)
    done = filling.fill(
        actor=translator, file_id=file.pk, fills=found.fills, names={memory.pk: "Main"}, options=options
    )
    assert (len(done.fills), done.moved) == (1, 2)
    assert [row_of(file, key).target for key in ("S3", "S4", "S5")] == ["By hand", "", "You are handed the lantern"]
    Row.objects.filter(file=file, key="S5").update(source_hash=1)
    assert (
        filling.fill(actor=translator, file_id=file.pk, fills=found.fills, names={}, options=options).change_set is None
    )


def test_reverting_leaves_later_edits(file: File, make_memory: MakeMemory, translator: User) -> None:
    make_memory(TEXTS)
    report = go(translator, file)
    row = row_of(file, "S3")
    edit_row(actor=translator, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="The fog clears"))
    undone = revert_change_set(actor=translator, change_set_id=report.files[0]["change_set"])
    assert (undone.rows, [one["row_id"] for one in undone.kept]) == (2, [row.pk])
    assert row_of(file, "S3").target == "The fog clears"
    back = row_of(file, "S4")
    assert (back.target, back.status, back.origin, back.score) == ("", Status.NEW, Origin.NONE, None)


def test_cancelling_leaves_nothing_half(
    make_file: MakeFile, make_memory: MakeMemory, translator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "SLICE", 2)
    rows = [(f"S{n}", "안개가 걷힌다", "") for n in range(6)]
    first, second = make_file(rows, "one.xml"), make_file(rows, "two.xml")
    make_memory(TEXTS)
    writing = 0

    def progress(done: int, total: int | None, step: str) -> None:
        nonlocal writing
        writing += step == "writing"
        if writing == 4:
            raise TaskCancelled

    with pytest.raises(TaskCancelled):
        run.pretranslate(
            actor=translator,
            files=files_of(translator, Chosen(files=[first.pk, second.pk])),
            options=Options(),
            progress=progress,
        )
    assert [file.rows.filter(origin=Origin.MEMORY).count() for file in (first, second)] == [6, 0]
    assert ChangeSet.objects.filter(kind=ChangeSet.Kind.PRETRANSLATE).count() == 1


def test_a_file_in_several_slices_is_one_change_set_and_reverts_whole(
    make_file: MakeFile, make_memory: MakeMemory, translator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "SLICE", 2)
    monkeypatch.setattr(filling, "KEEP_INDEX_BELOW", 3)
    file = make_file([(f"S{n}", "안개가 걷힌다", "") for n in range(7)])
    make_memory(TEXTS)
    report = go(translator, file)
    assert report.filled == 7
    assert revert_change_set(actor=translator, change_set_id=report.files[0]["change_set"]).rows == 7
    assert not Row.objects.filter(file=file).exclude(target="").exists()


def test_equal_questions_are_asked_once(make_file: MakeFile, make_memory: MakeMemory, translator: User) -> None:
    file = make_file([(f"S{n}", "안개가 걷힌다", "") for n in range(8)])
    Row.objects.filter(file=file).update(key="")
    make_memory(TEXTS)
    report = go(translator, file)
    # The first and the last row have other neighbours than the six between them.
    assert (report.filled, report.asked) == (8, 3)


def test_portions_know_the_neighbours_across_their_ends(make_file: MakeFile) -> None:
    from apps.ldm.selectors.row_queries import portions

    file = make_file([(f"S{n}", f"문장 {n}", "") for n in range(7)])
    whole = [row for part in portions(file, size=100) for row in part]
    assert [row.query.previous for row in whole] == ["", *(f"문장 {n}" for n in range(6))]
    assert [row.query.next for row in whole][-2:] == ["문장 6", ""]
    for size in (1, 2, 3, 7):
        assert [row for part in portions(file, size=size) for row in part] == whole


def test_a_file_that_may_not_be_seen_is_not_found(file: File, project: Project, stranger: User) -> None:
    Project.objects.filter(pk=project.pk).update(restricted=True)
    with pytest.raises(NotFound):
        files_of(stranger, Chosen(files=[file.pk]))
    with pytest.raises(NotFound):
        files_of(stranger, Chosen(projects=[project.pk]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 49}, {"threshold": 103}, {"threshold": "80"}, {"threshold": True}, {"kinds": []},
        {"kinds": ["semantic"]}, {"kinds": "exact"}, {"overwrite": 1}, {"speed": 3},
    ],
)  # fmt: skip
def test_wrong_options_are_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        options_of(wrong)
    assert refused.value.details["field"] == next(iter(wrong))


def test_options_are_as_usual_when_not_given() -> None:
    assert options_of({}) == Options()
    assert options_of(Options(threshold=90, kinds=("exact",)).plain()) == Options(threshold=90, kinds=("exact",))
    assert options_of({"kinds": list(reversed(KINDS))}).kinds == KINDS
