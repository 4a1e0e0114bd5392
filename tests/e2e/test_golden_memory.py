"""Golden path 7 in a real browser: a large memory out of a file, its index, a look-up, what confirming does to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Project
from apps.tm.models import Entry, EntryRevision, Memory
from tests.e2e.editing_pages import file_with, row_of
from tests.e2e.memory_pages import item, opened
from tests.e2e.waiting import until
from tests.factories import client_for

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

ROWS = [
    ("S1", "전령이 3000번 성문 앞에서 편지를 전한다", ""),
    ("S2", "고래가 노래하는 밤에만 열리는 항구", ""),
    ("S3", "등불을 든 여우는 길을 잃지 않는다", ""),
]
NEW = (ROWS[1][1], "The harbour that opens when whales sing")
LOOK_UP_MILLISECONDS = 50.0


def pairs(count: int) -> bytes:
    """A TMX 1.4 of so many different units, ko to en."""
    who = (("전령", "messenger"), ("기사", "knight"), ("상인", "merchant"), ("마녀", "witch"), ("어부", "fisher"))
    what = (
        ("편지를 전한다", "hands over a letter"),
        ("비를 기다린다", "waits for rain"),
        ("등불을 켠다", "lights a lamp"),
    )
    units = []
    for n in range(count):
        (one, name), (act, acts) = who[n % len(who)], what[n % len(what)]
        units.append(
            f'<tu><tuv xml:lang="ko"><seg>{one}이 {n}번 성문 앞에서 {act}</seg></tuv>'
            f'<tuv xml:lang="en"><seg>The {name} {acts} at gate {n}</seg></tuv></tu>'
        )
    head = (
        '<header creationtool="x" creationtoolversion="1" segtype="sentence" o-tmf="x" adminlang="en" '
        'srclang="ko" datatype="plaintext"/>'
    )
    body = "".join(units)
    return f'<?xml version="1.0" encoding="UTF-8"?><tmx version="1.4">{head}<body>{body}</body></tmx>'.encode()


def uploaded(page: Page, project: Project, data: bytes, count: int) -> Memory:
    """The memory that the page makes of a file, in the project."""
    opened(page, f"/memory/?place=project-{project.pk}")
    item(page, project.name).click(button="right")
    page.get_by_role("menuitem", name="Upload a file as memory…").click()
    page.wait_for_selector("#mem-choose")
    with page.expect_file_chooser() as chooser:
        page.click("#mem-choose")
    chooser.value.set_files([{"name": "archive.tmx", "mimeType": "application/octet-stream", "buffer": data}])
    page.wait_for_selector("#mem-import-go")
    page.click("#mem-import-go")
    report = page.locator(".mem-report")
    report.wait_for(timeout=180_000)
    assert f"Written: {count:,} entries" in report.inner_text()
    return Memory.objects.get(name="archive")


def wait_for_index(page: Page, lead: User, memory: Memory, seconds: float) -> None:
    """Until the page and the API say that the index has everything; nobody does anything but look."""
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    page.wait_for_url(f"**/memory/{memory.pk}/")
    page.wait_for_selector("text=/^Index at revision 1$/", timeout=1000 * seconds)
    index = client_for(lead).get(f"/api/v1/memories/{memory.pk}").json()["index"]
    assert (index["state"], index["entries"]) == ("ready", memory.entries)


def best(page: Page) -> Locator:
    """The first match of the Memory tab, drawn."""
    found = page.locator("#panel-memory .match:not(.mem-skeleton)").first
    found.wait_for()
    return found


def look_up_ms(lead: User, file: File, sources: list[str]) -> float:
    """The middle time of look-ups of texts that were not asked for before, as the server says it."""
    client, took = client_for(lead), []
    for source in sources:
        answer = client.post(f"/api/v1/files/{file.pk}/lookup", {"source": source}).json()
        assert answer["proposals"], source
        took.append(answer["took_ms"])
    return sorted(took)[len(took) // 2]


def write_and_confirm(page: Page, text: str) -> None:
    """The text of the row of the cursor, confirmed; the cursor goes on to the next row."""
    page.keyboard.press("Enter")
    page.wait_for_selector(".ed-area:focus")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Control+s")


def at_row(page: Page, file: File, n: int) -> None:
    """The editor with the cursor on the n-th row, from 1."""
    page.goto(f"/files/{file.pk}/?n={n}")
    page.wait_for_selector(f'.g-row.is-on[data-index="{n - 1}"]')


def kept(memory: Memory) -> tuple[list[dict[str, Any]], int, int]:
    """The entries of the new source, how many there are in all, and how many changes were written."""
    entries = Entry.objects.filter(memory=memory)
    return list(entries.filter(source=NEW[0]).values()), entries.count(), EntryRevision.objects.count()


def confirming(page: Page, lead: User, file: File, memory: Memory) -> None:
    """One entry is added, a changed text updates it with history, the same text again changes nothing."""
    source, target = NEW
    made, before = Entry.objects.filter(memory=memory, source=source), memory.entries
    at_row(page, file, 2)
    write_and_confirm(page, target)
    entry = until(made.first)
    assert (entry.target, entry.key, entry.confirmed, entry.confirmed_by_name) == (target, "S2", True, "Lea Lead")
    at_row(page, file, 2)
    text = best(page).inner_text()
    assert "102" in text and "same context" in text and target in text
    write_and_confirm(page, target + ".")
    until(lambda: made.get().target == target + ".")
    assert made.get().pk == entry.pk
    assert list(EntryRevision.objects.values_list("entry_id", "target_before")) == [(entry.pk, target)]
    seen, revision = kept(memory), Memory.objects.get(pk=memory.pk).revision
    assert seen[1] == before + 1
    # Once more by key, and by a client that takes the status back and gives it again.
    at_row(page, file, 2)
    page.keyboard.press("Control+s")
    time.sleep(0.5)
    client, row = client_for(lead), row_of(file, "S2")
    for status in ("translated", "confirmed", "confirmed"):
        assert client.post("/api/v1/rows/status", {"ids": [row.pk], "status": status}).status_code == 200
    assert row_of(file, "S2").target == target + "."
    assert kept(memory) == seen, "a second confirm changes nothing"
    assert Memory.objects.get(pk=memory.pk).revision == revision


@pytest.mark.parametrize("count", [5_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_file_of_many_pairs_is_a_memory_that_answers_and_learns(
    signed_in_page: Callable[..., Page], lead: User, background_tasks: Any, count: int
) -> None:
    """Golden path 7: upload, indexing to ready without a click, a look-up with its kind, confirm, confirm again."""
    file = file_with(lead, ROWS)
    page = signed_in_page(lead)
    memory = uploaded(page, file.project, pairs(count), count)
    assert memory.entries == count
    wait_for_index(page, lead, memory, 120)
    at_row(page, file, 1)
    text = best(page).inner_text()
    assert "archive" in text and "100" in text and "exact" in text, text
    others = [f"기사이 {n}번 성문 앞에서 등불을 다시 켠다" for n in range(7, 7 + 21)]
    assert look_up_ms(lead, file, others) < LOOK_UP_MILLISECONDS
    confirming(page, lead, file, memory)
