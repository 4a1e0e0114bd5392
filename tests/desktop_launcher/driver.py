"""Runs the real window over real processes, does what a person would, and prints what happened as JSON.

`python -m tests.desktop_launcher.driver FOLDER`: a process of its own, because Qt wants the main thread.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

BEGAN = time.monotonic()

from desktop_launcher.api_client import Api  # noqa: E402
from desktop_launcher.paths import places  # noqa: E402
from desktop_launcher.supervisor import Supervisor, state_of  # noqa: E402
from desktop_launcher.window import Window  # noqa: E402
from tests.desktop_launcher.desks import until  # noqa: E402


class Person(ABC):
    """Works in the window from another thread: does its `steps`, then closes it."""

    def __init__(self, window: Window, folder: Path) -> None:
        self.window, self.folder = window, folder
        self.seen: dict[str, Any] = {}

    def in_qt(self, work: Callable[[Callable[[Any], None]], None], seconds: float = 15.0) -> Any:
        """What `work` hands to its argument, in Qt's thread."""
        from qtpy.QtCore import QTimer

        answers: list[Any] = []
        native = self.window._window.native
        QTimer.singleShot(0, native, lambda: work(answers.append))
        until(lambda: answers, seconds)
        return answers[0] if answers else None

    def script(self, code: str) -> Any:
        """The value of a script in the page."""
        page = self.window._window.native.webview.page()
        return self.in_qt(lambda answer: page.runJavaScript(code, 0, answer))

    def screenshot(self, name: str) -> int:
        """Save a picture of the window; how many colours it has."""

        def grab(answer: Callable[[Any], None]) -> None:
            image = self.window._window.native.grab().toImage()
            image.save(str(self.folder / name))
            points = ((x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7))
            answer(len({image.pixel(x, y) for x, y in points}))

        return int(self.in_qt(grab) or 0)

    def work(self) -> None:
        """All of it; the window is closed at the end."""
        try:
            until(lambda: "usable" in self.window.seconds, 90)
            time.sleep(1.0)
            self.steps()
        finally:
            self.window.close()

    @abstractmethod
    def steps(self) -> None:
        """What is done in the window."""

    def until_script(self, code: str, seconds: float = 20.0) -> bool:
        """Whether an expression in the page becomes true."""
        return until(lambda: self.script(f"Boolean({code})"), seconds)


class Visitor(Person):
    """Looks at the page, its menus and the clipboard, and follows links out of it."""

    def steps(self) -> None:
        self.seen["url"] = self.script("location.href")
        self.seen["title"] = self.script("document.title")
        self.seen["colours"] = self.screenshot("window.png")
        self.seen["bridge"] = self.script("typeof window.pywebview")
        self.seen["cookies"] = self.script("document.cookie")
        self.seen["language"] = self.script("navigator.language")
        self.mouse()
        self.script("location.href = 'https://example.com/elsewhere'")
        self.script("window.open('https://example.com/new')")
        time.sleep(0.5)
        self.seen["url after a link"] = self.script("location.href")

    def mouse(self) -> None:
        """The page's own menus open by the right button, and what is copied reaches the system's clipboard."""

        def press(button: str) -> Callable[[Callable[[Any], None]], None]:
            def work(answer: Callable[[Any], None]) -> None:
                from qtpy.QtCore import QPoint, Qt
                from qtpy.QtTest import QTest

                view = self.window._window.native.webview
                view.setFocus()
                QTest.mouseClick(view.focusProxy() or view, getattr(Qt, button), pos=QPoint(400, 300))
                answer(True)

            return work

        self.script(
            "document.addEventListener('contextmenu', () => { window.menus = 1 });"
            "document.addEventListener('click', () => navigator.clipboard.writeText('등대지기').then("
            "() => { window.copied = 'yes' }, (error) => { window.copied = String(error) })); 1"
        )
        self.in_qt(press("LeftButton"))
        self.in_qt(press("RightButton"))
        time.sleep(0.5)
        self.seen["menus"], self.seen["copied"] = self.script("window.menus"), self.script("window.copied")

        def clipboard(answer: Callable[[Any], None]) -> None:
            from qtpy.QtWidgets import QApplication

            answer(QApplication.clipboard().text())

        self.seen["clipboard"] = self.in_qt(clipboard)


def main(folder: Path, kind: type[Person]) -> None:
    """Run and print."""
    window = Window(places(), BEGAN)
    supervisor = Supervisor(places(), window.on_state)
    person = kind(window, folder)
    window.create()
    supervisor.start()
    threading.Thread(target=person.work, daemon=True).start()
    window.run()
    pids = [pid for pid in state_of(supervisor).values() if pid]
    supervisor.stop()
    alive = [pid for pid in pids if os.path.exists(f"/proc/{pid}")]
    outside = Api(supervisor.port, supervisor.secret)
    try:
        outside.get("auth/me")
        answers = True
    except OSError:
        answers = False
    print(json.dumps({**person.seen, **window.seconds, "alive": alive, "answers": answers}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), Visitor)
