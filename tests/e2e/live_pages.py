"""Several windows on one file: each a browser of its own, signed in, quiet when the test ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.models import File, Presence, RowLease
from tests.browser import give_session
from tests.e2e.editing_pages import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

OpenWindow = Callable[..., "Page"]


@pytest.fixture
def open_window(browser: Browser, browser_context: BrowserContext, server_url: str) -> Iterator[OpenWindow]:
    """`open_window(user, file, query="", prepare=None, join=True)`: the file in a fresh browser, its socket joined.

    `prepare(page)` runs before the file is opened. At the end nobody is in any file any more, and no script failed.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_(
        user: User, file: File, query: str = "", prepare: Callable[[Page], Any] | None = None, *, join: bool = True
    ) -> Page:
        context = browser.new_context(base_url=server_url, viewport={"width": 1440, "height": 900}, locale="en-US")
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        give_session(context, user, server_url)
        if prepare:
            prepare(page)
        goto_file(page, file, query, join=join)
        return page

    yield open_
    for context in contexts:
        for page in context.pages:
            until(lambda page=page: is_quiet(page))
        context.close()
    # A page that goes without a socket gives nothing back: its lease ends by itself.
    until(lambda: not Presence.objects.exists() and not RowLease.objects.filter(until__gt=timezone.now()).exists(), 45)
    assert not problems, f"script errors: {problems}"


def goto_file(page: Page, file: File, query: str = "", *, join: bool = True) -> None:
    """Open a file and wait for its rows, and for the socket to have joined."""
    page.goto(f"/files/{file.pk}/{query}")
    page.wait_for_selector(".g-row.is-on[data-row]")
    if join:
        page.wait_for_selector("#people[aria-label]", state="attached")


def is_quiet(page: Page) -> bool:
    """Whether nothing waits to be saved."""
    return page.url == "about:blank" or page.locator("#link-chip[data-state=late]:visible").count() == 0


def people_in(page: Page) -> int:
    """How many people the top bar says are here, oneself included."""
    return int(page.locator("#people").get_attribute("data-people") or 0)


def target(page: Page, index: int) -> str:
    """The target of a row as it is shown."""
    return page.locator(f'.g-row[data-index="{index}"] [data-column="target"] .g-text').inner_text()


def row_at(page: Page, index: int, state: str = "") -> Any:
    """The element of a row, in a state such as ".is-held"."""
    return page.locator(f'.g-row[data-index="{index}"]{state}')
