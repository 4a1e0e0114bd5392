"""Two desktops and their server, each in processes of its own: a project is taken along, the network goes, comes back.

Golden path 10, with the server on PostgreSQL behind PgBouncer where it is installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from apps.accounts.models import User
from apps.ldm.benchmarks.live.server import READY
from apps.ldm.models import File, Project, Row, RowRevision, Status
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.tree.create import create_project
from apps.ldm.services.tree.structure import Ref
from apps.sync.models import Conflict
from apps.tm.services.entries.edit import add
from tests import factories
from tests.conftest import ROOT
from tests.desktop_site.network import Line, pooled
from tests.desktop_site.site import DesktopSite, until
from tests.ldm.services.conftest import locstr

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TEXTS = [
    ("K1", "인사말", ""),
    ("K2", "안개가 걷힌다", "The fog lifts"),
    ("K3", "등대지기의 부탁 {0}", ""),
    ("K4", "고래기름 {0}통", ""),
    ("K5", "바다는 기억하지 않소.", ""),
]


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Iterator[int]:
    """The port of a server process on this test's database, through a pooler."""
    with pooled(connections["default"].settings_dict, tmp_path) as default:
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


class Desk:
    """One desktop at work, by its API."""

    def __init__(self, site: DesktopSite, port: int, person: User) -> None:
        self.site = site
        site.call("POST", "link/server", {"server_url": f"http://127.0.0.1:{port}"})
        site.call("POST", "link/login", {"username": person.username, "password": factories.PASSWORD})

    def status(self) -> dict[str, Any]:
        return dict(self.site.call("GET", "link"))

    def done(self, task: dict[str, Any]) -> dict[str, Any]:
        """The task, when the desktop's worker has run it."""
        run: dict[str, Any] = until(
            lambda: (run := self.site.call("GET", f"tasks/{task['id']}"))["status"] not in ("queued", "running") and run
        )
        assert run["status"] == "succeeded", run
        return run

    def rows(self, file: File) -> dict[str, dict[str, Any]]:
        window = self.site.call("GET", f"files/{file.pk}/rows?start=0&count=50")
        return {row["key"]: row for row in window["rows"]}

    def save(self, file: File, key: str, target: str, status: str = "translated") -> None:
        row = self.rows(file)[key]
        body = {"target": target, "status": status, "text_rev": row["text_rev"]}
        self.site.call("PATCH", f"rows/{row['id']}", body)

    def conflicts(self) -> list[dict[str, Any]]:
        return list(self.site.call("GET", "conflicts?state=open")["items"])


@pytest.fixture
def desks(server: int, line: Line, translator: User, reviewer: User, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """The first desktop's network can be cut; the second one's cannot."""
    sites = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        sites.append(DesktopSite(tmp_path / name, services=True))
    yield Desk(sites[0], line.port, translator), Desk(sites[1], server, reviewer)
    for site in sites:
        site.stop()


def target(file: File, key: str) -> str:
    """What the server has."""
    return str(Row.objects.get(file=file, key=key).target)


def test_a_project_taken_along_comes_back_without_losing_a_word(
    desks: tuple[Desk, Desk], line: Line, project: tuple[Project, File]
) -> None:
    first, second = desks
    whole, file = project
    for desk in desks:
        desk.done(desk.site.call("POST", "link/mirror", {"kind": "project", "id": whole.pk})["task"])
        until(lambda desk=desk: desk.site.call("GET", f"link/files?ids={file.pk}")[0]["whole"])
        until(lambda desk=desk: desk.site.call("GET", f"link/files?ids={file.pk}")[0]["memories_whole"])

    # A colleague's text comes over by itself, within the time of a hint.
    second.save(file, "K2", "The fog clears")
    until(lambda: target(file, "K2") == "The fog clears")
    until(lambda: first.rows(file)["K2"]["target"] == "The fog clears")

    line.cut()
    # 10:00 on the server "Hello", 10:05 offline "Bonjour": the later one stands.
    second.save(file, "K1", "Hello")
    until(lambda: target(file, "K1") == "Hello")
    first.save(file, "K1", "Bonjour")
    # And the other way round.
    first.save(file, "K2", "The mist is gone")
    second.save(file, "K2", "The fog is gone")
    # Edit, confirm, check, pretranslate, with no network.
    first.save(file, "K3", "The keeper's request {0}", "confirmed")
    first.save(file, "K4", "Barrels of whale oil")
    first.done(first.site.call("POST", f"files/{file.pk}/check-all", {})["task"])
    assert first.site.call("POST", f"files/{file.pk}/views", {"query": "check:placeholder"})["total"] == 1
    first.done(first.site.call("POST", f"files/{file.pk}/pretranslate", {"threshold": 75})["task"])
    assert first.rows(file)["K5"]["target"] == "The sea keeps no memory."
    waiting = first.status()
    assert waiting["pending"] == 5 and waiting["state"] in ("unreachable", "connecting"), waiting
    until(lambda: target(file, "K2") == "The fog is gone")
    assert (target(file, "K1"), target(file, "K3"), target(file, "K5")) == ("Hello", "", "")

    line.mend()
    first.site.call("POST", "link/sync", {})
    until(lambda: first.status()["pending"] == 0, 40)
    assert (target(file, "K1"), target(file, "K2")) == ("Bonjour", "The fog is gone")
    assert target(file, "K3") == "The keeper's request {0}" and target(file, "K5") == "The sea keeps no memory."
    assert Row.objects.get(file=file, key="K3").status == Status.CONFIRMED
    for key, texts in (("K1", {"Hello", "Bonjour"}), ("K2", {"The fog is gone", "The mist is gone"})):
        history = RowRevision.objects.filter(row__file=file, row__key=key)
        assert texts <= set(history.values_list("target", flat=True)) | {target(file, key)}, key

    # Each conflict with both texts, on the server and in the inbox of the desktop.
    assert set(Conflict.objects.values_list("kept", "lost")) == {
        ("Bonjour", "Hello"), ("The fog is gone", "The mist is gone")
    }  # fmt: skip
    until(lambda: {one["key"] for one in first.conflicts()} >= {"K2"})
    until(lambda: {key: row["target"] for key, row in second.rows(file).items()} == _targets(file))
    until(lambda: {key: row["target"] for key, row in first.rows(file).items()} == _targets(file))
    # The inbox: mine after all; it is an ordinary edit, here and on the server.
    (mine,) = [one for one in first.conflicts() if one["key"] == "K2"]
    first.site.call("POST", f"conflicts/{mine['op']}/resolve", {"resolution": "swapped"})
    until(lambda: target(file, "K2") == "The mist is gone")
    until(lambda: second.rows(file)["K2"]["target"] == "The mist is gone")


def _targets(file: File) -> dict[str, str]:
    return dict(Row.objects.filter(file=file).values_list("key", "target"))
