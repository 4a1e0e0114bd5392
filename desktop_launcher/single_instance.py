"""One desktop for each data folder: a second start has the first one's window come forward."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client

from desktop_launcher.link import Exchange, Gone, Line
from desktop_launcher.locks import FileLock
from desktop_launcher.paths import Places

ANSWER_SECONDS = 5.0
SHOW = "show"


class Instance:
    """The first start. Ends with `close`."""

    def __init__(self, places: Places, lock: FileLock) -> None:
        self._lock = lock
        self._exchange = Exchange()
        self._address = places.data / "instance.json"
        self._on_show: Callable[[], None] | None = None
        text = json.dumps({"address": self._exchange.address, "key": self._exchange.key.hex()})
        # Only this user may read it: whoever can, can talk to the window.
        handle = os.open(self._address, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
        self._open = True
        threading.Thread(target=self._listen, name="single-instance", daemon=True).start()

    def on_show(self, callback: Callable[[], None]) -> None:
        """What to do when somebody starts the program once more."""
        self._on_show = callback

    def _listen(self) -> None:
        while self._open:
            try:
                line = self._exchange.accept(60.0)
                message = line.hear(1.0)
                line.say(state="here")
                line.close()
            except Gone:
                continue
            if message == {"do": SHOW} and self._on_show is not None:
                self._on_show()

    def close(self) -> None:
        """Let the next start be the first."""
        self._open = False
        self._address.unlink(missing_ok=True)
        self._exchange.close()
        self._lock.release()


def claim(places: Places) -> Instance | None:
    """This start as the first one; None where another runs, which has come forward then."""
    lock = FileLock(places.data / "instance.lock")
    end = time.monotonic() + ANSWER_SECONDS
    while True:
        if lock.take():
            return Instance(places, lock)
        if _ask_first(places) or time.monotonic() > end:
            return None
        time.sleep(0.1)  # it is starting, or ending


def _ask_first(places: Places) -> bool:
    """Whether the running one answered."""
    try:
        found = json.loads((places.data / "instance.json").read_text(encoding="ascii"))
        line = Line(Client(found["address"], authkey=bytes.fromhex(found["key"])))
    except (OSError, ValueError, KeyError, EOFError, AuthenticationError):
        return False
    try:
        line.say(do=SHOW)
        return line.hear(ANSWER_SECONDS) is not None
    except Gone:
        return False
    finally:
        line.close()
