"""Opens, drops and saves files in the real window, through the dialogs that a person sees, and prints what happened.

`python -m tests.desktop_launcher.driver_files FOLDER`; in FOLDER there are `quest.xml` and `dropped.xml`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.desktop_launcher.driver import Person, main

FRAME = (60, 40, 1111, 777)
"""Where the window is put before it is closed: x, y, width, height."""


class Clerk(Person):
    """Brings files in and takes files out."""

    def steps(self) -> None:
        acts: dict[str, Callable[[], Any]] = {
            "opened": self.open_by_dialog,
            "dropped": self.drop_on_list,
            "dropped elsewhere": self.drop_elsewhere,
            "saved": lambda: self.save("saved.json"),
            "cancelled": lambda: self.save(""),
        }
        for name, act in acts.items():
            try:
                self.seen[name] = act()
            except (ValueError, TypeError, AttributeError) as error:  # the next one is done all the same
                self.seen[name] = f"{type(error).__name__}: {error} at {self.script('location.pathname')}"
        self.in_qt(lambda answer: answer(self.window._window.native.setGeometry(*FRAME) or True))

    def open_by_dialog(self) -> bool:
        """The import page's own button, a name typed into the system's dialog, and the file is on the page."""
        self.go("/", "document.querySelector('[role=treeitem]')")
        self.go("/projects/-1/import/", "document.querySelector('#imp-choose')?.checkVisibility()")
        self.click("#imp-choose")
        self.seen["open dialog"] = self.answer_dialog(str(self.folder / "quest.xml"))
        return self.until_script("document.body.innerText.includes('등대지기의 부탁')")

    def drop_on_list(self) -> bool:
        """A file of the system dropped on the explorer's list; the import page shows its first rows."""
        self.go("/projects/-1/", "document.querySelector('#place[data-ready]')")
        self.drop("#list-host", self.folder / "dropped.xml")
        return self.until_script("document.body.innerText.includes('안개가 걷힌다')")

    def drop_elsewhere(self) -> str:
        """A file dropped where no page takes one: the window does not go to it."""
        self.go("/account", "document.querySelector('#crumbs')")
        self.drop("body", self.folder / "dropped.xml")
        return str(self.script("location.pathname"))

    def save(self, name: str) -> str:
        """A download with a Korean name of the server's: the name that the dialog suggests. "" cancels it."""
        self.script(
            "{ const link = document.createElement('a'); link.href = '/api/v1/schema'; link.download = '설명.json';"
            " document.body.append(link); link.click(); link.remove(); } 1"
        )
        return self.answer_dialog(str(self.folder / name) if name else "")

    # ---- hands ----
    def go(self, path: str, when: str) -> None:
        """Another page, and wait for something on it."""
        self.script(f"location.assign('{path}')")
        self.until_script(f"location.pathname === '{path}' && document.readyState === 'complete' && {when}")

    def at(self, selector: str) -> tuple[int, int]:
        """The middle of an element, in the view."""
        box = f"document.querySelector('{selector}').getBoundingClientRect()"
        # A list of numbers does not come through Qt as one.
        x, y = json.loads(self.script(f"JSON.stringify([{box}.x + {box}.width / 2, {box}.y + {box}.height / 2])"))
        return int(x), int(y)

    def click(self, selector: str) -> None:
        """With the mouse: a dialog opens for an act of a person only."""
        place = self.at(selector)

        def press(answer: Callable[[Any], None]) -> None:
            from qtpy.QtCore import QPoint, Qt
            from qtpy.QtTest import QTest

            view = self.window._window.native.webview
            QTest.mouseClick(view.focusProxy() or view, Qt.LeftButton, pos=QPoint(*place))
            answer(True)

        self.in_qt(press)

    def answer_dialog(self, path: str) -> str:
        """Type a path into the dialog that opens, or close it; the name that it suggested, "no dialog" without one."""

        def find(answer: Callable[[Any], None]) -> None:
            from qtpy.QtWidgets import QApplication, QFileDialog

            open_now = [one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog)]
            answer(next((one for one in open_now if one.isVisible()), "none"))

        found: list[Any] = []

        def is_open() -> bool:
            found[:] = [self.in_qt(find)]
            return found[0] != "none"

        if not self.wait(is_open):
            return "no dialog"
        dialog = found[0]

        def fill(answer: Callable[[Any], None]) -> None:
            from qtpy.QtCore import Qt
            from qtpy.QtTest import QTest
            from qtpy.QtWidgets import QLineEdit

            field = dialog.findChild(QLineEdit, "fileNameEdit")
            answer(field.text())
            if path:
                field.clear()
                QTest.keyClicks(field, path)
                QTest.keyClick(field, Qt.Key_Return)
            else:
                QTest.keyClick(dialog, Qt.Key_Escape)

        return str(self.in_qt(fill))

    def drop(self, selector: str, file: Path) -> None:
        """What Qt hands to the window when the system drops a file on it: each step waits for the page's answer."""
        place = self.at(selector)
        for step in ("enter", "move", "move", "fall"):
            self.in_qt(lambda answer, step=step: answer(self.drag(step, place, file)))
            time.sleep(0.4)

    def drag(self, step: str, place: tuple[int, int], file: Path) -> bool:
        """One step of it, in Qt's thread; whether it was accepted."""
        from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
        from qtpy.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
        from qtpy.QtWidgets import QApplication

        self.dragged = QMimeData()  # the event does not keep it alive
        self.dragged.setUrls([QUrl.fromLocalFile(str(file))])
        more = (Qt.CopyAction, self.dragged, Qt.LeftButton, Qt.NoModifier)
        if step == "fall":
            event: Any = QDropEvent(QPointF(*place), *more)
        else:
            event = {"enter": QDragEnterEvent, "move": QDragMoveEvent}[step](QPoint(*place), *more)
        QApplication.sendEvent(self.window._window.native.webview, event)
        return bool(event.isAccepted())

    @staticmethod
    def wait(condition: Callable[[], bool]) -> bool:
        """Whether it comes."""
        from tests.desktop_launcher.desks import until

        return until(condition, 30)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Clerk)
