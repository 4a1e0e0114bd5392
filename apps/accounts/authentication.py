"""How an API request says who sends it: an access token, or the browser's session with CSRF."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from apps.accounts import selectors
from apps.accounts.budget import Budget
from apps.accounts.models import LoginSession, User
from apps.accounts.network import client_ip
from apps.accounts.services import touch
from apps.accounts.signals import tell
from apps.accounts.tokens import TokenRefused, read_access_token
from locanext_project import workspaces
from locanext_project.errors import Forbidden

OFFLINE_PREFIX = "OFFLINE_MODE_"
MUST_CHANGE = "must_change_password"
REALM = 'Bearer realm="locanext"'
_written = Budget(count=20, seconds=60)


def open_before_password_change(view: Any) -> Any:
    """Mark a view (function or class) that works while a temporary password is still to be changed."""
    view.open_before_password_change = True
    return view


def bearer_of(request: HttpRequest) -> str | None:
    """The bearer token of the request, or None where it has another or no Authorization header."""
    scheme, _space, token = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def refused_offline_prefix(request: HttpRequest) -> bool:
    """Whether the request carries a desktop's launch secret where none is valid; writes it down."""
    token = bearer_of(request)
    if token is None or not token.startswith(OFFLINE_PREFIX) or workspaces.current() == workspaces.OFFLINE:
        return False
    note_refused_prefix(client_ip(request.META, settings.TRUSTED_PROXIES) or "", request.path)
    return True


def note_refused_prefix(ip: str, path: str) -> None:
    """Write down that a launch secret came where none is valid; so often a minute and address, not more."""
    if _written.spend(ip):
        with workspaces.atomic():
            tell("offline_prefix_refused", ip=ip, detail={"path": path[:200]})


def must_change_message() -> str:
    """What a person with a temporary password is told."""
    return _("Choose a password of your own first.")


class AccessTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; `request.auth` is the LoginSession."""

    def authenticate(self, request: Request) -> tuple[User, LoginSession | None] | None:
        token = bearer_of(request._request)
        if token is None:
            return None
        if token.startswith(OFFLINE_PREFIX):
            return self._offline(request)
        try:
            session_id, user_id = read_access_token(token)
        except TokenRefused:
            raise exceptions.AuthenticationFailed(_("This login is over. Log in again.")) from None
        session = selectors.live_session(session_id)
        if session is None or session.user_id != user_id:
            raise exceptions.AuthenticationFailed(_("This login is over. Log in again."))
        touch(session=session, ip=client_ip(request.META, settings.TRUSTED_PROXIES) or "")
        self._require_own_password(request, session.user)
        if "Accept-Language" not in request.headers:
            # Who holds a token is a program, and one that names a language knows what its person reads there.
            activate_language(request._request, session.user)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return REALM

    @staticmethod
    def _offline(request: Request) -> tuple[User, None] | None:
        """The launch secret was checked where the workspace was chosen; elsewhere it is refused."""
        if refused_offline_prefix(request._request):
            raise exceptions.PermissionDenied(_("Offline mode exists on a desktop only."))
        user = getattr(request._request, "user", None)
        return (user, None) if user is not None and user.is_authenticated else None

    @staticmethod
    def _require_own_password(request: Request, user: User) -> None:
        view = (request.parser_context or {}).get("view")
        if user.must_change_password and not getattr(view, "open_before_password_change", False):
            raise Forbidden(must_change_message(), code=MUST_CHANGE)


class PageSessionAuthentication(SessionAuthentication):
    """The browser's session, bound to a LoginSession by AccountMiddleware; unsafe methods need CSRF."""

    def authenticate(self, request: Request) -> tuple[User, LoginSession | None] | None:
        session = getattr(request._request, "login_session", None)
        if session is None and workspaces.current() != workspaces.OFFLINE:
            return None
        found = super().authenticate(request)
        return (found[0], session) if found is not None else None

    def authenticate_header(self, request: Request) -> str:
        return REALM


def activate_language(request: HttpRequest, user: User) -> None:
    """Answer in the language this person chose for the interface."""
    language = user.preferences.get("ui_language") if isinstance(user.preferences, dict) else None
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = language
