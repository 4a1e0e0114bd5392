"""The life of a login session: opened, seen, refreshed, ended."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import LoginSession, User
from apps.accounts.signals import tell, tell_ended
from apps.accounts.tokens import (
    RefreshToken,
    TokenRefused,
    access_token,
    new_refresh_token,
    parse_refresh_token,
)
from locanext_project.errors import NotFound, NotSignedIn
from locanext_project.workspaces import atomic

# A reply can get lost; within this time the token before the present one is answered again.
GRACE = timedelta(seconds=10)
SEEN_EVERY = timedelta(minutes=1)
KEEP_ENDED = timedelta(days=90)


@dataclass(frozen=True)
class TokenPair:
    """What a program gets for a login or a refresh."""

    access: str
    access_expires_in: int  # seconds
    refresh: str
    refresh_expires_at: datetime
    session: LoginSession


def open_session(*, user: User, kind: str, device: str = "", ip: str = "") -> LoginSession:
    """A new session of a person whose password was just checked. Writes no audit entry by itself."""
    now = timezone.now()
    ends_at = now + timedelta(days=settings.SESSION_ABSOLUTE_DAYS)
    return LoginSession.objects.create(
        user=user,
        kind=kind,
        device=device.replace("\x00", "")[:200],
        ip=ip[:45],
        created_at=now,
        last_seen_at=now,
        expires_at=min(now + timedelta(days=settings.REFRESH_TOKEN_DAYS), ends_at),
        ends_at=ends_at,
    )


def touch(*, session: LoginSession, ip: str = "") -> None:
    """Note that the session was used, at most once a minute; a page session's time starts anew."""
    now = timezone.now()
    if now - session.last_seen_at < SEEN_EVERY:
        return
    changes: dict[str, datetime | str] = {"last_seen_at": now}
    if ip:
        changes["ip"] = ip[:45]
    if session.kind == LoginSession.Kind.PAGE:
        changes["expires_at"] = min(now + timedelta(days=settings.REFRESH_TOKEN_DAYS), session.ends_at)
    seen = LoginSession.objects.filter(pk=session.pk, ended_at=None, last_seen_at__lte=now - SEEN_EVERY)
    seen.update(**changes)


def issue_tokens(*, session: LoginSession) -> TokenPair:
    """The first pair of an API session."""
    token = new_refresh_token(session.pk)
    session.refresh_hash = token.hash
    session.previous_hash = ""
    session.rotated_at = None
    session.save(update_fields=["refresh_hash", "previous_hash", "rotated_at"])
    return _pair(session, token.text())


def refresh(*, token: str, ip: str = "") -> TokenPair:
    """A new pair for a refresh token, which stops working.

    The token before the present one is answered with the present one for ten seconds (a lost
    reply). After that, or with any older token, somebody holds a copy: the family of sessions
    ends. Raises NotSignedIn.
    """
    try:
        presented = parse_refresh_token(token)
    except TokenRefused:
        raise NotSignedIn(_("This login is over. Log in again.")) from None
    with atomic():
        session = _locked(presented.session_id)
        pair = _rotate(session, presented, ip) if session is not None else None
    # Raised outside, so that the end of a family is not rolled back.
    if pair is None:
        raise NotSignedIn(_("This login is over. Log in again."))
    return pair


def _rotate(session: LoginSession, presented: RefreshToken, ip: str) -> TokenPair | None:
    """The pair that answers `presented`, or None where it is refused. The row is locked."""
    if not session.is_live or not session.user.is_active:
        return None
    now = timezone.now()
    if secrets.compare_digest(presented.hash, session.refresh_hash):
        salt = secrets.token_hex(16)
        fresh = presented.successor(salt)
        session.previous_hash, session.refresh_hash, session.rotation_salt = presented.hash, fresh.hash, salt
        session.rotated_at = session.last_seen_at = now
        session.expires_at = min(now + timedelta(days=settings.REFRESH_TOKEN_DAYS), session.ends_at)
        session.ip = ip[:45] or session.ip
        session.save()
        return _pair(session, fresh.text())
    repeated = bool(session.previous_hash) and secrets.compare_digest(presented.hash, session.previous_hash)
    if repeated and session.rotated_at is not None and now - session.rotated_at <= GRACE:
        return _pair(session, presented.successor(session.rotation_salt).text())
    end_all(LoginSession.objects.filter(family=session.family), reason="refresh_reused")
    tell("refresh_reused", user=session.user, ip=ip or None, detail={"session": session.pk, "device": session.device})
    return None


def end_session(*, actor: User, session_id: uuid.UUID, reason: str = "logout", ip: str | None = None) -> None:
    """End one of the actor's own sessions; ending one that is over changes nothing. Raises NotFound."""
    with atomic():
        session = _locked(session_id)
        if session is None or session.user_id != actor.pk:
            raise NotFound
        if end_all(LoginSession.objects.filter(pk=session.pk), reason=reason):
            tell("signed_out", actor=actor, user=actor, ip=ip, detail={"device": session.device, "reason": reason})


def end_session_of_token(*, token: str, ip: str | None = None) -> None:
    """Log out with the present refresh token alone. Anything else is ignored: logging out never fails."""
    try:
        presented = parse_refresh_token(token)
    except TokenRefused:
        return
    with atomic():
        session = _locked(presented.session_id)
        if session is None or not secrets.compare_digest(presented.hash, session.refresh_hash):
            return
        if end_all(LoginSession.objects.filter(pk=session.pk), reason="logout"):
            detail = {"device": session.device, "reason": "logout"}
            tell("signed_out", actor=session.user, user=session.user, ip=ip, detail=detail)


def end_other_sessions(*, actor: User, keep: uuid.UUID | None, ip: str | None = None) -> int:
    """End the actor's sessions except `keep`; returns how many ended."""
    with atomic():
        count = end_all(others_of(actor, keep), reason="ended_elsewhere")
        if count:
            tell("sessions_ended", actor=actor, user=actor, ip=ip, detail={"count": count})
    return count


def forget_old_sessions(*, now: datetime | None = None) -> int:
    """Remove sessions that have been over for KEEP_ENDED; the audit log keeps that they were. Returns how many."""
    cutoff = (now or timezone.now()) - KEEP_ENDED
    over = Q(ended_at__lt=cutoff) | Q(expires_at__lt=cutoff) | Q(ends_at__lt=cutoff)
    with atomic():
        return LoginSession.objects.filter(over).delete()[0]


def others_of(user: User, keep: uuid.UUID | None) -> QuerySet[LoginSession]:
    """The person's sessions without the one that asks."""
    sessions = LoginSession.objects.filter(user=user)
    return sessions if keep is None else sessions.exclude(pk=keep)


def end_all(sessions: QuerySet[LoginSession], *, reason: str) -> int:
    """End those of `sessions` that live, inside the caller's transaction; returns how many."""
    # In order, so that two of these at once wait for each other instead of both failing.
    ids = list(sessions.filter(ended_at=None).select_for_update().order_by("pk").values_list("pk", flat=True))
    LoginSession.objects.filter(pk__in=ids).update(ended_at=timezone.now(), end_reason=reason)
    tell_ended(ids)
    return len(ids)


def _locked(session_id: uuid.UUID) -> LoginSession | None:
    return LoginSession.objects.select_for_update(of=("self",)).select_related("user").filter(pk=session_id).first()


def _pair(session: LoginSession, refresh_text: str) -> TokenPair:
    access, seconds = access_token(session.pk, session.user_id, session.ends_at)
    return TokenPair(access, seconds, refresh_text, session.expires_at, session)
