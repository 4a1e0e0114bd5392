"""The server in this very process: a desktop in the LAN set-up is one of its nodes."""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.db import DataError, InterfaceError, OperationalError, ProgrammingError
from django.utils.translation import gettext as _

from apps.accounts import selectors
from apps.accounts.models import LoginSession, User
from apps.accounts.services import open_session
from apps.ldm.services import tickets
from apps.ldm.services.rows.acts.parse import parse
from apps.ldm.services.rows.acts.perform import perform
from apps.ldm.services.tree.structure import Ref
from apps.ldm.services.tree.update import update_node
from apps.sync.carriers.refusals import of_service, refused
from apps.sync.protocol import PAGE_NODES, PAGE_ROWS, Caller, Hello, Nodes, Op, Pushed, Refused, RowsPage, Unreachable
from apps.sync.server.peer import ServerPeer
from locanext_project import workspaces
from locanext_project.errors import Forbidden, ServiceError
from locanext_project.prepared import Prepared, instance

logger = logging.getLogger(__name__)
T = TypeVar("T")
LOOK_EVERY = 1.0
MOST_PEOPLE = 30
_PERSON = tuple(field.attname for field in User._meta.concrete_fields if field.attname != "password")
_active = Prepared(lambda pk: User.objects.filter(pk=pk, is_active=True).values_list(*_PERSON))


class InProcessPeer:
    """`SyncPeer` that works in the server's workspace, as one person whose rights are asked with every call."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self._closed = False

    def close(self) -> None:
        """End `subscribe`, soon; from any thread."""
        self._closed = True

    def _call(self, work: Callable[[ServerPeer], T]) -> T:
        try:
            with workspaces.use(workspaces.SERVER):
                found = _active(self.user_id)
                user = instance(User, _PERSON, found[0]) if found else None
                if user is None or user.must_change_password:
                    raise refused(401, "not_signed_in", _("This login is over. Log in again."))
                return work(ServerPeer(user))
        except ServiceError as error:
            raise of_service(error) from error
        except DataError as error:
            raise refused(400, "invalid", str(error)) from error
        except (OperationalError, InterfaceError) as error:
            raise Unreachable(str(error)) from error
        except ProgrammingError as error:
            # A table or a column is missing: the server was brought up to date, or back, while this program ran.
            logger.warning("The server's database is of another version: %s", error)
            raise Refused("too_old", _("The server needs another version of this program.")) from error

    def hello(self, caller: Caller) -> Hello:
        return self._call(lambda peer: peer.hello(caller))

    def tree(
        self, cursor: str = "", limit: int = PAGE_NODES, *, below: Sequence[str] = (), only: Sequence[str] = ()
    ) -> Nodes:
        return self._call(lambda peer: peer.tree(cursor, limit, below=below, only=only))

    def level(self, parent: str, cursor: str = "", limit: int = PAGE_NODES) -> Nodes:
        """What lies directly in a place of the tree ("root", "project:12"). Raises Refused and Unreachable."""
        return self._call(lambda peer: peer.level(parent, cursor, limit))

    def path(self, file_id: int) -> list[dict[str, Any]]:
        return self._call(lambda peer: peer.path(file_id))

    def snapshot(self, file_id: int, token: str = "", limit: int = PAGE_ROWS) -> RowsPage:
        return self._call(lambda peer: peer.snapshot(file_id, token, limit))

    def changes(self, file_id: int, since: int, generation: int, epoch: str, limit: int = PAGE_ROWS) -> RowsPage:
        return self._call(lambda peer: peer.changes(file_id, since, generation, epoch, limit))

    def push(self, caller: Caller, ops: Sequence[Op]) -> Pushed:
        return self._call(lambda peer: peer.push(caller, ops))

    def original(self, file_id: int) -> dict[str, Any]:
        return self._call(lambda peer: peer.original(file_id))

    def blob(self, file_id: int, sha256: str, offset: int) -> bytes:
        return self._call(lambda peer: peer.blob(file_id, sha256, offset))

    def put_blob(self, sha256: str, offset: int, size: int, data: bytes) -> int:
        return self._call(lambda peer: peer.put_blob(sha256, offset, size, data))

    def create(self, caller: Caller, key: str, thing: Mapping[str, Any]) -> dict[str, Any]:
        return self._call(lambda peer: peer.create(caller, key, thing))

    def memories(self, file_id: int) -> list[dict[str, Any]]:
        return self._call(lambda peer: peer.memories(file_id))

    def entries(self, memory_id: int, token: str = "", since: int | None = None, limit: int = PAGE_ROWS) -> RowsPage:
        return self._call(lambda peer: peer.entries(memory_id, token, since, limit))

    def conflicts(self, file_id: int, known: Sequence[str] = ()) -> list[dict[str, Any]]:
        return self._call(lambda peer: peer.conflicts(file_id, known))

    def resolve(self, caller: Caller, op: str, resolution: str) -> dict[str, Any]:
        return self._call(lambda peer: peer.resolve(caller, op, resolution))

    def ticket(self, file_id: int) -> str:
        """A ticket for one socket on one file, good once and for a short time. Raises Refused and Unreachable."""
        return self._call(lambda peer: tickets.issue(actor=peer.user, session=_login_of(peer.user), file_id=file_id))

    def act(self, file_id: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Do an act to rows of a file; what it did. Raises Refused and Unreachable."""
        return self._call(lambda peer: perform(actor=peer.user, file_id=file_id, wanted=parse(dict(wanted))))

    def change_file(self, file_id: int, changes: Mapping[str, Any]) -> None:
        """Set fields of a file. Raises Refused and Unreachable."""
        self._call(lambda peer: update_node(actor=peer.user, ref=Ref("file", file_id), changes=changes))

    def people(self, search: str) -> list[dict[str, Any]]:
        """People with this in their name or team, 30 at most: {"id", "name", "username"}."""
        return self._call(lambda peer: _people(peer.user, search))

    def subscribe(self, file_ids: Sequence[int]) -> Iterator[tuple[int, int]]:
        """First every file that the person sees, then whenever one moves; looks at the database every second."""
        known: dict[int, int] = {}
        while not self._closed:
            for file_id, revision in self._call(lambda peer: peer.revisions(file_ids)).items():
                if known.get(file_id) != revision:
                    known[file_id] = revision
                    yield file_id, revision
            time.sleep(LOOK_EVERY)


def _people(user: User, search: str) -> list[dict[str, Any]]:
    if not user.is_lead:
        raise Forbidden(_("Only leads may do this."))
    found = selectors.people_query(search=search, active=True).order_by("username_key")[:MOST_PEOPLE]
    return [{"id": one.pk, "name": one.name, "username": one.username} for one in found]


def device() -> str:
    """What the list of logins calls this computer."""
    return f"LocaNext on {platform.node()}"[:200]


def _login_of(user: User) -> LoginSession:
    """A living login of this computer: a socket is bound to one."""
    living = LoginSession.objects.filter(user=user, ended_at=None, device=device()).order_by("-created_at")
    found = next((session for session in living if session.is_live), None)
    return found or open_session(user=user, kind=LoginSession.Kind.API, device=device())
