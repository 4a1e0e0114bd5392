"""Files to edit in browser tests, and waiting for what a page does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import quoteattr

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_project

Texts = list[tuple[str, str, str]]


def locstr(rows: Texts) -> bytes:
    """A LocStr file of (key, source, target)."""
    body = "\n".join(
        f"<LocStr StringId={quoteattr(key)} StrOrigin={quoteattr(source)} Str={quoteattr(target)} />"
        for key, source, target in rows
    )
    return f"<LanguageData>\n{body}\n</LanguageData>\n".encode()


def file_with(actor: User, rows: Texts, *, name: str = "Passage", language: str = "en") -> File:
    """A file of (key, source, target) in a project of its own, Korean to `language`."""
    project = create_project(actor=actor, platform_id=None, name=name, source_language="ko", target_language=language)
    (file,) = import_file(actor=actor, project=project, folder=None, filename="quest.xml", data=locstr(rows))
    return file


def row_of(file: File, key: str) -> Row:
    """The row with a key, as it is now."""
    return Row.objects.get(file=file, key=key)


def until(check: Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first true answer of `check`; fails when none comes in time."""
    end = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.03)
    return answer
