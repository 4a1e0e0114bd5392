"""The plainest client of HTTP and of sockets: simulated people share the machine with the server that is measured."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
from collections.abc import Callable

HOST = "127.0.0.1"
END = b"\r\n\r\n"
CHUNK = 64 * 1024
TIMEOUT = 60.0
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FINAL, MASKED = 0x80, 0x80


class Line:
    """A kept connection for one request after the other. For one thread; not for answers without a length."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = port

    def ask(self, method: str, path: str, headers: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of the answer; `headers` are whole lines. Raises OSError where there is none."""
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}:{self._port}\r\n{headers}{length}\r\n"
        self._socket.sendall(head.encode("latin-1") + body)
        got = b""
        while (end := got.find(END)) < 0:
            got += self._more()
        lines = got[:end].decode("latin-1").split("\r\n")
        expected = end + len(END) + _length(lines)
        while len(got) < expected:
            got += self._more()
        return int(lines[0].split(" ", 2)[1]), got[end + len(END) : expected]

    def _more(self) -> bytes:
        if not (more := self._socket.recv(CHUNK)):
            raise ConnectionError("The server closed the connection.")
        return more

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def _length(lines: list[str]) -> int:
    for line in lines:
        name, _colon, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    raise ConnectionError(f"An answer without a length: {lines[0]}")


class Frames(asyncio.Protocol):
    """A socket after its handshake: calls `take` with each text frame as bytes, in their order."""

    def __init__(self, request: bytes, take: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self._request = request
        self._take = take
        self._got = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the socket."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (a stream's always is)
        self._transport = transport
        transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits for it goes on."""
        if not self.opened.done():
            self.opened.set_exception(error or ConnectionError("The server closed the connection."))
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Bytes of the handshake's answer, then of frames."""
        got = self._got + data if self._got else data
        if not self.opened.done():
            end = got.find(END)
            if end < 0:
                self._got = got
                return
            if not got.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(ConnectionError(f"The socket was refused: {got[:end]!r}"))
                return
            self.opened.set_result(None)
            got = got[end + len(END) :]
        self._got = self._frames(got)

    def _frames(self, got: bytes) -> bytes:
        """Take every whole frame; what is left. A server's frames have no mask, and Daphne's are in one piece."""
        at = 0
        while len(got) - at >= 2:
            kind, size, head = got[at], got[at + 1], 2
            if size == 126:
                head = 4
                if len(got) - at < head:
                    break
                (size,) = struct.unpack_from("!H", got, at + 2)
            elif size == 127:
                head = 10
                if len(got) - at < head:
                    break
                (size,) = struct.unpack_from("!Q", got, at + 2)
            end = at + head + size
            if len(got) < end:
                break
            self._frame(kind, got[at + head : end])
            at = end
        return got[at:]

    def _frame(self, kind: int, payload: bytes) -> None:
        if kind == FINAL | TEXT:
            self._take(payload)
        elif kind == FINAL | PING:
            self._write(PONG, payload)
        elif kind == FINAL | CLOSE:
            self.close()
        elif kind != FINAL | PONG:
            raise ValueError(f"A frame of a kind that was not expected: {kind:#x}")

    def send(self, text: str) -> None:
        """Send a text frame of less than 64 KB."""
        self._write(TEXT, text.encode())

    def close(self) -> None:
        """Say that it is over, and hang up."""
        if self._transport is not None and not self._transport.is_closing():
            self._write(CLOSE, struct.pack("!H", 1000))
            self._transport.close()

    def _write(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        length = bytes([MASKED | size]) if size < 126 else bytes([MASKED | 126]) + struct.pack("!H", size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
        if self._transport is not None:
            self._transport.write(bytes([FINAL | kind]) + length + mask + masked)


async def open_frames(port: int, path: str, headers: str, take: Callable[[bytes], None]) -> Frames:
    """Open a socket of the server as a page of its own address does; `headers` are whole lines. Raises OSError."""
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nOrigin: http://{HOST}:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"
    )
    _transport, frames = await asyncio.get_running_loop().create_connection(
        lambda: Frames(request.encode("latin-1"), take), HOST, port
    )
    await frames.opened
    return frames
