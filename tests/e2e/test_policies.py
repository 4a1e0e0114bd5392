"""The content security policy in a browser: the API's page and the admin work under it, and names stay text."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from tests.ldm.services.conftest import locstr

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser
EVIL = "<img src=x onerror=window.pwned=1>"
WRITTEN = "LOUD<script>window.pwned=1</script>"


def watched(page: Page) -> tuple[list[str], list[str]]:
    """(errors of the console, requests to other hosts) of what the page does from now on."""
    errors: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: None if "127.0.0.1" in request.url else foreign.append(request.url))
    return errors, foreign


def test_the_page_of_the_api_works_under_the_policy(signed_in_page: Callable[..., Page], lead: User) -> None:
    page = signed_in_page(lead)
    errors, foreign = watched(page)
    page.goto("/api/")
    page.get_by_placeholder("Filter by tag").fill("tree")
    page.locator("#operations-tag-tree").click()
    page.locator("#operations-tree-tree_roots button.opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".responses-table.live-responses-table").get_by_text("200").first.wait_for()
    assert errors == []
    assert [address for address in foreign if not address.startswith(("data:", "blob:"))] == []


def test_the_admin_works_under_its_policy(signed_in_page: Callable[..., Page], admin_user: User, lead: User) -> None:
    create_platform(actor=lead, name=EVIL)
    lead.display_name = EVIL
    lead.save()
    page = signed_in_page(admin_user)
    errors, foreign = watched(page)
    for address in ("", "accounts/user/", f"accounts/user/{lead.pk}/change/", "ldm/platform/", "audit/auditentry/",
                    "ldm/capability/add/", "tasks/taskrun/"):  # fmt: skip
        answer = page.goto(f"/admin/{address}")
        assert answer is not None and answer.status == 200, address
        page.wait_for_load_state("networkidle")
        # The theme's scripts have run: what they hide until then is shown.
        assert page.evaluate("!document.documentElement.hasAttribute('x-cloak')"), address
        assert page.evaluate("window.pwned === undefined")
    page.goto("/admin/ldm/platform/")
    page.locator("input[name=_selected_action]").first.check()
    assert errors == []
    assert [address for address in foreign if not address.startswith(("data:", "blob:"))] == []


@pytest.fixture
def evil(lead: User) -> dict[str, Any]:
    """Names, keys and texts that would run if a page took them for markup."""
    platform = create_platform(actor=lead, name=EVIL)
    project = create_project(actor=lead, platform_id=platform.pk, name=EVIL, source_language="ko", target_language="en")
    folder = create_folder(actor=lead, project_id=project.pk, parent_id=None, name=EVIL)
    rows = [(escape(WRITTEN), escape(WRITTEN), escape(f"{EVIL}{n}")) for n in range(3)]
    data = locstr(rows)
    (file,) = import_file(actor=lead, project=project, folder=folder, filename=f"{EVIL}.xml", data=data)
    lead.display_name = EVIL
    lead.save()
    return {"platform": platform, "project": project, "folder": folder, "file": file}


def test_names_keys_and_texts_stay_text(signed_in_page: Callable[..., Page], lead: User, evil: dict[str, Any]) -> None:
    page = signed_in_page(lead)
    errors, _foreign = watched(page)
    folder, file, project = evil["folder"].pk, evil["file"].pk, evil["project"].pk
    for address, shown in (
        ("/", EVIL),
        (f"/platforms/{evil['platform'].pk}/", EVIL),
        (f"/projects/{project}/", EVIL),
        (f"/folders/{folder}/", f"{EVIL}.xml"),
        (f"/files/{file}/", WRITTEN),
        (f"/files/{file}/changes/", EVIL),
        (f"/files/{file}/repeats/", WRITTEN),
        (f"/folders/{folder}/import/", EVIL),
        (f"/files/{file}/new-version/", EVIL),
        ("/people", EVIL),
        ("/account", EVIL),
    ):
        page.goto(address)
        page.wait_for_function("(text) => document.body.innerText.includes(text) || document.title.includes(text) "
                               "|| [...document.querySelectorAll('input')].some((one) => one.value.includes(text))",
                               arg=shown)  # fmt: skip
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.pwned === undefined"), address
        assert page.locator("img[src=x]").count() == 0, address
    page.goto("/")
    page.keyboard.press("Control+p")
    page.keyboard.type("onerror")
    page.get_by_text(f"{EVIL}.xml").first.wait_for()
    assert page.evaluate("window.pwned === undefined")
    assert errors == []


def test_the_fall_back_is_loud(
    signed_in_page: Callable[..., Page], translator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_FALLBACK", "1")
    page = signed_in_page(translator)
    page.goto("/")
    banner = page.get_by_role("alert").filter(has_text="PostgreSQL did not answer")
    banner.wait_for()
    box = banner.bounding_box()
    assert box is not None and box["y"] == 0 and box["width"] > 1400
    assert page.locator("main").is_visible()


def test_scripts_in_markup_are_refused(browser_context: BrowserContext) -> None:
    page = browser_context.new_page()
    page.goto("/login")
    ran = page.evaluate(
        """() => {
            const made = document.createElement("div");
            made.innerHTML = '<button onclick="window.pwned = 1">x</button>';
            document.body.append(made);
            made.firstChild.click();
            const fetched = fetch("https://evil.example/").then(() => "sent", () => "refused");
            return fetched.then((answer) => [window.pwned === undefined, answer]);
        }"""
    )
    assert ran == [True, "refused"]
