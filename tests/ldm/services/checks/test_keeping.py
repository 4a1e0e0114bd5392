"""Findings kept beside rows: with an edit, behind large acts, dismissed, after a change of the rules."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File, LengthRule, Project, Row, RowIssue, RowRevision, Status
from apps.ldm.selectors import check_rules, issues
from apps.ldm.services.checks import dismiss, length_rules, settings, whole_file
from apps.ldm.services.reimport import apply, plan
from apps.ldm.services.rows import row_checks
from apps.ldm.services.rows.change_rows import RowChange, change_rows, lock_rows
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.tree.copy_file import copy_file
from locanext_project import workspaces
from locanext_project.errors import Forbidden, Invalid, NotFound
from tests.factories import run_queued_tasks
from tests.ldm.services.conftest import ROWS, locstr, row_of

pytestmark = pytest.mark.django_db
MakeFile = Callable[..., File]
BAD = [("A", "{0} 골드", "gold"), ("B", "안개", "the 안개"), ("C", "등불", "a lamp"), ("D", "고래 {0}", "")]


def found(file: File) -> set[tuple[str, str, str, bool]]:
    """(key, kind, code, dismissed) of the kept findings."""
    issues = RowIssue.objects.filter(file_id=file.pk).select_related("row")
    return {(one.row.key, one.kind, one.code, one.dismissed_at is not None) for one in issues}


def edit(actor: User, file: File, key: str, target: str, **more: Any) -> Row:
    row = row_of(file, key)
    return edit_row(actor=actor, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=target, **more))


def marks(file: File) -> tuple[int, int]:
    file.refresh_from_db()
    return file.checked_revision, file.revision


def test_an_import_is_checked_by_a_task(make_file: MakeFile) -> None:
    file = make_file(BAD)
    assert marks(file) == (0, 1) and found(file) == set()
    run_queued_tasks()
    assert marks(file) == (1, 1)
    assert found(file) == {("A", "placeholder", "missing", False), ("B", "untranslated", "left", False)}


def test_an_edit_keeps_the_findings_of_its_row_and_the_mark_follows(make_file: MakeFile, lead: User) -> None:
    file = make_file(BAD)
    run_queued_tasks()
    edit(lead, file, "A", "{1} gold")
    assert marks(file) == (2, 2)
    assert ("A", "placeholder", "changed", False) in found(file) and len(found(file)) == 2
    edit(lead, file, "A", "{0} gold")
    edit(lead, file, "D", "whale {0}")
    assert found(file) == {("B", "untranslated", "left", False)}
    edit(lead, file, "B", "")
    assert found(file) == set() and marks(file) == (5, 5)


def test_an_edit_before_the_first_check_leaves_the_mark_where_it_is(make_file: MakeFile, lead: User) -> None:
    file = make_file(BAD)
    edit(lead, file, "C", "{0} lamps")
    assert marks(file) == (0, 2)
    assert found(file) == {("C", "placeholder", "extra", False)}
    run_queued_tasks()
    assert marks(file) == (2, 2) and len(found(file)) == 3


def test_places_move_with_the_text_and_the_dismissal_stays(make_file: MakeFile, lead: User) -> None:
    file = make_file(BAD)
    run_queued_tasks()
    (issue,) = RowIssue.objects.filter(row__key="B")
    assert issue.detail["target"] == [[4, 6]]
    assert dismiss.dismiss(actor=lead, file_id=file.pk, ids=[issue.pk]) == [issue.pk]
    edit(lead, file, "B", "in the 안개")
    issue.refresh_from_db()
    assert issue.detail["target"] == [[7, 9]] and issue.dismissed_by_name == lead.name
    whole_file.check_file(file.pk, everything=True)
    assert ("B", "untranslated", "left", True) in found(file)
    edit(lead, file, "B", "in the 고래")
    assert ("B", "untranslated", "left", False) in found(file)


def test_dismissing_is_recorded_and_can_be_taken_back(make_file: MakeFile, lead: User, stranger: User) -> None:
    from apps.audit.models import AuditEntry

    file = make_file(BAD)
    run_queued_tasks()
    ids = list(RowIssue.objects.values_list("pk", flat=True))
    assert dismiss.dismiss(actor=lead, file_id=file.pk, ids=[*ids, 999_999]) == sorted(ids)
    assert dismiss.dismiss(actor=lead, file_id=file.pk, ids=ids) == []
    assert issues.counts(file)["dismissed"] == 2 and issues.counts(file)["open"] == 0
    assert dismiss.dismiss(actor=lead, file_id=file.pk, ids=ids[:1], dismissed=False) == ids[:1]
    assert issues.counts(file)["dismissed"] == 1
    actions = [entry.action for entry in AuditEntry.objects.order_by("pk") if "findings" in entry.action]
    assert actions == ["findings_dismissed", "findings_reopened"]
    for wrong in ([], list(range(1, 502))):
        with pytest.raises(Invalid):
            dismiss.dismiss(actor=lead, file_id=file.pk, ids=wrong)
    other = make_file(BAD, name="other.xml")
    assert dismiss.dismiss(actor=lead, file_id=other.pk, ids=ids) == []


def test_checking_a_row_without_findings_asks_once(
    make_file: MakeFile, project: Project, django_assert_num_queries: Any
) -> None:
    file = File.objects.select_related("project").get(pk=make_file(BAD).pk)
    row = row_of(file, "C")
    with django_assert_num_queries(1):
        row_checks.keep(file, row)


def bulk(actor: User, file: File, targets: dict[str, str]) -> None:
    with workspaces.atomic():
        rows = lock_rows(file, list(Row.objects.filter(file=file).values_list("pk", flat=True)))
        change_set = ChangeSet.objects.create(file=file, kind=ChangeSet.Kind.BULK, author_name="x")
        by_key = {row.key: row.pk for row in rows.values()}
        changes = [RowChange(by_key[key], {"target": target}) for key, target in targets.items()]
        change_rows(
            actor=actor, file=file, rows=rows, changes=changes, change_set=change_set, kind=RowRevision.Kind.BULK
        )


def test_a_small_act_checks_at_once(make_file: MakeFile, lead: User) -> None:
    file = make_file(BAD)
    run_queued_tasks()
    bulk(lead, file, {"A": "{0} gold", "C": "{0} lamps", "D": "whale"})
    assert marks(file) == (2, 2)
    assert {(key, code) for key, _kind, code, _ in found(file)} == {("B", "left"), ("C", "extra"), ("D", "missing")}


def test_a_large_act_is_checked_by_a_task(make_file: MakeFile, lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make_file(BAD)
    run_queued_tasks()
    monkeypatch.setattr("apps.ldm.services.rows.change_rows.KEEP_INDEX_BELOW", 1)
    bulk(lead, file, {"A": "{0} gold", "C": "{0} lamps"})
    assert marks(file) == (1, 2)
    run_queued_tasks()
    assert marks(file) == (2, 2)
    assert {(key, code) for key, _kind, code, _ in found(file)} == {("B", "left"), ("C", "extra")}


def test_rows_that_a_new_version_takes_away_lose_their_findings(make_file: MakeFile, lead: User) -> None:
    file = make_file(BAD)
    run_queued_tasks()
    newer = [("A", "{0} 은", "gold"), ("C", "등불 {1}", "a lamp"), ("E", "{5}", "x")]
    made = plan.make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(newer))
    apply.apply_plan(actor=lead, plan=made)
    run_queued_tasks()
    assert marks(file)[0] == marks(file)[1]
    assert {(key, code) for key, _kind, code, _ in found(file)} == {
        ("A", "missing"),
        ("C", "missing"),
        ("E", "missing"),
    }


def test_a_copy_is_checked(make_file: MakeFile, lead: User) -> None:
    file = make_file(BAD)
    run_queued_tasks()
    with workspaces.atomic():
        twin = copy_file(actor=lead, file=file, project_id=file.project_id, folder_id=None, name="twin.xml")
    run_queued_tasks()
    assert {one[:3] for one in found(twin)} == {one[:3] for one in found(file)} and marks(twin) == (1, 1)


# ---- rules
def test_a_change_of_codes_checks_the_files_again(make_file: MakeFile, lead: User, project: Project) -> None:
    file = make_file([*BAD, ("E", "§Y금§!", "gold")])
    run_queued_tasks()
    custom = [{"name": "section", "pattern": "§[A-Z!]", "kind": "tag"}]
    settings.set_codes(actor=lead, project_id=project.pk, codes={"builtin": ["tags"], "custom": custom})
    assert marks(file)[0] == 0
    run_queued_tasks()
    assert marks(file)[0] == 1
    assert {(key, kind) for key, kind, _code, _ in found(file)} == {("B", "untranslated"), ("E", "tag")}


def test_rules_that_change_during_a_check_have_it_start_again(
    make_file: MakeFile, lead: User, project: Project
) -> None:
    file = make_file(BAD)
    seen: list[int] = []

    def meddle(done: int, total: int) -> None:
        if not seen:
            settings.set_checks(actor=lead, project_id=project.pk, checks={"kinds": ["untranslated"]})
        seen.append(done)

    whole_file.check_file(file.pk, progress=meddle)
    assert len(seen) == 2 and marks(file) == (1, 1)
    assert {kind for _key, kind, _code, _ in found(file)} == {"untranslated"}


def test_a_row_that_is_edited_during_a_check_keeps_its_own_findings(make_file: MakeFile, lead: User) -> None:
    file = make_file(BAD)

    def meddle(done: int, total: int) -> None:
        if row_of(file, "A").target == "gold":
            edit(lead, file, "A", "{0} gold")

    whole_file.check_file(file.pk, progress=meddle)
    assert {key for key, *_ in found(file)} == {"B"} and marks(file) == (2, 2)


def test_the_most_special_rule_of_length_counts(make_file: MakeFile, lead: User, project: Project) -> None:
    file, other = make_file(BAD), make_file(BAD, name="other.xml")

    def add(**given: Any) -> LengthRule:
        return length_rules.create(actor=lead, project_id=project.pk, given=given)

    add(characters=5)
    add(characters=3, file=file.pk)
    add(characters=2, file=file.pk, query="key:=C")
    add(characters=1, query="key:=B")
    run_queued_tasks()

    def limits(one: File) -> dict[str, int]:
        kept = RowIssue.objects.filter(file_id=one.pk, kind="length").select_related("row")
        return {issue.row.key: issue.detail["most"] for issue in kept}

    assert limits(file) == {"A": 3, "B": 3, "C": 2}
    assert limits(other) == {"B": 1, "C": 5}
    edit(lead, file, "C", "a")
    edit(lead, file, "D", "{0}abcd")
    assert limits(file) == {"A": 3, "B": 3, "D": 3}


def test_rules_of_length_are_checked_before_they_are_kept(make_file: MakeFile, lead: User, project: Project) -> None:
    file = make_file(BAD)
    for given, field in (
        ({}, "characters"),
        ({"characters": 0}, "characters"),
        ({"characters": True}, "characters"),
        ({"lines": "2"}, "lines"),
        ({"characters": 5, "file": 999_999}, "file"),
        ({"characters": 5, "file": 2**70}, "file"),
        ({"characters": 5, "column": "1"}, "column"),
        ({"characters": 5, "query": 7}, "query"),
        ({"characters": 5, "colour": 7}, "colour"),
    ):
        with pytest.raises(Invalid) as error:
            length_rules.create(actor=lead, project_id=project.pk, given=given)
        assert error.value.details["field"] == field, given
    with pytest.raises(Invalid) as error:
        length_rules.create(actor=lead, project_id=project.pk, given={"characters": 5, "query": "colour:red"})
    assert error.value.code == "bad_query"
    assert not LengthRule.objects.exists() and marks(file) == (0, 1)


def test_a_rule_of_a_column_is_a_filter(make_file: MakeFile, lead: User, project: Project) -> None:
    file = make_file(BAD)
    Row.objects.filter(file=file, key="A").update(location="Sheet!C12")
    Row.objects.filter(file=file, key="B").update(location="C3")
    Row.objects.filter(file=file, key="C").update(location="Sheet!AC4")
    length_rules.create(actor=lead, project_id=project.pk, given={"characters": 1, "column": "c"})
    run_queued_tasks()
    kept = RowIssue.objects.filter(kind="length").values_list("row__key", flat=True)
    assert sorted(kept) == ["A", "B"]


def test_rules_change_and_go(make_file: MakeFile, lead: User, project: Project, translator: User) -> None:
    file = make_file(BAD)
    rule = length_rules.create(actor=lead, project_id=project.pk, given={"characters": 1})
    run_queued_tasks()
    assert issues.counts(file)["by_kind"]["length"] == 3
    length_rules.update(actor=lead, project_id=project.pk, rule_id=rule.pk, given={"characters": 5, "lines": None})
    run_queued_tasks()
    assert issues.counts(file)["by_kind"]["length"] == 2
    for act in (
        lambda: length_rules.delete(actor=translator, project_id=project.pk, rule_id=rule.pk),
        lambda: length_rules.update(actor=translator, project_id=project.pk, rule_id=rule.pk, given={}),
        lambda: length_rules.create(actor=translator, project_id=project.pk, given={"characters": 1}),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        length_rules.delete(actor=lead, project_id=project.pk, rule_id=rule.pk + 1)
    length_rules.delete(actor=lead, project_id=project.pk, rule_id=rule.pk)
    run_queued_tasks()
    project.refresh_from_db()
    assert check_rules.number(project, check_rules.LENGTHS) == 0
    assert issues.counts(file)["by_kind"]["length"] == 0


# ---- confirming
def test_a_project_can_refuse_to_confirm_errors(make_file: MakeFile, lead: User, project: Project) -> None:
    file = make_file(BAD)
    edit(lead, file, "A", "some gold", status=Status.CONFIRMED)
    settings.set_checks(actor=lead, project_id=project.pk, checks={"block_confirm": ["placeholder"]})
    with pytest.raises(row_checks.CheckFailed) as error:
        edit(lead, file, "D", "whale", status=Status.CONFIRMED)
    assert "{0}" in error.value.message and error.value.details["issues"][0]["kind"] == "placeholder"
    assert row_of(file, "D").target == ""
    edit(lead, file, "D", "whale")
    with pytest.raises(row_checks.CheckFailed):
        edit(lead, file, "D", "whale", status=Status.CONFIRMED)
    # What was confirmed stays, is not raised further, and warnings block nothing.
    with pytest.raises(row_checks.CheckFailed):
        edit(lead, file, "A", "some gold", status=Status.APPROVED)
    edit(lead, file, "B", "the 안개", status=Status.CONFIRMED)
    (issue,) = RowIssue.objects.filter(row__key="D", kind="placeholder")
    dismiss.dismiss(actor=lead, file_id=file.pk, ids=[issue.pk])
    edit(lead, file, "D", "whale", status=Status.CONFIRMED)
    assert row_of(file, "D").status == Status.CONFIRMED


@pytest.mark.parametrize(
    ("given", "field"),
    [({"kinds": ["spelling"]}, "kinds"), ({"kinds": "tag"}, "kinds"), ({"block": []}, "block"),
     ({"block_confirm": [1]}, "block_confirm")],
)  # fmt: skip
def test_settings_of_checks_name_what_is_wrong(project: Project, lead: User, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        settings.set_checks(actor=lead, project_id=project.pk, checks=given)
    assert error.value.details["field"] == field


# ---- the command
def test_the_command_checks_files_projects_and_everything(make_file: MakeFile, project: Project) -> None:
    file = make_file(BAD)
    out = io.StringIO()
    call_command("check_file", "--file", str(file.pk), stdout=out)
    assert "4 rows checked, 2 findings open (placeholder 1, untranslated 1)" in out.getvalue()
    out = io.StringIO()
    call_command("check_file", "--project", str(project.pk), "--everything", "--json", stdout=out)
    (line,) = json.loads(out.getvalue())
    assert (line["id"], line["rows"], line["findings"]) == (file.pk, 4, 2)
    call_command("check_file", "--all", stdout=io.StringIO())
    with pytest.raises(CommandError):
        call_command("check_file", "--file", "999999", stdout=io.StringIO())


def test_open_findings_of_many_files_in_one_query(make_file: MakeFile, django_assert_num_queries: Any) -> None:
    first, second = make_file(BAD), make_file(ROWS, name="clean.xml")
    run_queued_tasks()
    with django_assert_num_queries(1):
        counts = issues.open_counts([first.pk, second.pk])
    assert counts == {first.pk: 2}
