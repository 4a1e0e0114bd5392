"""What a socket's request must bring before any consumer sees it: a known Host, the own Origin, an allowed address.

Django checks all of it for pages and knows nothing of sockets. A browser sends cookies with a socket
that any page opens, so the Origin is compared in full, port included: on a loopback address every
other program of the machine has another port only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from apps.accounts.authentication import OFFLINE_PREFIX, note_refused_prefix
from apps.accounts.network import client_ip, is_allowed, meta_of_scope, parse_address
from locanext_project import workspaces

Application = Callable[[Any, Any, Any], Awaitable[None]]
DEFAULT_PORTS = {"http": "80", "https": "443"}
LOCAL = [".localhost", "127.0.0.1", "[::1]"]


def guarded(application: Application) -> Application:
    """The application behind the checks; a refused socket is not opened (the browser sees a 403)."""

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        if await _brings_refused_prefix(scope) or not may_open(scope):
            await refuse(receive, send)
        else:
            await application(scope, receive, send)

    return guard


async def _brings_refused_prefix(scope: Any) -> bool:
    """Whether a socket comes with a desktop's launch secret where none is valid; writes it down."""
    tokens = [value.partition(" ")[2].strip() for value in header_values(scope, b"authorization")]
    here = workspaces.of_request(scope)
    if here == workspaces.OFFLINE or not any(token.startswith(OFFLINE_PREFIX) for token in tokens):
        return False
    ip = client_ip(meta_of_scope(scope), settings.TRUSTED_PROXIES) or ""

    def note() -> None:
        with workspaces.use(here):
            note_refused_prefix(ip, str(scope.get("path", "")))

    await database_sync_to_async(note)()
    return True


async def refuse(receive: Any, send: Any) -> None:
    """Close a socket that was never accepted."""
    await receive()
    await send({"type": "websocket.close"})


def may_open(scope: Mapping[str, Any]) -> bool:
    """Whether Host, Origin and address of a socket's request are as they must be."""
    hosts, origins = header_values(scope, b"host"), header_values(scope, b"origin")
    if len(hosts) != 1 or len(origins) != 1:
        return False
    return (
        _known_host(hosts[0])
        and is_own_origin(origins[0], hosts[0])
        and is_allowed(client_ip(meta_of_scope(scope), settings.TRUSTED_PROXIES), settings.ALLOWED_NETWORKS)
    )


def is_own_origin(origin: str, host: str) -> bool:
    """Whether a page of `origin` is one of this server's, which was asked for as `host`."""
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
        port = str(parts.port or DEFAULT_PORTS.get(parts.scheme, ""))
    except ValueError:
        return False
    if parts.scheme not in DEFAULT_PORTS or parts.path or parts.query or parts.username is not None:
        return False
    domain, host_port = split_domain_port(host)
    secure = settings.SESSION_COOKIE_SECURE
    if _is_loopback(domain):
        # Port 80 and port 443 of one's own machine are two programs.
        host_port = host_port or ("443" if secure else "80")
    elif secure and parts.scheme != "https":
        return False
    origin_domain = split_domain_port(parts.netloc)[0]
    return bool(domain) and origin_domain == domain and port == (host_port or DEFAULT_PORTS[parts.scheme])


def header_values(scope: Mapping[str, Any], name: bytes) -> list[str]:
    """Every value of a header in an ASGI scope."""
    return [value.decode("latin-1") for header, value in scope.get("headers", ()) if header.lower() == name]


def _known_host(host: str) -> bool:
    allowed = settings.ALLOWED_HOSTS or (LOCAL if settings.DEBUG else [])
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


def _is_loopback(domain: str) -> bool:
    address = parse_address(domain)
    return domain == "localhost" or (address is not None and address.is_loopback)
