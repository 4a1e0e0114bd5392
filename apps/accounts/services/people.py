"""Managing people: leads create and manage accounts up to lead, admins all; nobody locks himself out."""

from __future__ import annotations

import json
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import LoginSession, Role, User, fold_username
from apps.accounts.services.sessions import end_all
from apps.accounts.signals import tell
from locanext_project.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from locanext_project.workspaces import atomic

PREFERENCES_LIMIT = 64 * 1024
# Without letters and digits that are mistaken for each other: 16 of these are 79 bits.
TEMPORARY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
OWN_FIELDS = frozenset({"display_name", "email", "language"})
FIELDS = OWN_FIELDS | {"username", "team", "department", "role"}


def create_user(
    *,
    actor: User | None,
    username: str,
    role: str = Role.TRANSLATOR,
    display_name: str = "",
    email: str = "",
    team: str = "",
    language: str = "",
    department: str = "",
) -> tuple[User, str]:
    """A new account and its temporary password, which is shown once and must be changed.

    `actor` None is the system (commands). Raises Forbidden, Invalid, Conflict (name taken).
    """
    _require_manager(actor, role)
    password = _temporary_password()
    user = User(
        username=unicodedata.normalize("NFKC", username).strip(),
        display_name=display_name.strip(),
        email=email.strip(),
        team=team.strip(),
        language=language.strip(),
        department=department.strip(),
        role=role,
        must_change_password=True,
    )
    user.set_password(password)
    with atomic():
        _check(user)
        user.save()
        tell("user_created", actor=actor, user=user, detail={"role": role})
    return user, password


def update_user(*, actor: User | None, user_id: int, changes: Mapping[str, Any]) -> User:
    """Change an account. People may change their own display name, mail and language.

    `changes` has keys of FIELDS. Raises NotFound, Forbidden, Invalid, Conflict.
    """
    unknown = set(changes) - FIELDS
    if unknown:
        raise Invalid(_("An account has no %(field)s.") % {"field": sorted(unknown)[0]}, field=sorted(unknown)[0])
    with atomic():
        if "role" in changes:
            _lock_admins()
        user = _locked(user_id)
        own = actor is not None and actor.pk == user.pk
        if not (own and set(changes) <= OWN_FIELDS):
            _require_manager(actor, user.role, user)
        if "role" in changes and changes["role"] != user.role:
            _check_new_role(actor, user, str(changes["role"]))
        changed = _assign(user, changes)
        if changed:
            _check(user)
            user.save(update_fields=[*changed])
            tell("user_changed", actor=actor, user=user, detail={"changed": changed})
    return user


def reset_password(*, actor: User | None, user_id: int) -> tuple[User, str]:
    """A new temporary password, shown once; all sessions of the person end. Raises NotFound, Forbidden."""
    password = _temporary_password()
    hashed = User()
    hashed.set_password(password)
    with atomic():
        user = _locked(user_id)
        if actor is not None and actor.pk == user.pk:
            raise Forbidden(_("Change your own password on the password page."))
        _require_manager(actor, user.role, user)
        user.password = hashed.password
        user.must_change_password = True
        user.password_changed_at = timezone.now()
        user.save(update_fields=["password", "must_change_password", "password_changed_at"])
        ended = end_all(LoginSession.objects.filter(user=user), reason="password_reset")
        tell("password_reset", actor=actor, user=user, detail={"sessions_ended": ended})
    return user, password


def end_sessions_of(*, actor: User | None, user_id: int) -> int:
    """End every login of somebody else (a lost laptop); returns how many. Raises NotFound, Forbidden."""
    with atomic():
        user = _locked(user_id)
        _require_manager(actor, user.role, user)
        ended = end_all(LoginSession.objects.filter(user=user), reason="ended_by_manager")
        tell("user_sessions_ended", actor=actor, user=user, detail={"count": ended})
    return ended


def deactivate_user(*, actor: User | None, user_id: int) -> User:
    """Refuse further logins of a person and end the present ones; the account and its work stay.

    Raises NotFound, Forbidden (oneself), Conflict (the last admin).
    """
    with atomic():
        _lock_admins()
        user = _locked(user_id)
        if actor is not None and actor.pk == user.pk:
            raise Forbidden(_("Nobody deactivates his own account."))
        _require_manager(actor, user.role, user)
        if user.is_active:
            _keep_an_admin(user)
            user.is_active = False
            user.save(update_fields=["is_active"])
            ended = end_all(LoginSession.objects.filter(user=user), reason="deactivated")
            tell("user_deactivated", actor=actor, user=user, detail={"sessions_ended": ended})
    return user


def activate_user(*, actor: User | None, user_id: int) -> User:
    """Let a deactivated person log in again. Raises NotFound, Forbidden."""
    with atomic():
        user = _locked(user_id)
        _require_manager(actor, user.role, user)
        if not user.is_active:
            user.is_active = True
            user.save(update_fields=["is_active"])
            tell("user_activated", actor=actor, user=user)
    return user


def save_preferences(*, actor: User, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Merge interface settings into the actor's own (a value None removes its key); returns them all.

    One level deep. No audit entry: these say nothing about the work. Raises Invalid, TooLarge.
    """
    language = changes.get("ui_language")
    if language is not None and language not in dict(settings.LANGUAGES):
        raise Invalid(_("The interface has no language %(code)s.") % {"code": language}, field="ui_language")
    with atomic():
        user = _locked(actor.pk)
        merged = {**user.preferences, **changes}
        merged = {key: value for key, value in merged.items() if value is not None}
        _check_preferences(merged)
        user.preferences = merged
        user.save(update_fields=["preferences"])
    actor.preferences = merged
    return merged


def _check_preferences(preferences: dict[str, Any]) -> None:
    try:
        text = json.dumps(preferences, ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except (TypeError, ValueError) as error:  # includes lone surrogates
        raise Invalid(_("These settings are not plain JSON.")) from error
    if "\\u0000" in text:
        raise Invalid(_("These settings hold a character that cannot be stored."))
    if size > PREFERENCES_LIMIT:
        raise TooLarge(_("Settings take up to 64 KB."), limit=PREFERENCES_LIMIT, size=size)


def _require_manager(actor: User | None, role: str, user: User | None = None) -> None:
    """Raises Forbidden unless `actor` manages accounts of `role` (and this superuser, if it is one)."""
    if actor is None or actor.is_admin:
        return
    if not actor.is_lead:
        raise Forbidden(_("Accounts are managed by leads and admins."))
    if role == Role.ADMIN or (user is not None and user.is_admin):
        raise Forbidden(_("Only an admin manages admins."))


def _check_new_role(actor: User | None, user: User, role: str) -> None:
    if actor is not None and actor.pk == user.pk:
        raise Forbidden(_("Nobody changes his own role."))
    _require_manager(actor, role)
    if role != Role.ADMIN and not user.is_superuser:
        _keep_an_admin(user)


def _lock_admins() -> None:
    """Before a change that could remove an admin: two of these at once wait for each other."""
    list(_active_admins().select_for_update().order_by("pk"))


def _active_admins() -> QuerySet[User]:
    return User.objects.filter(Q(role=Role.ADMIN) | Q(is_superuser=True), is_active=True)


def _keep_an_admin(user: User) -> None:
    """Raises Conflict where `user` is the last active admin."""
    if user.is_admin and not _active_admins().exclude(pk=user.pk).exists():
        raise Conflict(_("%(name)s is the last admin. Make somebody else admin first.") % {"name": user.name})


def _assign(user: User, changes: Mapping[str, Any]) -> dict[str, list[str]]:
    """Set the fields; returns {field: [before, after]} of those that differ."""
    changed = {}
    for field, value in changes.items():
        before, after = getattr(user, field), str(value).strip()
        setattr(user, field, after)
        if before != after:
            changed[field] = [before, after]
    return changed


def _check(user: User) -> None:
    """Raises Conflict (name taken) or Invalid (a field breaks its rule)."""
    taken = User.objects.filter(username_key=fold_username(user.username)).exclude(pk=user.pk)
    if taken.exists():
        raise Conflict(_("The user name %(name)s is taken.") % {"name": user.username}, field="username")
    try:
        user.clean_fields(exclude=["password", "preferences", "username_key"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(" ".join(messages), field=field) from None


def _locked(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def _temporary_password() -> str:
    letters = [secrets.choice(TEMPORARY_ALPHABET) for _index in range(16)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))
