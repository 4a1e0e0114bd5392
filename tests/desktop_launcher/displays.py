"""Displays of their own for windows in tests: an X server, what is drawn on it, and what a desktop there is told."""

from __future__ import annotations

import importlib.util
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop_launcher import qt_libraries
from tests.desktop_launcher.desks import environment

NEEDED = [
    pytest.mark.desktop,
    pytest.mark.skipif(importlib.util.find_spec("PySide6") is None, reason="requirements/desktop.txt is not installed"),
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed"),
    pytest.mark.skipif(bool(qt_libraries.missing()), reason=f"Qt needs {' '.join(qt_libraries.missing())}"),
]
"""The marks of a test that shows a window."""


@dataclass(frozen=True)
class Display:
    """An X server: its name for `DISPLAY`, and the file that holds its screen."""

    name: str
    screen: Path

    def pixels(self) -> tuple[int, int, int, bytes]:
        """Width, height, bytes a line, and the screen's pixels as they are now: blue, green, red, nothing."""
        data = self.screen.read_bytes()
        head = struct.unpack(">25I", data[:100])
        size, width, height, bits, line, colours = head[0], head[4], head[5], head[11], head[12], head[19]
        assert bits == 32, "a screen with another depth"
        begin = size + colours * 12
        return width, height, line, data[begin : begin + line * height]

    def colour(self, x: int, y: int) -> tuple[int, int, int]:
        """Red, green and blue of one pixel."""
        _width, _height, line, pixels = self.pixels()
        blue, green, red = pixels[y * line + x * 4 : y * line + x * 4 + 3]
        return red, green, blue


@contextmanager
def x_server(width: int = 1600, height: int = 1000, *, resets: bool = False) -> Iterator[Display]:
    """A display with nothing on it, no window manager either.

    With `resets` it starts anew when its last client goes, as X servers do, and refuses who comes in that moment.
    """
    read, write = os.pipe()
    with tempfile.TemporaryDirectory(prefix="locanext-screen-") as folder:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp",
             "-nocursor", "-fbdir", folder, *([] if resets else ["-noreset"])],
            pass_fds=[write], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        try:
            yield Display(f":{number}", Path(folder) / "Xvfb_screen0")
        finally:
            server.terminate()
            server.wait(10)


def on_display(folder: Path, display: str, **more: str) -> dict[str, str]:
    """The environment of a desktop over the data in `folder`; `more` overrides it."""
    found = {**environment(folder), "DISPLAY": display, "LANG": "ko_KR.UTF-8", **more}
    found.pop("WAYLAND_DISPLAY", None)
    # Logins of tests do not go into the keychain of whoever runs them.
    found["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
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
