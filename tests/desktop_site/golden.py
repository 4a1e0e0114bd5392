"""What golden path 10 begins with: a server behind a pooler and a line, and a project with a memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from apps.accounts.models import User
from apps.ldm.models import File, Project, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.tree.create import create_project
from apps.ldm.services.tree.structure import Ref
from apps.sync.benchmarks.line import Line, line_to
from apps.tm.services.entries.edit import add
from tests.desktop_site.pooler import pooled
from tests.ldm.live.site import site
from tests.ldm.services.conftest import locstr

TEXTS = [
    ("K1", "인사말", ""),
    ("K2", "안개가 걷힌다", "The fog lifts"),
    ("K3", "등대지기의 부탁 {0}", ""),
    ("K4", "고래기름 {0}통", ""),
    ("K5", "바다는 기억하지 않소.", ""),
]


@pytest.fixture
def server(transactional_db: None) -> Iterator[int]:
    """The port of a server process on this test's database, through a pooler."""
    with pooled(connections["default"].settings_dict) as address, site(default=address) as process:
        yield process.port


@pytest.fixture
def line(server: int) -> Iterator[Line]:
    """The network of the first desktop."""
    with line_to(server) as found:
        yield found


@pytest.fixture
def project(lead: User) -> tuple[Project, File]:
    """A project with a file, and a memory that knows one of its sources."""
    project = create_project(actor=lead, platform_id=None, name="Passage", source_language="ko", target_language="en")
    memory = create_memory(
        actor=lead, name="M", kind="memory", source_language="ko", target_language="en", to=Ref("project", project.pk)
    )
    add(actor=lead, memory_id=memory.pk, source="바다는 기억하지 않소.", target="The sea keeps no memory.")
    (file,) = import_file(actor=lead, project=project, folder=None, filename="talk.xml", data=locstr(TEXTS))
    return project, file


def target(file: File, key: str) -> str:
    """What the server has."""
    return str(Row.objects.get(file=file, key=key).target)
