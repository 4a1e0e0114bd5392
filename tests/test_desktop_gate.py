"""The door of a desktop's server: every bad input is refused before Django sees it, and one database is asked."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from locanext_project import desktop_gate, workspaces
from locanext_project.desktop_gate import DesktopGate, StartAddresses, cookie_name, secret

PORT = 45678
HOST = f"127.0.0.1:{PORT}"
ORIGIN = f"http://{HOST}"
Headers = dict[str, str | list[str] | None]


class Inner:
    """The application behind the gate: remembers what came through."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"inside"})


def with_cookie(value: str | None = None, port: int = PORT) -> Headers:
    return {"cookie": f"other=1; {cookie_name(port)}={secret() if value is None else value}"}


def ask(
    gate: DesktopGate,
    path: str = "/",
    headers: Headers | None = None,
    *,
    method: str = "GET",
    kind: str = "http",
    peer: str = "127.0.0.1",
) -> tuple[int, dict[str, str], str]:
    """(status, headers, body) of a request; a socket that was opened has the status 101, a refused one 403."""
    pairs: list[tuple[bytes, bytes]] = []
    for name, value in ({"host": HOST} | (headers or {})).items():
        for one in [value] if isinstance(value, str) else value or []:
            pairs.append((name.encode(), one.encode("latin-1")))
    scope = {
        "type": kind, "path": path, "headers": pairs, "client": [peer, 5], "server": ["127.0.0.1", PORT],
        "query_string": b"",
    }  # fmt: skip
    if kind == "http":
        scope["method"] = method
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(gate(scope, receive, send))
    if kind == "websocket":
        return {"websocket.accept": 101, "websocket.close": 403}[sent[0]["type"]], {}, ""
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(part.get("body", b"") for part in sent[1:]).decode()


@pytest.fixture
def inner() -> Inner:
    return Inner()


@pytest.fixture
def gate(inner: Inner) -> DesktopGate:
    return DesktopGate(inner, StartAddresses(), read_only=False)


def test_the_secret_has_256_bits_and_stays() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", secret())
    assert secret() == secret()


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("bearer", [False, True])
def test_whoever_knows_the_secret_is_the_local_person(gate: DesktopGate, inner: Inner, kind: str, bearer: bool) -> None:
    headers: Headers = {"authorization": f"Bearer OFFLINE_MODE_{secret()}"} if bearer else with_cookie()
    assert ask(gate, headers=headers | {"origin": ORIGIN}, kind=kind)[0] == (200 if kind == "http" else 101)
    assert inner.scopes[0][workspaces.SCOPE_KEY] == workspaces.OFFLINE


BAD: list[tuple[str, Headers]] = [
    ("no secret", {}),
    ("an empty cookie", with_cookie("")),
    ("a wrong cookie", with_cookie("0" * 64)),
    ("the cookie of another port", with_cookie(port=PORT + 1)),
    ("a cookie that is no ASCII", with_cookie("é" * 64)),
    ("a wrong bearer", {"authorization": "Bearer OFFLINE_MODE_" + "0" * 64}),
    ("the prefix alone", {"authorization": "Bearer OFFLINE_MODE_"}),
    ("the secret without its prefix", {"authorization": f"Bearer {secret()}"}),
    ("another scheme", {"authorization": f"Basic OFFLINE_MODE_{secret()}"}),
    ("a foreign host", with_cookie() | {"host": f"evil.example:{PORT}"}),
    ("a name for this machine", with_cookie() | {"host": f"localhost:{PORT}"}),
    ("another port", with_cookie() | {"host": f"127.0.0.1:{PORT + 1}"}),
    ("no port", with_cookie() | {"host": "127.0.0.1"}),
    ("another way to write the address", with_cookie() | {"host": f"127.1:{PORT}"}),
    ("no host", with_cookie() | {"host": None}),
    ("two hosts", with_cookie() | {"host": [HOST, HOST]}),
    ("a foreign origin", with_cookie() | {"origin": "https://evil.example"}),
    ("an origin of another port", with_cookie() | {"origin": f"http://127.0.0.1:{PORT + 1}"}),
    ("https of the same place", with_cookie() | {"origin": f"https://{HOST}"}),
    ("a page without origin", with_cookie() | {"origin": "null"}),
    ("two origins", with_cookie() | {"origin": [ORIGIN, "https://evil.example"]}),
]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(("case", "headers"), BAD, ids=[case for case, _ in BAD])
def test_bad_requests_do_not_reach_the_application(
    gate: DesktopGate, inner: Inner, kind: str, case: str, headers: Headers
) -> None:
    assert ask(gate, "/api/v1/files", headers, kind=kind)[0] == 403
    assert inner.scopes == []


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("peer", ["192.168.1.5", "", "::ffff:10.0.0.1"])
def test_other_machines_are_refused_whatever_they_know(gate: DesktopGate, inner: Inner, kind: str, peer: str) -> None:
    assert ask(gate, headers=with_cookie(), kind=kind, peer=peer)[0] == 403
    assert inner.scopes == []


def test_refusals_say_why_in_the_shape_of_their_client(gate: DesktopGate) -> None:
    status, headers, body = ask(gate, "/api/v1/files")
    assert json.loads(body)["error"]["code"] == "no_launch_secret"
    assert headers["content-type"] == "application/json"
    status, headers, body = ask(gate, "/files")
    assert "Open LocaNext's window" in body
    assert headers["content-type"].startswith("text/plain")
    assert headers["cache-control"] == "no-store" and "frame-ancestors 'none'" in headers["content-security-policy"]
    assert secret() not in body


def test_a_start_address_works_once(inner: Inner) -> None:
    addresses = StartAddresses()
    gate = DesktopGate(inner, addresses, read_only=False)
    path = addresses.issue()
    assert ask(gate, path, {"host": f"evil.example:{PORT}"})[0] == 403, "and is not used up by a foreign page"
    status, headers, _body = ask(gate, path)
    assert (status, headers["location"]) == (303, "/start/")
    name, _, rest = headers["set-cookie"].partition("=")
    assert (name, rest.split(";")[0]) == (cookie_name(PORT), secret())
    assert "HttpOnly" in rest and "SameSite=Strict" in rest
    assert ask(gate, path)[0] == 403
    assert ask(gate, path, with_cookie())[0] == 303, "the window itself may load it again"
    assert ask(gate, desktop_gate.START_PATH)[0] == 403
    assert ask(gate, addresses.issue(), method="POST")[0] == 403
    assert inner.scopes == []


def test_few_start_addresses_are_open_at_a_time() -> None:
    addresses = StartAddresses()
    issued = [addresses.issue().removeprefix(desktop_gate.START_PATH) for _ in range(20)]
    assert [addresses.redeem(token) for token in issued] == [False] * 12 + [True] * 8


def test_in_the_lan_set_up_others_log_in_and_the_window_is_offline(inner: Inner) -> None:
    gate = DesktopGate(inner, StartAddresses(), optional=True, read_only=False)
    assert ask(gate)[0] == ask(gate, headers=with_cookie())[0] == 200
    assert [scope[workspaces.SCOPE_KEY] for scope in inner.scopes] == [workspaces.SERVER, workspaces.OFFLINE]
    assert ask(gate, headers={"authorization": "Bearer OFFLINE_MODE_" + "0" * 64})[0] == 403
    assert ask(gate, headers={"host": f"evil.example:{PORT}"})[0] == 403


def test_data_opened_for_reading_only_is_not_written(inner: Inner) -> None:
    gate = DesktopGate(inner, StartAddresses(), read_only=True)
    assert ask(gate, headers=with_cookie())[0] == 200
    status, _, body = ask(gate, "/api/v1/rows/1", with_cookie(), method="PATCH")
    assert status == 503 and json.loads(body)["error"]["code"] == "read_only"
    assert ask(gate, headers=with_cookie(), kind="websocket")[0] == 403
    assert ask(gate, method="PATCH")[0] == 403, "who may not ask at all is not told more"


# ---- behind the gate ----
def test_a_header_cannot_choose_the_workspace(db: None) -> None:
    for name in (workspaces.SCOPE_KEY, workspaces.SCOPE_KEY.replace(".", "-")):
        assert Client(headers={name: "offline"}).get("/api/v1/auth/me").status_code == 401


def test_an_offline_request_is_of_the_local_person_and_asks_one_database(db: None) -> None:
    client = Client(**{workspaces.SCOPE_KEY: workspaces.OFFLINE})  # type: ignore[arg-type]
    client.get("/api/v1/auth/me")
    with (
        CaptureQueriesContext(connections["default"]) as server,
        CaptureQueriesContext(connections[workspaces.OFFLINE_ALIAS]) as offline,
    ):
        me = client.get("/api/v1/auth/me")
        assert client.get("/api/v1/tree").status_code == 200
        assert client.get("/").status_code in (200, 302)
        made = client.post("/api/v1/folders", {"project_id": -1, "name": "PC"}, content_type="application/json")
        assert made.status_code == 201, made.content
    assert me.json()["id"] == -1 and made.json()["id"] < 0
    assert len(offline) > 5
    assert [query["sql"] for query in server] == []


def test_a_server_request_asks_the_other_one(lead: Any) -> None:
    client = Client()
    client.force_login(lead)
    with (
        CaptureQueriesContext(connections["default"]) as server,
        CaptureQueriesContext(connections[workspaces.OFFLINE_ALIAS]) as offline,
    ):
        assert client.get("/api/v1/tree").status_code == 200
    assert len(server) > 0 and len(offline) == 0


def test_a_full_disk_is_said_in_words_and_loses_nothing_saved_before(transactional_db: None) -> None:
    client = Client(**{workspaces.SCOPE_KEY: workspaces.OFFLINE})  # type: ignore[arg-type]
    client.get("/api/v1/tree")

    def make(name: str) -> Any:
        return client.post("/api/v1/folders", {"project_id": -1, "name": name}, content_type="application/json")

    assert make("Before").status_code == 201
    with connections[workspaces.OFFLINE_ALIAS].cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            answers = [make(f"{n} {'x' * 180}") for n in range(60)]
        finally:
            cursor.execute("PRAGMA max_page_count = 4294967294")
    full = next(answer for answer in answers if answer.status_code != 201)
    assert full.status_code == 507
    assert full.json()["error"]["code"] == "disk_full" and "Free some space" in full.json()["error"]["message"]
    with workspaces.use(workspaces.OFFLINE):
        from apps.ldm.models import Folder

        assert Folder.objects.filter(name="Before").exists()
