"""The id arrays of views on disk, so that every process of a machine slices the same one."""

from __future__ import annotations

import hashlib
import os
import time
from array import array
from pathlib import Path

from django.conf import settings

from locanext_project import workspaces

KEPT_SECONDS = 2 * 86400
MAX_BYTES = 1024 * 1024 * 1024
_PRUNED_EVERY = 600.0
_last_pruned = 0.0


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "views"


def _path(token: str) -> Path:
    name = hashlib.sha256(f"{workspaces.alias()}\0{token}".encode()).hexdigest()
    return _folder() / f"{name}.ids"


def keep(token: str, ids: array[int]) -> None:
    """Write an array; a disk that is full or read-only only costs the sharing."""
    path = _path(token)
    unfinished = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _prune()
        unfinished.write_bytes(ids.tobytes())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)


def load(token: str) -> array[int] | None:
    """An array that some process kept, None where it is gone."""
    try:
        data = _path(token).read_bytes()
    except OSError:
        return None
    if len(data) % 8:
        return None
    ids = array("q")
    ids.frombytes(data)
    return ids


def _prune() -> None:
    """Remove what is old, and the oldest beyond MAX_BYTES; at most every ten minutes."""
    global _last_pruned
    now = time.monotonic()
    if _last_pruned and now - _last_pruned < _PRUNED_EVERY:
        return
    _last_pruned = now
    found = []
    for entry in os.scandir(_folder()):
        try:
            found.append((entry.stat().st_mtime, entry.stat().st_size, entry.path))
        except FileNotFoundError:
            continue
    total = 0
    for written, size, path in sorted(found, reverse=True):
        total += size
        if total > MAX_BYTES or time.time() - written > KEPT_SECONDS:
            Path(path).unlink(missing_ok=True)
