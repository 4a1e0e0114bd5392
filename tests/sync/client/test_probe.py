"""Asking a server whether it is there: by strangers, without a word to it in offline mode."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from rest_framework.test import APIClient

from apps.sync.client import link, peers
from apps.sync.client.probe import probe
from apps.sync.models import Link
from locanext_project import workspaces
from tests.sync.client.site import offline


@pytest.fixture
def alone(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A desktop that is no node of the server."""
    monkeypatch.setattr(peers, "is_lan", lambda: False)
    with offline():
        yield


@contextmanager
def somebody(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """Another program at an address, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def at(url: str, mode: str = "auto") -> None:
    Link.objects.filter(pk=link.current().pk).update(server_url=url, mode=mode)


OURS = b'{"error": {"code": "not_signed_in", "message": "Log in first."}}'
REFUSED = b'{"error": {"code": "address_refused", "message": "Not from here."}}'


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (401, OURS, "reachable"),
        (403, REFUSED, "forbidden"),
        (200, b"<html>Welcome to the hotel</html>", "other"),
        (302, b"", "other"),
        (200, b"[]", "other"),
        (502, b"", "unreachable"),
    ],
)
def test_what_answers_is_told_apart(alone: None, status: int, body: bytes, state: str) -> None:
    with somebody(status, body) as (url, asked):
        at(url)
        assert probe().state == state
        assert asked == ["/api/v1/sync/hello"]


def test_nobody_there_and_no_server(alone: None) -> None:
    assert probe().state == "alone"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        at(f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert probe().state == "unreachable"


def test_offline_nothing_goes_out(alone: None) -> None:
    with somebody(401, OURS) as (url, asked):
        at(url, "offline")
        assert probe().state == "offline"
        assert asked == []


def test_by_http_it_is_there_on_a_desktop_only(alone: None) -> None:
    assert APIClient(**{workspaces.SCOPE_KEY: workspaces.OFFLINE}).get("/api/v1/link/probe").json() == {
        "state": "alone",
        "milliseconds": None,
    }
    with workspaces.use(workspaces.SERVER):
        assert APIClient().get("/api/v1/link/probe").status_code in (401, 404)
