"""Leases: one of two gets it, windows of one person pass it on, the save checks it, it ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.errors import RowLeased
from apps.ldm.models import File, Row, RowLease, SocketTicket
from apps.ldm.selectors import views
from apps.ldm.selectors.next_todo import next_todo
from apps.ldm.services import tickets
from apps.ldm.services.rows import leases
from locanext_project.errors import Forbidden, Invalid, NotFound
from tests.ldm.services.conftest import row_of
from tests.ldm.services.rows.threads import run_all

pytestmark = pytest.mark.django_db


def expire(row: Row) -> None:
    RowLease.objects.filter(row=row).update(until=timezone.now() - timedelta(seconds=1))


def test_one_holds_a_row_and_the_next_is_told_who(file: File, translator: User, reviewer: User) -> None:
    row = row_of(file, "S3")
    leases.take(actor=translator, row_id=row.pk, connection="a")
    with pytest.raises(RowLeased) as refused:
        leases.take(actor=reviewer, row_id=row.pk, connection="b")
    assert refused.value.details["holder"] == {"id": translator.pk, "name": "Tran Slator"}
    # Another window of the same person takes it over; the first then gives back what it no longer has.
    assert leases.take(actor=translator, row_id=row.pk, connection="c").connection == "c"
    assert not leases.release(actor=translator, row_id=row.pk, connection="a")
    assert leases.held_by_others([row.pk], reviewer)[row.pk].connection == "c"
    assert leases.held_by_others([row.pk], translator) == {}
    assert leases.release(actor=translator, row_id=row.pk, connection="c")
    leases.take(actor=reviewer, row_id=row.pk, connection="b")


def test_a_lease_that_ran_out_is_anybodys(file: File, translator: User, reviewer: User) -> None:
    row = row_of(file, "S3")
    leases.take(actor=translator, row_id=row.pk, connection="a")
    expire(row)
    assert leases.held_by_others([row.pk], reviewer) == {}
    assert leases.take(actor=reviewer, row_id=row.pk, connection="b").user_id == reviewer.pk
    with pytest.raises(RowLeased):
        leases.take(actor=translator, row_id=row.pk, connection="a")


def test_what_cannot_be_leased(file: File, translator: User, lead: User) -> None:
    row = row_of(file, "S3")
    with pytest.raises(NotFound):
        leases.take(actor=translator, row_id=row.pk, connection="a", file_id=file.pk + 1)
    with pytest.raises(NotFound):
        leases.take(actor=translator, row_id=2**40, connection="a")
    with pytest.raises(Invalid):
        leases.take(actor=translator, row_id=row.pk, connection="<b>")
    Row.objects.filter(pk=row.pk).update(locked=True)
    with pytest.raises(Forbidden):
        leases.take(actor=translator, row_id=row.pk, connection="a")
    assert not RowLease.objects.exists()


def test_nobody_takes_a_whole_file(make_file: Callable[..., File], translator: User) -> None:
    file = make_file([(f"K{n}", f"원문 {n}", "") for n in range(leases.MOST + 1)])
    *most, last = Row.objects.filter(file=file).values_list("pk", flat=True)
    for pk in most:
        leases.take(actor=translator, row_id=pk, connection="a")
    leases.take(actor=translator, row_id=most[0], connection="a")
    with pytest.raises(Invalid) as refused:
        leases.take(actor=translator, row_id=last, connection="a")
    assert refused.value.code == "too_many"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_one_gets_it(file: File, translator: User, reviewer: User, lead: User) -> None:
    row = row_of(file, "S3")
    people = [translator, reviewer, lead]
    for expired in (False, True, True):
        if expired:
            expire(row)
        problems = run_all(
            [lambda p=p: leases.take(actor=p, row_id=row.pk, connection=p.username) for p in people for _ in range(2)]
        )
        assert all(isinstance(problem, RowLeased) for problem in problems), problems
        # Both tries of the one who got it, neither of the others.
        assert len(problems) == 4
        holder = RowLease.objects.get(row=row)
        assert {problem.details["holder"]["id"] for problem in problems} == {holder.user_id}  # type: ignore[attr-defined]


def test_the_api_refuses_a_save_of_a_leased_row(
    file: File, translator: User, reviewer: User, client_for: Callable[..., Any]
) -> None:
    """Defect 6 of the old program: only the page looked at locks, the save did not."""
    row = row_of(file, "S3")
    mine, theirs = client_for(translator), client_for(reviewer)
    answer = mine.post(f"/api/v1/rows/{row.pk}/lease", {"connection": "w1"})
    assert answer.status_code == 200 and answer.json()["until"]
    edit = {"target": "theirs", "text_rev": row.text_rev}
    for path, call in (
        (f"/api/v1/rows/{row.pk}/lease", lambda path: theirs.post(path, {"connection": "w1"})),
        (f"/api/v1/rows/{row.pk}", lambda path: theirs.patch(path, edit)),
    ):
        error = call(path)
        assert error.status_code == 409
        assert error.json()["error"]["code"] == "leased"
        assert error.json()["error"]["details"]["holder"] == {"id": translator.pk, "name": "Tran Slator"}
    # A window's name is not a key: whose lease it is decides the login.
    theirs.delete(f"/api/v1/rows/{row.pk}/lease?connection=w1")
    assert row_of(file, "S3").target == ""
    assert mine.patch(f"/api/v1/rows/{row.pk}", edit | {"target": "mine"}).status_code == 200
    # The save keeps it.
    assert theirs.post(f"/api/v1/rows/{row.pk}/lease", {}).status_code == 409
    assert mine.delete(f"/api/v1/rows/{row.pk}/lease").status_code == 204
    assert theirs.post(f"/api/v1/rows/{row.pk}/lease", {}).status_code == 200


def test_strange_bodies_are_refused(file: File, client_for: Callable[..., Any], translator: User) -> None:
    client, row = client_for(translator), row_of(file, "S3")
    for body in ({"connection": 5}, {"connection": "x" * 41}, {"connection": "\n"}, [1]):
        assert client.post(f"/api/v1/rows/{row.pk}/lease", body).status_code == 400, body
    assert not RowLease.objects.exists()


def test_a_ticket_is_good_once_for_one_file(
    file: File, make_file: Callable[..., File], translator: User, client_for: Callable[..., Any]
) -> None:
    def fresh() -> str:
        return str(client_for(translator).post(f"/api/v1/files/{file.pk}/ticket").json()["ticket"])

    ticket = fresh()
    assert SocketTicket.objects.get().hash != ticket and len(ticket) >= 22
    session = tickets.redeem(ticket=ticket, file_id=file.pk)
    assert session is not None and session.user_id == translator.pk
    assert tickets.redeem(ticket=ticket, file_id=file.pk) is None
    other = make_file(name="other.xml")
    ticket = fresh()
    assert tickets.redeem(ticket=ticket, file_id=other.pk) is None
    assert tickets.redeem(ticket=ticket, file_id=file.pk) is None, "a try at another file uses it up"
    ticket = fresh()
    SocketTicket.objects.update(expires_at=timezone.now())
    assert tickets.redeem(ticket=ticket, file_id=file.pk) is None
    ticket = fresh()
    translator.login_sessions.update(ended_at=timezone.now())
    assert tickets.redeem(ticket=ticket, file_id=file.pk) is None
    for wrong in ("", "x", "x" * 1000, "\ud800"):
        assert tickets.redeem(ticket=wrong, file_id=file.pk) is None


def test_the_next_row_to_do_is_one_nobody_is_on(
    make_file: Callable[..., File], translator: User, reviewer: User, client_for: Callable[..., Any]
) -> None:
    file = make_file([(f"K{n}", f"원문 {n}", "done" if n == 1 else "") for n in range(6)])
    rows = {row.key: row for row in Row.objects.filter(file=file)}
    Row.objects.filter(pk=rows["K1"].pk).update(status=3)
    Row.objects.filter(pk=rows["K2"].pk).update(locked=True)
    leases.take(actor=reviewer, row_id=rows["K3"].pk, connection="")
    leases.take(actor=translator, row_id=rows["K5"].pk, connection="")
    ask = client_for(translator)
    file.refresh_from_db()
    token = views.make(translator, file, views.Filter(sort="key")).token
    for view in ("", f"&view={token}"):
        found = [ask.get(f"/api/v1/files/{file.pk}/next-todo?after={after}{view}").json() for after in (-1, 0, 4, 5)]
        assert [place["index"] for place in found] == [0, 4, 5, 0]
        assert found[1]["row_id"] == rows["K4"].pk
    assert ask.get(f"/api/v1/files/{file.pk}/next-todo?after=99999999999").json()["index"] == 0
    assert ask.get(f"/api/v1/files/{file.pk}/next-todo?after=x").status_code == 400
    assert ask.get(f"/api/v1/files/{file.pk}/next-todo?view=x").status_code == 404


def test_few_rows_to_do_in_a_long_view(make_file: Callable[..., File], translator: User) -> None:
    file = make_file([(f"K{n:02}", f"원문 {n}", "") for n in range(40)])
    Row.objects.filter(file=file).exclude(position__in=(7, 30)).update(status=3)
    File.objects.filter(pk=file.pk).update(rows_new=2, rows_confirmed=38)
    file.refresh_from_db()
    token = views.make(translator, file, views.Filter(sort="key")).token
    assert [(next_todo(translator, file, n, token) or (None,))[0] for n in (-1, 7, 30, 500)] == [7, 30, 7, 7]
    Row.objects.filter(file=file).update(status=3)
    assert next_todo(translator, file, -1, token) is None
    assert next_todo(translator, file, -1) is None
