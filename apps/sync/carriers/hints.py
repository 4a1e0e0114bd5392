"""Hints over a socket: which files moved."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from apps.sync.carriers.refusals import refused
from apps.sync.protocol import Refused, Unreachable

OPEN_SECONDS = 10.0
SILENCE = 60.0
"""A server sends something at least so often; after this the connection is dead."""
NOT_SIGNED_IN = 4401


def listen(
    base_url: str, tokens: Callable[[bool], str], file_ids: Sequence[int], verify: ssl.SSLContext | bool = True
) -> Iterator[tuple[int, int]]:
    """(file, revision) while the connection lasts. Ends with Unreachable, or Refused("login")."""
    try:
        with _connected(base_url, tokens, verify) as socket:
            socket.send(json.dumps({"type": "follow", "files": list(file_ids)}))
            while True:
                yield from _moved(json.loads(socket.recv(timeout=SILENCE)))
    except ConnectionClosed as closed:
        if closed.rcvd is not None and closed.rcvd.code == NOT_SIGNED_IN:
            raise refused(401, "not_signed_in", "This login is over. Log in again.") from closed
        raise Unreachable("The connection to the server ended.") from closed
    except ssl.SSLCertVerificationError as error:
        raise Refused("certificate", "The server's certificate cannot be trusted.") from error
    except (OSError, TimeoutError, InvalidHandshake, ValueError, KeyError, TypeError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error


def _connected(base_url: str, tokens: Callable[[bool], str], verify: ssl.SSLContext | bool) -> ClientConnection:
    secure = base_url.startswith("https:")
    parts = urlsplit(base_url)
    options: dict[str, Any] = {"open_timeout": OPEN_SECONDS, "origin": f"{parts.scheme}://{parts.netloc}"}
    if secure and isinstance(verify, ssl.SSLContext):
        options["ssl"] = verify
    address = ("wss" if secure else "ws") + base_url.removeprefix("https" if secure else "http") + "/ws/sync/"
    for renewed in (False, True):
        headers = {"Authorization": f"Bearer {tokens(renewed)}"}
        socket = connect(address, additional_headers=headers, **options)
        first = _first(socket)
        if first is not None:
            return socket
    raise refused(401, "not_signed_in", "This login is over. Log in again.")


def _first(socket: ClientConnection) -> Any:
    """The server's greeting; None where it does not know the token any more."""
    try:
        return json.loads(socket.recv(timeout=OPEN_SECONDS))
    except ConnectionClosed as closed:
        socket.close()
        if closed.rcvd is not None and closed.rcvd.code == NOT_SIGNED_IN:
            return None
        raise
    except BaseException:
        socket.close()
        raise


def _moved(frame: Any) -> Iterator[tuple[int, int]]:
    if frame["type"] == "moved":
        yield int(frame["file"]), int(frame["revision"])
