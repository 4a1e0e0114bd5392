"""The plain client of `bench live`, against servers that are not ours."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from websockets.asyncio.server import ServerConnection, serve

from apps.ldm.benchmarks.live.lines import Frames, Line, open_frames

TEXTS = ["", "x", "가" * 60, "y" * 70_000, "z" * 125, "z" * 126]


class Echo(BaseHTTPRequestHandler):
    """Answers with what was sent and where, over a kept connection."""

    protocol_version = "HTTP/1.1"

    def do_PATCH(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, f"{self.path} {self.headers['Cookie']} ".encode() + body)

    def do_GET(self) -> None:
        self._answer(404 if self.path == "/none" else 200, b"" if self.path == "/empty" else b"n" * 200_000)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-LENGTH", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def http() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_requests_follow_each_other_on_one_connection(http: int) -> None:
    line = Line(http)
    cookie = "Cookie: a=1\r\n"
    assert line.ask("PATCH", "/rows/1", cookie, "안개".encode()) == (200, b"/rows/1 a=1 " + "안개".encode())
    assert line.ask("GET", "/empty", "") == (200, b"")
    assert line.ask("GET", "/none", "") == (404, b"n" * 200_000)
    assert line.ask("PATCH", "/rows/2", cookie, b"{}") == (200, b"/rows/2 a=1 {}")
    line.close()


def test_frames_of_every_length_arrive_whole_and_in_order() -> None:
    async def measure() -> tuple[list[bytes], list[str]]:
        heard: list[str] = []

        async def server(socket: ServerConnection) -> None:
            heard.append(str(await socket.recv()))
            await (await socket.ping(b"there?"))
            for text in TEXTS:
                await socket.send(text)
            heard.append(str(await socket.recv()))

        got: list[bytes] = []
        async with serve(server, "127.0.0.1", 0, compression=None) as site:
            port = next(iter(site.sockets)).getsockname()[1]
            socket = await open_frames(port, "/ws/", "Cookie: a=1\r\n", got.append)
            socket.send("join " + "j" * 300)
            while len(got) < len(TEXTS):
                await asyncio.sleep(0.005)
            socket.send("bye")
            await asyncio.wait_for(socket.closed, 5)
        return got, heard

    got, heard = asyncio.run(measure())
    assert got == [text.encode() for text in TEXTS]
    assert heard == ["join " + "j" * 300, "bye"]


def test_frames_may_come_in_any_pieces() -> None:
    async def measure(size: int) -> list[bytes]:
        got: list[bytes] = []
        frames = Frames(b"", got.append)
        stream = b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x03abc\x81\x7e\x00\x80" + b"d" * 128 + b"\x81\x00"
        for at in range(0, len(stream), size):
            frames.data_received(stream[at : at + size])
        return got

    for size in (1, 2, 3, 7, 50, 500):
        assert asyncio.run(measure(size)) == [b"abc", b"d" * 128, b""]


def test_a_refused_socket_is_an_error() -> None:
    async def measure() -> None:
        async def refuse(connection: ServerConnection, request: object) -> object:
            return connection.respond(403, "no")

        async def server(socket: ServerConnection) -> None:
            await socket.wait_closed()

        async with serve(server, "127.0.0.1", 0, process_request=refuse) as site:  # type: ignore[arg-type]
            port = next(iter(site.sockets)).getsockname()[1]
            await open_frames(port, "/ws/", "", lambda text: None)

    with pytest.raises(ConnectionError, match="403"):
        asyncio.run(measure())
