"""Carrying news to other processes, through the channel layer they share.

A process without an event loop (the HTTP workers, the task worker) tells the others as well, so
everything goes through one thread with a loop of its own. Nothing waits for it: what Redis does
not take is lost, and the hubs' look at the database finds it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import threading
from collections import deque
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.conf import settings

from apps.ldm.live.news import Key, LoginsOver, News

logger = logging.getLogger(__name__)
GATHER = 0.02
"""Seconds for which news are gathered into one message; the hub that gets it gathers again."""
MOST_WAITING = 5000
MOST_IN_ONE = 200
EVERYWHERE = "ldm.live"
TYPE = "ldm.news"
_TOKEN = secrets.token_hex(8)


def process() -> str:
    """The name of this process; a fork has another."""
    return f"{os.getpid()}-{_TOKEN}"


def shared_layer() -> Any:
    """The channel layer that processes share, or None where there is none."""
    layer = get_channel_layer()
    return None if layer is None or isinstance(layer, InMemoryChannelLayer) else layer


def is_told(key: Key) -> bool:
    """Whether other processes are told of a file: those of a server's database, which they share.

    A desktop's own database is nobody else's: what happens there goes nowhere, and ids there mean other things.
    """
    return bool(settings.DATABASE_ROLES.get(key[0]) == "server")


def group_of(key: Key) -> str:
    """The group of the processes in which a file is open."""
    return f"ldm.{key[0]}.{key[1]}"


class Relay:
    """The thread that sends. Started by the first thing to send."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[News] = deque(maxlen=MOST_WAITING)
        self._pid = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None
        self._asked = False

    def put(self, news: News) -> None:
        """Send to the other processes, if there are any; from any thread, at once."""
        if shared_layer() is None or not (isinstance(news, LoginsOver) or is_told(news.key)):
            return
        self._waiting.append(news)
        if self._asked and self._pid == os.getpid():
            return
        with self._lock:
            if self._pid != os.getpid():
                self._pid, self._loop = os.getpid(), None
                threading.Thread(target=self._run, name="live-relay", daemon=True).start()
            self._asked = True
            if self._loop is not None and self._wake is not None:
                self._loop.call_soon_threadsafe(self._wake.set)

    def _run(self) -> None:
        asyncio.run(self._send_for_ever())

    async def _send_for_ever(self) -> None:
        wake = asyncio.Event()
        with self._lock:
            self._loop, self._wake = asyncio.get_running_loop(), wake
        if self._waiting:
            wake.set()
        while True:
            await wake.wait()
            await asyncio.sleep(GATHER)
            wake.clear()
            self._asked = False
            try:
                await self._send()
            except Exception:
                # Redis is away. The hubs look at the database anyway.
                logger.warning("Changes could not be told to other processes.", exc_info=True)
                await asyncio.sleep(1)

    async def _send(self) -> None:
        layer, groups = shared_layer(), dict[str, list[News]]()
        while self._waiting:
            news = self._waiting.popleft()
            groups.setdefault(EVERYWHERE if isinstance(news, LoginsOver) else group_of(news.key), []).append(news)
        for group, all_of_it in groups.items():
            for start in range(0, len(all_of_it), MOST_IN_ONE):
                part = all_of_it[start : start + MOST_IN_ONE]
                key = None if isinstance(part[0], LoginsOver) else list(part[0].key)
                message = {"type": TYPE, "from": process(), "key": key, "news": [news.wire() for news in part]}
                await layer.group_send(group, message)


relay = Relay()
