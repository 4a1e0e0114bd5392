"""Who follows which files on an event loop: told at once of commits here, and by looking of those elsewhere."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from apps.accounts import selectors
from apps.accounts.models import User
from apps.accounts.tokens import TokenRefused, read_access_token
from apps.ldm import events
from apps.ldm.live import database
from apps.ldm.live.admission import session_of_browser
from apps.ldm.live.hub import NOT_SIGNED_IN
from apps.sync.server import hints
from locanext_project import workspaces
from locanext_project.errors import NotSignedIn

logger = logging.getLogger(__name__)
GATHER = 0.1
"""Seconds for which moves are gathered."""
LOOK_EVERY = 2.0
RIGHTS_EVERY = 5
"""Every so many looks also ask who may still see what."""
STILL_EVERY = 20.0


@dataclass(eq=False, slots=True)
class Follower:
    """One socket: the login behind it, how to send and close, and the revision it knows of each file it follows."""

    login: uuid.UUID
    say: Callable[[dict[str, Any]], Awaitable[None]]
    close: Callable[[int], Awaitable[None]]
    known: dict[int, int] = field(default_factory=dict)
    said_at: float = field(default_factory=time.monotonic)


def admit(*, bearer: str, key: str) -> uuid.UUID:
    """The login behind a socket, by an access token or the browser's session. Raises NotSignedIn."""
    scheme, _space, token = bearer.partition(" ")
    if scheme.lower() != "bearer":
        session = session_of_browser(key)
    else:
        try:
            session_id, user_id = read_access_token(token.strip())
        except TokenRefused:
            raise NotSignedIn(_("This login is over. Log in again.")) from None
        session = selectors.live_session(session_id)
        session = session if session is not None and session.user_id == user_id else None
    if session is None or session.user.must_change_password:
        raise NotSignedIn(_("This login is over. Log in again."))
    return session.pk


def person(*, login: uuid.UUID) -> User:
    """The person behind a login, as they are now. Raises NotSignedIn."""
    session = selectors.live_session(login)
    if session is None:
        raise NotSignedIn(_("This login is over. Log in again."))
    return session.user


class Followers:
    """The sockets of one event loop. Its work begins with the first and ends with the last."""

    _by_loop: ClassVar[dict[asyncio.AbstractEventLoop, Followers]] = {}

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._all: set[Follower] = set()
        self._news: dict[int, int] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._looks = 0

    @classmethod
    def here(cls) -> Followers:
        """Those of the running event loop."""
        return cls._by_loop.setdefault(asyncio.get_running_loop(), cls())

    def follow(self, follower: Follower, files: dict[int, int]) -> None:
        """From now on the socket follows these files, and knows these revisions."""
        follower.known = dict(files)
        self._all.add(follower)
        if self._task is None:
            self._task = self._loop.create_task(self._run())

    def leave(self, follower: Follower) -> None:
        """The socket is closed."""
        self._all.discard(follower)
        if not self._all:
            if self._task is not None:
                self._task.cancel()
            self._by_loop.pop(self._loop, None)

    def hear(self, file_id: int, revision: int) -> None:
        """A file moved, by a commit of this process; from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._note, file_id, revision)
        except RuntimeError:
            # The loop has ended, and its sockets with it.
            self._by_loop.pop(self._loop, None)

    def _note(self, file_id: int, revision: int) -> None:
        self._news[file_id] = max(revision, self._news.get(file_id, 0))
        self._wake.set()

    async def _run(self) -> None:
        looked = time.monotonic()
        while True:
            try:
                await asyncio.wait_for(self._wake.wait(), max(0.0, looked + LOOK_EVERY - time.monotonic()))
                await asyncio.sleep(GATHER)
            except TimeoutError:
                pass
            self._wake.clear()
            news, self._news = self._news, {}
            await self._tell(news)
            if time.monotonic() - looked >= LOOK_EVERY:
                looked = time.monotonic()
                try:
                    await self._look()
                except Exception:
                    # The database is away: the next look tries again, and sockets stay open.
                    logger.warning("Followed files could not be looked at.", exc_info=True)

    async def _look(self) -> None:
        self._looks += 1
        everybody = list(self._all)
        followed = {file_id for one in everybody for file_id in one.known}
        await self._tell(await database.run(workspaces.SERVER, None, hints.revisions, followed))
        if self._looks % RIGHTS_EVERY == 0:
            for one in everybody:
                await self._check(one)
        now = time.monotonic()
        for one in list(self._all):
            if now - one.said_at >= STILL_EVERY:
                await self._say(one, {"type": "still"})

    async def _check(self, one: Follower) -> None:
        """Files that the person may not see any more are not followed; a login that is over ends the socket."""
        try:
            seen = await database.run(workspaces.SERVER, None, _still_seen, one.login, list(one.known))
        except NotSignedIn:
            # Its consumer leaves as it closes.
            await one.close(NOT_SIGNED_IN)
            return
        one.known = {file_id: revision for file_id, revision in one.known.items() if file_id in seen}

    async def _tell(self, news: dict[int, int]) -> None:
        for one in list(self._all):
            for file_id in one.known.keys() & news.keys():
                if news[file_id] > one.known[file_id]:
                    one.known[file_id] = news[file_id]
                    await self._say(one, {"type": "moved", "file": file_id, "revision": news[file_id]})

    async def _say(self, one: Follower, frame: dict[str, Any]) -> None:
        one.said_at = time.monotonic()
        try:
            await one.say(frame)
        except Exception:  # noqa: BLE001 (each server has its own way to say so)
            # It closed at this moment, and its consumer leaves.
            logger.debug("A socket closed while it was written to.", exc_info=True)


def leave(follower: Follower) -> None:
    """A socket is closed; it may never have followed anything."""
    for followers in list(Followers._by_loop.values()):
        if follower in followers._all:
            followers.leave(follower)


def connect() -> None:
    """Listen to commits of this process; called once, when the apps are ready."""
    events.listen(_on_rows)


def _on_rows(event: events.RowsChanged) -> None:
    if event.alias == workspaces.alias_of(workspaces.SERVER):
        for followers in list(Followers._by_loop.values()):
            followers.hear(event.file_id, event.revision)


def _still_seen(login: uuid.UUID, file_ids: Collection[int]) -> set[int]:
    return set(hints.visible(person(login=login), file_ids))
