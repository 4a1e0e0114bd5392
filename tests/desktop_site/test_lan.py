"""The LAN set-up as processes: a desktop whose `.env` names the server's PostgreSQL and Redis, and another node."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections
from websockets.sync.client import ClientConnection, connect

from apps.accounts.models import LoginSession, User
from apps.ldm.models import File, Presence, Row, RowLease
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.sync.benchmarks.line import Line, line_to
from apps.sync.carriers.in_process import device
from desktop_launcher.api_client import Api, Refusal
from tests import factories
from tests.desktop_launcher.desks import Desk, desk
from tests.desktop_site.site import until
from tests.e2e.editing_pages import file_with, row_of
from tests.ldm.live.redis_server import needs_redis
from tests.ldm.live.site import site
from tests.ldm.live.sockets import cookie_of

pytestmark = [pytest.mark.postgres, pytest.mark.slow, needs_redis, pytest.mark.django_db(transaction=True)]


ROWS = [("S1", "등대", "The lighthouse"), ("S2", "안개가 걷힌다", ""), ("S3", "등대지기의 부탁", "")]


@pytest.fixture
def file(lead: User) -> File:
    """A file of the server."""
    return file_with(lead, ROWS)


@pytest.fixture
def line(transactional_db: None) -> Iterator[Line]:
    """The network between the desktop and PostgreSQL."""
    with line_to(int(connections["default"].settings_dict["PORT"])) as found:
        yield found


@pytest.fixture
def node(transactional_db: None, redis_url: str) -> Iterator[int]:
    """The port of the central server, which shares PostgreSQL and Redis with the desktop."""
    with site(redis_url) as server:
        yield server.port


@pytest.fixture
def folder(tmp_path: Path, line: Line, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a desktop whose settings name the server's database."""
    options = connections["default"].settings_dict
    settings = {
        "POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": line.port, "POSTGRES_USER": options["USER"],
        "POSTGRES_PASSWORD": options["PASSWORD"], "POSTGRES_DB": options["NAME"], "REDIS_URL": redis_url,
    }  # fmt: skip
    monkeypatch.delenv("LOCANEXT_ENV_FILE", raising=False)
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
    return tmp_path


@pytest.fixture
def people(translator: User, reviewer: User) -> tuple[User, User]:
    """Two people whose passwords are kept as a real server keeps them: the tests' own way is not known to it."""
    hasher = Argon2PasswordHasher()
    for one in (translator, reviewer):
        one.password = hasher.encode(factories.PASSWORD, hasher.salt())
        one.save(update_fields=["password"])
    return translator, reviewer


class Window:
    """The desktop's own window, by its API and a socket: it brings the launch secret."""

    def __init__(self, running: Desk) -> None:
        running.wait("ready")
        self.api = running.api
        self.port, self.secret = running.supervisor.port, running.supervisor.secret

    def state(self) -> str:
        return str(self.api.get("link")["state"])

    def post(self, path: str, data: Any) -> None:
        self.api.raw("POST", f"/api/v1/{path}", json.dumps(data).encode())

    def row(self, file: File, key: str) -> dict[str, Any]:
        listed = self.api.get(f"files/{file.pk}/rows?start=0&count=50")["rows"]
        return next(row for row in listed if row["key"] == key)

    def save(self, file: File, key: str, target: str) -> None:
        row = self.row(file, key)
        self.api.patch(f"rows/{row['id']}", {"target": target, "text_rev": row["text_rev"]})

    def socket(self, file_id: int) -> AbstractContextManager[ClientConnection]:
        bearer = {"Authorization": f"Bearer OFFLINE_MODE_{self.secret}"}
        return joined(self.port, file_id, bearer)


@contextmanager
def joined(port: int, file_id: int, headers: dict[str, str]) -> Iterator[ClientConnection]:
    """A window's socket that was let in."""
    origin: Any = f"http://127.0.0.1:{port}"
    address = f"ws://127.0.0.1:{port}/ws/files/{file_id}/"
    with connect(address, origin=origin, additional_headers=headers) as socket:
        socket.send(json.dumps({"type": "join", "file": file_id, "since": 0}))
        hear(socket, "joined")
        yield socket


def hear(socket: ClientConnection, kind: str, words: str = "", seconds: float = 15) -> dict[str, Any]:
    """The next frame of a kind that has some words in it."""
    end = time.monotonic() + seconds
    while True:
        text = str(socket.recv(timeout=max(0.01, end - time.monotonic())))
        if json.loads(text)["type"] == kind and words in text:
            return dict(json.loads(text))


def status_of(api: Api, path: str) -> int:
    try:
        api.get(path)
    except Refusal as refusal:
        return refusal.status
    return 200


def target(file: File, key: str) -> str:
    """What the server has."""
    return str(Row.objects.get(file=file, key=key).target)


def test_a_desktop_as_a_node_of_the_server(
    folder: Path, line: Line, node: int, file: File, people: tuple[User, User]
) -> None:
    translator, reviewer = people
    with desk(folder, with_worker=True) as running:
        window = Window(running)
        _log_in_and_open(window, file, translator)
        _nobody_else_sees_the_storage(window, file, reviewer)
        _live_with_the_other_node(window, node, file, translator, reviewer)
        _going_offline_and_back(window, line, file)
        _the_network_goes_and_comes(window, line, file)
        line.cut()
    # The next morning without the network: the login is known, the file is there, and going online needs no restart.
    with desk(folder) as running:
        window = Window(running)
        assert window.row(file, "S2")["target"] == "in the rain"
        window.save(file, "S2", "in the morning")
        assert until(lambda: window.state() in ("unreachable", "connecting"))
        assert window.api.get("link")["user"]["name"] == translator.name
        line.mend()
        window.post("link/sync", {})
        until(lambda: target(file, "S2") == "in the morning")
        until(lambda: window.state() == "online")
        window.post("link/logout", {})
        assert window.state() == "login"
        assert not LoginSession.objects.filter(user=translator, ended_at=None, device=device()).exists()


def _log_in_and_open(window: Window, file: File, person: User) -> None:
    """The start screen: the server answers before anybody is known; then its tree, and a file that comes along."""
    assert (window.state(), window.api.get("link")["server_url"]) == ("login", "")
    assert window.api.get("link/probe")["state"] == "reachable"
    with pytest.raises(Refusal, match="403.*do not match"):
        window.post("link/login", {"username": person.username, "password": "wrong"})
    window.post("link/login", {"username": person.username, "password": factories.PASSWORD})
    until(lambda: window.state() == "online")
    listed = window.api.get(f"link/tree?parent=project:{file.project_id}")["items"]
    assert [(one["name"], one["here"]) for one in listed if one["kind"] == "file"] == [(file.name, False)]
    window.post("link/open", {"file_id": file.pk})
    until(lambda: window.api.get(f"link/files?ids={file.pk}")[0]["whole"])
    assert window.row(file, "S1")["target"] == row_of(file, "S1").target
    # What is long is the worker's, in the desktop's own queue.
    window.api.wait(window.api.post("link/mirror", {"kind": "file", "id": file.pk})["task"])


def _nobody_else_sees_the_storage(window: Window, file: File, somebody: User) -> None:
    """The Offline Storage is open in the window, also online; who comes without the launch secret is the server's."""
    assert [one["id"] for one in window.api.get("tree")["projects"]][0] == -1
    made = window.api.post("folders", {"project_id": -1, "name": "Mine"})
    own = f"tree/folder/{made['id']}"
    assert made["id"] < 0 and status_of(window.api, "tree/project/-1") == status_of(window.api, own) == 200
    stranger = Api(window.port, "")
    assert status_of(stranger, "tree/project/-1") == status_of(stranger, "link") == 401
    login = stranger.post("auth/login", {"username": somebody.username, "password": factories.PASSWORD})
    stranger._bearer = {"Authorization": f"Bearer {login['access']}"}
    assert status_of(stranger, f"tree/project/{file.project_id}") == 200
    assert -1 not in [one["id"] for one in stranger.get("tree")["projects"]]
    assert status_of(stranger, "tree/project/-1") == status_of(stranger, own) == status_of(stranger, "link") == 404
    assert status_of(Api(window.port, "0" * 64), "tree/project/-1") == 403


def _live_with_the_other_node(window: Window, node: int, file: File, person: User, other: User) -> None:
    """Presence, leases and texts pass between the desktop's window and a browser at the central server."""
    row = row_of(file, "S3")
    cookie = {"Cookie": cookie_of(other).decode()}
    with joined(node, file.pk, cookie) as browser, window.socket(file.pk) as socket:
        hear(browser, "people", person.name)
        hear(socket, "people", other.name)
        assert Presence.objects.filter(file_id=file.pk).count() == 2
        socket.send(json.dumps({"type": "lease", "row": row.pk}))
        assert hear(socket, "lease")["granted"]
        hear(browser, "leases", person.name)
        assert RowLease.objects.get(row_id=row.pk).user_id == person.pk
        window.save(file, "S3", "from the desktop")
        hear(browser, "changes", "from the desktop")
        seen = row_of(file, "S2")
        edit_row(actor=other, row_id=seen.pk, seen_text_rev=seen.text_rev, edit=RowEdit(target="from the office"))
        hear(socket, "changes", "from the office")


def _going_offline_and_back(window: Window, line: Line, file: File) -> None:
    """Offline nothing is asked of the server's database, by no process of the desktop."""
    window.post("link/mode", {"mode": "offline"})
    assert window.state() == "offline"
    assert until(line.is_quiet)
    before = line.taken
    window.save(file, "S2", "on the train")
    assert window.api.get("link")["pending"] == 1 and target(file, "S2") == "from the office"
    with pytest.raises(Refusal, match="offline"):
        window.api.get("link/tree")
    assert status_of(window.api, "tree/project/-1") == 200
    time.sleep(2.5)  # longer than any look at the database
    assert line.taken == before
    window.post("link/mode", {"mode": "auto"})
    until(lambda: target(file, "S2") == "on the train")


def _the_network_goes_and_comes(window: Window, line: Line, file: File) -> None:
    line.cut()
    began = time.monotonic()
    window.save(file, "S2", "in the rain")
    assert time.monotonic() - began < 1.0
    until(lambda: window.state() == "unreachable")
    assert status_of(window.api, "tree/project/-1") == 200
    line.mend()
    window.post("link/sync", {})
    until(lambda: target(file, "S2") == "in the rain")
