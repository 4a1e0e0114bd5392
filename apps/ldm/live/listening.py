"""Hearing from other processes: one channel a hub, in the groups of the files that are open in it."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Any

from apps.ldm.live.news import Key, LoginsOver, News, of_wire
from apps.ldm.live.relay import EVERYWHERE, group_of, is_told, process, shared_layer

logger = logging.getLogger(__name__)
RETRY = 2.0


class Listening:
    """Gives what other processes tell to a function, on the hub's loop; from the first file on that they share.

    Does nothing where no layer is shared.
    """

    def __init__(self, take: Callable[[News], None]) -> None:
        self._take = take
        self._layer = shared_layer()
        self._wanted: set[str] = {EVERYWHERE}
        self._joined: set[str] = set()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()

    def follow(self, key: Key) -> None:
        """A file was opened."""
        if self._layer is None or not is_told(key):
            return
        self._wanted.add(group_of(key))
        self._changed.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def forget(self, key: Key) -> None:
        """A file is open no more."""
        self._wanted.discard(group_of(key))
        self._changed.set()

    async def _run(self) -> None:
        while True:
            try:
                channel = await self._layer.new_channel()
                self._joined = set()
                self._changed.set()
                groups = asyncio.create_task(self._keep_groups(channel))
                try:
                    while True:
                        self._hear(await self._layer.receive(channel))
                finally:
                    groups.cancel()
            except Exception:
                # Redis is away: the look at the database tells what is missed meanwhile.
                logger.warning("Other processes cannot be heard.", exc_info=True)
                await asyncio.sleep(RETRY)

    async def _keep_groups(self, channel: str) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                for group in self._wanted - self._joined:
                    await self._layer.group_add(group, channel)
                    self._joined.add(group)
                for group in self._joined - self._wanted:
                    await self._layer.group_discard(group, channel)
                    self._joined.discard(group)
            except Exception:
                logger.warning("A file's news cannot be subscribed to.", exc_info=True)
                await asyncio.sleep(RETRY)
                self._changed.set()

    def _hear(self, message: dict[str, Any]) -> None:
        if message.get("from") == process():
            return
        try:
            for told in message["news"]:
                if told["kind"] == "logins":
                    self._take(LoginsOver(frozenset(uuid.UUID(hex=one) for one in told["ids"])))
                else:
                    alias, file_id = message["key"]
                    self._take(of_wire((str(alias), int(file_id)), told))
        except (KeyError, TypeError, ValueError):
            # A process of another version: what it means is found in the database.
            logger.warning("A message of another process was not understood.", exc_info=True)
