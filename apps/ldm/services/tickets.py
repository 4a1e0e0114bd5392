"""One-use tickets for sockets: for clients that cannot send a cookie, and must not put a token in an address."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from apps.accounts import selectors
from apps.accounts.models import LoginSession, User
from apps.ldm import permissions
from apps.ldm.models import SocketTicket

SECONDS = 30
BYTES = 16
LONGEST = 100


def issue(*, actor: User, session: LoginSession, file_id: int) -> str:
    """A ticket for one socket on one file, good once and for 30 seconds. Raises NotFound."""
    file = permissions.get_file(actor, file_id)
    text, now = secrets.token_urlsafe(BYTES), timezone.now()
    SocketTicket.objects.filter(expires_at__lte=now).delete()
    SocketTicket.objects.create(
        hash=_hash(text),
        user_id=actor.pk,
        session_id=session.pk,
        file_id=file.pk,
        expires_at=now + timedelta(seconds=SECONDS),
    )
    return text


def redeem(*, ticket: str, file_id: int) -> LoginSession | None:
    """The living login behind a ticket, which is used up by this; None where it is not good, or not for this file."""
    if not 0 < len(ticket) <= LONGEST:
        return None
    found = SocketTicket.objects.filter(hash=_hash(ticket)).first()
    # Whoever deletes it has it: of two that come with the same ticket one gets in.
    if found is None or not SocketTicket.objects.filter(hash=found.hash).delete()[0]:
        return None
    if found.file_id != file_id or found.expires_at <= timezone.now():
        return None
    session = selectors.live_session(found.session_id)
    return session if session is not None and session.user_id == found.user_id else None


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).hexdigest()
