"""Ties a browser's Django session to a LoginSession, so that it is listed and can be ended."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.accounts import selectors
from apps.accounts.models import LoginSession, User
from apps.accounts.network import client_ip
from apps.accounts.services import open_session
from locanext_project.errors import NotSignedIn

BOUND_KEY = "login_session"
BACKEND = "django.contrib.auth.backends.ModelBackend"
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def log_in(request: HttpRequest, session: LoginSession) -> None:
    """Start a browser session for a LoginSession that `sign_in` opened; the cookie gets a new key."""
    request.opened_login_session = session  # type: ignore[attr-defined]
    login(request, session.user, backend=BACKEND)


def bind(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Receiver of user_logged_in: whatever logs a person in, a LoginSession stands behind it."""
    if request is None:
        return
    session = getattr(request, "opened_login_session", None)
    if session is None or session.user_id != user.pk:
        ip = client_ip(request.META, settings.TRUSTED_PROXIES) or ""
        session = open_session(user=user, kind=LoginSession.Kind.PAGE, device=device_of(request), ip=ip)
    request.session[BOUND_KEY] = session.pk.hex
    request.login_session = session  # type: ignore[attr-defined]


def bound_session(store: SessionBase) -> LoginSession | None:
    """The living LoginSession behind a browser's session (`request.session`, a socket's `scope["session"]`), or None.

    The store also holds a mark of the password: a password changed by any way signs the browser out.
    """
    try:
        session_id = uuid.UUID(hex=str(store.get(BOUND_KEY)))
    except ValueError:
        return None
    session = selectors.live_session(session_id)
    if session is None or str(session.user_id) != store.get(SESSION_KEY):
        return None
    mark = str(store.get(HASH_SESSION_KEY, ""))
    return session if constant_time_compare(mark, session.user.get_session_auth_hash()) else None


def person_of(request: HttpRequest | Request) -> User:
    """The person of a request that a login stands behind. Raises NotSignedIn."""
    user = request.user
    if not isinstance(user, User):
        raise NotSignedIn(_("Log in first."))
    return user


def log_out(request: HttpRequest) -> None:
    """Forget the browser's session. Ending the LoginSession is `services.end_session`."""
    logout(request)
    request.login_session = None  # type: ignore[attr-defined]


def device_of(request: HttpRequest) -> str:
    """A browser and a system in words ("Firefox on Windows"), for the list of sessions."""
    agent = str(request.META.get("HTTP_USER_AGENT", ""))[:500]
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or re.sub(r"[^\x20-\x7e]", "", agent)[:60]
