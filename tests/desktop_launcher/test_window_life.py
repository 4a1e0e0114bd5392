"""How a window comes forward, what it leaves when it crashes, and the browser where there is no window to show."""

from __future__ import annotations

import http.cookiejar
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.desktop_launcher.desks import copy_of, integrity, is_alive, until
from tests.desktop_launcher.displays import NEEDED, Display, children_of, on_display, x_server
from tests.desktop_launcher.windows import ROOT, DrawnWindow, drawn

pytestmark = NEEDED
RED = (255, 0, 0)
COVER = """
import sys
from qtpy.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv)
cover = QWidget()
cover.setStyleSheet("background: #ff0000")
cover.setGeometry(0, 0, 1600, 1000)
cover.show()
app.exec()
"""


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    """An X server of its own."""
    with x_server() as display:
        yield display


def start_again(window: DrawnWindow, display: Display) -> subprocess.CompletedProcess[bytes]:
    """The program once more over the same data."""
    command = [sys.executable, "-m", "desktop_launcher"]
    env = on_display(window.places.data, display.name)
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=60, check=False)


def test_a_second_start_brings_the_window_up_and_a_crash_is_written_down(
    template: Path, tmp_path: Path, display: Display
) -> None:
    window = DrawnWindow(copy_of(template, tmp_path / "data"), display)
    cover = None
    try:
        # Wait for the first page, and for the worker, so that its end is seen too.
        assert window.page.value("location.pathname") == "/start/"
        assert until(lambda: any("--worker" in line for _, line in children_of(window.process.pid)), 60)
        cover = subprocess.Popen([sys.executable, "-c", COVER], env=on_display(tmp_path, display.name))
        assert until(lambda: display.colour(800, 500) == RED), "another program's window is on top"
        assert start_again(window, display).returncode == 0
        assert until(lambda: display.colour(800, 500) != RED), "the window is on top of it again"
        assert window.process.poll() is None
        # What crashes in compiled code: Python is not asked any more.
        ours = [pid for pid, line in children_of(window.process.pid) if "--server" in line or "--worker" in line]
        window.process.send_signal(signal.SIGSEGV)
        window.process.wait(20)
        log = (window.places.logs / "window-crash.log").read_text()
        assert "Segmentation fault" in log and "desktop_launcher/window.py" in log, log
        assert len(ours) == 2 and until(lambda: not any(map(is_alive, ours)), 12)
        assert integrity(window.places.data) == "ok"
    finally:
        if cover is not None:
            cover.kill()
            cover.wait(10)
        window.end()


def test_a_server_that_crashes_leaves_a_log_and_the_page_goes_on(
    template: Path, tmp_path: Path, display: Display
) -> None:
    with drawn(copy_of(template, tmp_path / "data"), display) as window:
        page = window.page
        (server,) = [pid for pid, line in children_of(window.process.pid) if "--server" in line]
        page.wait_for("#facts dd")
        page.click("#offline-go")
        page.wait_for("[role=treeitem]")
        os.kill(server, signal.SIGABRT)
        assert until(lambda: not is_alive(server))
        page.until(
            lambda: page.value("fetch('/api/v1/link').then((answer) => answer.ok, () => false)"), "the next server", 30
        )
        log = window.places.logs / "server-crash.log"
        assert until(lambda: "Aborted" in log.read_text())


# ---- no window ----
class Outside:
    """The program in a browser: what it was given to open, and what it said."""

    def __init__(self, process: subprocess.Popen[str], opened: Path) -> None:
        self.process, self._opened = process, opened

    def addresses(self, count: int) -> list[str]:
        """What the browser was to open, once there are so many."""
        until(lambda: self._opened.exists() and len(self._opened.read_text().split()) >= count, 60)
        return self._opened.read_text().split() if self._opened.exists() else []


@contextmanager
def in_browser(folder: Path, tmp_path: Path, *arguments: str, **more: str) -> Iterator[tuple[Outside, dict[str, str]]]:
    """The program with a browser that writes down what it is to open; and the environment of both."""
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    browser.chmod(0o755)
    env = on_display(folder, "", BROWSER=str(browser), LANG="en_US.UTF-8") | more
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop_launcher", *arguments],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        # Ctrl+C ends it also where the tests themselves run in the background, which do not hear it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        yield Outside(process, opened), env
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def first_page(address: str) -> tuple[int, str]:
    """Status and address of the page that a browser ends on."""
    kept = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    # No proxy of this machine stands between a browser and its own PC.
    opener = urllib.request.build_opener(kept, urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=30) as answer:
        return answer.status, answer.url


def test_without_a_screen_the_browser_takes_the_place_of_the_window(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "data")
    with in_browser(folder, tmp_path) as (outside, env):
        (address,) = outside.addresses(1)
        status, url = first_page(address)
        assert status == 200 and url.endswith("/start/"), url
        # A second start opens another page: an address is good for one browser.
        command = [sys.executable, "-m", "desktop_launcher"]
        assert subprocess.run(command, cwd=ROOT, env=env, timeout=60, check=False).returncode == 0
        first, second = outside.addresses(2)
        assert first != second and first_page(second)[0] == 200
        ours = [pid for pid, _ in children_of(outside.process.pid)]
        outside.process.send_signal(signal.SIGINT)
        said, _ = outside.process.communicate(timeout=30)
        assert outside.process.returncode == 0
        assert "LocaNext is open in your browser" in said and "(DISPLAY)" in said and "Traceback" not in said, said
        assert ours and not any(map(is_alive, ours)), "Ctrl+C ends what stands behind it"
    assert integrity(folder) == "ok"


@pytest.mark.parametrize("gone", [True, False])
def test_a_screen_that_is_gone_and_one_that_is_not_wanted(
    template: Path, tmp_path: Path, display: Display, gone: bool
) -> None:
    """Qt ends the process where the X server of DISPLAY does not answer: it is asked before."""
    folder = copy_of(template, tmp_path / "data")
    given = ([], ":6553") if gone else (["--browser"], display.name)
    with in_browser(folder, tmp_path, *given[0], DISPLAY=given[1]) as (outside, _env):
        (address,) = outside.addresses(1)
        assert first_page(address)[0] == 200


def test_programs_that_start_at_once_all_find_the_screen(tmp_path: Path) -> None:
    """An X server starts anew when the last one who asked it goes: none takes that for a screen that is gone."""
    ask = "from desktop_launcher import qt_libraries; print(sum(not qt_libraries.has_display() for _ in range(40)))"
    with x_server(200, 200, resets=True) as own:
        asking = [
            subprocess.Popen(
                [sys.executable, "-c", ask], cwd=ROOT, env=on_display(tmp_path, own.name), stdout=subprocess.PIPE
            )
            for _ in range(3)
        ]
        assert [one.communicate(timeout=60)[0].strip() for one in asking] == [b"0"] * 3
