"""That a row is meant to be empty, said on a desktop without any text: it is sent, it comes back, it harms no text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm.models import File, Project, Row, RowRevision, Status
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.sync import clock
from apps.sync.client import shadows
from apps.sync.models import AppliedEdit, Conflict, PendingEdit
from apps.sync.protocol import Caller, Op
from apps.sync.server import epoch
from tests.sync.client.site import Line, edit, offline, sync, texts, waiting
from tests.sync.client.test_starting_anew import replaced

pytestmark = pytest.mark.django_db
"""In the fixtures' file K1 and K2 are empty and new, K3 has a text."""


def mark(actor: User, file: File, key: str, blank: bool = True) -> Row:
    """Say of a row, here or there, whether it is meant to be empty."""
    row = Row.objects.get(file_id=file.pk, key=key)
    return edit_row(actor=actor, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(blank_intended=blank))


def flags(file: File) -> dict[str, bool]:
    """{key: whether it is meant to be empty}, in the workspace of the caller."""
    return dict(Row.objects.filter(file_id=file.pk).values_list("key", "blank_intended"))


def flag_history(file: File, key: str) -> list[tuple[str, str, Any]]:
    """(kind, who, what was before) of the changes of a row's flag, the first one first."""
    found = RowRevision.objects.filter(row__file_id=file.pk, row__key=key, before__has_key="blank_intended")
    return list(found.order_by("pk").values_list("kind", "author_name", "before__blank_intended"))


def alike(file: File) -> None:
    """Both sides have the same texts and flags, nothing waits, and nobody has anything to decide."""
    with offline():
        here = flags(file), texts(file.pk)
    assert here == (flags(file), texts(file.pk))
    assert waiting() == Conflict.objects.count() == 0


def test_a_flag_alone_is_sent_and_stays(mirrored: File, line: Line, person: User) -> None:
    there = Row.objects.get(file=mirrored, key="K1")
    with offline():
        mark(person, mirrored, "K1")
    assert waiting() == 1
    assert sync(line).sent.applied == 1
    row = Row.objects.get(file=mirrored, key="K1")
    assert row.blank_intended
    # No text moved: nobody's save is stale by it, and whose text it is stays.
    assert (row.text_rev, row.edited_at, row.edited_by_id) == (there.text_rev, there.edited_at, there.edited_by_id)
    assert flag_history(mirrored, "K1") == [("flag", person.name, False)]
    assert AuditEntry.objects.filter(action="edits_received", actor_id=person.pk).count() == 1
    with offline():
        assert flag_history(mirrored, "K1") == [("flag", person.name, False)]
    sync(line)
    alike(mirrored)
    with offline():
        mark(person, mirrored, "K1", False)
    sync(line)
    assert not flags(mirrored)["K1"]
    alike(mirrored)


def test_what_a_server_marks_comes_by_pull_with_its_history(mirrored: File, line: Line, lead: User) -> None:
    mark(lead, mirrored, "K1")
    sync(line)
    alike(mirrored)
    with offline():
        assert [(kind, before) for kind, _who, before in flag_history(mirrored, "K1")] == [("sync", False)]


def test_taken_back_before_it_was_sent_it_leaves_nothing_to_send(
    mirrored: File, line: Line, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    with offline(), django_capture_on_commit_callbacks(using="offline", execute=True):
        mark(person, mirrored, "K1")
        mark(person, mirrored, "K1", False)
    assert waiting() == 0
    with offline(), django_capture_on_commit_callbacks(using="offline", execute=True):
        edit(person, mirrored.pk, "K1", "typed")
        edit(person, mirrored.pk, "K1", "")
        mark(person, mirrored, "K1")
    assert waiting() == 1
    sync(line)
    assert flags(mirrored)["K1"]
    alike(mirrored)


def test_let_go_the_flag_of_the_server_is_back(mirrored: File, person: User) -> None:
    with offline():
        row = mark(person, mirrored, "K1")
        shadows.let_go(actor=person, row_id=row.pk)
    alike(mirrored)


def test_sent_again_after_a_lost_answer_it_is_one(mirrored: File, line: Line, person: User) -> None:
    with offline():
        mark(person, mirrored, "K1")
    line.lost = [("push", "answer"), ("push", "answer")]
    assert sync(line).trouble == sync(line).trouble == "unreachable"
    sync(line)
    assert len(flag_history(mirrored, "K1")) == 1
    with offline():
        mark(person, mirrored, "K1", False)
    line.lost = [("push", "answer")]
    sync(line)
    with offline():
        mark(person, mirrored, "K1")
        assert PendingEdit.objects.get().fields["flag_only"]
    sync(line)
    assert [before for _kind, _who, before in flag_history(mirrored, "K1")] == [False, True, False]
    alike(mirrored)


@pytest.mark.parametrize("first", ["the flag", "the text"])
def test_a_flag_alone_never_takes_the_place_of_a_text(
    mirrored: File, line: Line, person: User, lead: User, first: str
) -> None:
    def mine() -> None:
        with offline():
            mark(person, mirrored, "K1")

    def theirs() -> None:
        edit(lead, mirrored.pk, "K1", "Hello")

    for act in (mine, theirs) if first == "the flag" else (theirs, mine):
        act()
    assert sync(line).sent.noop == 1
    sync(line)
    assert texts(mirrored.pk)["K1"] == ("Hello", 2)
    alike(mirrored)
    with offline():
        assert flag_history(mirrored, "K1")[0] == ("flag", person.name, False)


def test_a_flag_that_was_sent_twice_harms_no_text_in_between(
    mirrored: File, line: Line, person: User, lead: User
) -> None:
    with offline():
        mark(person, mirrored, "K1")
    line.lost = [("push", "answer")]
    sync(line)
    edit(lead, mirrored.pk, "K1", "Hello")
    with offline():
        mark(person, mirrored, "K1", False)
    sync(line)
    assert texts(mirrored.pk)["K1"][0] == "Hello"
    alike(mirrored)


def test_a_text_takes_the_flag_with_it(mirrored: File, line: Line, person: User) -> None:
    with offline():
        mark(person, mirrored, "K1")
        edit(person, mirrored.pk, "K1", "after all")
        assert "flag_only" not in PendingEdit.objects.get().fields
    sync(line)
    assert (texts(mirrored.pk)["K1"][0], flags(mirrored)["K1"]) == ("after all", False)
    alike(mirrored)


def test_a_flag_between_two_texts_breaks_no_chain(mirrored: File, line: Line, person: User, lead: User) -> None:
    """The flag of somebody else, on the text of an edit whose answer was lost, is not what made that text."""
    with offline():
        edit(person, mirrored.pk, "K3", "")
    line.lost = [("push", "answer")]
    sync(line)
    row = Row.objects.get(file=mirrored, key="K3")
    assert row.target == ""
    other = Line(type(line.peer)(lead.pk))
    caller = _caller()
    fields = {"blank_intended": True, "flag_only": True}
    flag = Op("6f3a0a3e-0000-4000-8000-000000000001", row.pk, row.text_rev, "", "", 0, caller.now, fields=fields)
    assert [one.status for one in other.push(caller, [flag]).answers] == ["applied"]
    assert AppliedEdit.objects.filter(status="applied", rev=row.text_rev).count() == 1
    with offline():
        edit(person, mirrored.pk, "K3", "final")
    sync(line)
    assert texts(mirrored.pk)["K3"][0] == "final"
    alike(mirrored)


def _caller() -> Caller:
    return Caller("6f3a0a3e-0000-4000-8000-000000000002", clock.now())


def test_a_server_that_knows_no_flags_alone_is_no_trouble(mirrored: File, line: Line, person: User) -> None:
    """An older one answers that nothing changed; the row is then as it has it, and nothing waits."""
    real = line.peer.push

    def older(caller: Any, ops: Any) -> Any:
        return real(caller, [Op(**{name: getattr(op, name) for name in _OLDER}) for op in ops])

    line.peer.push = older
    with offline():
        mark(person, mirrored, "K1")
        edit(person, mirrored.pk, "K2", "fine")
    outcome = sync(line)
    assert (outcome.trouble, outcome.sent.noop, outcome.sent.applied) == ("", 1, 1)
    alike(mirrored)


_OLDER = ("op", "row_id", "base_rev", "base_target", "target", "status", "edited_at", "after")


def test_a_file_that_may_not_be_seen_any_more_keeps_the_flag_apart(mirrored: File, line: Line, person: User) -> None:
    with offline():
        mark(person, mirrored, "K1")
    Project.objects.filter(pk=mirrored.project_id).update(restricted=True)
    sync(line)
    assert not flags(mirrored)["K1"]
    with offline():
        apart = PendingEdit.objects.get()
        assert (apart.quarantined, apart.reason) == (True, "gone")
        assert flags(mirrored)["K1"]


def test_a_flag_follows_the_key_where_the_row_has_another_id(mirrored: File, line: Line, person: User) -> None:
    with offline():
        mark(person, mirrored, "K1")
        mark(person, mirrored, "K2")
    replaced(mirrored, "K1")
    other = replaced(mirrored, "K2")
    Row.objects.filter(pk=other.pk).update(target="of another life", status=Status.TRANSLATED)
    epoch.renew(skipped=10)
    assert sync(line).trouble == ""
    assert (flags(mirrored)["K1"], flags(mirrored)["K2"]) == (True, False)
    assert texts(mirrored.pk)["K2"] == ("of another life", 2)
    assert waiting() == Conflict.objects.count() == 0


def test_a_flag_of_a_row_that_is_no_true_or_false_is_refused(mirrored: File, line: Line) -> None:
    row, caller = Row.objects.get(file=mirrored, key="K1"), _caller()
    flag = Op("6f3a0a3e-0000-4000-8000-000000000003", row.pk, row.text_rev, "", "", 0, caller.now)
    for fields in ({"blank_intended": 1}, {"flag_only": "yes", "blank_intended": True}):
        assert [one.status for one in line.push(caller, [replace(flag, fields=fields)]).answers] == ["invalid"]
    assert not flags(mirrored)["K1"]
