"""Where the index of a memory lies, which generation of it counts, and which may go.

`DATA_DIR/indexes/<alias>/memory-<id>/current.json` names the generation, a folder beside it. A generation
is written under another name, renamed when it is complete, and made current by replacing that one file.
Superseded ones stay for a while: other processes may be opening them.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from locanext_project import workspaces

POINTER = "current.json"
PARTIAL = ".partial"
KEPT_SECONDS = 600.0
"""How long a superseded generation stays."""
ABANDONED_SECONDS = 6 * 3600.0
"""After which an unfinished generation is taken for one whose writer died."""


def root() -> Path:
    """The folder of this workspace's indexes."""
    return Path(settings.DATA_DIR) / "indexes" / workspaces.alias()


def folder_of(memory_id: int) -> Path:
    """The folder of a memory's index; it need not exist."""
    return root() / f"memory-{memory_id}"


def stamp(folder: Path) -> tuple[int, int] | None:
    """Changes whenever another generation becomes current; None where there is none."""
    try:
        found = (folder / POINTER).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def current(folder: Path) -> Path | None:
    """The generation that counts, or None where there is none or the pointer cannot be read."""
    try:
        name = json.loads((folder / POINTER).read_text(encoding="utf-8"))["generation"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not isinstance(name, str) or not name.isalnum():
        return None
    return folder / name


@contextmanager
def new_generation(folder: Path) -> Iterator[Path]:
    """A folder to write into; it becomes current when the block ends well, and goes when it does not."""
    generation = secrets.token_hex(8)
    partial = folder / (generation + PARTIAL)
    partial.mkdir(parents=True)
    try:
        yield partial
        os.utime(partial)  # a long build is not an old one
        partial.rename(folder / generation)
        _point(folder, generation)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    tidy(folder)


def _point(folder: Path, generation: str) -> None:
    old = current(folder)
    fresh = folder / f"{generation}.json{PARTIAL}"
    with fresh.open("x", encoding="utf-8") as file:
        json.dump({"generation": generation}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, folder / POINTER)
    if old is not None and old.name != generation:
        try:
            os.utime(old)  # from now on nobody opens it; its age counts from here
        except OSError:
            pass


def tidy(folder: Path) -> int:
    """Remove superseded generations and what writers that died left behind; returns how many."""
    kept, removed, now = current(folder), 0, time.time()
    for path in _children(folder):
        if path.name == POINTER or path == kept:
            continue
        allowed = ABANDONED_SECONDS if path.suffix == PARTIAL else KEPT_SECONDS
        try:
            if now - path.stat().st_mtime <= allowed:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
            removed += 1
        except OSError:  # removed by another process, or still open where the system minds that
            continue
    return removed


def known() -> list[int]:
    """Ids of the memories that have an index folder in this workspace."""
    found = []
    for path in _children(root()):
        number = path.name.removeprefix("memory-")
        if number != path.name and number.removeprefix("-").isdecimal():
            found.append(int(number))
    return sorted(found)


def remove(memory_id: int) -> None:
    """Remove a memory's index. Where another process holds it open, some systems keep a part."""
    folder = folder_of(memory_id)
    try:
        (folder / POINTER).unlink()
    except OSError:
        pass
    shutil.rmtree(folder, ignore_errors=True)


def size(folder: Path) -> int:
    """Bytes of everything in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _children(folder: Path) -> list[Any]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
