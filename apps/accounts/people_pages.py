"""The pages where leads and admins manage accounts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.request import Request

from apps.accounts import selectors, services
from apps.accounts.models import Role, User
from apps.accounts.page_sessions import person_of
from apps.accounts.pages import Page, refusals_to, text_of
from apps.accounts.services.people import FIELDS
from locanext_project.api.paging import page
from locanext_project.errors import Forbidden, NotFound, ServiceError

ORDER = ("username_key", "id")


def lead_required(view: Page) -> Callable[..., HttpResponse]:
    """Let leads and admins in; the service decides what each may do."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User) or not request.user.is_lead:
            raise PermissionDenied(_("Accounts are managed by leads and admins."))
        return view(request, *args, **kwargs)

    return login_required(wrapped)


def roles_for(actor: User) -> list[tuple[str, Any]]:
    """The roles this person may give."""
    return [(value, label) for value, label in Role.choices if actor.is_admin or value != Role.ADMIN]


@never_cache
@lead_required
@require_http_methods(["GET", "HEAD", "POST"])
def people_page(request: HttpRequest) -> HttpResponse:
    """The list of accounts, and the form for a new one."""
    created, password, error, status = None, "", "", 200
    if request.method == "POST":
        try:
            created, password = services.create_user(
                actor=person_of(request), **{name: text_of(request, name) for name in sorted(FIELDS)}
            )
        except (NotFound, Forbidden) as refusal:
            raise PermissionDenied(refusal.message) from None
        except ServiceError as refusal:
            error, status = refusal.message, refusal.status
    search = request.GET.get("search", "")
    try:
        found = page(Request(request), selectors.people_query(search=search), ORDER, lambda user: {"user": user})
    except ServiceError:
        return redirect("accounts:people")
    context = {
        "people": [row["user"] for row in found["results"]],
        "next_cursor": found["next"],
        "search": search,
        "roles": roles_for(person_of(request)),
        "created": created,
        "temporary_password": password,
        "error": error,
        "values": {} if created else request.POST,
    }
    return render(request, "accounts/people.html", context, status=status)


@never_cache
@lead_required
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_to("accounts:person")
def person_page(request: HttpRequest, user_id: str) -> HttpResponse:
    """One account: its data, and the acts on it."""
    person = selectors.user_by_id(int(user_id))
    if request.method == "POST":
        changes = {name: text_of(request, name) for name in sorted(FIELDS) if name in request.POST}
        services.update_user(actor=person_of(request), user_id=person.pk, changes=changes)
        messages.success(request, _("The account is saved."))
        return redirect("accounts:people")
    return _show(request, person)


@never_cache
@lead_required
@require_POST
@refusals_to("accounts:person")
def reset_password_page(request: HttpRequest, user_id: str) -> HttpResponse:
    """A new temporary password, shown in the answer and nowhere else."""
    person, password = services.reset_password(actor=person_of(request), user_id=int(user_id))
    return _show(request, person, password)


@lead_required
@require_POST
@refusals_to("accounts:person")
def end_sessions_page(request: HttpRequest, user_id: str) -> HttpResponse:
    """End every login of a person."""
    count = services.end_sessions_of(actor=person_of(request), user_id=int(user_id))
    messages.success(request, _("%(count)d logins have ended.") % {"count": count})
    return redirect("accounts:person", user_id=user_id)


@lead_required
@require_POST
@refusals_to("accounts:person")
def deactivate_page(request: HttpRequest, user_id: str) -> HttpResponse:
    """Refuse further logins; the present ones end."""
    services.deactivate_user(actor=person_of(request), user_id=int(user_id))
    return redirect("accounts:person", user_id=user_id)


@lead_required
@require_POST
@refusals_to("accounts:person")
def activate_page(request: HttpRequest, user_id: str) -> HttpResponse:
    """Let a deactivated person log in again."""
    services.activate_user(actor=person_of(request), user_id=int(user_id))
    return redirect("accounts:person", user_id=user_id)


def _show(request: HttpRequest, person: User, password: str = "") -> HttpResponse:  # noqa: S107 (empty: none)
    actor = person_of(request)
    context = {
        "person": person,
        "temporary_password": password,
        "roles": roles_for(actor),
        "is_own": person.pk == actor.pk,
        "may_manage": actor.is_admin or not person.is_admin,
    }
    return render(request, "accounts/person.html", context)
