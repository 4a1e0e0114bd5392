"""A desktop's link whose every state a browser test can set: what GET link answers, and what the acts change."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

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
        self.now = ONLINE | now
        self.sent: list[tuple[str, str, Any]] = []
        self.waiting: list[dict[str, Any]] = []
        self.refusal: tuple[int, str] | None = None
        page.route(re.compile(r"/api/v1/link(/|$|\?)"), self._answer)

    def _answer(self, route: Route) -> None:
        request = route.request
        path = request.url.split("/api/v1/")[1].split("?")[0]
        if request.method == "GET":
            body: Any = self._page(request.url) if path == "link/pending" else self.now
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

    def _page(self, address: str) -> dict[str, Any]:
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
            self.now = self.now | {"pending": len(self.waiting)}


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
