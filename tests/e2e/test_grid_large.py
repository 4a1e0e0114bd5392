"""A million rows in the grid: how soon it can be used, how it scrolls, what it costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.services import counters
from locanext_project.bulk_load import bulk_load
from tests.e2e.editing_pages import file_with, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = 1_000_000
READY_SECONDS = 2.0
HEAP_MEGABYTES = 30.0
KEY_MILLISECONDS = 50.0
WATCH = """() => {
  window.seen = {holes: 0, frames: 0};
  const view = document.querySelector('.g-view');
  const look = () => {
    const box = view.getBoundingClientRect();
    const shown = document.querySelectorAll('.g-layer > .g-row:not(.is-parked)');
    const rows = [...shown].map(row => row.getBoundingClientRect());
    window.seen.frames += 1;
    if (rows[0].top > box.top + 1 || rows.at(-1).bottom < box.bottom - 1) window.seen.holes += 1;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
TIME_KEYS = """() => {
  window.times = [];
  document.querySelector('.ed-area').addEventListener('keydown', () => {
    const start = performance.now();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.times.push(performance.now() - start);
      channel.port2.postMessage(0);
    });
  }, true);
}"""


def large_file(lead: User) -> File:
    """A file of a million rows: a third new, the others original, many of two lines."""
    file = file_with(lead, [("S0", "첫 행", "First")])
    fields = ["file", "position", "segment", "key", "source", "target", "source_hash", "status", "words"]
    fields += ["rev", "text_rev", "origin", "location"]
    texts = ("", "The lighthouse must burn again.<br/>Find the <PAColor0xffe9bd23>Salt Fox<PAOldColor>.", "{0} days")
    rows = (
        (file.pk, n, n, f"K{n}", f"꺼진 등대 {{0}} {n}", texts[n % 3], n, int(bool(n % 3)), 3, 1, 1, "", "")
        for n in range(1, ROWS)
    )
    bulk_load(Row, fields, rows)
    counters.recount(file.pk)
    return file


def heap_megabytes(page: Page) -> float:
    """Script memory in use after a collection."""
    session: Any = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["JSHeapUsedSize"]) / 1e6


def test_a_million_rows(signed_in_page: Callable[..., Page], lead: User) -> None:
    file = large_file(lead)
    page = signed_in_page(lead)
    start = time.monotonic()
    page.goto(f"/files/{file.pk}/", wait_until="commit")
    page.wait_for_selector(".g-row.is-on[data-row]")
    assert time.monotonic() - start < READY_SECONDS
    page.evaluate(WATCH)
    page.mouse.move(400, 400)
    for _ in range(60):
        page.mouse.wheel(0, 900)
        time.sleep(0.02)
    page.keyboard.press("End")
    page.wait_for_selector(f'.g-row.is-on[data-index="{ROWS - 1}"][data-row]')
    seen = page.evaluate("seen")
    assert seen["frames"] > 30 and seen["holes"] == 0
    page.keyboard.press("Control+g")
    page.keyboard.type("500008")
    page.keyboard.press("Enter")
    page.wait_for_selector('.g-row.is-on[data-index="500007"][data-row]')
    until(lambda: page.evaluate("document.activeElement.dataset.index") == "500007")
    page.keyboard.press("Enter")
    page.evaluate(TIME_KEYS)
    page.keyboard.type("the captain does not trust this sea", delay=30)
    times = sorted(page.evaluate("times"))
    assert times[len(times) // 2] < KEY_MILLISECONDS
    assert heap_megabytes(page) < HEAP_MEGABYTES
