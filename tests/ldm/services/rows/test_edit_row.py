"""Editing one row."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm.errors import StaleRow
from apps.ldm.models import File, Project, Row, RowRevision, Status
from apps.ldm.services.files.export_file import export_file
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from locanext_project import workspaces
from locanext_project.errors import Forbidden, Invalid, NotFound
from tests.ldm.services.conftest import row_of

pytestmark = pytest.mark.django_db


def test_a_text_makes_the_row_translated_and_is_kept_in_history(file: File, translator: User) -> None:
    row = row_of(file, "S3")
    edited = edit_row(actor=translator, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="The fog lifts"))
    assert (edited.target, edited.status, edited.origin) == ("The fog lifts", Status.TRANSLATED, "human")
    assert (edited.edited_by_id, edited.edited_by_name) == (translator.pk, translator.name)
    revision = RowRevision.objects.get(row=row)
    assert (revision.target_before, revision.target, revision.status_before) == ("", "The fog lifts", Status.NEW)
    file.refresh_from_db()
    assert edited.rev == edited.text_rev == file.revision == 2
    assert (file.rows_new, file.rows_original, file.rows_translated) == (2, 2, 1)
    file.project.refresh_from_db()
    assert file.project.rows_translated == 1
    assert AuditEntry.objects.filter(action="row_edited", target_id=str(file.pk)).count() == 1


def test_a_save_that_saw_an_older_text_is_refused_with_the_present_row(
    file: File, lead: User, translator: User
) -> None:
    row = row_of(file, "S3")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Theirs"))
    with pytest.raises(StaleRow) as refusal:
        edit_row(actor=translator, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Mine"))
    assert refusal.value.row.target == "Theirs"
    assert row_of(file, "S3").target == "Theirs"


def test_a_lock_does_not_make_a_save_stale(file: File, lead: User, translator: User) -> None:
    row = row_of(file, "S3")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(locked=True))
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(locked=False))
    edited = edit_row(actor=translator, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Mine"))
    assert edited.target == "Mine"


def test_an_edit_that_changes_nothing_writes_nothing(file: File, lead: User) -> None:
    row = row_of(file, "S1")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=999, edit=RowEdit(target=row.target))
    assert not RowRevision.objects.exists()
    assert File.objects.get(pk=file.pk).revision == 1


def test_a_locked_row_is_read_only_until_a_lead_unlocks_it(file: File, lead: User, translator: User) -> None:
    row = row_of(file, "S3")
    with pytest.raises(Forbidden):
        edit_row(actor=translator, row_id=row.pk, seen_text_rev=1, edit=RowEdit(locked=True))
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=1, edit=RowEdit(locked=True))
    with pytest.raises(Forbidden) as refusal:
        edit_row(actor=lead, row_id=row.pk, seen_text_rev=1, edit=RowEdit(target="x"))
    assert refusal.value.code == "locked"


@pytest.mark.parametrize(
    ("role", "status", "allowed"),
    [
        ("translator", Status.CONFIRMED, True),
        ("translator", Status.REVIEWED, False),
        ("translator", Status.APPROVED, False),
        ("reviewer", Status.REVIEWED, True),
        ("reviewer", Status.APPROVED, False),
        ("lead", Status.APPROVED, True),
    ],
)
def test_each_status_takes_its_role(
    file: File, request: pytest.FixtureRequest, role: str, status: Status, allowed: bool
) -> None:
    actor = request.getfixturevalue(role)
    row = row_of(file, "S1")
    if allowed:
        assert edit_row(actor=actor, row_id=row.pk, seen_text_rev=1, edit=RowEdit(status=status)).status == status
        return
    with pytest.raises(Forbidden):
        edit_row(actor=actor, row_id=row.pk, seen_text_rev=1, edit=RowEdit(status=status))
    assert row_of(file, "S1").status == Status.ORIGINAL


def test_nobody_reviews_the_own_text(file: File, reviewer: User) -> None:
    row = row_of(file, "S3")
    row = edit_row(actor=reviewer, row_id=row.pk, seen_text_rev=1, edit=RowEdit(target="Fog"))
    with pytest.raises(Forbidden) as refusal:
        edit_row(actor=reviewer, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(status=Status.REVIEWED))
    assert refusal.value.code == "own_text"


def test_confirming_an_empty_row_takes_the_word_that_it_is_meant(file: File, translator: User) -> None:
    row = row_of(file, "S3")
    with pytest.raises(Invalid) as refusal:
        edit_row(actor=translator, row_id=row.pk, seen_text_rev=1, edit=RowEdit(status=Status.CONFIRMED))
    assert refusal.value.code == "empty"
    done = edit_row(
        actor=translator, row_id=row.pk, seen_text_rev=1, edit=RowEdit(status=Status.CONFIRMED, blank_intended=True)
    )
    assert done.blank_intended and done.status == Status.CONFIRMED


def test_back_to_new_takes_the_text_away_and_history_keeps_it(file: File, translator: User) -> None:
    row = row_of(file, "S1")
    done = edit_row(actor=translator, row_id=row.pk, seen_text_rev=1, edit=RowEdit(status=Status.NEW))
    assert (done.target, done.status, done.origin) == ("", Status.NEW, "")
    assert RowRevision.objects.get(row=row).target_before == "The Keeper's Request"


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 200_001])
def test_text_no_file_can_hold_is_refused(file: File, translator: User, text: str) -> None:
    row = row_of(file, "S3")
    with pytest.raises(Invalid):
        edit_row(actor=translator, row_id=row.pk, seen_text_rev=1, edit=RowEdit(target=text))
    assert row_of(file, "S3").target == ""


def test_a_stranger_finds_no_row_of_a_restricted_project(file: File, project: Project, stranger: User) -> None:
    Project.objects.filter(pk=project.pk).update(restricted=True)
    row = row_of(file, "S3")
    with pytest.raises(NotFound):
        edit_row(actor=stranger, row_id=row.pk, seen_text_rev=1, edit=RowEdit(target="x"))


@pytest.mark.django_db(transaction=True)
def test_many_writers_lose_no_revision(
    make_file: Callable[..., File], translator: User, django_db_blocker: object
) -> None:
    """Rows of one file edited from eight threads: every revision once, the reader misses none."""
    file = make_file([(f"K{n}", f"원문 {n}", "") for n in range(40)])
    rows = list(Row.objects.filter(file=file).order_by("position"))
    failures: list[Exception] = []

    def work(part: list[Row]) -> None:
        with workspaces.use(workspaces.SERVER):
            from django.db import connections

            try:
                for row in part:
                    edit_row(actor=translator, row_id=row.pk, seen_text_rev=1, edit=RowEdit(target=f"t{row.pk}"))
            except Exception as error:  # noqa: BLE001 (handed to the test)
                failures.append(error)
            finally:
                connections.close_all()

    threads = [threading.Thread(target=work, args=(rows[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    file.refresh_from_db()
    revisions = sorted(Row.objects.filter(file=file).values_list("rev", flat=True))
    assert revisions == list(range(2, 42))
    assert file.revision == 41
    assert (file.rows_new, file.rows_translated) == (0, 40)


def test_in_tab_text_a_backslash_and_an_n_typed_are_a_line_feed(lead: User, project: Project) -> None:
    line = "1\t2\t3\t4\t5\t첫 줄\\n둘째 줄\tone\\ntwo\tCurrent\t\n".encode()
    (file,) = import_file(actor=lead, project=project, folder=None, filename="talk.txt", data=line)
    row = Row.objects.get(file=file)
    assert row.target == "one\ntwo"
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="a\\nb\nc"))
    row.refresh_from_db()
    assert row.target == "a\nb\nc"
    assert export_file(actor=lead, file=file).data == line.replace(b"one\\ntwo", b"a\\nb\\nc")
