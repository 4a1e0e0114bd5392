"""Who may open a socket on a file, and what they find there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.accounts import selectors
from apps.accounts.models import LoginSession, User
from apps.accounts.page_sessions import bound_session
from apps.accounts.services.local_person import local_session
from apps.ldm import permissions
from apps.ldm.models import File, Presence, RowLease
from apps.ldm.selectors import live
from apps.ldm.services import presence, tickets
from locanext_project import workspaces
from locanext_project.errors import NotSignedIn


@dataclass(frozen=True, slots=True)
class Admitted:
    """A person who was let in, and the file's state afterwards."""

    user: User
    login: uuid.UUID
    language: str | None
    revision: int
    generation: int
    people: list[Presence]
    leases: list[RowLease]


def session_key(scope: Mapping[str, Any]) -> str:
    """The key of the browser's session that came with the request of a socket; empty where none did."""
    for name, value in scope.get("headers", ()):
        if name == b"cookie":
            try:
                cookies: SimpleCookie = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                return ""
            found = cookies.get(settings.SESSION_COOKIE_NAME)
            return found.value if found is not None else ""
    return ""


def admit(*, key: str, ticket: str | None, file_id: int, connection: str) -> Admitted:
    """Let somebody into a file, by a ticket or by the browser's session. Raises NotSignedIn and NotFound."""
    if ticket is not None:
        session = tickets.redeem(ticket=ticket, file_id=file_id)
    elif workspaces.current() == workspaces.OFFLINE:
        session = local_session()
    else:
        session = session_of_browser(key)
    if session is None or session.user.must_change_password:
        raise NotSignedIn(_("Log in first."))
    user = session.user
    file = permissions.get_file(user, file_id)
    presence.enter(actor=user, file=file, connection=connection)
    # Read after the room listens: what is committed from here on comes as news.
    now = File.objects.only("revision", "generation").get(pk=file.pk)
    return Admitted(
        user, session.pk, language_of(user), now.revision, now.generation,
        live.people_in([file.pk]), live.leases_in([file.pk]),
    )  # fmt: skip


def require_still(*, login: uuid.UUID, file_id: int) -> User:
    """The person behind a socket, as they are now. Raises NotSignedIn, NotFound and Forbidden."""
    session = selectors.live_session(login)
    if session is None:
        raise NotSignedIn(_("Log in first."))
    permissions.require(session.user, "edit_rows", permissions.get_file(session.user, file_id))
    return session.user


def language_of(user: User) -> str | None:
    """The language this person chose for the interface, None for the program's own."""
    language = user.preferences.get("ui_language") if isinstance(user.preferences, dict) else None
    return language if language in dict(settings.LANGUAGES) else None


def session_of_browser(key: str) -> LoginSession | None:
    """The living login behind the key of a browser's session, or None."""
    if not key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return bound_session(store)
