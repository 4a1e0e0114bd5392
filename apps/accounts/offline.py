"""What a desktop's own workspace cannot do about people: it says so, in the place where it would be done."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCE: Promise | str = _("There is nobody else on this computer. People, passwords and logins are on the server.")
CLOSED = frozenset(
    {
        *("login", "logout", "password", "end-session", "end-others"),
        *("people", "person", "reset-password", "end-sessions", "deactivate", "activate"),
        *("auth-login", "auth-refresh", "auth-logout", "auth-password", "auth-sessions", "auth-session"),
        *("users", "user", "user-reset-password", "user-end-sessions", "user-deactivate", "user-activate"),
    }
)
"""Names of addresses of this app."""


def is_closed(request: HttpRequest) -> bool:
    """Whether a request of the offline workspace asks for what only a server has."""
    match = request.resolver_match
    if match is None:
        return False
    if match.app_name == "admin":
        return True
    if match.url_name == "users" and request.method in ("GET", "HEAD"):
        # Who is known here: for finding one's own rows, and to give oneself a file.
        return False
    return match.url_name in CLOSED and match.app_name in ("", "accounts")
