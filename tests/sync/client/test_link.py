"""The link of a desktop: its server, its login and where the token lies, its mode; and the API that shows it."""

from __future__ import annotations

import stat
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError
from rest_framework.test import APIRequestFactory, force_authenticate

from apps.accounts.models import LoginSession, User
from apps.accounts.services import local_person
from apps.audit.models import AuditEntry
from apps.ldm.models import File, Platform
from apps.sync.api import link_files, link_state
from apps.sync.client import keychain, lan_place, link, peers
from apps.sync.client.loop import LONGEST, SHORTEST, waiting
from apps.sync.models import Link, MirroredFile, PendingEdit, Subscription
from apps.sync.protocol import Hello, Refused, Unreachable
from apps.sync.selectors import status
from locanext_project import workspaces
from locanext_project.errors import Conflict, Invalid, ServiceError
from tests.factories import PASSWORD
from tests.sync.client.site import Line, edit, offline, sync

pytestmark = pytest.mark.django_db
SERVER = "https://loca.example"


class Chain(KeyringBackend):
    """A keychain in memory, or one that does not work."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, works: bool = True) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.works = works
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        del self.kept[service, username]

    def _check(self) -> None:
        if not self.works:
            raise NoKeyringError("no keychain here")


@pytest.fixture(autouse=True)
def chain(tmp_path: Path, settings: Any) -> Iterator[Chain]:
    """A keychain and a folder of the test's own."""
    settings.DATA_DIR = tmp_path
    before = keyring.get_keyring()
    mine = Chain()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


def hello(user: User) -> Hello:
    who = {"id": user.pk, "name": user.name, "username": user.username, "role": user.role, "language": "ko"}
    return Hello(epoch="0" * 32, server_time=0.0, oldest=1, user=who)


@pytest.fixture
def linked(person: User) -> User:
    """The desktop with a server and a login."""
    with offline():
        link.connect(actor=person, server_url=SERVER)
        link.signed_in(hello=hello(person), tokens={"access": "a", "refresh": "r-1"})
    return person


# ---- the token ----
def test_the_token_is_in_the_keychain_of_the_system(chain: Chain, tmp_path: Path) -> None:
    keychain.keep("me", "secret")
    assert chain.kept == {("LocaNext", "me"): "secret"}
    assert keychain.token("me") == "secret"
    assert list(tmp_path.iterdir()) == []
    keychain.forget("me")
    assert keychain.token("me") == ""


def test_without_a_keychain_it_is_in_a_file_that_only_its_user_reads(chain: Chain, tmp_path: Path) -> None:
    chain.works = False
    keychain.keep("me", "secret")
    keychain.keep("me", "newer")
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keychain.token("me") == "newer"
    chain.works = True
    keychain.keep("me", "newest")
    assert list(tmp_path.iterdir()) == []
    keychain.forget("me")
    assert keychain.token("me") == ""


# ---- the server ----
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://loca.example.com/", "https://loca.example.com"),
        ("loca.example.com:8443/projects/", "https://loca.example.com:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_of_servers(given: str, kept: str) -> None:
    assert link.clean_url(given) == kept


@pytest.mark.parametrize(
    "given", ["", "http://loca.example.com", "ftp://x", "https://", "https://a:b@c", "https://x y", "https://x:99999"]
)
def test_what_is_no_safe_address_is_refused(given: str) -> None:
    with pytest.raises(Invalid):
        link.clean_url(given)


def test_another_server_is_refused_while_edits_wait(linked: User, mirrored: File) -> None:
    with offline():
        edit(linked, mirrored.pk, "K1", "waits")
        with pytest.raises(Conflict, match="1 edits wait") as refused:
            link.connect(actor=linked, server_url="https://other.example")
        assert refused.value.code == "edits_wait"
        assert link.current().server_url == SERVER
        PendingEdit.objects.all().delete()
        link.connect(actor=linked, server_url="https://other.example")
        assert keychain.token(str(link.current().client)) == ""


def test_the_copies_of_another_server_go_and_what_was_born_here_stays(
    linked: User, mirrored: File, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    with offline():
        own = Platform.objects.create(name="Born here")
        link.connect(actor=linked, server_url="https://renamed.example")
        assert sync(line, files=[]).trouble == ""
        assert File.objects.filter(pk=mirrored.pk).exists(), "the same server under another name"
        link.connect(actor=linked, server_url="https://other.example")
        answer = line.peer.hello(link.caller())
        other = Hello("12345678123456781234567812345678", answer.server_time, 1, answer.user)
        line.peer.hello = lambda caller: other
        link.greet(line)
        assert File.objects.count() == MirroredFile.objects.count() == 0
        assert list(Platform.objects.values_list("pk", flat=True)) == [own.pk]
    assert File.objects.filter(pk=mirrored.pk).exists()


def test_every_step_of_the_link_is_in_the_audit_log(linked: User) -> None:
    with offline():
        link.set_mode(actor=linked, mode="offline")
        link.sign_out(actor=linked)
        actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    steps = [action for action in actions if action.startswith("link_")]
    assert steps == ["link_connected", "link_signed_in", "link_mode_changed", "link_signed_out"]


# ---- online and offline ----
def test_offline_mode_opens_no_way_to_the_server(linked: User) -> None:
    with offline():
        link.set_mode(actor=linked, mode="offline")
        assert not peers.may_connect(link.current())
        with pytest.raises(Refused, match="offline"), peers.server():
            pass
        assert status.status()["state"] == "offline"


def test_the_states_of_the_link(linked: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "is_lan", lambda: False)
    with offline():
        here = link.current()
        assert status.state_of(here, 0.0) == "connecting"
        here.last_contact = link.moment(1000.0)
        assert status.state_of(here, 1100.0) == "online"
        assert status.state_of(here, 1300.0) == "connecting"
        for trouble in ("login", "too_old", "certificate", "forbidden", "unreachable"):
            here.trouble = trouble
            assert status.state_of(here, 1100.0) == trouble
        here.trouble = ""
        keychain.forget(str(here.client))
        assert status.state_of(here, 1100.0) == "login"
        assert status.state_of(Link(), 0.0) == "alone"


def test_pauses_grow_and_never_fall_below_what_the_server_asks() -> None:
    assert waiting(0, None, 0.0) >= SHORTEST
    assert waiting(3, None, 1.0) == 16.0
    assert waiting(99, None, 1.0) == LONGEST
    assert waiting(1, 120.0, 0.0) == 120.0
    assert waiting(3, None, 0.1) != waiting(3, None, 0.9)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unreachable("cut"), "unreachable"),
        (Refused("login"), "login"),
        (Refused("gone"), "not_found"),
        (Refused("certificate"), "certificate"),
        (Refused("busy", "later", 5.0), "busy"),
        (Refused("too_old"), "too_old"),
    ],
)
def test_refusals_are_said_in_words(error: Exception, code: str) -> None:
    with pytest.raises(ServiceError) as said, peers.in_words():
        raise error
    assert said.value.code == code
    assert said.value.message


# ---- the API ----
def call(user: User | None, view: Any, method: str = "get", data: Any = None, query: str = "", **kwargs: Any) -> Any:
    """A request to a view of the desktop, in its workspace."""
    make: Callable[..., Any] = getattr(APIRequestFactory(), method)
    request = make(f"/{query}", data, format="json") if data is not None else make(f"/{query}")
    if user is not None:
        force_authenticate(request, user)
    with offline():
        response = view.as_view()(request, **kwargs)
        response.render()
    return response


def test_the_link_is_not_there_on_a_server(client_for: Callable[..., Any], lead: User) -> None:
    for path in ("link", "link/pending", "link/files?ids=1", "link/tree"):
        assert client_for().get(f"/api/v1/{path}").status_code == 401
        assert client_for(lead).get(f"/api/v1/{path}").status_code == 404
    assert client_for(lead).post("/api/v1/link/sync").status_code == 404


def test_the_api_shows_what_waits_and_lets_it_go(linked: User, mirrored: File) -> None:
    with offline():
        for n in range(1, 4):
            edit(linked, mirrored.pk, f"K{n}", f"text {n}")
    assert call(None, link_state.LinkView).status_code in (401, 403)
    assert call(linked, link_state.LinkView).data["pending"] == 3
    first = call(linked, link_state.PendingEdits, query="?limit=2").data
    second = call(linked, link_state.PendingEdits, query=f"?limit=2&cursor={first['next']}").data
    assert [one["target"] for one in [*first["items"], *second["items"]]] == ["text 1", "text 2", "text 3"]
    assert second["next"] is None
    row_id = first["items"][0]["row_id"]
    assert call(linked, link_state.PendingEdit, "delete", row_id=row_id).status_code == 204
    assert call(linked, link_state.PendingEdit, "delete", row_id=row_id).status_code == 404
    files = call(linked, link_files.LinkFiles, query=f"?ids={mirrored.pk},-3").data
    assert [(one["file_id"], one["state"], one["pending"]) for one in files] == [(mirrored.pk, "current", 2)]


def test_the_api_sets_server_mode_and_subscriptions(linked: User, monkeypatch: pytest.MonkeyPatch) -> None:
    # A node of the server has no other: its settings name it.
    assert call(linked, link_state.LinkServer, "post", {"server_url": "https://two.example/"}).status_code == 403
    monkeypatch.setattr(peers, "is_lan", lambda: False)
    assert call(linked, link_state.LinkMode, "post", {"mode": "offline"}).data["mode"] == "offline"
    assert call(linked, link_state.LinkMode, "post", {"mode": "sometimes"}).status_code == 400
    answer = call(linked, link_state.LinkServer, "post", {"server_url": "https://two.example/"})
    assert answer.data["server_url"] == "https://two.example"
    assert call(linked, link_state.LinkServer, "post", {"server_url": "http://two.example"}).status_code == 400
    view = link_files.LinkSubscription
    assert call(linked, view, "put", kind="project", node_id=5).status_code == 204
    with offline():
        assert Subscription.objects.count() == 1
    assert call(linked, view, "delete", kind="project", node_id=5).status_code == 204
    assert call(linked, view, "put", kind="project", node_id=-5).status_code == 400


def test_the_api_opens_fetches_and_lists_over_the_line(
    linked: User, file: File, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(peers, "server", lambda: nullcontext(line))
    top = call(linked, link_files.LinkTree).data["items"]
    assert [(node["kind"], node["here"]) for node in top] == [("project", False)]
    below = call(linked, link_files.LinkTree, query=f"?parent=project:{file.project_id}").data["items"]
    assert [(node["kind"], node["id"], node["here"]) for node in below] == [("file", file.pk, False)]
    opened = call(linked, link_files.LinkOpen, "post", {"file_id": file.pk})
    assert (opened.status_code, opened.data["file_id"]) == (200, file.pk)
    with offline():
        assert MirroredFile.objects.get().opened_at is not None
    assert call(linked, link_files.LinkOpen, "post", {"file_id": 10**9}).status_code == 404
    line.down = True
    assert call(linked, link_files.LinkOpen, "post", {"file_id": file.pk}).status_code == 503


def test_in_the_lan_one_logs_in_at_the_servers_own_database(translator: User) -> None:
    body = {"username": translator.username, "password": "wrong"}
    with offline():
        someone = User.objects.create(username="someone")
    refused = call(someone, link_state.LinkLogin, "post", body)
    assert (refused.status_code, refused.data["error"]["code"]) == (403, "login")
    answer = call(someone, link_state.LinkLogin, "post", body | {"password": PASSWORD})
    assert answer.data["user"] == {"id": translator.pk, "name": translator.name}
    assert answer.data["server_url"] == ""
    # It is one of the person's logins, which a ticket for a socket uses.
    assert LoginSession.objects.filter(ended_at=None).count() == 1
    with offline():
        assert local_person.local_person().pk == translator.pk
        with peers.server() as peer:
            assert peer.tree().nodes == []
            with pytest.raises(Refused):
                peer.ticket(10**9)
    assert call(someone, link_state.LinkLogout, "post").status_code == 200
    assert LoginSession.objects.filter(ended_at=None).count() == 0
    with offline():
        assert not peers.may_connect(link.current())


def test_a_login_is_good_for_one_database_and_one_version(translator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with offline():
        someone = User.objects.create(username="someone")
    body = {"username": translator.username, "password": PASSWORD}
    assert call(someone, link_state.LinkLogin, "post", body).status_code == 200
    known, replaced = lan_place._of_this_program()
    with offline():
        for other in (known | {("sync", "9999_newer")}, known - {("sync", "0001_initial")}):
            monkeypatch.setattr(lan_place, "_of_this_program", lambda other=other: (other, replaced))
            with pytest.raises(Refused) as refusal, peers.server():
                pass
            assert refusal.value.reason == "too_old"
        monkeypatch.setattr(lan_place, "_of_this_program", lambda: (known, replaced))
        # The settings name another database now: who works here is to be proved there.
        monkeypatch.setattr(lan_place, "name", lambda: "postgresql://elsewhere:5432/locanext")
        assert not peers.may_connect(link.current()) and status.status()["state"] == "login"
        with pytest.raises(Refused, match="Log in"), peers.server():
            pass
        # Edits that wait are of the server of before.
        Link.objects.update(epoch="00000000-0000-0000-0000-000000000001")
        PendingEdit.objects.create(row_id=5, file_id=4, op=uuid.uuid4(), base_rev=1, status=1, edited_at=1.0)
    assert call(someone, link_state.LinkLogin, "post", body).status_code == 403
    with offline():
        PendingEdit.objects.all().delete()
    assert call(someone, link_state.LinkLogin, "post", body).status_code == 200
    with offline():
        assert link.current().server_url == "postgresql://elsewhere:5432/locanext" and not link.current().moved


def test_fetching_is_a_task(
    linked: User, file: File, line: Line, monkeypatch: pytest.MonkeyPatch, run_tasks: Callable[[], int]
) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(peers, "server", lambda: nullcontext(line))
    started = call(linked, link_files.LinkMirror, "post", {"kind": "project", "id": file.project_id})
    assert started.status_code == 202
    with offline():
        run_tasks()
        assert MirroredFile.objects.get().state == "current"
        assert MirroredFile.objects.get().original_whole
    assert call(linked, link_files.LinkMirror, "post", {"kind": "project", "id": -1}).status_code == 400


def test_no_request_of_the_link_touches_the_server_database(linked: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0, connection=__import__("django.db").db.connections["default"]):
        call(linked, link_state.LinkView)
    assert workspaces.current() == workspaces.SERVER
