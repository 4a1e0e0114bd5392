"""In place of a window: the system's browser, with a note that stays open as long as the program runs."""

from __future__ import annotations

import sys
import threading
import webbrowser

from desktop_launcher.link import Message
from desktop_launcher.supervisor import Supervisor
from desktop_launcher.troubles import sentence
from desktop_launcher.words import gettext as _


class Browser:
    """The same calls as a window's."""

    def __init__(self, reason: str, supervisor: Supervisor | None) -> None:
        self._reason = reason
        self._supervisor = supervisor
        self._closed = threading.Event()

    def on_state(self, state: str, message: Message) -> None:
        """Open the first page, or say why there is none."""
        if state == "trouble":
            self._tell(sentence(str(message["code"])) + f"\n{message.get('detail', '')}")
            self._closed.set()
        elif message.get("address"):
            webbrowser.open(str(message["address"]))

    def come_forward(self) -> None:
        """Somebody started the program again: another page, with a start address of its own."""
        address = self._supervisor.new_address() if self._supervisor is not None else None
        if address:
            webbrowser.open(address)

    def run(self) -> None:
        """Until the person ends it."""
        note = _("LocaNext is open in your browser, because this PC has nothing to show a window of its own with.")
        if sys.platform == "win32":
            import ctypes

            if not self._closed.wait(8.0):
                ending = _("It ends when you close this message.")
                ctypes.windll.user32.MessageBoxW(None, f"{note}\n{ending}\n\n({self._reason})", "LocaNext", 0x40)
            return
        self._tell(f"{note} ({self._reason})\n" + _("Ctrl+C ends it."))
        try:
            self._closed.wait()
        except KeyboardInterrupt:
            pass

    def close(self) -> None:
        """End it from elsewhere."""
        self._closed.set()

    def _tell(self, text: str) -> None:
        if sys.platform == "win32" and sys.stdout is None:
            import ctypes

            ctypes.windll.user32.MessageBoxW(None, text, "LocaNext", 0x30)
        else:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
