"""Memories to look at in browser tests, and what their page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.models import User
from apps.ldm.models import Folder, Platform, Project
from apps.ldm.services.memories.create import create
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Entry, Memory
from apps.tm.services.entries.edit import add

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Place = Platform | Project | Folder
TEXTS = [
    ("등대지기의 하루", "A Keeper’s Day", "QST_1"),
    ("{0}통의 고래기름", "{0} barrels of whale oil", "QST_2"),
    ("바다는 기억하지 않소.", "The sea keeps no memory.", "QST_3"),
]


def memory_at(actor: User, name: str, place: Place | None, *, kind: str = "memory", active: bool = True) -> Memory:
    """An empty memory (or term base) serving a place."""
    to = Ref(type(place).__name__.lower(), place.pk) if place is not None else None
    return create(actor=actor, name=name, kind=kind, source_language="ko", target_language="en", to=to, active=active)


def filled(actor: User, memory: Memory, texts: list[tuple[str, str, str]] = TEXTS) -> list[Entry]:
    """Entries of (source, target, key) in a memory."""
    return [
        add(actor=actor, memory_id=memory.pk, source=source, target=target, key=key) for source, target, key in texts
    ]


def opened(page: Page, address: str) -> Page:
    """The memory page at an address, drawn."""
    page.goto(address)
    page.wait_for_selector("#middle[data-ready]")
    return page


def item(page: Page, name: str) -> Locator:
    """An item of the tree."""
    return page.locator("#tree [role=treeitem]").filter(has=page.get_by_text(name, exact=True))


def row(page: Page, text: str) -> Locator:
    """A row of the entries."""
    return page.locator(".rec-row:not(.is-parked)", has_text=text)


def sources(page: Page) -> list[str]:
    """The sources on the screen, from the top."""
    return [text.strip() for text in page.locator(".rec-row[data-id]:not(.is-parked) .rec-source").all_inner_texts()]


def look_ups(page: Page) -> list[str]:
    """Addresses of the row look-ups from now on, as they are sent."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/lookup") else None)
    return sent


def rest(page: Page, sent: list[str]) -> None:
    """Wait until the page asks for nothing more, and forget what it asked for."""
    known = -1
    while known != len(sent):
        known = len(sent)
        page.wait_for_timeout(600)
    del sent[:]
