"""The thread of the desktop that keeps it and its server alike: edits go out at once, hints come in."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections, connections

from apps.sync.carriers.http import HttpPeer
from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.client import link, outbox, peers, rounds, spoken
from apps.sync.client.rounds import Outcome
from apps.sync.models import MirroredFile
from apps.sync.protocol import Refused, SyncPeer, Unreachable
from locanext_project import workspaces

logger = logging.getLogger(__name__)
FIRST_SECONDS = 5.0
EVERY_SECONDS = 60.0
"""Between two rounds over everything that is mirrored."""
SHORTEST, LONGEST = 2.0, 300.0
"""Between two attempts at a server that does not answer."""
LINGER = 0.05
"""After an edit: the answer to it goes out first, and what is edited meanwhile goes along."""
LISTEN_AGAIN = 20.0
STOP_SECONDS = 5.0
_FINAL = ("login", "forbidden", "too_old", "certificate", "offline")
"""Troubles that time alone does not end: the next attempt is late, or the person's."""


def waiting(failures: int, retry_after: float | None, chance: float) -> float:
    """Seconds until the next attempt: longer with every failure, never all desktops at once."""
    longest = min(LONGEST, SHORTEST * 2 ** min(failures, 10))
    return max(retry_after or 0.0, SHORTEST, longest * (0.5 + 0.5 * chance))


class Loop:
    """One thread for rounds and one that listens for hints. It uses the desktop's workspace only."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._hinted: set[int] = set()
        self._urgent = False
        self._failures = 0
        self._not_before = 0.0
        self._full_at = 0.0
        self._threads: list[threading.Thread] = []
        self._ear: SyncPeer | None = None
        self.online = False

    def start(self) -> None:
        """Begin; the first round comes at once."""
        for work, name in ((self._run, "sync-rounds"), (self._listen, "sync-hints")):
            thread = threading.Thread(target=self._work, args=(work,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End; what is under way is finished, or cut after some seconds: either way nothing is lost."""
        self._stop.set()
        self.wake(urgent=True)
        for thread in self._threads:
            thread.join(STOP_SECONDS)

    def wake(self, *, urgent: bool = False, files: set[int] | None = None) -> None:
        """There is something to do. `urgent`: a person asked, so it does not wait for its turn."""
        with self._guard:
            self._urgent = self._urgent or urgent
            self._hinted |= files or set()
            if urgent:
                self._full_at = self._not_before = 0.0
                # What is listened to, and whether at all, is decided anew.
                if isinstance(self._ear, HttpPeer | InProcessPeer):
                    self._ear.close()
        self._event.set()

    # ---- rounds ----
    def _work(self, work: Callable[[], None]) -> None:
        with workspaces.use(workspaces.OFFLINE):
            try:
                work()
            finally:
                connections.close_all()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._event.wait(self._pause())
            if not self._urgent:
                self._stop.wait(LINGER)
            self._event.clear()
            if self._stop.is_set() or (not self._urgent and time.monotonic() < self._not_before):
                continue
            try:
                close_old_connections()
                self._turn()
            except Exception:
                # The next round finds everything as it was: all of it is in the database.
                logger.exception("A round of sync failed.")
                self._later(Outcome("unreachable"))
            finally:
                # Also a connection to the server's database, where this desktop has one: none stays between rounds.
                close_old_connections()
        self._be(online=False)

    def _pause(self) -> float:
        now = time.monotonic()
        if now < self._not_before:
            return self._not_before - now
        return max(0.0, self._full_at - now)

    def _turn(self) -> None:
        with self._guard:
            hinted, self._hinted, self._urgent = self._hinted, set(), False
        if not peers.may_connect(link.current()):
            self._be(online=False)
            self._not_before = self._full_at = time.monotonic() + LONGEST
            return
        full = time.monotonic() >= self._full_at
        try:
            with spoken.as_the_person(), peers.server() as peer:
                outcome = rounds.run(peer, files=None if full else self._mirrored(hinted))
        except Refused as refusal:
            outcome = Outcome(refusal.reason, refusal.message)
        if outcome.trouble:
            self._later(outcome)
            return
        self._failures, self._not_before = 0, 0.0
        self._be(online=True)
        if full:
            self._full_at = time.monotonic() + EVERY_SECONDS

    def _be(self, *, online: bool) -> None:
        """The server answers now, or does not; who listens hears of it when that is new."""
        before, self.online = self.online, online
        if before != online:
            for listener in _listeners:
                listener()

    def _later(self, outcome: Outcome) -> None:
        self._be(online=False)
        self._failures += 1
        pause = LONGEST if outcome.trouble in _FINAL else waiting(self._failures, outcome.retry_after, random.random())  # noqa: S311 (no secret: only that not all come at once)
        self._not_before = time.monotonic() + pause

    def _mirrored(self, files: set[int]) -> list[int]:
        return list(MirroredFile.objects.filter(pk__in=files).values_list("pk", flat=True))

    # ---- hints ----
    def _listen(self) -> None:
        while not self._stop.wait(LISTEN_AGAIN if not self.online else 1.0):
            close_old_connections()
            files = list(MirroredFile.objects.values_list("pk", flat=True))
            if not self.online or not files or not peers.may_connect(link.current()):
                continue
            pause = 0.0
            try:
                with peers.server() as peer:
                    self._open_ear(peer)
                    for file_id, revision in peer.subscribe(files):
                        self.hear(file_id, revision)
                        if self._stop.is_set() or not peers.may_connect(link.current()):
                            break
            except (Refused, Unreachable):
                # Hints are only hints: the rounds find everything without them.
                pause = LISTEN_AGAIN
            finally:
                # Before the pause: the server's database is not kept for it.
                close_old_connections()
            self._stop.wait(pause)

    def _open_ear(self, peer: SyncPeer) -> None:
        """Have `wake` close this peer from now on. Raises Refused where it was to be closed already.

        Until a peer is open some time passes, and who goes offline meanwhile wakes this loop once: there was nothing to
        close then, and no revision may ever come that would end the listening.
        """
        with self._guard:
            self._ear = peer
        if not peers.may_connect(link.current()):
            raise Refused("offline")

    def hear(self, file_id: int, revision: int) -> None:
        """A file of the server moved."""
        if MirroredFile.objects.filter(pk=file_id, cursor__lt=revision).exists():
            self.wake(files={file_id})


_loop: Loop | None = None
_listeners: list[Callable[[], None]] = []


def start() -> None:
    """Begin to keep this desktop and its server alike. Called once, when the desktop's server is up."""
    global _loop
    if _loop is None:
        _loop = Loop()
        outbox.listen(wake)
        _loop.start()


def stop() -> None:
    """End it, when the desktop's server ends."""
    global _loop
    running, _loop = _loop, None
    if running is not None:
        running.stop()


def wake(*, urgent: bool = False) -> None:
    """Something is to be sent, or a person asks. Does nothing where the loop does not run."""
    if _loop is not None:
        _loop.wake(urgent=urgent)
    if urgent:
        for listener in _listeners:
            listener()


def listen(listener: Callable[[], None]) -> None:
    """Have `listener` called when a person changed the link or asks for it, and when the server answers, or no more.

    In that thread, so be quick.
    """
    if listener not in _listeners:
        _listeners.append(listener)


def hear(file_id: int, revision: int) -> None:
    """The server's file is at this revision: it is fetched where the mirror is not."""
    if _loop is not None:
        _loop.hear(file_id, revision)


def is_online() -> bool | None:
    """Whether the last round reached the server; None where the loop does not run in this process."""
    return None if _loop is None else _loop.online
