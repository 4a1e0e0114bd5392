"""Makes the pictures of the desktop in the documents: `python -m tests.desktop_launcher.pictures docs/images`.

A server with the demo, a desktop in each language of the interface, and what is drawn on a screen of 1440 x 900.
"""

from __future__ import annotations

import re
import struct
import sys
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from apps.ldm.benchmarks.processes import Child
from apps.sync.benchmarks.line import line_to
from desktop_launcher.window_state import WindowState
from tests.desktop_launcher.desks import until
from tests.desktop_launcher.devtools import WindowPage
from tests.desktop_launcher.displays import Display, x_server
from tests.desktop_launcher.folder_server import folder_server
from tests.desktop_launcher.windows import drawn

WIDTH, HEIGHT = 1440, 900
LARGEST = 250_000
"""Bytes of a picture; pages load a handful of them."""
FAST = {str(milliseconds) for milliseconds in range(200)}
"""Answers of a server that nobody waits for."""
SERVER = "tests.desktop_launcher.demo_colleague"
COLLEAGUE = "demo-reviewer"


@dataclass(frozen=True)
class Story:
    """What happens in one language: rows of the demo's first file, by their keys."""

    language: str
    locale: str
    suffix: str
    shown: str
    mine: dict[str, str]
    theirs: dict[str, str]


STORIES = (
    Story(
        "en", "en_US.UTF-8", "", "QST_012_GREET",
        {
            "QST_012_WARN": "If your lamp burns blue, you have gone far enough. Come back.",
            "QST_012_PROGRESS_1": "Not yet? The tide waits for nobody.",
            "QST_012_THANKS": "To come back alive from the Black Channel is something in itself.",
        },
        {
            "QST_012_WARN": "When your lamp turns blue, that is as far as you go. Come back.",
            "QST_012_PROGRESS_1": "Still not done? The tide won't wait.",
        },
    ),
    Story(
        "ko", "ko_KR.UTF-8", "-ko", "QST_013_GREET",
        {
            "QST_013_PROBLEM": "Now the ashen jellyfish reach even the Sunken Belfry. Last night they tore three nets.",
            "QST_013_REQUEST": "Thin them out by 10. We will chase off the rest ourselves.",
            "QST_013_WARN": "Once the water begins to rise, run and never look back.",
        },
        {
            "QST_013_PROBLEM": "The ashen jellyfish have come down to the Sunken Belfry and torn three nets overnight.",
            "QST_013_WARN": "As soon as the water starts to rise, run. Don't look back.",
        },
    ),
)  # fmt: skip


def save(display: Display, file: Path) -> None:
    """What the screen shows, as a PNG: 8 bits a colour, lines as they are, which suits flat colours best."""
    width, height, line, pixels = display.pixels()
    rows = np.frombuffer(pixels, np.uint8).reshape(height, line)[:, : width * 4].reshape(height, width, 4)
    colours = rows[:, :, 2::-1].reshape(height, width * 3)
    lines = np.hstack([np.zeros((height, 1), np.uint8), colours])
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
    if len(data) > LARGEST:
        raise ValueError(f"{file} would have {len(data)} bytes")
    file.write_bytes(data)


class Photographer:
    """Works in a window as the story tells, and takes the pictures."""

    def __init__(self, page: WindowPage, display: Display, folder: Path, story: Story, made: dict[str, Any]) -> None:
        self.page, self._display, self._folder = page, display, folder
        self._story, self._made = story, made

    def take(self, name: str) -> None:
        """Once nothing moves any more."""
        self.page.until(lambda: not self.page.value("document.querySelectorAll('.toast').length"), "no toasts", 30)
        self.page.value("document.fonts.ready.then(() => new Promise((done) => setTimeout(() => done(true), 700)))")
        save(self._display, self._folder / f"{name}{self._story.suffix}.png")

    def link(self, state: str, pending: int, seconds: float = 60.0) -> None:
        """Until the link is in this state, with so many edits that wait."""
        asked = "fetch('/api/v1/link').then((answer) => answer.json())"

        def there() -> bool:
            link = self.page.value(asked)
            return link["state"] == state and link["pending"] == pending

        self.page.until(there, f"{state} with {pending}", seconds)

    def start(self, port: int) -> None:
        """The start screen: the language, the server, the login."""
        page = self.page
        language = self._story.language
        if page.value("document.documentElement.lang") != language:
            page.click(f"[name=language][value={language}]")
            page.until(lambda: page.value("document.documentElement.lang") == language, "the language")
        page.wait_for("#facts dd")
        page.click("#login-go:enabled")
        page.wait_for("dialog[open] input")
        page.type(f"http://127.0.0.1:{port}")
        page.press("Enter")
        page.until(lambda: page.value("document.activeElement.name") == "username", "the field of the name")
        page.wait_for("#login-go.btn-primary:enabled")
        page.type(self._made["username"])
        # A machine that does much else says so here; the page asks again every few seconds.
        until(lambda: FAST & set(re.findall(r"\d+", page.text("#server-state").replace(",", ""))), 12)
        self.take("start")
        page.press("Tab")
        page.type(self._made["password"])
        page.press("Enter")
        page.wait_for("[role=treeitem]")

    def grid(self) -> None:
        """The file in the grid, with a row in the editor and what the memory knows of it."""
        page, file = self.page, self._made["file"]
        page.go(f"/files/{file}/")
        page.wait_for(".g-row.is-on[data-row]", seconds=60)
        whole = f"fetch('/api/v1/link/files?ids={file}').then((answer) => answer.json())"
        page.until(lambda: page.value(whole)[0]["memories_whole"], "the memories", 60)
        self.link("online", 0)
        self.go_to(self._story.shown)
        page.press("Enter")
        page.wait_for(".ed-area")
        match = "document.querySelectorAll('#panel-memory .match:not(.mem-skeleton)').length"
        until(lambda: page.value(match), 15)
        self.take("desktop")
        page.press("Escape")

    def go_to(self, key: str) -> None:
        """The row of a key in the grid, with some rows above it."""
        page = self.page
        page.go(f"/files/{self._made['file']}/?row={self._made['rows'][key]}")
        page.wait_for(".g-row.is-on[data-row]", seconds=30)

    def write(self, key: str, text: str) -> None:
        """Type into the row and save it."""
        page = self.page
        self.go_to(key)
        page.press("Enter")
        page.wait_for(".ed-area")
        page.press("Control+a")
        page.type(text)
        page.press("Alt+t")
        page.wait_for(".g-row", text)

    def offline(self) -> None:
        """Edits that wait, in the panel of the chip."""
        for key, text in self._story.mine.items():
            self.write(key, text)
        self.link("unreachable", len(self._story.mine))
        self.page.click("#sync-chip")
        self.page.wait_for(".link-panel .link-item")
        self.take("link")

    def inbox(self, conflicts: int) -> None:
        """What came out of it."""
        page = self.page
        page.click(".link-panel [data-act-name=now]")
        page.press("Escape")
        self.link("online", 0)
        page.until(lambda: page.text("#inbox-link .badge") == str(conflicts), "the conflicts", 40)
        # Not by the keys: the editor may have opened again, with both texts of an overtaken row.
        page.click("#inbox-link")
        page.wait_for(".cf-side")
        self.take("inbox")


def tell(story: Story, server: Child, folder: Path, pictures: Path, conflicts: int) -> None:
    """One language from the start screen to the inbox, which has so many conflicts then."""
    with (
        line_to(server.port) as line,
        x_server(WIDTH, HEIGHT) as display,
        drawn(folder, display, WindowState(WIDTH, HEIGHT, 0, 0), LANG=story.locale) as window,
    ):
        person = Photographer(window.page, display, pictures, story, server.told)
        person.start(line.port)
        person.grid()
        line.cut()
        person.offline()
        for key, text in story.theirs.items():
            server.ask({"username": COLLEAGUE, "key": key, "target": text})
        line.mend()
        person.inbox(conflicts)


def main(pictures: Path) -> None:
    """All of them."""
    with (
        tempfile.TemporaryDirectory(prefix="locanext-pictures-") as name,
        folder_server(SERVER, Path(name) / "server") as server,
    ):
        conflicts = 0
        for story in STORIES:
            folder = Path(name) / story.language
            folder.mkdir()
            conflicts += len(story.theirs)
            tell(story, server, folder, pictures, conflicts)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
