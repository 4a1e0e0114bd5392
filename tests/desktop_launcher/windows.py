"""A desktop as a person has it: `python -m desktop_launcher` with its window on a display, and the page in it."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from desktop_launcher.window_state import WindowState
from tests.desktop_launcher.desks import READY_SECONDS, places_in
from tests.desktop_launcher.devtools import WindowPage
from tests.desktop_launcher.displays import Display, on_display

ROOT = Path(__file__).resolve().parents[2]
# Qt's own variable; the launcher knows nothing of it. Nothing listens without it.
DEBUGGING = "QTWEBENGINE_REMOTE_DEBUGGING"
FIXED_PORTS = range(20000, 32000)


class DrawnWindow:
    """The process of a window over the data in `folder`; `page` waits for its first page."""

    def __init__(self, folder: Path, display: Display, state: WindowState | None = None, **more: str) -> None:
        self.places = places_in(folder)
        if state is not None:
            (self.places.window / "state.json").write_text(json.dumps(asdict(state)), encoding="utf-8")
        self._port = _kept_port()
        given = {DEBUGGING: f"127.0.0.1:{self._port}", "LANG": "en_US.UTF-8", **more}
        self.log = folder / "window.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "desktop_launcher"],
                cwd=ROOT, env=on_display(folder, display.name, **given), stdout=log, stderr=log,
            )  # fmt: skip
        self._page: WindowPage | None = None

    @property
    def page(self) -> WindowPage:
        if self._page is None:
            try:
                self._page = WindowPage(self._port, READY_SECONDS)
            except AssertionError as error:
                said = self.log.read_text(encoding="utf-8", errors="replace")
                raise AssertionError(f"{error}\n{said[-3000:]}") from error
        return self._page

    def end(self) -> None:
        """As at the end of the session; what stands behind the window ends with it."""
        if self._page is not None:
            self._page.close()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


def _kept_port() -> int:
    """A port that is free, and that the system gives to nobody else until the window's engine takes it.

    That is seconds from now. Ports that are asked for as 0, and those of connections, are from 32768 on.
    """
    while True:
        port = secrets.choice(FIXED_PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def drawn(folder: Path, display: Display, state: WindowState | None = None, **more: str) -> Iterator[DrawnWindow]:
    """A window that ends with the block; no script of it may have failed."""
    window = DrawnWindow(folder, display, state, **more)
    try:
        yield window
        assert not window.page.problems, window.page.problems
    finally:
        window.end()
