"""`bench editor`: a large file in a real browser, opened, filtered, edited far down and scrolled from end to end."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from apps.ldm.benchmarks.editor import page_script
from apps.ldm.benchmarks.files import corpus
from apps.ldm.benchmarks.live.people import signed_in
from apps.ldm.benchmarks.live.server import SESSION_COOKIE, started
from apps.ldm.benchmarks.place import bench_project
from apps.ldm.benchmarks.tables import Table, percentile
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.rows import search_index

if TYPE_CHECKING:
    from playwright.sync_api import Page

Say = Callable[[str], None]
ROWS = 173_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
FAR = 170_000
"""The row that is edited, in files that have so many."""
TYPED = "the captain does not trust this sea and nobody else should"
CONFIRMS = 20
LINE, FRAMES = 34, 6000
"""Pixels of a row, and the most frames of the scroll: a larger file is scrolled in larger steps."""
PATIENCE = 120.0
"""Seconds after which something that does not happen ends the benchmark."""


def run(scale: float, say: Say, *, rows: int = ROWS) -> list[Table]:
    """Measure with a file of `rows` rows. Raises CommandError without Playwright and a Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise CommandError("bench editor needs Playwright: pip install playwright.") from error
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise CommandError("bench editor needs a Chromium on the path, or CHROMIUM=its place.")
    count = max(1000, int(rows * scale))
    with bench_project() as (actor, project):
        say(f"Importing {count:,} rows")
        (file,) = import_file(
            actor=actor, project=project, folder=None, filename="editor.txt", data=corpus(count, "txt")
        )
        total = int(file.counts()["rows"])
        # As the worker does it after every import.
        search_index.build(file.pk)
        with signed_in(1) as (key,), started(say) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
            address = f"http://127.0.0.1:{port}"
            context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, locale="en-US")
            context.add_cookies([{"name": SESSION_COOKIE, "value": key, "url": address}])
            context.add_init_script(page_script.PAINTED)
            context.set_default_timeout(PATIENCE * 1000)
            table = Table(f"The editor's page: one file of {total:,} rows")
            _measure(context.new_page(), file.pk, total, table, say)
            browser.close()
    return [table]


def _measure(page: Page, file_id: int, total: int, table: Table, say: Say) -> None:
    say("Opening")
    page.goto(f"/files/{file_id}/")
    page.wait_for_selector(".g-row.is-on[data-row]")
    times = [_opened(page, file_id) for _ in range(3)]
    table.add("open, from the address to the first rows", min(times), "s", at_most=2)
    table.add("memory of the page, opened", _heap(page), "MB")
    _filter(page, table, say)
    _edit(page, min(FAR, total), table, say)
    _confirm(page, table, say)
    _scroll(page, total, table, say)
    table.add("memory of the page, afterwards", _heap(page), "MB")


def _until(page: Page, expression: str) -> None:
    """Wait until something is true; the page's policy forbids Playwright's own way."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise CommandError(f"The page did not come to: {expression}")
        time.sleep(0.01)


def _opened(page: Page, file_id: int) -> float:
    begin = time.perf_counter()
    page.goto(f"/files/{file_id}/", wait_until="commit")
    page.wait_for_selector(".g-row.is-on[data-row]")
    return time.perf_counter() - begin


def _heap(page: Page) -> float:
    """Script memory in use after a collection, MB."""
    session: Any = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["JSHeapUsedSize"]) / 1e6


FILTERS = (
    ("by status", "status:new"),
    ("by a rare text", "1717"),
    ("by a text of every seventh row", "안개"),
)


def _filter(page: Page, table: Table, say: Say) -> None:
    say("Filtering")
    for name, text in FILTERS:
        times = []
        for _ in range(3):
            page.evaluate(page_script.FILTER)
            page.click("#filter-text")
            page.keyboard.type(f"{text} ")
            page.keyboard.press("Enter")
            _until(page, "filterTime !== null")
            times.append(float(page.evaluate("filterTime")))
            page.click("#filter-text")
            page.keyboard.press("Control+a")
            page.keyboard.press("Delete")
            page.keyboard.press("Enter")
            _until(page, "!document.querySelector('#count').textContent.includes(' of ')")
        table.add(f"filter {name}, to the painted rows", min(times), "ms", at_most=200)


def _edit(page: Page, n: int, table: Table, say: Say) -> None:
    say(f"Editing row {n:,}")
    page.locator(".g-row.is-on").focus()
    page.keyboard.press("Control+g")
    page.keyboard.type(str(n))
    begin = time.perf_counter()
    page.keyboard.press("Enter")
    page.wait_for_selector(f'.g-row.is-on[data-index="{n - 1}"][data-row]')
    table.add(f"go to row {n:,}", time.perf_counter() - begin, "s", at_most=1)
    page.locator(f'.g-row[data-index="{n - 1}"] [data-column=target]').dblclick()
    page.wait_for_selector(".ed-area")
    page.evaluate(page_script.KEYS)
    page.keyboard.type(TYPED, delay=40)
    times = [float(one) for one in page.evaluate("keyTimes")]
    table.add("key press to painted letter, median", percentile(times, 0.5), "ms", at_most=50)
    table.add("key press to painted letter, p95", percentile(times, 0.95), "ms")
    page.keyboard.press("Alt+t")
    page.wait_for_selector(".ed-area", state="detached")


def _confirm(page: Page, table: Table, say: Say) -> None:
    say("Confirming")
    page.evaluate(page_script.CONFIRMS)
    page.keyboard.press("Enter")
    page.wait_for_selector(".ed-area")
    for n in range(CONFIRMS):
        page.keyboard.press("Control+a")
        page.keyboard.type(f"line {n} of the log")
        page.keyboard.press("Control+Enter")
        _until(page, f"confirmTimes.length > {n}")
    times = [float(one) for one in page.evaluate("confirmTimes")]
    table.add("confirm to the next row, open and painted, median", percentile(times, 0.5), "ms", at_most=100)
    table.add("confirm to the next row, p95", percentile(times, 0.95), "ms")
    page.keyboard.press("Escape")


def _scroll(page: Page, total: int, table: Table, say: Say) -> None:
    say("Scrolling from end to end")
    page.keyboard.press("Home")
    page.wait_for_selector('.g-row.is-on[data-index="0"][data-row]')
    pixels = max(800, total * LINE * 2 // FRAMES)
    seen = page.evaluate(page_script.SCROLL, [pixels, min(FRAMES, total * LINE * 2 // pixels)])
    table.add("scroll of the file, frames", seen["frames"], "")
    table.add("scroll, seconds", seen["seconds"], "s")
    table.add("last row that was seen", seen["last"] + 1, "", at_least=total)
    table.add("frames with a hole", seen["holes"], "", at_most=0)
    table.add("frames with a row whose text had not come", seen["waiting"], "", at_most=0)
