"""Keys a deployment makes for itself when the environment names none."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(folder: Path, name: str = "secret_key") -> str:
    """A random key kept in a file only its owner can read; the same at every start."""
    path = folder / name
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:  # another process of the same start was faster
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(50)
        file.write(key)
    return key
