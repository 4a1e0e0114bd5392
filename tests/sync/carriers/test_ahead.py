"""The next page of a snapshot, fetched while the one before it is written."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from apps.sync.carriers.http import HttpPeer
from apps.sync.protocol import PAGE_ROWS, ReadsAhead, Refused, Unreachable


class Pages:
    """A server that gives pages of one row, or what it is told to; what it was asked, by whom."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.status = 200
        self.came = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                token = parse_qs(urlsplit(self.path).query, keep_blank_values=True)["token"][0]
                pages.asked.append((token, self.headers["Authorization"]))
                status, body = pages.answer(token)
                pages.came.set()
                pages.may_answer.wait(10)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, token: str) -> tuple[int, bytes]:
        if self.status != 200:
            return self.status, json.dumps({"error": {"code": "x", "message": "Words.", "details": {}}}).encode()
        number = int(token or 0)
        page: dict[str, Any] = {"columns": ["id"], "rows": [[number]], "cursor": 1, "generation": 1}
        return 200, json.dumps(page | {"next": str(number + 1), "more": False, "reset": False}).encode()


@pytest.fixture
def pages() -> Iterator[Pages]:
    found = Pages()
    yield found
    found.may_answer.set()
    found.server.shutdown()
    found.server.server_close()


def peer_of(pages: Pages) -> HttpPeer:
    return HttpPeer(f"http://127.0.0.1:{pages.server.server_port}", lambda renew: "new" if renew else "old")


def test_it_is_asked_for_once_and_while_the_caller_works(pages: Pages) -> None:
    peer = peer_of(pages)
    assert isinstance(peer, ReadsAhead)
    pages.may_answer.clear()
    peer.read_ahead(1, "5")
    assert pages.came.wait(5)  # and this thread goes on
    pages.may_answer.set()
    assert peer.snapshot(1, "5").rows == [[5]]
    assert peer.snapshot(1, "5").rows == [[5]]
    assert [token for token, _ in pages.asked] == ["5", "5"]
    peer.close()


def test_another_page_is_not_taken_for_it(pages: Pages) -> None:
    peer = peer_of(pages)
    for asked in ((1, "6", PAGE_ROWS), (2, "5", PAGE_ROWS), (1, "5", 7)):
        peer.read_ahead(1, "5")
        assert peer.snapshot(*asked).rows == [[int(asked[1])]]
    peer.close()


def test_a_refusal_is_the_business_of_the_thread_that_asks(pages: Pages) -> None:
    """A new login among it: only that thread may come to wait for one."""
    peer = peer_of(pages)
    pages.status = 401
    peer.read_ahead(1, "5")
    with pytest.raises(Refused, match="Words"):
        peer.snapshot(1, "5")
    assert [who for _, who in pages.asked] == ["Bearer old", "Bearer old", "Bearer new"]
    pages.status = 200
    assert peer.snapshot(1, "5").rows == [[5]]
    peer.close()


def test_a_server_that_went_away_is_told_to_who_asks(pages: Pages) -> None:
    peer = peer_of(pages)
    pages.server.shutdown()
    pages.server.server_close()
    peer.read_ahead(1, "5")
    with pytest.raises(Unreachable):
        peer.snapshot(1, "5")
    peer.close()


def test_a_page_that_nobody_wants_any_more_does_no_harm(pages: Pages, recwarn: pytest.WarningsRecorder) -> None:
    peer = peer_of(pages)
    pages.may_answer.clear()
    peer.read_ahead(1, "5")
    assert pages.came.wait(5)
    ahead = peer._ahead
    peer.close()
    pages.may_answer.set()
    assert ahead is not None
    ahead._thread.join(5)
    assert not ahead._thread.is_alive()
    assert not [warning for warning in recwarn if "Exception in thread" in str(warning.message)]
