"""Who sends a request, from which address, and whether a password of one's own comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import offline
from apps.accounts.authentication import (
    MUST_CHANGE,
    activate_language,
    bearer_of,
    must_change_message,
    refused_offline_prefix,
)
from apps.accounts.budget import Budget
from apps.accounts.network import client_ip, is_allowed
from apps.accounts.page_sessions import BOUND_KEY, bound_session, log_out
from apps.accounts.services import touch
from apps.accounts.services.local_person import local_person
from apps.accounts.signals import tell
from locanext_project import workspaces
from locanext_project.api.errors import error_body

API_PREFIX = "/api/"
# Views of others that the password page itself needs.
OPEN_NAMES = frozenset({"set_language", "javascript-catalog", "jsi18n"})
_written = Budget(count=3, seconds=600)


class AccountMiddleware:
    """Binds `request.user`, `request.login_session` and `request.client_ip`.

    In the offline workspace that is the local person, whatever session a cookie names.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ip = client_ip(request.META, settings.TRUSTED_PROXIES)
        request.client_ip = ip or ""  # type: ignore[attr-defined]
        if workspaces.current() == workspaces.OFFLINE:
            # The launch secret was checked by the desktop's gate, before Django: it stands for this person.
            request.user = local_person()
            request.login_session = None  # type: ignore[attr-defined]
            activate_language(request, request.user)
            return self.get_response(request)
        if not is_allowed(ip, settings.ALLOWED_NETWORKS):
            return self._refuse_address(request, ip)
        if refused_offline_prefix(request):
            return _forbidden(request, "forbidden", _("Offline mode exists on a desktop only."))
        self._bind(request, ip or "")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Hold back a person with a temporary password, everywhere but where it is changed."""
        if workspaces.current() == workspaces.OFFLINE:
            return _forbidden(request, "desktop", str(offline.SENTENCE)) if offline.is_closed(request) else None
        user = request.user
        if not getattr(user, "must_change_password", False) or _is_open(request, view):
            return None
        if request.path.startswith(API_PREFIX):
            # A request with a token is somebody else's: the token decides, in the authentication class.
            return None if bearer_of(request) is not None else _forbidden(request, MUST_CHANGE, must_change_message())
        query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
        return HttpResponseRedirect(reverse("accounts:password") + (f"?{query}" if query else ""))

    @staticmethod
    def _bind(request: HttpRequest, ip: str) -> None:
        request.login_session = None  # type: ignore[attr-defined]
        if BOUND_KEY not in request.session:
            request.user = AnonymousUser()
            return
        session = bound_session(request.session)
        if session is None:
            log_out(request)
            return
        if session.last_seen_at.date() != timezone.now().date():
            # The cookie has its own age: written again once a day, it lives as long as the login.
            request.session.modified = True
        touch(session=session, ip=ip)
        request.user = session.user
        request.login_session = session  # type: ignore[attr-defined]
        activate_language(request, session.user)

    @staticmethod
    def _refuse_address(request: HttpRequest, ip: str | None) -> HttpResponse:
        if _written.spend(ip or ""):
            with workspaces.atomic():
                tell("address_refused", ip=ip or "", detail={"path": request.path[:200]})
        return _forbidden(request, "address_refused", _("This address may not use this server."))


def _is_open(request: HttpRequest, view: Callable[..., Any]) -> bool:
    target = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
    match = request.resolver_match
    return getattr(target, "open_before_password_change", False) or (match is not None and match.url_name in OPEN_NAMES)


def _forbidden(request: HttpRequest, code: str, message: str) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return JsonResponse(error_body(code, message), status=403)
    return render(request, "accounts/refused.html", {"message": message}, status=403)
