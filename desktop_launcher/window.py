"""The window: shown at once with a waiting page, then the program's pages; its place is kept."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from typing import Any

from desktop_launcher import fonts, native, pages, qt_libraries, webview2, window_state
from desktop_launcher.link import Message
from desktop_launcher.paths import PROJECT, Places

SLOW_SECONDS = 5.0
ICON = PROJECT / "packaging" / "icons" / "locanext.png"


class NoWindow(Exception):
    """This system has nothing to show a window with; the browser takes its place."""


class Window:
    """One window over a supervisor's server. `run` returns when it was closed."""

    def __init__(self, places: Places, began: float) -> None:
        self._places = places
        self._file = places.window / "state.json"
        self._storage = places.window / "engine"
        self._state = window_state.load(self._file)
        self._began = began
        self._qt = native.QtBehaviour()
        self._is_qt = sys.platform.startswith("linux")
        self._window: Any = None
        self._shown = threading.Event()
        self._ready = False
        self.failed = False
        self.seconds: dict[str, float] = {}
        """Since the start of the program: "visible", "ready", "usable" (the first page is there)."""

    def create(self) -> None:
        """Make the window, not shown yet. Raises NoWindow."""
        if not webview2.is_there():
            raise NoWindow("WebView2")
        if not qt_libraries.has_display():
            raise NoWindow("DISPLAY")
        if lacking := qt_libraries.missing():
            raise NoWindow(" ".join(lacking))
        native.prepare_engine()
        fonts.use_own(self._places)
        try:
            import webview
        except ImportError as error:
            raise NoWindow(str(error)) from error
        self._webview = webview
        webview.settings["ALLOW_DOWNLOADS"] = True
        webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = True
        webview.settings["ALLOW_FILE_URLS"] = False
        webview.settings["OPEN_DEVTOOLS_IN_DEBUG"] = False
        state = self._state if self._is_qt else window_state.fitted(self._state, self._screens())
        self._window = webview.create_window(
            "LocaNext", html=pages.waiting(), width=state.width, height=state.height, x=state.x, y=state.y,
            min_size=window_state.SMALLEST, maximized=state.maximized, background_color=pages.BACKGROUND,
            text_select=True, zoomable=True,
        )  # fmt: skip
        events = self._window.events
        events.shown += self._on_shown
        events.loaded += self._on_loaded
        events.closing += self._on_closing
        events.maximized += lambda: self._note(maximized=True)
        events.restored += lambda: self._note(maximized=False)

    def run(self) -> None:
        """Show it, in the main thread, until the person closes it. Raises NoWindow."""
        gui = {"linux": "qt", "win32": "edgechromium"}.get(sys.platform)
        try:
            if self._is_qt:
                self._storage.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._webview._state["storage_path"] = str(self._storage)  # read when the module is loaded
                self._qt.install()
            self._webview.start(
                gui=gui, private_mode=False, storage_path=str(self._storage), icon=str(ICON) if ICON.exists() else None
            )
        except (ImportError, self._webview.WebViewException) as error:
            raise NoWindow(str(error)) from error
        window_state.save(self._file, self._state)

    # ---- what the supervisor says, in its thread ----
    def on_state(self, state: str, message: Message) -> None:
        """Show what is going on."""
        if state in ("starting", "migrating"):
            self._html(pages.waiting(state))
            if state == "starting":
                threading.Timer(SLOW_SECONDS, self._say_slow).start()
        elif state == "trouble":
            self._ready = self.failed = True
            self._html(pages.trouble(str(message["code"]), str(message.get("detail", ""))))
        elif state == "ready" and message.get("read_only"):
            self._ready = True
            self._go_to(message["port"])
            self._html(pages.trouble("update_failed", read_address=str(message["address"])))
        elif message.get("address"):
            self._ready = True
            self.seconds.setdefault("ready", time.monotonic() - self._began)
            self._go_to(message["port"])
            if self._shown.wait(30.0):
                self._window.load_url(str(message["address"]))

    def come_forward(self) -> None:
        """Somebody started the program again."""
        if not self._shown.wait(30.0):
            return
        if self._is_qt:
            self._qt.bring_forward(self._window.native)
            return
        # To restore a window that is maximized would make it smaller.
        if self._state.maximized:
            self._window.maximize()
        else:
            self._window.restore()
        self._window.show()

    def close(self) -> None:
        """As the person would."""
        self._window.destroy()

    # ---- events, in threads of the window toolkit ----
    def _on_shown(self) -> None:
        if not self._shown.is_set():
            self.seconds["visible"] = time.monotonic() - self._began
            self._shown.set()
            if self._is_qt and self._state.x is not None:
                # Qt knows its screens only now.
                fitting = window_state.fitted(self._state, self._qt.screens())
                if fitting.x is None:
                    self._window.move(0, 0)

    def _on_loaded(self) -> None:
        url = self._window.get_current_url() or ""
        if self._qt.origin and url.startswith(self._qt.origin):
            self.seconds.setdefault("usable", time.monotonic() - self._began)

    def _on_closing(self) -> None:
        if self._is_qt:
            self._note(maximized=bool(self._window.native.isMaximized()))
        if not self._state.maximized:
            window = self._window
            self._note(width=int(window.width), height=int(window.height), x=int(window.x), y=int(window.y))

    def _note(self, **changes: Any) -> None:
        self._state = replace(self._state, **changes)

    def _say_slow(self) -> None:
        if not self._ready:
            self._html(pages.waiting("slow"))

    def _go_to(self, port: int) -> None:
        self._qt.origin = f"http://127.0.0.1:{port}"

    def _html(self, page: str) -> None:
        if self._shown.wait(30.0):
            self._window.load_html(page)

    def _screens(self) -> list[window_state.Area]:
        return [(one.x, one.y, one.width, one.height) for one in self._webview.screens]
