"""What the window does that a page in a browser does not: its own address only, downloads through a save dialog.

No function of this program is offered to scripts of the page. A file to open comes through the page's own
file field, which shows the system's dialog, or by dropping it on the page; a file to keep is a download, which
asks here where to. A bridge for scripts would add ways in and no comfort.
"""

from __future__ import annotations

import os
import re
import sys
import webbrowser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop_launcher.words import language

OUTSIDE_SCHEMES = ("https", "http", "mailto")
INSIDE_SCHEMES = ("data", "blob", "about")


def is_own(url: str, origin: str) -> bool:
    """Whether a page may be shown inside: the server's own, or one that the window made itself."""
    parts = urlsplit(url)
    return parts.scheme in INSIDE_SCHEMES or (bool(origin) and f"{parts.scheme}://{parts.netloc}" == origin)


def open_outside(url: str) -> bool:
    """Hand a link to the system's browser. Only to what a link in a text may mean: no files, no programs."""
    if urlsplit(url).scheme not in OUTSIDE_SCHEMES:
        return False
    return webbrowser.open(url)


def file_name(suggested: str) -> str:
    """A file's name as the system can have it, out of what a download suggests."""
    name = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", suggested).strip(" .")
    return name[:180] or "download"


def prepare_engine() -> None:
    """Settings of the web engine that must be there before it starts."""
    if sys.platform.startswith("linux") and os.geteuid() == 0:
        # Chromium refuses to start its sandbox for the superuser; containers of a CI run as such.
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")


def _tell_loaded(view: Any) -> None:
    """A page is there: say so, and put nothing into it.

    pywebview would put its bridge into every page, in two scripts. Left in between, the page that is there by then
    has an error of a script that is not its own; and nothing here calls the bridge.
    """
    events = view.pywebview_window.events
    for event in (events.before_load, events._pywebviewready, events.loaded):
        event.set()


class QtBehaviour:
    """Qt's side. `origin` is set once the server is known."""

    def __init__(self) -> None:
        self.origin = ""
        self.folder = Path.home()

    def install(self) -> None:
        """Have every page of the window ask here before it goes anywhere. Before the window is made."""
        from webview.platforms import qt

        behaviour = self

        def accept(page: Any, url: Any, kind: Any, is_main_frame: bool) -> bool:
            address = url.toString()
            if not is_main_frame or is_own(address, behaviour.origin):
                return True
            open_outside(address)
            return False

        def accept_new_window(page: Any, url: Any, kind: Any, is_main_frame: bool) -> bool:
            address = url.toString()
            if is_own(address, behaviour.origin):
                # Another window of ours would be a browser without a frame: the page opens here.
                next(iter(qt.BrowserView.instances.values())).load_url(address)
            else:
                open_outside(address)
            return False

        def save(view: Any, download: Any) -> None:
            behaviour._save(view, download)

        def decide(page: Any, origin: Any, feature: Any) -> None:
            # Copy and paste of rows; camera, place and the rest of it are nothing that a page of ours asks for.
            clipboard = feature == page.Feature.ClipboardReadWrite
            allowed = clipboard and is_own(origin.toString().rstrip("/"), behaviour.origin)
            policy = page.PermissionPolicy
            page.setFeaturePermission(
                origin, feature, policy.PermissionGrantedByUser if allowed else policy.PermissionDeniedByUser
            )

        made = qt.BrowserView.__init__

        def make(view: Any, window: Any) -> None:
            made(view, window)
            view.profile.setHttpAcceptLanguage(f"{language()},en;q=0.5")
            settings, attribute = view.profile.settings(), qt.QWebEngineSettings.WebAttribute
            settings.setAttribute(attribute.JavascriptCanAccessClipboard, True)
            settings.setAttribute(attribute.JavascriptCanPaste, True)

        qt.BrowserView.__init__ = make
        qt.BrowserView.WebPage.onFeaturePermissionRequested = decide
        qt.BrowserView.WebPage.acceptNavigationRequest = accept
        qt.BrowserView.NavigationHandler.acceptNavigationRequest = accept_new_window
        # pywebview's own asks Qt 6 for a method that it does not have any more.
        qt.BrowserView.on_download_requested = save
        qt.BrowserView._set_js_api = _tell_loaded

    @staticmethod
    def bring_forward(view: Any) -> None:
        """Show the window above all others, as large as it was. From any thread."""
        from qtpy.QtCore import Qt, QTimer

        def act() -> None:
            view.setWindowState(view.windowState() & ~Qt.WindowState.WindowMinimized)
            view.show()
            view.raise_()
            view.activateWindow()

        QTimer.singleShot(0, view, act)

    @staticmethod
    def screens() -> list[tuple[int, int, int, int]]:
        """x, y, width, height of each screen, the main one first. Once the window is there."""
        from qtpy.QtGui import QGuiApplication

        main = QGuiApplication.primaryScreen()
        ordered = sorted(QGuiApplication.screens(), key=lambda screen: screen is not main)
        areas = [screen.availableGeometry() for screen in ordered]
        return [(area.x(), area.y(), area.width(), area.height()) for area in areas]

    def _save(self, view: Any, download: Any) -> None:
        """Ask for the place of a download, with the name the server gave it. In Qt's thread."""
        from qtpy.QtWidgets import QFileDialog

        name = file_name(download.downloadFileName())
        chosen, _filter = QFileDialog.getSaveFileName(view, "", str(self.folder / name))
        if not chosen:
            download.cancel()
            return
        target = Path(chosen)
        self.folder = target.parent
        download.setDownloadDirectory(str(target.parent))
        download.setDownloadFileName(target.name)
        download.accept()
