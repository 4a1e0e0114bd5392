"""Locks and assignments from a linked desktop: done on the server at once by either carrier, or refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.accounts.services.local_person import adopt
from apps.audit.models import AuditEntry
from apps.ldm.models import File, Row, RowRevision, Status
from apps.ldm.services.tree.structure import Ref
from apps.ldm.services.tree.update import update_node
from apps.sync.client import link, peers, rounds, tree
from apps.sync.models import Link, PendingEdit
from tests.desktop_site.conftest import offline_client
from tests.sync.client.site import Line, edit, offline, texts, waiting
from tests.sync.peers import CARRIERS, peer_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=CARRIERS)
def server(request: pytest.FixtureRequest, lead: User, file: File, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """The way to the server of a desktop at which its lead works, by either carrier; the file is whole there."""
    line = Line(peer_for(str(request.param), lead))

    @contextmanager
    def way() -> Iterator[Any]:
        with real() if link.current().mode == Link.Mode.OFFLINE else as_it_is() as peer:
            yield peer

    @contextmanager
    def as_it_is() -> Iterator[Any]:
        yield line

    real = peers.server
    monkeypatch.setattr(peers, "server", way)
    with offline():
        adopt({"id": lead.pk, "username": lead.username, "name": lead.name, "role": "lead", "language": ""})
        tree.mirror_path(line, file.pk)
        assert rounds.run(line, files=[file.pk]).trouble == ""
    yield line


@pytest.fixture
def desk(server: Line) -> APIClient:
    """The desktop's window."""
    return offline_client()


def both(file: File, *names: str) -> list[dict[str, tuple[Any, ...]]]:
    """Fields of the rows by key, on the server and on the desktop."""
    found = {row[0]: row[1:] for row in Row.objects.filter(file_id=file.pk).values_list("key", *names)}
    with offline():
        here = {row[0]: row[1:] for row in Row.objects.filter(file_id=file.pk).values_list("key", *names)}
    return [found, here]


def ids(file: File, *keys: str) -> list[int]:
    return list(Row.objects.filter(file_id=file.pk, key__in=keys).values_list("pk", flat=True))


def test_rows_are_locked_on_the_server_and_come_back_so(desk: APIClient, file: File, lead: User) -> None:
    body = {"act": "lock", "scope": {"ids": ids(file, "K1", "K2")}, "reason": "Names are fixed"}
    answer = desk.post(f"/api/v1/files/{file.pk}/acts", body).json()
    assert (answer["changed"], answer["change_set"], answer["refused_count"]) == (2, None, 0)
    there, here = both(file, "locked")
    assert there == here and {key for key, (locked,) in there.items() if locked} == {"K1", "K2"}
    assert AuditEntry.objects.filter(action="rows_changed", actor_id=lead.pk).count() == 1
    assert RowRevision.objects.filter(row__file=file, note="Names are fixed").count() == 2
    (row_id,) = ids(file, "K1")
    with offline():
        seen = Row.objects.get(pk=row_id).text_rev
    opened = desk.patch(f"/api/v1/rows/{row_id}", {"locked": False, "target": "again", "text_rev": seen})
    assert opened.status_code == 200 and opened.json()["row"]["locked"] is False
    there, here = both(file, "locked")
    assert there == here and {key for key, (locked,) in there.items() if locked} == {"K2"}
    with offline():
        assert texts(file.pk)["K1"][0] == "again" and PendingEdit.objects.count() == 1


def test_a_view_of_many_rows_goes_in_portions(desk: APIClient, file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.sync.client.at_server.AT_ONCE", 5)
    answer = desk.post(f"/api/v1/files/{file.pk}/acts", {"act": "lock", "scope": {"query": ""}}).json()
    assert answer["changed"] == 12
    assert all(locked for side in both(file, "locked") for (locked,) in side.values())
    again = desk.post(f"/api/v1/files/{file.pk}/acts", {"act": "lock", "scope": {"query": ""}}).json()
    assert (again["changed"], again["unchanged"]) == (0, 12)


def test_rows_and_the_file_are_given_to_people_of_the_server(desk: APIClient, file: File, translator: User) -> None:
    listed = desk.get("/api/v1/link/people", {"search": "slator"}).json()["results"]
    assert listed == [{"id": translator.pk, "name": "Tran Slator", "username": "translator"}]
    body = {"act": "assign", "person": translator.pk, "scope": {"ids": ids(file, "K3")}}
    assert desk.post(f"/api/v1/files/{file.pk}/acts", body).json()["changed"] == 1
    there, here = both(file, "assignee_id", "assignee_name")
    assert there == here and there["K3"] == (translator.pk, "Tran Slator")
    changes = {"assignee_id": translator.pk, "due_date": "2026-12-01"}
    answer = desk.patch(f"/api/v1/files/{file.pk}", changes)
    assert answer.status_code == 200 and answer.json()["assignee"]["name"] == "Tran Slator"
    for side in (File.objects.get(pk=file.pk), _here(file)):
        assert (side.assignee_id, side.assignee_name, str(side.due_date)) == (
            translator.pk,
            "Tran Slator",
            "2026-12-01",
        )
    # Who is not there is said by the server, and nothing changes.
    assert desk.patch(f"/api/v1/files/{file.pk}", {"assignee_id": 999_999}).status_code == 400
    body["person"] = 999_999
    refused = desk.post(f"/api/v1/files/{file.pk}/acts", body)
    assert refused.status_code == 400 and "does not see" in refused.json()["error"]["message"]
    assert _here(file).assignee_id == translator.pk


def _here(file: File) -> File:
    with offline():
        return File.objects.get(pk=file.pk)


def test_what_waits_goes_before_the_lock(desk: APIClient, file: File, lead: User) -> None:
    with offline():
        edit(lead, file.pk, "K1", "before the lock")
    assert waiting() == 1
    assert (
        desk.post(f"/api/v1/files/{file.pk}/acts", {"act": "lock", "scope": {"ids": ids(file, "K1")}}).status_code
        == 200
    )
    assert both(file, "target", "locked")[0]["K1"] == ("before the lock", True)
    with offline():
        assert not PendingEdit.objects.exists()


def test_an_answer_that_is_lost_is_not_called_nothing(desk: APIClient, server: Line, file: File) -> None:
    body = {"act": "lock", "scope": {"ids": ids(file, "K1")}}
    server.lost = [("act", "answer")]
    answer = desk.post(f"/api/v1/files/{file.pk}/acts", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "no_answer")
    assert "Nothing was changed" not in answer.json()["error"]["message"]
    there, here = both(file, "locked")
    assert there == here and there["K1"] == (True,)


@pytest.mark.parametrize("way", ["offline", "unreachable"])
def test_without_the_server_it_says_so_and_nothing_changes(
    desk: APIClient, server: Line, file: File, lead: User, translator: User, way: str
) -> None:
    update_node(actor=lead, ref=Ref("file", file.pk), changes={"assignee_id": translator.pk})
    with offline():
        assert rounds.run(server).trouble == ""
        edit(lead, file.pk, "K2", "waits", Status.TRANSLATED)
        if way == "offline":
            link.set_mode(actor=lead, mode="offline")
    server.down = True
    (row_id,) = ids(file, "K1")
    answers = [
        desk.post(f"/api/v1/files/{file.pk}/acts", {"act": "lock", "scope": {"ids": [row_id]}}),
        desk.post(f"/api/v1/files/{file.pk}/acts", {"act": "assign", "person": None, "scope": {"ids": [row_id]}}),
        desk.patch(f"/api/v1/rows/{row_id}", {"locked": True, "text_rev": 0}),
        desk.patch(f"/api/v1/files/{file.pk}", {"assignee_id": None}),
        desk.get("/api/v1/link/people"),
    ]
    for answer in answers:
        assert answer.status_code == (409 if way == "offline" else 503)
        error = answer.json()["error"]
        assert error["code"] == way and "other people" in error["message"]
    assert not any(locked for side in both(file, "locked") for (locked,) in side.values())
    # The last known state is read, and what waited still does.
    assert desk.get(f"/api/v1/files/{file.pk}").json()["file"]["assignee"]["name"] == "Tran Slator"
    assert waiting() == 1


def test_rights_are_asked_of_the_server(desk: APIClient, file: File, lead: User, translator: User) -> None:
    scope = {"act": "lock", "scope": {"ids": ids(file, "K1")}}
    # A lead no more, which this desktop has not heard yet.
    User.objects.filter(pk=lead.pk).update(role="translator")
    assert desk.post(f"/api/v1/files/{file.pk}/acts", scope).status_code == 403
    assert desk.patch(f"/api/v1/files/{file.pk}", {"due_date": "2026-12-01"}).status_code == 403
    assert desk.get("/api/v1/link/people").status_code == 403
    # One who knows is refused here already; a name is not changed by anybody.
    with offline():
        User.objects.filter(pk=lead.pk).update(role="translator")
    assert desk.post(f"/api/v1/files/{file.pk}/acts", scope).status_code == 403
    assert desk.patch(f"/api/v1/files/{file.pk}", {"name": "other.xml"}).status_code == 403
    # A file that the person may not see any more is not there.
    with offline():
        User.objects.filter(pk=lead.pk).update(role="lead")
    File.objects.get(pk=file.pk).project.__class__.objects.update(restricted=True, created_by_id=None)
    assert desk.post(f"/api/v1/files/{file.pk}/acts", scope).status_code == 404
    assert not any(locked for side in both(file, "locked") for (locked,) in side.values())
    # On a server, and without a login, there is no such address.
    assert APIClient().get("/api/v1/link/people").status_code == 401
    client = APIClient()
    client.force_login(translator)
    assert client.get("/api/v1/link/people").status_code == 404
