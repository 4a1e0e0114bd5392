"""Logging in, and changing one's own password: the two places that check a password."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import LoginSession, User, fold_username
from apps.accounts.services import throttle
from apps.accounts.services.sessions import end_all, open_session, others_of
from apps.accounts.signals import tell
from locanext_project.errors import Invalid, NotSignedIn
from locanext_project.workspaces import atomic

MAX_PASSWORD = 1024
# A temporary password that nobody used is over after this time.
TEMPORARY = timedelta(days=7)


def sign_in(*, username: str, password: str, kind: str, device: str = "", ip: str = "") -> LoginSession:
    """Check a password and open a session (its `user` is loaded).

    `kind` is LoginSession.Kind.PAGE or API. Unknown name, wrong password and deactivated account
    give the same refusal after the same work. Raises NotSignedIn, Throttled.
    """
    key = fold_username(username)
    throttle.check(key, ip)
    user = User.objects.filter(username_key=key).first()
    # Hashing takes its time on purpose, so it happens outside of any transaction.
    is_right = _matches(user, password)
    session = None
    with atomic():
        # Locked and compared: a password changed or an account deactivated meanwhile wins.
        present = User.objects.select_for_update().filter(pk=user.pk).first() if user is not None else None
        throttle.check(key, ip)
        if (
            user is None
            or present is None
            or not is_right
            or not present.is_active
            or present.password != user.password
        ):
            _note_failure(key, user, device, ip)
        elif is_expired(present):
            tell("sign_in_failed", user=present, ip=ip or None, detail={"known": True, "expired": True})
        else:
            throttle.succeed(key, ip)
            session = open_session(user=present, kind=kind, device=device, ip=ip)
            present.last_login = session.created_at
            present.save(update_fields=["last_login"])
            detail = {"kind": kind, "device": session.device}
            tell("signed_in", actor=present, user=present, ip=ip or None, detail=detail)
    # Raised outside, so that what was noted is not rolled back.
    if session is not None:
        return session
    if present is not None and is_right and present.is_active and is_expired(present):
        raise NotSignedIn(_("This temporary password is over. A lead can give you a new one."), code="password_expired")
    raise NotSignedIn(_("This name and password do not match."), code="wrong_login")


def is_expired(user: User) -> bool:
    """Whether the person has a temporary password that was not used in time."""
    return user.must_change_password and timezone.now() - user.password_changed_at > TEMPORARY


def _note_failure(key: str, user: User | None, device: str, ip: str) -> None:
    """Count and audit a failed login, in the caller's transaction."""
    action = "sign_in_throttled" if throttle.fail(key, ip) else "sign_in_failed"
    # What was typed may be a password in the wrong field: only known names are kept.
    tell(action, user=user, ip=ip or None, detail={"known": user is not None, "device": device[:200]})


def change_password(*, actor: User, current: str, new: str, keep: uuid.UUID | None = None, ip: str = "") -> None:
    """Change one's own password and end the other sessions; `keep` is the session that asks.

    Raises Invalid (wrong current password, new one too weak or the same), Throttled.
    """
    throttle.check(actor.username_key, ip)
    is_right = _matches(actor, current)
    with atomic():
        User.objects.select_for_update().get(pk=actor.pk)
        throttle.check(actor.username_key, ip)
        if is_right:
            throttle.succeed(actor.username_key, ip)
        else:
            _note_failure(actor.username_key, actor, "", ip)
    if not is_right:
        raise Invalid(_("This is not your present password."), code="wrong_password", field="current")
    if current == new:
        raise Invalid(_("This is the password you have already."), field="new")
    check_strength(new, actor)
    hashed = User(username=actor.username)
    hashed.set_password(new)
    with atomic():
        user = User.objects.select_for_update().get(pk=actor.pk)
        user.password = hashed.password
        user.must_change_password = False
        user.password_changed_at = timezone.now()
        user.save(update_fields=["password", "must_change_password", "password_changed_at"])
        ended = end_all(others_of(user, keep), reason="password_changed")
        tell("password_changed", actor=user, user=user, ip=ip or None, detail={"sessions_ended": ended})
    actor.password, actor.must_change_password = user.password, False


def check_strength(password: str, user: User) -> None:
    """Raises Invalid with the reasons where a password is too weak or too long."""
    if len(password) > MAX_PASSWORD:
        raise Invalid(_("A password has up to %(count)d characters.") % {"count": MAX_PASSWORD}, field="new")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), code="weak_password", field="new", reasons=error.messages) from None


def _matches(user: User | None, password: str) -> bool:
    """Check a password; for an unknown name the same hashing is done for nothing."""
    if len(password) > MAX_PASSWORD:
        return False
    if user is None:
        User().set_password(password)
        return False
    return user.check_password(password)
