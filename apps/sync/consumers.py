"""The socket of desktops: they say which files they follow, and hear when one moved. Data comes by HTTPS."""

from __future__ import annotations

import json
import logging
import uuid
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils.translation import gettext as _

from apps.ldm.live import admission, database
from apps.ldm.live.budget import FrameBudget
from apps.ldm.live.hub import NOT_SIGNED_IN
from apps.sync.live import following
from apps.sync.live.following import Follower, Followers
from apps.sync.server import hints
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotSignedIn, ServiceError

logger = logging.getLogger(__name__)
POLICY = 1008


class SyncConsumer(AsyncWebsocketConsumer):
    """One desktop's socket. It is greeted with {"type": "hello"}, or closed with 4401.

    {"type": "follow", "files": [ids]} → {"type": "moved", "file", "revision"} for each that the
    person may see, then whenever one moves; another `follow` takes the place of the first.
    {"type": "still"} comes when there was nothing to say for a while.
    """

    # Nothing is sent to one socket by name.
    channel_layer_alias = "none"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.follower: Follower | None = None
        self._budget = FrameBudget()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Follow nothing any more, however the socket ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As the base does, without a database connection to look after: only `database.run` has any."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        """Accepted before the login is looked at: the client sees the code of a close only then."""
        await self.accept()
        headers = dict(self.scope.get("headers", ()))
        bearer = headers.get(b"authorization", b"").decode("latin-1")
        try:
            login: uuid.UUID = await database.run(
                workspaces.SERVER, None, following.admit, bearer=bearer, key=admission.session_key(self.scope)
            )
        except NotSignedIn:
            await self.close(NOT_SIGNED_IN)
            return
        self.follower = Follower(login, self.say, self.close)
        await self.say({"type": "hello"})

    async def say(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        await self.send(text_data=json.dumps(frame, separators=(",", ":")))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame of the client."""
        if self.follower is None:
            return
        try:
            if not self._budget.spend():
                raise Invalid(_("Too many frames. Send fewer."), code="too_fast")
            files = _files_of(text_data)
            user = await database.run(workspaces.SERVER, None, following.person, login=self.follower.login)
            seen: dict[int, int] = await database.run(workspaces.SERVER, None, hints.visible, user, files)
            Followers.here().follow(self.follower, seen)
            for file_id, revision in seen.items():
                await self.say({"type": "moved", "file": file_id, "revision": revision})
        except NotSignedIn:
            await self.close(NOT_SIGNED_IN)
        except ServiceError as error:
            await self.say({"type": "error", "code": error.code, "message": error.message})
            if self._budget.exhausted:
                await self.close(POLICY)
        except Exception:
            logger.exception("A frame was not handled.")
            await self.say({"type": "error", "code": "internal", "message": _("The server made a mistake.")})

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """The socket is closed."""
        self._leave()
        raise StopConsumer

    def _leave(self) -> None:
        follower, self.follower = self.follower, None
        if follower is not None:
            following.leave(follower)


def _files_of(text: str | None) -> list[int]:
    """The files that a frame wants to follow. Raises Invalid."""
    try:
        frame = json.loads(text or "")
        files = frame["files"] if frame["type"] == "follow" else None
    except (ValueError, KeyError, TypeError, RecursionError):
        files = None
    if not isinstance(files, list) or not all(type(one) is int and abs(one) < 2**63 for one in files):
        raise Invalid(_('Send {"type": "follow", "files": [ids]}.'), code="bad_frame")
    if len(files) > hints.MOST_FILES:
        raise Invalid(_("At most %(most)s files are followed.") % {"most": hints.MOST_FILES}, code="too_many")
    return files
