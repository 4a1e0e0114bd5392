"""Golden path 10 as two people have it: two windows on one screen, everything done in them, and a line that is cut.

The server is on PostgreSQL, behind PgBouncer where it is installed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Project, Row, RowRevision, Status
from apps.sync.benchmarks.line import Line
from apps.sync.models import Conflict
from desktop_launcher.window_state import WindowState
from tests import factories
from tests.desktop_launcher.desks import copy_of
from tests.desktop_launcher.devtools import WindowPage
from tests.desktop_launcher.displays import NEEDED, x_server
from tests.desktop_launcher.windows import drawn
from tests.desktop_site.golden import target
from tests.desktop_site.site import until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), *NEEDED]
WIDE, HIGH = 1300, 860
ON_CHIP = "#sync-chip"


@pytest.fixture
def pages(template: Path, tmp_path: Path) -> Iterator[tuple[WindowPage, WindowPage]]:
    """Two windows side by side, each with data of its own."""
    first, second = (copy_of(template, tmp_path / name) for name in ("first", "second"))
    with (
        x_server(2 * WIDE, HIGH) as display,
        drawn(first, display, WindowState(WIDE, HIGH, 0, 0)) as left,
        drawn(second, display, WindowState(WIDE, HIGH, WIDE, 0)) as right,
    ):
        yield left.page, right.page


def log_in(page: WindowPage, port: int, person: User) -> None:
    """By the start screen, as on the first day."""
    page.click("#login-go", "Choose a server…")
    page.wait_for("dialog[open]")
    page.type(f"http://127.0.0.1:{port}")
    page.press("Enter")
    page.wait_for("#server", "Reachable in")
    page.wait_for("#login-go:enabled", "Log in")
    page.until(lambda: page.value("document.activeElement.name") == "username", "the field of the name")
    page.type(person.username)
    page.press("Tab")
    page.type(factories.PASSWORD)
    page.press("Enter")
    page.wait_for("[role=treeitem]")
    page.wait_for(ON_CHIP, "All sent")


def open_file(page: WindowPage, project: Project, file: File) -> None:
    """From the list of the explorer: neither the project nor the file is on this PC yet."""
    page.click(".list-row .name", project.name, times=2)
    page.click(".list-row .name", file.name, times=2)
    page.wait_for(".g-row[data-row]", "안개가 걷힌다")


def current(page: WindowPage) -> str:
    """The number of the cursor's row, from "0" on, where keys go to it; "" while they do not."""
    on_row = "document.querySelector('.g-row.is-on[data-row]')?.dataset.index"
    return str(page.value(f"(document.activeElement.closest('.g-view') && {on_row}) ?? ''"))


def cursor(page: WindowPage) -> str:
    """The row of the cursor, once there is one: the rows alone come a moment before."""
    return str(page.until(lambda: current(page), "the cursor"))


def go_to(page: WindowPage, key: str) -> None:
    """The row of a key, by the arrows."""
    index = str(int(key[1:]) - 1)
    while (now := cursor(page)) != index:
        page.press("ArrowDown" if now < index else "ArrowUp")
        page.until(lambda before=now: current(page) not in ("", before), "the next row")


def write(page: WindowPage, key: str, text: str, *, confirm: bool = False) -> None:
    """Type into a row of the grid and save it, by the keyboard alone."""
    go_to(page, key)
    page.press("Enter")
    page.wait_for(".ed-area:focus")
    page.press("Control+a")
    page.type(text)
    page.press("Control+s" if confirm else "Alt+t")
    page.until(lambda: cell(page, key) == text, text)


def cell(page: WindowPage, key: str) -> str:
    """The target of a row as the grid shows it."""
    return page.text(f'.g-row[data-index="{int(key[1:]) - 1}"]:not(.is-editing) [data-column="target"]')


def written(page: WindowPage, selector: str) -> list[str]:
    """Texts that are shown as what changed, without the words that were taken out."""
    script = (
        f"[...document.querySelectorAll({json.dumps(selector)})].map((one) => {{ const text = one.cloneNode(true);"
        " text.querySelectorAll('del').forEach((gone) => gone.remove()); return text.textContent; })"
    )
    return [" ".join(text.split()) for text in page.value(script)]


def history(page: WindowPage, key: str) -> set[str]:
    """The texts of a row in the tab of its history."""
    go_to(page, key)
    page.press("Alt+3")
    page.wait_for("#panel-history .entry-text")
    return set(written(page, "#panel-history .entry-text"))


def test_two_windows_a_cut_line_and_both_texts(
    pages: tuple[WindowPage, WindowPage],
    server: int,
    line: Line,
    project: tuple[Project, File],
    translator: User,
    reviewer: User,
) -> None:
    first, second = pages
    whole, file = project
    for page, port, person in ((first, line.port, translator), (second, server, reviewer)):
        log_in(page, port, person)
        open_file(page, whole, file)

    # Linked: what one confirms is on the server, and in the other one's window.
    write(first, "K3", "The keeper's request {0}", confirm=True)
    until(lambda: target(file, "K3") == "The keeper's request {0}")
    assert Row.objects.get(file=file, key="K3").status == Status.CONFIRMED
    first.wait_for(ON_CHIP, "All sent")
    second.until(lambda: cell(second, "K3") == "The keeper's request {0}", "the colleague's text")

    line.cut()
    # The brief's example. 10:00 on the server "Hello", 10:05 offline "Bonjour": the later one stands.
    write(second, "K1", "Hello")
    until(lambda: target(file, "K1") == "Hello")
    write(first, "K1", "Bonjour", confirm=True)
    first.wait_for(ON_CHIP, "Saved on this PC · 1 to send")
    # And the other way round.
    write(first, "K2", "The mist is gone")
    first.wait_for(ON_CHIP, "Saved on this PC · 2 to send")
    write(second, "K2", "The fog is gone")
    until(lambda: target(file, "K2") == "The fog is gone")
    assert (cell(first, "K1"), cell(first, "K2")) == ("Bonjour", "The mist is gone")
    assert target(file, "K1") == "Hello", "nothing got through"

    line.mend()
    first.click(ON_CHIP)
    first.wait_for(".link-panel .link-item", "The mist is gone")
    first.click(".link-panel [data-act-name=now]")
    first.press("Escape")
    first.wait_for(ON_CHIP, "All sent", 40)
    assert (target(file, "K1"), target(file, "K2")) == ("Bonjour", "The fog is gone")
    assert set(Conflict.objects.values_list("kept", "lost")) == {
        ("Bonjour", "Hello"), ("The fog is gone", "The mist is gone")
    }  # fmt: skip
    for page in pages:
        page.until(lambda page=page: "Bonjour" in cell(page, "K1"), "the later text")
    # Whose text did not go into the file sees both beside each other, and nothing else has changed.
    for text in ("The fog is gone", "The mist is gone"):
        first.wait_for('.g-row[data-index="1"]', text)

    # The inbox: both texts, and mine after all.
    first.wait_for("#inbox-link .badge", "2")
    first.click("#inbox-link")
    first.wait_for("#cf-detail", "안개가 걷힌다")
    first.wait_for(".cf-side", "Mine")
    assert written(first, ".cf-side .cf-text") == ["The mist is gone", "The fog is gone"]
    first.press("x")
    # The next open one has the detail by now: here the row where mine stands and the other text was lost.
    first.wait_for("#cf-items", "You swapped")
    until(lambda: target(file, "K2") == "The mist is gone")
    second.until(lambda: cell(second, "K2") == "The mist is gone", "the swapped text")

    # Both texts of both rows are in history, in the windows and on the server.
    first.go(f"/files/{file.pk}/")
    cursor(first)
    for key, texts in (("K1", {"Hello", "Bonjour"}), ("K2", {"The fog is gone", "The mist is gone"})):
        kept = set(RowRevision.objects.filter(row__file=file, row__key=key).values_list("target", flat=True))
        assert texts <= kept, (key, kept)
        for page in pages:
            page.until(lambda page=page, key=key, texts=texts: texts <= history(page, key), f"the history of {key}")
