"""The threads of a linked desktop against the real program: a login, edits that go out, changes that come in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from apps.accounts.models import LoginSession, User
from apps.ldm.models import File, Row
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.sync.carriers.http import HttpPeer
from apps.sync.client import keychain, link, loop, outbox, peers, session, snapshot, subscriptions
from apps.sync.models import MirroredFile, PendingEdit
from apps.sync.protocol import Refused, Unreachable
from apps.sync.selectors import status
from apps.sync.server import pull as server_pull
from tests.browser import start_site
from tests.e2e.editing_pages import file_with, until
from tests.factories import PASSWORD
from tests.sync.client.conftest import ROWS
from tests.sync.client.site import edit, offline, texts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A desktop that reaches its server by HTTP only, with its token in a file of the test."""
    settings.DATA_DIR = tmp_path
    kept: dict[str, str] = {}
    monkeypatch.setattr(keychain, "keep", kept.__setitem__)
    monkeypatch.setattr(keychain, "token", lambda client: kept.get(client, ""))
    monkeypatch.setattr(keychain, "forget", lambda client: kept.pop(client, None))
    monkeypatch.setattr(peers, "is_lan", lambda: False)
    monkeypatch.setattr(loop, "LISTEN_AGAIN", 0.2)
    monkeypatch.setattr(outbox, "_listeners", [])
    peers.forget_sessions()
    yield
    loop.stop()
    peers.forget_sessions()


@pytest.fixture
def person(translator: User) -> User:
    """The person of the desktop, logged in to the server."""
    with offline():
        link.connect(actor=translator, server_url=start_site())
        session.log_in(username=translator.username, password=PASSWORD)
        return User.objects.get(pk=translator.pk)


def test_edits_go_out_by_themselves_and_changes_come_in(person: User, lead: User) -> None:
    file = file_with(lead, ROWS)
    with offline():
        with peers.server() as peer:
            subscriptions.open_file(peer, file.pk)
        assert len(texts(file.pk)) == 12
        loop.start()
        until(loop.is_online)
        edit(person, file.pk, "K1", "from the desktop")
    until(lambda: texts(file.pk)["K1"][0] == "from the desktop")
    edit(lead, file.pk, "K2", "from the server")
    with offline():
        until(lambda: texts(file.pk)["K2"][0] == "from the server")
        until(lambda: PendingEdit.objects.count() == 0)
        assert status.status()["state"] == "online"
        link.set_mode(actor=person, mode="offline")
        loop.wake(urgent=True)
        until(lambda: loop.is_online() is False)
        edit(person, file.pk, "K4", "kept for later")
        assert status.status()["pending"] == 1
        link.set_mode(actor=person, mode="auto")
        loop.wake(urgent=True)
    until(lambda: texts(file.pk)["K4"][0] == "kept for later")
    with offline():
        assert File.objects.get(pk=file.pk).name == "quest.xml"
        assert MirroredFile.objects.get().state == "current"


def test_who_goes_offline_while_the_hints_are_asked_for_is_not_listened_for(
    person: User, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_with(lead, ROWS)
    asked: list[list[int]] = []
    left = threading.Event()
    open_way = peers.server

    @contextmanager
    def opens_slowly() -> Iterator[Any]:
        with open_way() as peer:
            hints = threading.current_thread().name == "sync-hints"
            if hints:
                link.set_mode(actor=person, mode="offline")
                loop.wake(urgent=True)
            try:
                yield peer
            finally:
                if hints:
                    left.set()

    def subscribe(peer: HttpPeer, file_ids: list[int]) -> Iterator[tuple[int, int]]:
        asked.append(file_ids)
        yield from ()

    with offline():
        with peers.server() as peer:
            subscriptions.open_file(peer, file.pk)
        monkeypatch.setattr(peers, "server", opens_slowly)
        monkeypatch.setattr(HttpPeer, "subscribe", subscribe)
        loop.start()
        assert left.wait(20)
        assert asked == []


def test_the_pages_of_a_first_mirror_are_fetched_ahead_and_cut_anywhere_it_goes_on(
    person: User, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_with(lead, [(f"K{n}", f"줄 {n}", "" if n % 2 else f"line {n}") for n in range(43)])
    monkeypatch.setattr(server_pull, "PAGE_ROWS", 5)
    ahead: list[str] = []
    read_ahead = HttpPeer.read_ahead

    def noted(peer: HttpPeer, file_id: int, token: str) -> None:
        ahead.append(token)
        read_ahead(peer, file_id, token)

    monkeypatch.setattr(HttpPeer, "read_ahead", noted)
    with offline():
        whole = False
        while not whole:
            # The process ends after three pages; what it had fetched ahead is gone with it.
            with peers.server() as peer:
                for _ in range(3):
                    whole = whole or snapshot.resume(peer, file.pk)
            assert Row.objects.filter(file_id=file.pk).count() == min(43, len(ahead) * 5 + 3 * whole)
        here = texts(file.pk)
    assert here == texts(file.pk)
    assert len(ahead) == len(set(ahead)) == 8


def test_a_login_that_ended_stops_the_queue_and_loses_nothing(person: User, lead: User) -> None:
    file = file_with(lead, ROWS)
    with offline():
        with peers.server() as peer:
            subscriptions.mirror_whole(peer, file.pk)
        edit(person, file.pk, "K1", "waits for a login")
    LoginSession.objects.update(ended_at="2026-01-01T00:00Z")
    peers.forget_sessions()
    with offline():
        from apps.sync.client import rounds

        with peers.server() as peer:
            assert rounds.run(peer).trouble == "login"
        assert status.status()["state"] == "login"
        assert PendingEdit.objects.count() == 1
        session.log_in(username=person.username, password=PASSWORD)
        peers.forget_sessions()
        with peers.server() as peer:
            assert rounds.run(peer).sent.applied == 1
    assert texts(file.pk)["K1"][0] == "waits for a login"


def test_the_access_token_is_renewed_and_the_new_refresh_token_kept_first(person: User) -> None:
    with offline():
        here = link.current()
        before = keychain.token(str(here.client))
        tokens = session.Session(here.server_url, str(here.client))
        first = tokens()
        assert tokens() == first
        assert keychain.token(str(here.client)) not in ("", before)
        assert tokens(True) != ""


def test_a_wrong_password_and_no_server_are_said(translator: User, unused_tcp_port: int = 9) -> None:
    with offline():
        link.connect(actor=translator, server_url=start_site())
        with pytest.raises(Refused) as refused:
            session.log_in(username=translator.username, password="wrong")
        assert refused.value.reason == "login"
        link.connect(actor=translator, server_url=f"http://127.0.0.1:{unused_tcp_port}")
        with pytest.raises(Unreachable):
            session.log_in(username=translator.username, password=PASSWORD)


@pytest.mark.parametrize("at_the_server", [{}, {"ui_language": "en"}])
def test_what_a_server_refuses_is_said_in_the_language_of_the_desktop(
    person: User, lead: User, at_the_server: dict[str, str]
) -> None:
    User.objects.filter(pk=person.pk).update(preferences=at_the_server)
    file = file_with(lead, ROWS)
    row = Row.objects.get(file=file, key="K1")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(locked=True))
    with offline():
        User.objects.filter(pk=person.pk).update(preferences={"ui_language": "ko"})
        with peers.server() as peer:
            subscriptions.open_file(peer, file.pk)
        # The lock is not known here yet.
        Row.objects.filter(pk=row.pk).update(locked=False)
        edit(person, file.pk, "K1", "into a locked row")
        loop.start()
        apart = until(lambda: PendingEdit.objects.filter(quarantined=True).first())
        assert (apart.reason, apart.error) == ("forbidden", "잠긴 행이에요.")


@pytest.mark.parametrize(("language", "words"), [("ko", "아이디와 비밀번호가 서로 달라요."), ("en", "do not match")])
def test_a_login_is_refused_in_the_language_of_who_asks(person: User, language: str, words: str) -> None:
    with offline(), translation.override(language), pytest.raises(Refused) as refusal:
        session.log_in(username=person.username, password="of another")  # noqa: S106
    assert words in refusal.value.message
    with offline(), translation.override(language), peers.server() as peer, pytest.raises(Refused) as refusal:
        peer.path(10**9)
    assert ("없" in refusal.value.message) == (language == "ko")
