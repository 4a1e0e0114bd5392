"""Hints over a socket: which files moved."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from apps.sync.carriers.refusals import refused
from apps.sync.protocol import Refused, Unreachable

OPEN_SECONDS = 10.0
SILENCE = 60.0
"""A server sends something at least so often; after this the connection is dead."""
LOOK_SECONDS = 1.0
"""How often it is looked whether the connection is still wanted."""
NOT_SIGNED_IN = 4401


def listen(
    base_url: str,
    tokens: Callable[[bool], str],
    file_ids: Sequence[int],
    verify: ssl.SSLContext | bool = True,
    closing: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[int, int]]:
    """(file, revision) while the connection lasts. Ends with Unreachable, or Refused("login" or "certificate").

    Ends by itself soon after `closing` says so.
    """
    address, options = address_of(base_url, verify, "/ws/sync/")
    try:
        for renewed in (False, True):
            headers = {"Authorization": f"Bearer {tokens(renewed)}"}
            with connect(address, additional_headers=headers, **options) as socket:
                if _greeted(socket):
                    socket.send(json.dumps({"type": "follow", "files": list(file_ids)}))
                    for frame in _frames(socket, closing):
                        yield from _moved(frame)
                    return
    except ConnectionClosed as closed:
        if _not_signed_in(closed):
            raise _login_over() from closed
        raise Unreachable(_("The connection to the server ended.")) from closed
    except ssl.SSLCertVerificationError as error:
        raise Refused("certificate", _("The server's certificate cannot be trusted.")) from error
    except (OSError, TimeoutError, InvalidHandshake, ValueError, KeyError, TypeError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    raise _login_over()


def _frames(socket: ClientConnection, closing: Callable[[], bool]) -> Iterator[Any]:
    heard = time.monotonic()
    while not closing():
        try:
            text = socket.recv(timeout=LOOK_SECONDS)
        except TimeoutError:
            if time.monotonic() - heard > SILENCE:
                raise
            continue
        heard = time.monotonic()
        yield json.loads(text)


def address_of(base_url: str, verify: ssl.SSLContext | bool, path: str) -> tuple[str, dict[str, Any]]:
    """The address of one of the server's sockets and how to open it."""
    secure, parts = base_url.startswith("https:"), urlsplit(base_url)
    options: dict[str, Any] = {"open_timeout": OPEN_SECONDS, "origin": f"{parts.scheme}://{parts.netloc}"}
    if secure and isinstance(verify, ssl.SSLContext):
        options["ssl"] = verify
    return ("wss" if secure else "ws") + base_url.removeprefix("https" if secure else "http") + path, options


def _greeted(socket: ClientConnection) -> bool:
    """Whether the server knows the token; where it does not, it closes."""
    try:
        return bool(json.loads(socket.recv(timeout=OPEN_SECONDS))["type"] == "hello")
    except ConnectionClosed as closed:
        if _not_signed_in(closed):
            return False
        raise


def _not_signed_in(closed: ConnectionClosed) -> bool:
    return closed.rcvd is not None and closed.rcvd.code == NOT_SIGNED_IN


def _login_over() -> Refused:
    return refused(401, "not_signed_in", _("This login is over. Log in again."))


def _moved(frame: Any) -> Iterator[tuple[int, int]]:
    if frame["type"] == "moved":
        yield int(frame["file"]), int(frame["revision"])
