"""A desktop's link whose every state a browser test can set: what GET link answers, and what the acts change."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

from apps.accounts.models import User
from apps.accounts.services.local_person import local_person
from apps.ldm.models import File
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree import offline_storage
from locanext_project import workspaces
from tests.e2e.editing_pages import Texts, locstr

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

ONLINE: dict[str, Any] = {
    "server_url": "https://loc.haneul.example",
    "mode": "auto",
    "state": "online",
    "pending": 0,
    "sending": 0,
    "quarantined": 0,
    "conflicts": 0,
    "last_sync": "2026-11-21T09:41:00Z",
    "last_contact": "2026-11-21T09:41:00Z",
    "clock_offset": 0.0,
    "stuck": False,
    "user": {"id": 4, "name": "Seo-yeon Han", "username": "seoyeon.han"},
}
ALONE = ONLINE | {"server_url": "", "state": "alone", "last_sync": None, "last_contact": None, "user": None}


class SetLink:
    """Answers /api/v1/link… in place of the program: `now` is what GET link says, `sent` what was asked for."""

    def __init__(self, page: Page, **now: Any) -> None:
        self.page = page
        self.now = ONLINE | now
        self.sent: list[tuple[str, str, Any]] = []
        self.waiting: list[dict[str, Any]] = []
        self.probed: dict[str, Any] = {"state": "reachable", "milliseconds": 14}
        self.refusal: tuple[int, str] | None = None
        page.route(re.compile(r"/api/v1/link(/|$|\?)"), self._answer)

    def wait_for(self, method: str, path: str, data: Any = None, seconds: float = 20.0) -> None:
        """Until this was asked for. The page has to be asked meanwhile, or nobody answers it."""
        end = time.monotonic() + seconds
        while (method, path, data) not in self.sent:
            assert time.monotonic() < end, f"{path} was not asked for: {self.sent}"
            self.page.wait_for_timeout(30)

    def _answer(self, route: Route) -> None:
        request = route.request
        path = request.url.split("/api/v1/")[1].split("?")[0]
        if request.method == "GET":
            answers = {"link/probe": self.probed, "link/pending": self._waiting_page(request.url)}
            body: Any = answers.get(path, self.now)
            route.fulfill(json=body)
            return
        data = json.loads(request.post_data or "null")
        self.sent.append((request.method, path, data))
        if self.refusal is not None:
            status, message = self.refusal
            route.fulfill(status=status, json={"error": {"code": "refused", "message": message}})
            return
        self._act(path, data)
        route.fulfill(json=self.now)

    def _waiting_page(self, address: str) -> dict[str, Any]:
        start = int(address.partition("cursor=")[2] or 0)
        rest = len(self.waiting) > start + 2
        return {"items": self.waiting[start : start + 2], "next": str(start + 2) if rest else None}

    def _act(self, path: str, data: Any) -> None:
        if path == "link/mode":
            self.now = self.now | {"mode": data["mode"], "state": "offline" if data["mode"] == "offline" else "online"}
        elif path == "link/server":
            self.now = self.now | {"server_url": data["server_url"], "state": "login"}
        elif path == "link/login":
            self.now = self.now | {"state": "online", "user": {"id": 4, "name": "Seo-yeon Han"}}
        elif path == "link/logout":
            self.now = self.now | {"state": "login", "user": None}
        elif path.startswith("link/pending/"):
            self.waiting = [one for one in self.waiting if str(one["row_id"]) != path.rpartition("/")[2]]
            self.now = self.now | {
                "pending": sum(not one["quarantined"] for one in self.waiting),
                "quarantined": sum(one["quarantined"] for one in self.waiting),
            }


def own_file(rows: Texts) -> File:
    """A file of (key, source, target) that was born on the desktop."""
    with workspaces.use(workspaces.OFFLINE):
        person = local_person()
        project = offline_storage.ensure(actor=person)
        (file,) = import_file(actor=person, project=project, folder=None, filename="own.xml", data=locstr(rows))
        return file


def prefer(**preferences: Any) -> None:
    """Settings of the interface of the desktop's person."""
    with workspaces.use(workspaces.OFFLINE):
        User.objects.filter(pk=local_person().pk).update(preferences=preferences)


def waiting(row_id: int, target: str, **more: Any) -> dict[str, Any]:
    """An edit that the server does not have."""
    return {
        "row_id": row_id,
        "file_id": 1,
        "file_name": "main_ch03.xml",
        "target": target,
        "status": "translated",
        "edited_at": "2026-11-21T10:00:00Z",
        "tries": 1,
        "error": "",
        "quarantined": False,
    } | more
