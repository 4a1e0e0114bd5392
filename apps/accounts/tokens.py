"""The two tokens of an API login: a signed access token, and a refresh token that is replaced by use.

A refresh token is `<session id>.<secret>.<seal>`. The seal tells a token that we once issued from
an invented one, so that only a real replay can end a session. The secret after the next one is
derived from the present one, a salt of the session and the server's key: when the reply to a
refresh is lost, repeating the request gives the very same successor, and parallel refreshes agree.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from django.conf import settings
from django.utils import timezone

ALGORITHM = "HS256"
AUDIENCE = "locanext"
ISSUER = "locanext"
ACCESS_TYPE = "access"
SECRET_BYTES = 32
SEAL_BYTES = 16


class TokenRefused(Exception):
    """The token is not one of ours, or its time is over."""


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token taken apart."""

    session_id: uuid.UUID
    secret: bytes

    @property
    def hash(self) -> str:
        """What the session row keeps of it (hex)."""
        return hashlib.sha256(self.secret).hexdigest()

    def text(self) -> str:
        """The token as the client holds it."""
        body = f"{self.session_id.hex}.{_encode(self.secret)}"
        return f"{body}.{_encode(_seal(body))}"

    def successor(self, salt: str) -> RefreshToken:
        """The token that replaces this one; the same for the same salt."""
        message = b"next\0" + salt.encode() + b"\0" + self.secret
        return RefreshToken(self.session_id, hmac.digest(_key("refresh-next"), message, "sha256"))


def new_refresh_token(session_id: uuid.UUID) -> RefreshToken:
    """The first refresh token of a session: 256 random bits."""
    return RefreshToken(session_id, secrets.token_bytes(SECRET_BYTES))


def parse_refresh_token(text: str) -> RefreshToken:
    """Raises TokenRefused unless we issued this token at some time."""
    body, _, seal = text.rpartition(".")
    try:
        if not hmac.compare_digest(_decode(seal), _seal(body)):
            raise TokenRefused("The seal of the refresh token is wrong.")
        session, _, secret = body.partition(".")
        return RefreshToken(uuid.UUID(hex=session), _decode(secret))
    except (ValueError, binascii.Error) as error:
        raise TokenRefused("This is no refresh token.") from error


def access_token(session_id: uuid.UUID, user_id: int, ends_at: datetime) -> tuple[str, int]:
    """A signed access token and its life in seconds; never longer than the session's."""
    now = timezone.now()
    expires = min(now + timedelta(minutes=settings.ACCESS_TOKEN_MINUTES), ends_at)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "typ": ACCESS_TYPE,
        "sub": str(user_id),
        "sid": session_id.hex,
        "jti": secrets.token_hex(8),
        "iat": int(now.timestamp()),
        "exp": int(expires.timestamp()),
    }
    return jwt.encode(claims, settings.JWT_SIGNING_KEY, algorithm=ALGORITHM), int((expires - now).total_seconds())


def read_access_token(text: str) -> tuple[uuid.UUID, int]:
    """The session id and user id of a valid access token. Raises TokenRefused."""
    try:
        claims: dict[str, Any] = jwt.decode(
            text,
            settings.JWT_SIGNING_KEY,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["exp", "iat", "sub", "aud", "iss"]},
        )
        if claims.get("typ") != ACCESS_TYPE:
            raise TokenRefused("This is no access token.")
        return uuid.UUID(hex=str(claims.get("sid"))), int(claims["sub"])
    except (jwt.PyJWTError, ValueError) as error:
        raise TokenRefused(str(error)) from error


def _key(purpose: str) -> bytes:
    return hmac.digest(str(settings.JWT_SIGNING_KEY).encode(), purpose.encode(), "sha256")


def _seal(body: str) -> bytes:
    return hmac.digest(_key("refresh-seal"), body.encode(), "sha256")[:SEAL_BYTES]


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
