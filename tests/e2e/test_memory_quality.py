"""The Quality tab of a memory in a browser: figures, charts and what they say aloud."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from apps.accounts.models import User
from apps.ldm.models import MemoryAssignment
from apps.ldm.services.tree.create import create_project
from apps.tm.models import LookupDay, MatchDay, Memory
from apps.tm.models.usage import STEPS_MS

pytestmark = pytest.mark.browser
TIMES = [2, 40, 90, 160, 130, 70, 30, 12, 6, 4, 3, 1] + [0] * (len(STEPS_MS) + 1 - 12)
BANDS = {"context": (92, 6, 2), "100": (84, 12, 4), "95-99": (58, 38, 4), "85-94": (31, 60, 9), "75-84": (12, 66, 72)}


@pytest.fixture
def memory(lead: User) -> Memory:
    project = create_project(
        actor=lead, platform_id=None, name="Ashen Passage", source_language="ko", target_language="en"
    )
    made = Memory.objects.create(name="Ashen EN", source_language="ko", target_language="en", owner_id=lead.pk)
    MemoryAssignment.objects.create(memory=made, project=project, active=True)
    return made


def counted(memory: Memory) -> None:
    today = timezone.now().date()
    for n in range(30):
        LookupDay.objects.create(
            memory=memory, day=today - datetime.timedelta(days=n), lookups=548, hits=430 - 6 * n, times=TIMES
        )
    for band, (as_is, edited, not_used) in BANDS.items():
        MatchDay.objects.create(memory=memory, day=today, band=band, as_is=as_is, edited=edited, not_used=not_used)


def opened(page: Page, memory: Memory) -> Page:
    page.goto(f"/memory/{memory.pk}/")
    page.wait_for_selector("#tab-quality:not([hidden])")
    page.click("#tab-quality")
    return page


def test_figures_and_charts(signed_in_page: Callable[..., Page], lead: User, memory: Memory, tmp_path: Path) -> None:
    counted(memory)
    page = opened(signed_in_page(lead), memory)
    page.wait_for_selector("#panel-quality .fig")
    said: list[Any] = page.eval_on_selector_all(
        "#panel-quality svg.chart", "all => all.map((one) => one.getAttribute('aria-label'))"
    )
    assert said[0].startswith("Used as they are, by band: 101, 102: 92 %, 100: 84 %")
    assert said[1] == "Hit rate over 30 days, from 47 to 78 percent"
    assert "half under" in said[2]
    assert "95 % under" in said[2]
    words = page.inner_text("#panel-quality")
    assert "A threshold of 85 would hide 72 that nobody used, and 78 that somebody did." in words
    page.screenshot(path=str(tmp_path / "quality.png"))


def test_a_memory_that_nobody_asked_says_so(signed_in_page: Callable[..., Page], lead: User, memory: Memory) -> None:
    page = opened(signed_in_page(lead), memory)
    page.wait_for_selector("#panel-quality >> text=Nobody has asked this memory")
    assert not page.query_selector("#panel-quality svg.chart")
