"""What waits to be sent over one socket: bounded, so that a slow reader costs no memory."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass

MOST_FRAMES = 50
MOST_BYTES = 64 * 1024
RESYNC = '{"type":"resync"}'


@dataclass(eq=False, slots=True)
class Entry:
    """A frame in an outbox, and its size in bytes."""

    frame: str
    size: int


class Outbox:
    """Frames in their order. When there is more than fits, all of it is dropped and a resync takes its place."""

    def __init__(self) -> None:
        self._frames: deque[Entry] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._progress = time.monotonic()
        self.dropped = 0
        """Frames that were dropped since the socket was opened."""

    def put(self, frame: str, size: int | None = None) -> None:
        """Add a frame; `size` in bytes, where the caller has it for many sockets."""
        size = len(frame.encode()) if size is None else size
        if not self._frames:
            self._progress = time.monotonic()
        elif len(self._frames) >= MOST_FRAMES or self._bytes + size > MOST_BYTES:
            self.dropped += len(self._frames) + 1
            self._frames.clear()
            frame, size, self._bytes = RESYNC, len(RESYNC), 0
        self._frames.append(Entry(frame, size))
        self._bytes += size
        self._filled.set()

    async def take(self) -> Entry:
        """The next frame, when there is one. It counts as waiting until `sent`."""
        while not self._frames:
            self._filled.clear()
            await self._filled.wait()
        return self._frames[0]

    def sent(self, entry: Entry) -> None:
        """What `take` gave is on its way."""
        self._progress = time.monotonic()
        # It may have been dropped while it was on its way.
        if self._frames and self._frames[0] is entry:
            self._bytes -= self._frames.popleft().size

    def stalled(self) -> float:
        """For how many seconds nothing could be sent although something waits."""
        return time.monotonic() - self._progress if self._frames else 0.0
