"""A server that answers over HTTP and sockets, and a desktop in the same process that is linked to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.services.local_person import adopt
from apps.ldm.models import File
from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.client import keychain, link, peers, rounds, tree
from apps.sync.live import upstream
from apps.sync.models import Link
from tests.browser import start_site
from tests.e2e.editing_pages import file_with
from tests.ldm.live.sockets import Socket, cookie_of, nothing_open
from tests.sync.client.site import offline
from tests.sync.peers import access_token

ROWS = [(f"K{n}", f"줄 {n}", "" if n % 3 else f"line {n}") for n in range(6)]
SECRET = "the system's"


@pytest.fixture
def file(lead: User) -> File:
    """A file of the server."""
    return file_with(lead, ROWS)


@pytest.fixture
def person(translator: User) -> User:
    """The translator, as the person of the desktop, under the server's id."""
    with offline():
        return adopt({"id": translator.pk, "username": "desk", "name": translator.name, "role": "translator"})


@pytest.fixture
def mirrored(file: File, person: User) -> File:
    """The file, whole on the desktop."""
    peer = InProcessPeer(person.pk)
    with offline():
        tree.mirror_path(peer, file.pk)
        assert rounds.run(peer, files=[file.pk]).trouble == ""
    return file


@pytest.fixture
def linked(mirrored: File, translator: User, monkeypatch: pytest.MonkeyPatch) -> File:
    """The mirrored file of a desktop that has a server and a login."""
    token = access_token(translator)
    monkeypatch.setattr(peers, "is_lan", lambda: False)
    monkeypatch.setattr(peers, "session_of", lambda here: lambda renew=False: token)
    monkeypatch.setattr(keychain, "token", lambda client: SECRET)
    monkeypatch.setattr(upstream, "FIRST_PAUSE", 0.05)
    with offline():
        Link.objects.filter(pk=link.current().pk).update(server_url=start_site(), user_id=translator.pk)
    return mirrored


class DesktopSocket(Socket):
    """A window of the desktop."""

    def __init__(self, file_id: int) -> None:
        super().__init__(file_id)
        self.communicator.scope["locanext.workspace"] = "offline"


@pytest.fixture
def window() -> Callable[[File], DesktopSocket]:
    """`window(file)`: a window of the desktop."""
    return lambda file: DesktopSocket(file.pk)


@pytest.fixture
def on_server(reviewer: User) -> Callable[..., Socket]:
    """`on_server(file)`: the reviewer's window on the server."""
    cookie = cookie_of(reviewer)
    return lambda file: Socket(file.pk, cookie)


@pytest.fixture
async def closed_at_end() -> Any:
    """Nothing is at work in the databases any more when the test ends."""
    yield
    await nothing_open()
