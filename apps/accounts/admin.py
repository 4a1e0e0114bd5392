"""Accounts in Django's admin: to look at, and to change what no rule guards."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import LoginSession, User
from locanext_project.read_only_admin import ReadOnlyAdmin

# Roles say what a person may do; groups would say it a second time.
admin.site.unregister(Group)


def _login(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The admin has no login form of its own: ours throttles, audits and opens a LoginSession."""
    target = request.GET.get("next") or reverse("admin:index")
    if request.user.is_authenticated:
        raise PermissionDenied(_("The administration is for admins."))
    return HttpResponseRedirect(reverse("accounts:login") + "?" + urlencode({"next": target}))


admin.site.login = _login  # type: ignore[method-assign]


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Creating, roles, passwords and deactivating have rules: they are on the people page."""

    list_display = ["username", "display_name", "role", "team", "language", "is_active", "last_login"]
    list_filter = ["role", "is_active", "team"]
    search_fields = ["username_key", "display_name", "email", "team"]
    ordering = ["username_key"]
    fields = [
        "username",
        "display_name",
        "email",
        "team",
        "department",
        "language",
        "role",
        "is_active",
        "must_change_password",
        "preferences",
        "created_at",
        "last_login",
        "password_changed_at",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields)


@admin.register(LoginSession)
class LoginSessionAdmin(ReadOnlyAdmin):
    """Read-only, and without the hashes."""

    list_display = ["user", "kind", "device", "ip", "created_at", "last_seen_at", "ended_at", "end_reason"]
    list_filter = ["kind", "end_reason"]
    search_fields = ["user__username_key", "device", "ip"]
    ordering = ["-last_seen_at"]
    list_select_related = ["user"]
    exclude = ["refresh_hash", "previous_hash", "rotation_salt"]
