"""The real window on a display of its own: what it shows, where links and downloads go, and how it all ends."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_launcher import qt_libraries
from tests.desktop_launcher.desks import copy_of, environment, integrity, is_alive, until

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(importlib.util.find_spec("PySide6") is None, reason="requirements/desktop.txt is not installed"),
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed"),
    pytest.mark.skipif(bool(qt_libraries.missing()), reason=f"Qt needs {' '.join(qt_libraries.missing())}"),
]


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server of its own."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


def on_display(folder: Path, display: str, **more: str) -> dict[str, str]:
    found = {**environment(folder), "DISPLAY": display, "LANG": "ko_KR.UTF-8", **more}
    found.pop("WAYLAND_DISPLAY", None)
    return found


def children_of(pid: int) -> list[tuple[int, str]]:
    """(pid, command line) of the processes that one started."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append((int(entry.name), (entry / "cmdline").read_text().replace("\0", " ")))
        except (OSError, ValueError, IndexError):  # it ended meanwhile
            continue
    return found


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
    assert seen["bridge"] == 0, "scripts of a page can call nothing of the launcher"
    assert "launch" not in seen["cookies"], "and cannot read the secret"
    assert seen["downloaded"], seen
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
