"""Reading people and login sessions."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.models import LoginSession, User, fold_username
from locanext_project.errors import NotFound
from locanext_project.prepared import Prepared, instance

_LOGIN, _PERSON = (tuple(field.attname for field in model._meta.concrete_fields) for model in (LoginSession, User))
_login = Prepared(
    lambda pk: LoginSession.objects.filter(pk=pk).values_list(*_LOGIN, *(f"user__{name}" for name in _PERSON))
)


def live_session(session_id: uuid.UUID) -> LoginSession | None:
    """The session with its user loaded; None where it ended or the person was deactivated."""
    # Asked with every request: Django took longer to write the statement than the database to answer it.
    for values in _login(session_id):
        session = instance(LoginSession, _LOGIN, values[: len(_LOGIN)])
        session.user = instance(User, _PERSON, values[len(_LOGIN) :])
        return session if session.is_live and session.user.is_active else None
    return None


def sessions_of(user: User) -> list[LoginSession]:
    """The person's living sessions, the one used last first."""
    now: datetime = timezone.now()
    living = LoginSession.objects.filter(user=user, ended_at=None, expires_at__gt=now, ends_at__gt=now)
    return list(living.order_by("-last_seen_at", "pk"))


def user_by_id(user_id: int) -> User:
    """Raises NotFound."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def people_query(*, search: str = "", role: str = "", active: bool | None = None) -> QuerySet[User]:
    """Accounts by part of a name, mail or team; unordered, for paging."""
    people = User.objects.all()
    search = search.replace("\x00", "").strip()[:100]
    if search:
        people = people.filter(
            Q(username_key__contains=fold_username(search))
            | Q(display_name__icontains=search)
            | Q(email__icontains=search)
            | Q(team__icontains=search)
        )
    if role:
        people = people.filter(role=role)
    if active is not None:
        people = people.filter(is_active=active)
    return people


def active_people(*, roles: tuple[str, ...] = ()) -> list[User]:
    """Everybody who can log in, by name; for pickers of other apps."""
    people = User.objects.filter(is_active=True)
    return list(people.filter(role__in=roles) if roles else people)
