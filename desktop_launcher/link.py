"""The line between the window's process and those behind it: JSON messages over a private pipe.

Whoever connects proves that it knows the key, which only the environment of a child holds. When one side is
gone, however it ended, the other hears so: a child without its window ends.
"""

from __future__ import annotations

import json
import os
import queue
import secrets
import shutil
import sys
import tempfile
import threading
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from typing import Any

ADDRESS_VARIABLE = "LOCANEXT_LINK"
KEY_VARIABLE = "LOCANEXT_LINK_KEY"
Message = dict[str, Any]


class Gone(Exception):
    """The other side is not there any more."""


class Line:
    """One end. Messages are objects of JSON; nothing that comes in is executed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._writing = threading.Lock()

    def say(self, **message: Any) -> None:
        """Send a message. Raises Gone."""
        try:
            with self._writing:
                self._connection.send_bytes(json.dumps(message).encode())
        except (OSError, ValueError) as error:
            raise Gone from error

    def hear(self, seconds: float | None = None) -> Message | None:
        """The next message; None where none came in time. Raises Gone."""
        try:
            if seconds is not None and not self._connection.poll(seconds):
                return None
            message: Message = json.loads(self._connection.recv_bytes(1 << 20))
        except (EOFError, OSError, ValueError) as error:
            raise Gone from error
        return message

    def close(self) -> None:
        """End it; the other side hears that this one is gone."""
        self._connection.close()


class Exchange:
    """Where children connect, one after the other."""

    def __init__(self) -> None:
        self.key = secrets.token_bytes(32)
        # A socket's path may have about 100 characters; the data folder's may be longer.
        self._folder = None if sys.platform == "win32" else tempfile.mkdtemp(prefix="locanext-")
        address = rf"\\.\pipe\locanext-{secrets.token_hex(16)}" if self._folder is None else f"{self._folder}/link"
        self._listener = Listener(address, authkey=self.key)
        self.address = address
        self._lines: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self._open = True
        threading.Thread(target=self._accept_all, name="link-accept", daemon=True).start()

    def environment(self) -> dict[str, str]:
        """What a child needs to find its way back."""
        return {ADDRESS_VARIABLE: self.address, KEY_VARIABLE: self.key.hex()}

    def accept(self, seconds: float) -> Line:
        """The line of the next child that connects. Raises Gone where none does in time."""
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty:
            raise Gone from None

    def close(self) -> None:
        """Nobody connects any more."""
        self._open = False
        try:
            Client(self.address, authkey=self.key).close()  # closing alone does not end the waiting
        except (OSError, EOFError, AuthenticationError):  # it was ending already
            pass
        self._listener.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _accept_all(self) -> None:
        while self._open:
            try:
                connection = self._listener.accept()
            except (EOFError, AuthenticationError):  # one that does not know the key
                continue
            except OSError:
                if self._open:
                    time.sleep(0.1)
                continue
            if self._open:
                self._lines.put(Line(connection))
            else:
                connection.close()


def call_home() -> Line:
    """In a child: the line to the process that started it. Raises Gone, KeyError outside of a child."""
    key = bytes.fromhex(os.environ.pop(KEY_VARIABLE))
    try:
        return Line(Client(os.environ.pop(ADDRESS_VARIABLE), authkey=key))
    except (OSError, EOFError, AuthenticationError) as error:
        raise Gone from error
