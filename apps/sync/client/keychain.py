"""Where the refresh token lies: in the keychain of the system, or in a file that only its user can read."""

from __future__ import annotations

import os
from pathlib import Path

import keyring
from django.conf import settings
from keyring.errors import KeyringError

SERVICE = "LocaNext"


def keep(client: str, token: str) -> None:
    """Keep the token of an installation; the one before is gone."""
    try:
        keyring.set_password(SERVICE, client, token)
    except (KeyringError, OSError):
        _write(token)
        return
    _file().unlink(missing_ok=True)


def token(client: str) -> str:
    """The token, "" where there is none."""
    if _file().exists():
        return _file().read_text(encoding="ascii").strip()
    try:
        return keyring.get_password(SERVICE, client) or ""
    except (KeyringError, OSError):
        return ""


def forget(client: str) -> None:
    """Remove the token, wherever it lies."""
    _file().unlink(missing_ok=True)
    try:
        if keyring.get_password(SERVICE, client) is not None:
            keyring.delete_password(SERVICE, client)
    except (KeyringError, OSError):
        return


def _file() -> Path:
    return Path(settings.DATA_DIR) / "link_token"


def _write(token: str) -> None:
    """Whole or not at all, and never readable by others, not for a moment."""
    part = _file().with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as target:
        target.write(token)
        target.flush()
        os.fsync(target.fileno())
    part.replace(_file())
