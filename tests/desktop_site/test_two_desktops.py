"""Two desktops and their server, each in processes of its own: a project is taken along, the network goes, comes back.

Golden path 10, with the server on PostgreSQL behind PgBouncer where it is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Project, Row, RowRevision, Status
from apps.sync.benchmarks.line import Line
from apps.sync.models import Conflict
from tests import factories
from tests.desktop_site.golden import target
from tests.desktop_site.site import DesktopSite, until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


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
