"""The outermost layer of a desktop's server: only its own window, and programs that know the launch secret, get in.

The server listens on 127.0.0.1, which every program and every web page on this machine can reach. So a
request needs a peer on this machine, exactly our Host (a page elsewhere can have its name resolve to
127.0.0.1), no foreign Origin, and the launch secret: 256 bits, made anew at each start. The window gets it as
a cookie from a start address that works once; programs send it as `Authorization: Bearer OFFLINE_MODE_<secret>`.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http.cookie import parse_cookie
from django.utils import translation
from django.utils.translation import gettext_noop

from apps.accounts.network import parse_address
from locanext_project import workspaces
from locanext_project.api.errors import error_body
from locanext_project.socket_guard import header_values, refuse

Application = Callable[[Any, Any, Any], Awaitable[None]]
SECRET_VARIABLE = "LOCANEXT_LAUNCH_SECRET"  # noqa: S105 (the name of a variable)
READ_ONLY_VARIABLE = "LOCANEXT_READ_ONLY"
PREFIX = "OFFLINE_MODE_"
START_PATH = "/desktop/start/"
START_ADDRESSES = 8
FIRST_PAGE = b"/start/"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_SECRET = re.compile(r"[0-9a-f]{64}")


def secret() -> str:
    """The launch secret of this process, 64 hexadecimal digits; made here where the environment brings none."""
    found = os.environ.get(SECRET_VARIABLE, "")
    if not _SECRET.fullmatch(found):
        found = os.environ[SECRET_VARIABLE] = secrets.token_hex(32)
    return found


def cookie_name(port: int) -> str:
    """The cookie that holds the secret. Cookies know no ports: two desktops of one browser keep apart by the name."""
    return f"locanext_launch_{port}"


class StartAddresses:
    """Addresses that open the window once. At most eight are open at a time; the oldest goes first."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._lock = threading.Lock()

    def issue(self) -> str:
        """The path of a new start address."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._open = [*self._open[1 - START_ADDRESSES :], token]
        return START_PATH + token

    def redeem(self, token: str) -> bool:
        """Whether the address was still open; it is not any more."""
        with self._lock:
            found = [known for known in self._open if hmac.compare_digest(known.encode(), token.encode())]
            self._open = [known for known in self._open if known not in found]
        return bool(found)


start_addresses = StartAddresses()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request does not get in; `message` in English, translated where it is answered."""

    status: int
    code: str
    message: str


FOREIGN_PEER = Refused(403, "not_this_machine", gettext_noop("LocaNext on a desktop answers its own machine only."))
FOREIGN_HOST = Refused(
    403, "foreign_host", gettext_noop("This address does not belong to LocaNext. Open LocaNext's own window.")
)
FOREIGN_ORIGIN = Refused(403, "foreign_origin", gettext_noop("A page of another site may not use LocaNext on this PC."))
NO_SECRET = Refused(
    403, "no_launch_secret", gettext_noop("This is LocaNext's own server. Open LocaNext's window to use it.")
)
USED_ADDRESS = Refused(403, "used_address", gettext_noop("This start address was used already. Open LocaNext again."))
READ_ONLY = Refused(
    503,
    "read_only",
    gettext_noop(
        "LocaNext opened your data for reading only, because bringing it up to date failed. Nothing was lost."
    ),
)


_own_address = ""


def own_address() -> str:
    """Where this desktop's server listens, as requests found it; empty before the first."""
    return _own_address


class DesktopGate:
    """ASGI around the whole application. `optional`: without a secret a request is one to the server (LAN set-up)."""

    def __init__(
        self,
        application: Application,
        addresses: StartAddresses = start_addresses,
        *,
        optional: bool = False,
        read_only: bool | None = None,
    ) -> None:
        self._application = application
        self._addresses = addresses
        self._optional = optional
        self._read_only = os.environ.get(READ_ONLY_VARIABLE) == "1" if read_only is None else read_only

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        refusal = _outside(scope)
        if refusal is None:
            _note_address(scope)
        if refusal is None and scope["type"] == "http" and scope["path"].startswith(START_PATH):
            refusal = await self._start(scope, send)
            if refusal is None:
                return
        elif refusal is None:
            refusal = self._let_in(scope)
        if refusal is None:
            await self._application(scope, receive, send)
        elif scope["type"] == "websocket":
            await refuse(receive, send)
        else:
            await _answer(scope, send, refusal)

    def _let_in(self, scope: Any) -> Refused | None:
        """Mark a request that knows the secret as one of this desktop. The reason why another is refused."""
        if knows_secret(scope):
            scope[workspaces.SCOPE_KEY] = workspaces.OFFLINE
        elif not self._optional or _bearer(scope).startswith(PREFIX):
            return NO_SECRET
        else:
            scope[workspaces.SCOPE_KEY] = workspaces.SERVER
        if self._read_only and (scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS):
            return READ_ONLY
        return None

    async def _start(self, scope: Any, send: Any) -> Refused | None:
        """Give the window its cookie and send it on, once; again for whom has the cookie already."""
        if scope["method"] != "GET":
            return USED_ADDRESS
        known = knows_secret(scope)
        if not self._addresses.redeem(scope["path"].removeprefix(START_PATH)) and not known:
            return USED_ADDRESS
        cookie = f"{cookie_name(_port(scope))}={secret()}; Path=/; HttpOnly; SameSite=Strict"
        headers = [(b"location", FIRST_PAGE), (b"set-cookie", cookie.encode()), (b"content-length", b"0"), *QUIET]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return None


def knows_secret(scope: Mapping[str, Any]) -> bool:
    """Whether the request brings the launch secret, by cookie or as a bearer."""
    expected = secret().encode()
    cookies = parse_cookie("; ".join(header_values(scope, b"cookie")))
    offered = [cookies.get(cookie_name(_port(scope)), "")]
    bearer = _bearer(scope)
    if bearer.startswith(PREFIX):
        offered.append(bearer.removeprefix(PREFIX))
    return any(hmac.compare_digest(expected, text.encode("utf-8", "surrogatepass")) for text in offered)


def _outside(scope: Mapping[str, Any]) -> Refused | None:
    """What is wrong with where a request comes from, before anybody looks at what it knows."""
    client = scope.get("client") or ("",)
    peer = parse_address(str(client[0] or ""))
    if peer is None or not peer.is_loopback:
        return FOREIGN_PEER
    own = f"127.0.0.1:{_port(scope)}"
    if header_values(scope, b"host") != [own]:
        return FOREIGN_HOST
    if any(origin != f"http://{own}" for origin in header_values(scope, b"origin")):
        return FOREIGN_ORIGIN
    return None


def _note_address(scope: Mapping[str, Any]) -> None:
    global _own_address
    _own_address = f"http://127.0.0.1:{_port(scope)}"


def _port(scope: Mapping[str, Any]) -> int:
    """The port this server listens on; 0 where the transport has none, which matches no Host."""
    server = scope.get("server") or ("", 0)
    return int(server[1] or 0)


def _bearer(scope: Mapping[str, Any]) -> str:
    for value in header_values(scope, b"authorization"):
        scheme, _space, token = value.partition(" ")
        if scheme.lower() == "bearer":
            return token.strip()
    return ""


QUIET = [
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]


async def _answer(scope: Mapping[str, Any], send: Any, refusal: Refused) -> None:
    """The refusal in the shape its client reads: JSON under /api/, plain text elsewhere."""
    # Without the query, which need not be text: only the headers say the language.
    asked = ASGIRequest({**scope, "method": "GET", "query_string": b""}, BytesIO())
    with translation.override(translation.get_language_from_request(asked)):
        message = translation.gettext(refusal.message)
    if scope["path"].startswith("/api/"):
        kind, body = b"application/json", json.dumps(error_body(refusal.code, message)).encode()
    else:
        kind, body = b"text/plain; charset=utf-8", message.encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *QUIET]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body if scope.get("method") != "HEAD" else b""})
