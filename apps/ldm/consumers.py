"""The socket of a file: a person joins, tells where they are and what they hold, and hears what happens."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import translation
from django.utils.translation import gettext as _

from apps.ldm.live import admission, database, frames, outbox, remote
from apps.ldm.live.budget import FrameBudget
from apps.ldm.live.flow import Flow, flow_of
from apps.ldm.live.hub import NOT_SIGNED_IN, NOT_THERE, Hub
from apps.ldm.live.news import Held, Person, TypingNews, frame
from apps.ldm.live.room import Room, Seat
from apps.ldm.models import RowLease
from apps.ldm.services import presence
from apps.ldm.services.rows import leases
from locanext_project import workspaces
from locanext_project.errors import Conflict, Invalid, NotFound, NotSignedIn, ServiceError

logger = logging.getLogger(__name__)
JOIN_SECONDS = 20.0
"""A socket that says nothing for so long after it was opened is closed."""
RENEW_BELOW = timedelta(seconds=leases.SECONDS * 2 / 3)
"""Typing renews a lease that has less left than this."""
POLICY, RESTART = 1008, 1012
PONG = '{"type":"pong"}'


class FileConsumer(AsyncWebsocketConsumer):
    """One socket. Frames are handled in their order; whatever is wrong with one, the socket stays open."""

    # Hubs hear from other processes; a socket needs no channel of its own.
    channel_layer_alias = "none"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat: Seat | None = None
        self.room: Room | None = None
        self.hub: Hub | None = None
        self.far: remote.Window | None = None
        """On a desktop: this window in the server's room of the file."""
        self.language: str | None = None
        self.workspace = workspaces.home()
        self._budget = FrameBudget()
        self._flow: Flow | None = None
        self._pump: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Say so where the server stops while the socket is open."""
        self.workspace = workspaces.of_request(scope)
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            if self._flow is not None and not self._closed:
                await send({"type": "websocket.close", "code": RESTART})
            raise
        finally:
            self._stop()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As the base does, without a database connection to look after: only `database.run` has any."""
        await getattr(self, get_handler_name(message))(message)

    @property
    def file_id(self) -> int:
        """The file of the socket's address."""
        return int(self.scope["url_route"]["kwargs"]["file_id"])

    # ---- opening and closing ----
    async def connect(self) -> None:
        """Accepted before anybody is known: the browser sees the code of a close only then."""
        await self.accept()
        self._flow = flow_of(self.base_send)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(JOIN_SECONDS, lambda: loop.create_task(self._late()))

    async def _late(self) -> None:
        if self.seat is None:
            await self.close(NOT_SIGNED_IN)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """End the socket once; nothing more is sent."""
        if self._closed:
            return
        self._closed = True
        if self._pump is not None:
            self._pump.cancel()
        await super().close(code, reason)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """The socket is closed: everything it held is given back."""
        self._closed = True
        connection, user_id = (self.seat.connection, self.seat.user_id) if self.seat else ("", 0)
        if self.far is not None:
            await self.far.end()
        self._stop()
        if connection:
            try:
                await database.run(self.workspace, None, _go, connection, user_id)
            except Exception:
                # The database is away: presence and leases run out by themselves.
                logger.warning("A closed socket's leases run out by themselves.", exc_info=True)
        raise StopConsumer

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._pump is not None:
            self._pump.cancel()
        if self.far is not None:
            self.far.close()
        if self.room is not None and self.hub is not None:
            if self.seat is not None:
                self.hub.stand_up(self.room, self.seat)
            self.hub.leave(self.room)
        self.room = self.seat = self.far = None

    # ---- sending ----
    async def _send_for_ever(self, seat: Seat, room: Room) -> None:
        """Take frames from the outbox as fast as the connection takes them."""
        flow = self._flow or Flow()
        while True:
            entry = await seat.outbox.take()
            await flow.free()
            seat.outbox.sent(entry)
            await self.send(text_data=entry.frame)
            if entry.frame is outbox.RESYNC:
                await self.send(text_data=room.state_frame(seat))

    def _say(self, **data: Any) -> None:
        if self.seat is not None:
            self.seat.outbox.put(frame(data))

    async def _refuse(self, error: ServiceError, **more: Any) -> None:
        text = frame({"type": "error", "code": error.code, "message": error.message, **more})
        if self.seat is not None:
            self.seat.outbox.put(text)
        elif not self._closed:
            await self.send(text_data=text)

    # ---- frames ----
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame of the client."""
        if self._closed:
            return
        try:
            if not self._budget.spend():
                raise Invalid(_("Too many frames. Send fewer."), code="too_fast")
            await self._handle(frames.parse(text_data))
        except NotSignedIn:
            await self.close(NOT_SIGNED_IN)
        except ServiceError as error:
            await self._refuse(error)
            if self._budget.exhausted:
                await self.close(POLICY)
        except Exception:
            logger.exception("A frame was not handled.")
            await self._refuse(ServiceError(_("The server made a mistake. It was written down."), code="internal"))

    async def _handle(self, what: frames.Frame) -> None:
        if isinstance(what, frames.Join):
            await self._join(what)
            return
        seat, room, hub = self.seat, self.room, self.hub
        if seat is None or room is None or hub is None:
            raise Invalid(_("Join first."), code="not_joined")
        if isinstance(what, frames.Ping):
            seat.outbox.put(PONG, len(PONG))
        elif isinstance(what, frames.At):
            await self._at(seat, room, hub, what.row)
        elif isinstance(what, frames.Lease):
            await self._lease(seat, what.row)
        elif isinstance(what, frames.Release):
            if self.far is not None:
                self.far.release(what.row)
            await self._run(leases.release, actor=await self._person(seat), row_id=what.row, connection=seat.connection)
        else:
            await self._typing(seat, room, hub, what)

    async def _run(self, work: Any, **arguments: Any) -> Any:
        return await database.run(self.workspace, self.language, work, **arguments)

    async def _join(self, what: frames.Join) -> None:
        if self.room is not None:
            raise Invalid(_("This socket has joined already."), code="joined_already")
        if what.file != self.file_id:
            raise Invalid(_("This is the socket of another file."), code="bad_frame")
        hub, connection = Hub.here(), secrets.token_hex(8)
        self.hub, self.room = hub, hub.enter((workspaces.alias_of(self.workspace), what.file))
        began = time.monotonic()
        try:
            admitted: admission.Admitted = await self._run(
                admission.admit,
                key=admission.session_key(self.scope), ticket=what.ticket, file_id=what.file, connection=connection,
            )  # fmt: skip
        except NotFound:
            await self.close(NOT_THERE)
            return
        if self._closed:
            await self._run(presence.leave, connections=[connection])
            return
        self.language = admitted.language
        if self.language:
            # For as long as this socket is open: all its frames are handled in one task.
            translation.activate(self.language)
        room = self.room
        room.begin(admitted.revision, admitted.generation)
        people = map(Person.of, admitted.people)
        room.look(admitted.revision, people, map(Held.of, admitted.leases), began)
        self.seat = Seat(connection, admitted.user.pk, admitted.user.name, admitted.login, self.close)
        self._pump = asyncio.get_running_loop().create_task(self._send_for_ever(self.seat, room))
        hub.sit(room, self.seat, admitted.revision)
        self.far = remote.enter(hub, room, self.seat, self.workspace)

    async def _at(self, seat: Seat, room: Room, hub: Hub, row: int | None) -> None:
        # Checked and written together with other people's moves, when they are told.
        room.moves[seat.connection] = row
        hub.touch(room)
        if self.far is not None:
            self.far.at(row)
        if row is not None:
            await self._renew(seat, room, row)

    async def _lease(self, seat: Seat, row: int) -> None:
        """The answer says who has the row. Rights are looked at anew every time."""
        if self.far is not None:
            await self.far.ask(row)
        try:
            lease: RowLease = await self._run(
                _take, login=seat.login, file_id=self.file_id, row_id=row, connection=seat.connection
            )
        except Conflict as held:
            details = held.details
            self._say(type="lease", row=row, granted=False, until=details["until"], holder=details["holder"])
        except ServiceError as error:
            if isinstance(error, NotSignedIn):
                raise
            self._say(type="lease", row=row, granted=False, until=None, holder=None)
            raise
        else:
            self._say(type="lease", row=row, granted=True, until=Held.of(lease).until, holder=None)

    async def _typing(self, seat: Seat, room: Room, hub: Hub, what: frames.Typing) -> None:
        held = room.leases.get(what.row)
        if held is None or held.connection != seat.connection:
            raise Invalid(_("Only who holds a row says what is typed in it."), code="not_held")
        news = TypingNews(room.key, what.row, seat.user_id, seat.user_name, what.text, seat.connection)
        hub.say(room, news)
        if self.far is not None:
            self.far.typing(what.row, what.text)
        await self._renew(seat, room, what.row)

    async def _renew(self, seat: Seat, room: Room, row: int) -> None:
        """Any frame about a row that this window holds keeps it."""
        held = room.leases.get(row)
        if held is None or held.connection != seat.connection:
            return
        if datetime.fromisoformat(held.until) - datetime.now(UTC) < RENEW_BELOW:
            await self._lease(seat, row)

    async def _person(self, seat: Seat) -> Any:
        return await self._run(admission.require_still, login=seat.login, file_id=self.file_id)


def _take(*, login: Any, file_id: int, row_id: int, connection: str) -> RowLease:
    user = admission.require_still(login=login, file_id=file_id)
    return leases.take(actor=user, row_id=row_id, connection=connection, file_id=file_id)


def _go(connection: str, user_id: int) -> None:
    leases.release_connection(connection=connection, user_id=user_id)
    presence.leave(connections=[connection])
