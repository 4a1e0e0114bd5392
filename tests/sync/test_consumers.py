"""The socket of desktops: who is let in, what is understood, what stops when rights end."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from apps.accounts.models import User
from apps.accounts.services import end_other_sessions
from apps.ldm.models import File, Project
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.sync.live import following
from tests.e2e.editing_pages import file_with, row_of
from tests.sync.peers import access_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(lead: User) -> File:
    return file_with(lead, [("K0", "등불", "")])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(following, "RIGHTS_EVERY", 1)


def opened(server_url: str, token: str, origin: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    address = server_url.replace("http", "ws", 1) + "/ws/sync/"
    return connect(address, origin=origin or server_url, additional_headers=headers)  # type: ignore[call-overload]


def next_of(socket: Any) -> dict[str, Any]:
    return dict(json.loads(socket.recv(timeout=10)))


def follow(socket: Any, *files: int) -> None:
    socket.send(json.dumps({"type": "follow", "files": files}))


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
def test_nobody_is_let_in(server_url: str, token: str) -> None:
    with opened(server_url, token) as socket, pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=10)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401


def test_a_page_of_another_origin_opens_nothing(server_url: str, translator: User) -> None:
    with pytest.raises(InvalidStatus), opened(server_url, access_token(translator), "http://evil.example"):
        pass


@pytest.mark.parametrize(
    "text",
    ["", "x", "[]", "7", '{"type":"follow"}', '{"type":"follow","files":["1"]}', '{"type":"other","files":[]}',
     '{"type":"follow","files":[99999999999999999999]}', json.dumps({"type": "follow", "files": [1] * 2001})],
)  # fmt: skip
def test_a_frame_that_is_not_understood_is_said_to_be_so(
    server_url: str, file: File, translator: User, text: str
) -> None:
    with opened(server_url, access_token(translator)) as socket:
        assert next_of(socket) == {"type": "hello"}
        socket.send(text)
        assert next_of(socket)["type"] == "error"
        follow(socket, file.pk)
        assert next_of(socket) == {"type": "moved", "file": file.pk, "revision": 1}


def test_what_one_may_not_see_any_more_is_not_followed(
    server_url: str, file: File, lead: User, translator: User
) -> None:
    other = file_with(lead, [("K0", "등불", "")], name="Other")
    with opened(server_url, access_token(translator)) as socket:
        next_of(socket)
        follow(socket, file.pk, other.pk)
        assert {next_of(socket)["file"], next_of(socket)["file"]} == {file.pk, other.pk}
        Project.objects.filter(pk=file.project_id).update(restricted=True)
        (followers,) = following.Followers._by_loop.values()
        for _ in range(100):
            if file.pk not in next(iter(followers._all)).known:
                break
            time.sleep(0.05)
        for one in (file, other):
            edit_row(actor=lead, row_id=row_of(one, "K0").pk, seen_text_rev=1, edit=RowEdit(target="lamp"))
        assert next_of(socket) == {"type": "moved", "file": other.pk, "revision": 2}
        # What is written past this process's commits is found by looking.
        File.objects.filter(pk=other.pk).update(revision=9)
        assert next_of(socket) == {"type": "moved", "file": other.pk, "revision": 9}


def test_a_login_that_ends_closes_the_socket(server_url: str, file: File, translator: User) -> None:
    with opened(server_url, access_token(translator)) as socket:
        next_of(socket)
        follow(socket, file.pk)
        next_of(socket)
        end_other_sessions(actor=translator, keep=None)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401
