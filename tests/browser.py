"""The running program for browser tests: the real ASGI application behind Daphne, and a Chromium."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.static_once import StaticOnce

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# The same engine without a desktop browser around it takes half the processor time.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The shell alone moves letters to whole pixels; a browser on a screen does not.
    "--font-render-hinting=none",
]
START_SECONDS = 20
_address: str | None = None


def chromium() -> str | None:
    """The system's Chromium: CHROMIUM names it, else the first known name on the path."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)


def start_site() -> str:
    """Start Daphne in a thread, once per test process (its event loop cannot start twice); its address."""
    global _address
    if _address is not None:
        return _address
    from daphne.server import Server

    from locanext_project.asgi import application

    site = StaticOnce(_of_both(application))
    server = Server(site, endpoints=["tcp:port=0:interface=127.0.0.1"], signal_handlers=False, verbosity=0)
    threading.Thread(target=server.run, name="daphne", daemon=True).start()
    end = time.monotonic() + START_SECONDS
    while not server.listening_addresses:
        if time.monotonic() > end:
            raise RuntimeError("Daphne did not start")
        time.sleep(0.02)
    _address = f"http://127.0.0.1:{server.listening_addresses[0][1]}"
    return _address


def _of_both(application: Any) -> Any:
    """The program as a node of the LAN set-up: whoever knows the launch secret works in the desktop's database."""
    from locanext_project.desktop_gate import DesktopGate, knows_secret

    gate = DesktopGate(application, optional=True)

    async def site(scope: Any, receive: Any, send: Any) -> None:
        inside = scope["type"] in ("http", "websocket") and knows_secret(scope)
        await (gate if inside else application)(scope, receive, send)

    return site


@pytest.fixture
def server_url(transactional_db: None) -> str:
    """Address of the running program; it works on the test's databases, so the test is transactional."""
    return start_site()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Without one the tests are skipped, except in CI, where they fail.

    It stays open to the end of the run: tests/conftest.py lets browser tests come last, because async tests cannot
    run while Playwright's own event loop does.
    """
    program = chromium()
    if program is None:
        message = "there is no Chromium on this machine"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    # Playwright's event loop lives in this thread; the ORM calls of the test are not inside it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            chrome = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
            yield chrome
            chrome.close()
    finally:
        if before is None:
            os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def browser_context(browser: Browser, server_url: str, django_db_blocker: Any) -> Iterator[BrowserContext]:
    """A fresh profile whose relative addresses go to the running program."""
    context = browser.new_context(base_url=server_url, viewport={"width": 1440, "height": 900}, locale="en-US")
    context.set_default_timeout(20_000)
    yield context
    context.close()
    with django_db_blocker.unblock():
        _wait_for_idle_server()


def _wait_for_idle_server(seconds: float = 15.0) -> None:
    """Wait until no socket, request or task of the closed page is at work: emptying tables would deadlock with it."""
    from django.db import connections

    from apps.ldm.live import feed

    connection = connections["default"]
    end, quiet = time.monotonic() + seconds, 0
    while not feed.idle() and time.monotonic() < end:
        time.sleep(0.02)
    if connection.vendor != "postgresql":
        return
    while quiet < 2 and time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
            )
            quiet = quiet + 1 if cursor.fetchone()[0] == 0 else 0
        time.sleep(0.02)


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page; an uncaught script error or a refused script fails the test at its end."""
    page = browser_context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if _is_refusal(message) else None)
    yield page
    assert not problems, f"script errors on the page: {problems}"


def _is_refusal(message: Any) -> bool:
    return message.type == "error" and "Content Security Policy" in message.text


def give_session(context: BrowserContext, user: Any, address: str) -> None:
    """Put a page session of `user` into a browser profile, as signing in would have left it."""
    from django.conf import settings

    from tests import factories

    cookie = factories.client_for(user).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address, "httpOnly": True}])


@pytest.fixture
def desktop_page(page: Page, server_url: str) -> Page:
    """An empty page of a desktop's window: its person is `local_person()` of the offline workspace."""
    from locanext_project.desktop_gate import cookie_name, secret

    name = cookie_name(int(server_url.rpartition(":")[2]))
    page.context.add_cookies([{"name": name, "value": secret(), "url": server_url, "httpOnly": True}])
    return page


@pytest.fixture
def signed_in_page(page: Page, server_url: str) -> Callable[..., Page]:
    """`signed_in_page(user)`: an empty page of a browser in which `user` has signed in.

    The login form has a test of its own; going through it and through the start page costs seconds each time.
    """

    def sign_in(user: Any) -> Page:
        give_session(page.context, user, server_url)
        return page

    return sign_in


def sign_in_by_form(page: Page, user: Any) -> None:
    """Sign in as a person does; the page is where a person is led."""
    from django.urls import reverse

    from tests import factories

    page.goto(reverse("accounts:login"))
    page.fill("[name=username]", user.get_username())
    page.fill("[name=password]", factories.PASSWORD)
    with page.expect_navigation():
        page.click("form [type=submit]")
