"""What golden path 10 begins with: a server behind a pooler and a line, and a project with a memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import connections

from apps.accounts.models import User
from apps.ldm.benchmarks.live.server import READY
from apps.ldm.models import File, Project, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.tree.create import create_project
from apps.ldm.services.tree.structure import Ref
from apps.tm.services.entries.edit import add
from tests.conftest import ROOT
from tests.desktop_site.network import Line, pooled
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
    with pooled(connections["default"].settings_dict) as default:
        offline = connections["offline"].settings_dict
        names = {"default": default, "offline": {"NAME": str(offline["NAME"])}}
        more = {"SITE_DATABASES": json.dumps(names), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.ldm.live.site"]
        process = subprocess.Popen(command, env=os.environ | more, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        yield int(process.stdout.readline().removeprefix(READY))
        process.terminate()
        process.wait(20)


@pytest.fixture
def line(server: int) -> Iterator[Line]:
    """The network of the first desktop."""
    line = Line(server)
    yield line
    line.close()


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
