"""A project with files to work on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Project, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_project


def locstr(rows: list[tuple[str, str, str]]) -> bytes:
    """A LocStr file of (key, source, target)."""
    body = "\r\n".join(f'  <LocStr StringId="{k}" StrOrigin="{s}" Str="{t}" />' for k, s, t in rows)
    return f'<?xml version="1.0" encoding="utf-8"?>\r\n<LanguageData>\r\n{body}\r\n</LanguageData>\r\n'.encode()


ROWS = [
    ("S1", "등대지기의 부탁", "The Keeper's Request"),
    ("S2", "고래기름 {0}통", "{0} barrels"),
    ("S3", "안개가 걷힌다", ""),
    ("S4", "안개가 걷힌다", ""),
    ("S5", "등불을 건네받는다", ""),
]


@pytest.fixture
def project(lead: User) -> Project:
    """A Korean to English project."""
    return create_project(
        actor=lead, platform_id=None, name="Ashen Passage", source_language="ko", target_language="en"
    )


@pytest.fixture
def make_file(lead: User, project: Project) -> Callable[..., File]:
    """`make_file(rows)`: a LocStr file of (key, source, target) in the project."""

    def make(rows: list[tuple[str, str, str]] | None = None, name: str = "quest.xml") -> File:
        data = locstr(ROWS if rows is None else rows)
        (file,) = import_file(actor=lead, project=project, folder=None, filename=name, data=data)
        return file

    return make


@pytest.fixture
def file(make_file: Callable[..., File]) -> File:
    """A file of five rows, two with a target."""
    return make_file()


def row_of(file: File, key: str) -> Row:
    """The row with a key, as it is now."""
    return Row.objects.get(file=file, key=key)


def state(file: File) -> list[tuple[object, ...]]:
    """What a person sees of a file's rows."""
    rows = Row.objects.filter(file=file, position__gte=0).order_by("position")
    return list(rows.values_list("id", "position", "key", "source", "target", "status", "source_changed", "old_source"))
