"""The pages of one's own account: log in, log out, password, settings, logins."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import page_sessions, selectors, services
from apps.accounts.authentication import open_before_password_change
from apps.accounts.models import LoginSession
from apps.accounts.page_sessions import person_of
from locanext_project import workspaces
from locanext_project.errors import Forbidden, NotFound, ServiceError

THEMES = ("dark", "light", "system")
Page = Callable[..., HttpResponse]


def text_of(request: HttpRequest, name: str) -> str:
    """A field of a form, without the one character PostgreSQL cannot store."""
    return str(request.POST.get(name, "")).replace("\x00", "")


def next_of(request: HttpRequest) -> str:
    """Where to go on afterwards: an address of this server, or "/"."""
    target = str(request.POST.get("next") or request.GET.get("next") or "")
    own = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if own else settings.LOGIN_REDIRECT_URL


def ip_of(request: HttpRequest) -> str:
    """The client's address as AccountMiddleware found it."""
    return str(getattr(request, "client_ip", ""))


def session_of(request: HttpRequest) -> LoginSession | None:
    """The login this page belongs to; None in the offline workspace."""
    found = getattr(request, "login_session", None)
    return found if isinstance(found, LoginSession) else None


def refusals_to(target: str) -> Callable[[Page], Page]:
    """Show what a service refuses as a message on the page `target`; unknown things are 404."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return page(request, *args, **kwargs)
            except NotFound as error:
                raise Http404(error.message) from None
            except Forbidden as error:
                raise PermissionDenied(error.message) from None
            except ServiceError as error:
                messages.error(request, error.message)
                return redirect(target, **kwargs)

        return wrapped

    return decorate


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    """Log in; where somebody is logged in already, go on."""
    if request.user.is_authenticated and request.method != "POST":
        return HttpResponseRedirect(next_of(request))
    error, status, username = "", 200, ""
    if request.method == "POST":
        username = text_of(request, "username")
        try:
            session = services.sign_in(
                username=username,
                password=str(request.POST.get("password", "")),
                kind=LoginSession.Kind.PAGE,
                device=page_sessions.device_of(request),
                ip=ip_of(request),
            )
        except ServiceError as refusal:
            error, status = refusal.message, refusal.status
        else:
            return _welcome(request, session)
    context = {"error": error, "username": username, "next": next_of(request), "languages": settings.LANGUAGES}
    return render(request, "accounts/login.html", context, status=status)


def _welcome(request: HttpRequest, session: LoginSession) -> HttpResponse:
    before = session_of(request)
    if before is not None:
        # The browser's earlier login is replaced; it must not live on without a cookie.
        services.end_session(actor=before.user, session_id=before.pk, reason="replaced")
    page_sessions.log_in(request, session)
    target = next_of(request)
    if session.user.must_change_password:
        return HttpResponseRedirect(reverse("accounts:password") + "?" + urlencode({"next": target}))
    return HttpResponseRedirect(target)


@open_before_password_change
@require_POST
def logout_page(request: HttpRequest) -> HttpResponse:
    """Log out this browser."""
    session = session_of(request)
    if session is not None:
        services.end_session(actor=session.user, session_id=session.pk)
    page_sessions.log_out(request)
    return redirect("accounts:login")


@open_before_password_change
@sensitive_post_parameters("current", "new", "again")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def password_page(request: HttpRequest) -> HttpResponse:
    """Change one's own password; the other logins end."""
    error, status = "", 200
    if request.method == "POST":
        try:
            if request.POST.get("new") != request.POST.get("again"):
                raise ServiceError(_("The two new passwords differ."))
            _change_password(request)
        except ServiceError as refusal:
            error, status = refusal.message, refusal.status
        else:
            messages.success(request, _("Your password is changed. Other logins of yours have ended."))
            return HttpResponseRedirect(next_of(request))
    context = {"error": error, "next": next_of(request), "forced": person_of(request).must_change_password}
    return render(request, "accounts/password.html", context, status=status)


def _change_password(request: HttpRequest) -> None:
    session = session_of(request)
    services.change_password(
        actor=person_of(request),
        current=str(request.POST.get("current", "")),
        new=str(request.POST.get("new", "")),
        keep=session.pk if session else None,
        ip=ip_of(request),
    )
    if session is not None:
        update_session_auth_hash(request, person_of(request))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_to("accounts:account")
def account_page(request: HttpRequest) -> HttpResponse:
    """One's own data, language, theme and logins."""
    person = person_of(request)
    if request.method == "POST":
        changes = {name: text_of(request, name) for name in ("display_name", "email", "language")}
        services.update_user(actor=person, user_id=person.pk, changes=changes)
        language, theme = text_of(request, "ui_language"), text_of(request, "theme")
        if theme not in THEMES:
            theme = THEMES[0]
        services.save_preferences(actor=person, changes={"ui_language": language or None, "theme": theme})
        messages.success(request, _("Your settings are saved."))
        return redirect("accounts:account")
    current = session_of(request)
    context = {
        "person": person,
        "sessions": selectors.sessions_of(person) if workspaces.current() != workspaces.OFFLINE else [],
        "current": current.pk if current else None,
        "languages": settings.LANGUAGES,
        "ui_language": person.preferences.get("ui_language", ""),
        "theme": person.preferences.get("theme", THEMES[0]),
    }
    return render(request, "accounts/account.html", context)


@login_required
@require_POST
@refusals_to("accounts:account")
def end_session_page(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """End one of one's own logins."""
    services.end_session(actor=person_of(request), session_id=session_id, reason="ended_elsewhere")
    return redirect("accounts:account")


@login_required
@require_POST
def end_others_page(request: HttpRequest) -> HttpResponse:
    """End every login but this one."""
    current = session_of(request)
    count = services.end_other_sessions(actor=person_of(request), keep=current.pk if current else None)
    messages.success(request, _("%(count)d other logins have ended.") % {"count": count})
    return redirect("accounts:account")


@open_before_password_change
@require_POST
def language_page(request: HttpRequest) -> HttpResponse:
    """Choose the language of the interface, logged in or not."""
    language = text_of(request, "language")
    response = HttpResponseRedirect(next_of(request))
    if language not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        services.save_preferences(actor=person_of(request), changes={"ui_language": language})
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response
