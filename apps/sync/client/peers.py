"""The one place where a desktop opens a way to its server; in offline mode there is none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from apps.sync.carriers.http import HttpPeer
from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.client import keychain, lan_place, link
from apps.sync.client.session import Session
from apps.sync.models import Link
from apps.sync.protocol import Refused, Unreachable
from locanext_project.errors import Conflict, Forbidden, NotFound, ServiceError, Unavailable

_sessions: dict[tuple[str, str], Session] = {}
_lock = threading.Lock()


Server = HttpPeer | InProcessPeer
is_lan = lan_place.is_lan


def _is_known(here: Link) -> bool:
    """Whether somebody logged in at the very database that this desktop is a node of now."""
    return here.user_id is not None and here.server_url in ("", lan_place.name())


def may_connect(here: Link) -> bool:
    """Whether there is a server, a login, and the wish to be online."""
    if here.mode == Link.Mode.OFFLINE:
        return False
    if is_lan():
        return _is_known(here)
    return bool(link.address_of(here) and keychain.token(str(here.client)))


@contextmanager
def server() -> Iterator[Server]:
    """The server as a peer, until the block ends. Raises Refused("offline" or "login") where there is none.

    In the LAN set-up also Refused("too_old") and Unreachable: there the first question is to the database itself.
    """
    here = link.current()
    if here.mode == Link.Mode.OFFLINE:
        raise Refused("offline", _("You are working offline. Go online first."))
    if is_lan():
        if here.user_id is None or not _is_known(here):
            raise Refused("login", _("Log in to the server."))
        lan_place.require_same_version()
        yield InProcessPeer(here.user_id)
        return
    if not link.address_of(here):
        raise Refused("offline", _("This desktop has no server."))
    peer = HttpPeer(here.server_url, session_of(here))
    try:
        yield peer
    finally:
        peer.close()


def session_of(here: Link) -> Session:
    """The login that every thread of this process shares: one renewal serves all."""
    key = (here.server_url, str(here.client))
    with _lock:
        if key not in _sessions:
            _sessions[key] = Session(*key)
        return _sessions[key]


def forget_sessions() -> None:
    """Forget access tokens: after logging in or out."""
    with _lock:
        _sessions.clear()


@contextmanager
def in_words() -> Iterator[None]:
    """Refusals of the server as the errors that pages and programs get."""
    try:
        yield
    except Unreachable as error:
        message = _("The server does not answer. Your work is kept on this PC.")
        raise Unavailable(message, code="unreachable") from error
    except Refused as refusal:
        raise _error_of(refusal) from refusal


def _error_of(refusal: Refused) -> ServiceError:
    message = refusal.message or _("The server refused this.")
    if refusal.reason == "gone":
        return NotFound()
    if refusal.reason in ("login", "forbidden"):
        return Forbidden(message, code=refusal.reason)
    if refusal.reason == "certificate":
        return Unavailable(
            _("The certificate of the server cannot be trusted. Nothing was sent. Ask who runs the server."),
            code="certificate",
        )
    if refusal.reason == "busy":
        return Unavailable(message, code="busy", retry_after=refusal.retry_after)
    return Conflict(message, code=refusal.reason)
