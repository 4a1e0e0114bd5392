"""The real window on a display of its own: what it shows, where links and downloads go, and how it all ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop_launcher.desks import copy_of, integrity, is_alive, until
from tests.desktop_launcher.displays import NEEDED, children_of, on_display, x_server

ROOT = Path(__file__).resolve().parents[2]
pytestmark = NEEDED


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server of its own."""
    with x_server() as display:
        yield display.name


def test_the_window_shows_the_program_and_nothing_else(template: Path, tmp_path: Path, display: str) -> None:
    folder, opened = copy_of(template, tmp_path / "data"), tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    browser.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "tests.desktop_launcher.driver", str(tmp_path)],
        cwd=ROOT, env=on_display(folder, display, BROWSER=str(browser)), capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["url"].startswith("http://127.0.0.1:") and "/desktop/start/" not in seen["url"], seen
    assert seen["title"] and seen["colours"] > 30, seen
    assert seen["language"].startswith("ko")
    assert seen["menus"] == 1, "the page's own menus open"
    assert (seen["copied"], seen["clipboard"]) == ("yes", "등대지기"), seen
    assert seen["url after a link"] == seen["url"]
    assert sorted(opened.read_text().split()) == ["https://example.com/elsewhere", "https://example.com/new"]
    assert seen["bridge"] == "undefined", "scripts of a page can call nothing of the launcher"
    assert "launch" not in seen["cookies"], "and cannot read the secret"
    assert seen["alive"] == [] and not seen["answers"]
    state = json.loads((folder / "window" / "state.json").read_text())
    assert state["width"] >= 880 and state["maximized"] is False
    assert integrity(folder) == "ok"
    wal = folder / "locanext.sqlite3-wal"
    assert not wal.exists() or wal.stat().st_size == 0, "a clean end leaves no log"


def test_a_second_start_and_the_death_of_the_window(template: Path, tmp_path: Path, display: str) -> None:
    folder = copy_of(template, tmp_path / "data")
    command = [sys.executable, "-m", "desktop_launcher"]
    with open(tmp_path / "log", "wb") as log:
        window = subprocess.Popen(command, cwd=ROOT, env=on_display(folder, display), stdout=log, stderr=log)
    try:
        assert until(lambda: any("--worker" in line for _, line in children_of(window.pid)), 60)
        begin = time.monotonic()
        second = subprocess.run(command, cwd=ROOT, env=on_display(folder, display), capture_output=True, timeout=60)
        assert second.returncode == 0 and time.monotonic() - begin < 15
        ours = [pid for pid, line in children_of(window.pid) if "--server" in line or "--worker" in line]
        assert len(ours) == 2 and window.poll() is None
        window.send_signal(signal.SIGKILL)
        window.wait(10)
        assert until(lambda: not any(map(is_alive, ours)), 12), "what stood behind the window ends with it"
    finally:
        if window.poll() is None:
            window.kill()
            window.wait(10)
    assert integrity(folder) == "ok"
