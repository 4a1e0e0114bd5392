"""The socket of a file: joining, presence, changes, leases, typing; wrong frames; who is let in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from apps.accounts.models import LoginSession, User
from apps.accounts.services import end_other_sessions
from apps.ldm.live import hub
from apps.ldm.models import File, Platform, Presence, Project, Row, RowLease, Status
from apps.ldm.services import tickets
from apps.ldm.services.rows import leases
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.set_status import set_status
from tests import factories
from tests.ldm.live.sockets import Socket, cookie_of, nothing_open
from tests.ldm.services.conftest import row_of

pytestmark = pytest.mark.django_db(transaction=True)
on_thread = sync_to_async


def save(user: User, row: Row, target: str) -> Row:
    return edit_row(actor=user, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=target))


@pytest.fixture(autouse=True)
async def _nothing_stays_open() -> Any:
    yield
    await nothing_open()


@pytest.fixture
def window(translator: User) -> Callable[..., Socket]:
    """`window(file, user)`: a window of somebody who is logged in."""

    def make(file: File, user: User | None = None) -> Socket:
        return Socket(file.pk, cookie_of(user or translator))

    return make


async def test_two_windows_see_each_other_and_what_is_saved(
    file: File, window: Callable[..., Socket], translator: User, reviewer: User
) -> None:
    first, second = await on_thread(window)(file), await on_thread(window)(file, reviewer)
    joined = await first.join()
    assert joined["revision"] == file.revision and joined["generation"] == 1
    mine = joined["connection"]
    assert joined["people"] == [{"connection": mine, "id": translator.pk, "name": "Tran Slator", "row": None}]
    theirs = (await second.join())["connection"]
    assert {person["connection"] for person in second.joined["people"]} == {mine, theirs}
    frame = await first.hear("people", when=lambda frame: any(p["connection"] == theirs for p in frame["joined"]))
    assert frame["joined"][-1]["name"] == "Rea Viewer"

    row = await on_thread(row_of)(file, "S3")
    saved = await on_thread(save)(translator, row, "The fog lifts")
    for socket in (first, second):
        frame = await socket.hear("changes", seconds=1)
        assert (frame["from"], frame["to"]) == (saved.rev, saved.rev)
        assert [(r["id"], r["target"], r["status"]) for r in frame["rows"]] == [(row.pk, "The fog lifts", "translated")]
        assert frame["total"] == 5 and frame["counts"]["by_status"]["translated"]["rows"] == 1

    await second.send(type="at", row=row.pk)
    moved = await first.hear("people", when=lambda frame: bool(frame["moved"]))
    assert moved["moved"] == [{"connection": theirs, "row": row.pk}]
    assert (await on_thread(Presence.objects.get)(connection=theirs)).row_id == row.pk
    await second.close()
    assert (await first.hear("people", when=lambda frame: bool(frame["left"])))["left"] == [theirs]
    await first.close()
    assert not await on_thread(Presence.objects.exists)()


async def test_frames_of_the_api_and_of_the_socket_are_alike(
    file: File, window: Callable[..., Socket], translator: User
) -> None:
    socket, client = await on_thread(window)(file), await on_thread(factories.client_for)(translator)
    await socket.join()
    row = await on_thread(row_of)(file, "S3")
    patch = await on_thread(client.patch)(f"/api/v1/rows/{row.pk}", {"target": "x", "text_rev": row.text_rev})
    frame = await socket.hear("changes")
    since = await on_thread(client.get)(f"/api/v1/files/{file.pk}/changes?since={row.rev}")
    assert frame["rows"] == since.json()["rows"] == [patch.json()["row"]]
    assert frame["counts"] == since.json()["counts"] and frame["total"] == since.json()["total"]
    await socket.close()


async def test_what_happens_within_a_moment_comes_as_one_frame(
    make_file: Callable[..., File], window: Callable[..., Socket], translator: User
) -> None:
    file = await on_thread(make_file)([(f"K{n}", f"원문 {n}", "") for n in range(8)])
    socket = await on_thread(window)(file)
    await socket.join()

    def many() -> int:
        rows = list(Row.objects.filter(file=file).order_by("position"))
        for n, row in enumerate(rows):
            save(translator, row, f"t{n}")
        return set_status(actor=translator, row_ids=[rows[0].pk], status=Status.CONFIRMED).changed

    assert await on_thread(many)() == 1
    told, count, texts = joined_revision(socket), 0, {}
    while told < file.revision + 9:
        frame = await socket.hear("changes")
        assert frame["from"] == told + 1
        told, count = frame["to"], count + 1
        texts |= {row["id"]: (row["target"], row["status"]) for row in frame["rows"]}
    assert count < 9 and sorted(text for text, _ in texts.values()) == [f"t{n}" for n in range(8)]
    assert ("t0", "confirmed") in texts.values()
    await socket.close()


def joined_revision(socket: Socket) -> int:
    return int(socket.joined["revision"])


async def test_many_rows_and_what_other_processes_did_come_as_a_hint(
    make_file: Callable[..., File], window: Callable[..., Socket], translator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.1)
    file = await on_thread(make_file)([(f"K{n}", f"원문 {n}", "t") for n in range(250)])
    socket = await on_thread(window)(file)
    await socket.join()
    ids = await on_thread(lambda: list(Row.objects.filter(file=file).values_list("pk", flat=True)))()
    await on_thread(set_status)(actor=translator, row_ids=ids, status=Status.CONFIRMED)
    assert (await socket.hear("hint"))["revision"] == file.revision + 1
    # A process that shares nothing but the database.
    await on_thread(lambda: File.objects.filter(pk=file.pk).update(revision=file.revision + 5))()
    assert (await socket.hear("hint"))["revision"] == file.revision + 5
    await socket.close()


async def test_a_lease_over_the_socket(
    file: File, window: Callable[..., Socket], translator: User, reviewer: User
) -> None:
    mine, theirs = await on_thread(window)(file), await on_thread(window)(file, reviewer)
    await mine.join()
    await theirs.join()
    row = await on_thread(row_of)(file, "S3")
    await mine.send(type="lease", row=row.pk)
    answer = await mine.hear("lease")
    assert answer["granted"] is True and answer["row"] == row.pk and answer["until"].endswith("Z")
    taken = (await theirs.hear("leases"))["taken"]
    assert [(one["row"], one["name"], one["connection"]) for one in taken] == [
        (row.pk, "Tran Slator", mine.joined["connection"])
    ]
    await theirs.send(type="lease", row=row.pk)
    answer = await theirs.hear("lease")
    assert answer["granted"] is False and answer["holder"] == {"id": translator.pk, "name": "Tran Slator"}
    # Only the holder's typing is shown, and not to themselves.
    await theirs.send(type="typing", row=row.pk, text="x")
    assert (await theirs.hear("error"))["code"] == "not_held"
    for text in ("T", "Th", "The fog" + "x" * 5000):
        await mine.send(type="typing", row=row.pk, text=text)
    typed = await theirs.hear("typing", when=lambda frame: len(frame["text"]) > 2)
    assert typed["text"].startswith("The fog") and len(typed["text"]) == 2000 and typed["name"] == "Tran Slator"
    # Closing the window gives it back.
    await mine.close()
    assert (await theirs.hear("leases", when=lambda frame: bool(frame["released"])))["released"] == [row.pk]
    await theirs.send(type="lease", row=row.pk)
    assert (await theirs.hear("lease"))["granted"] is True
    await theirs.send(type="release", row=row.pk)
    assert (await theirs.hear("leases", when=lambda frame: bool(frame["released"])))["released"] == [row.pk]
    assert not await on_thread(RowLease.objects.exists)()
    await theirs.close()


async def test_leases_and_people_that_ran_out_are_announced(
    file: File, window: Callable[..., Socket], reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.1)
    row = await on_thread(row_of)(file, "S3")

    def dead_process() -> None:
        leases.take(actor=reviewer, row_id=row.pk, connection="dead")
        Presence.objects.create(
            connection="dead", file=file, user_id=reviewer.pk, user_name="Rea Viewer", seen_at=timezone.now()
        )

    await on_thread(dead_process)()
    socket = await on_thread(window)(file)
    await socket.join()
    assert [lease["connection"] for lease in socket.joined["leases"]] == ["dead"]
    assert {person["connection"] for person in socket.joined["people"]} > {"dead"}
    ago = timezone.now() - timedelta(seconds=60)
    await on_thread(lambda: (RowLease.objects.update(until=ago), Presence.objects.update(seen_at=ago)))()
    gone: set[object] = set()
    while gone != {row.pk, "dead"}:
        frame = await socket.next()
        gone |= {*frame.get("released", ()), *frame.get("left", ())}
    await socket.close()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_frame"),
        ("{", "bad_frame"),
        ("[" * 60_000, "bad_frame"),
        ("[]", "bad_frame"),
        ('{"type": "nothing"}', "bad_frame"),
        ('{"type": ["at"]}', "bad_frame"),
        ('{"type": "at", "row": "5"}', "bad_frame"),
        ('{"type": "at", "row": true}', "bad_frame"),
        ('{"type": "lease", "row": 1e400}', "bad_frame"),
        ('{"type": "lease"}', "bad_frame"),
        ('{"type": "lease", "row": 99999999999999999999}', "bad_frame"),
        ('{"type": "typing", "row": 1, "text": "\\ud800"}', "bad_frame"),
        ('{"type": "typing", "row": 1, "text": "a\\u0000"}', "bad_frame"),
        ('{"type": "typing", "row": 1, "text": "' + "x" * 70_000 + '"}', "too_large"),
        ('{"type": "ping", "x": "' + "각" * 30_000 + '"}', "too_large"),
        ('{"type": "join", "file": 1, "since": 0}', "joined_already"),
    ],
)
async def test_broken_frames_are_answered_and_harm_nothing(
    file: File, window: Callable[..., Socket], text: str, code: str
) -> None:
    socket = await on_thread(window)(file)
    assert await socket.open()
    if code != "joined_already":
        await socket.raw(text)
        assert (await socket.next())["code"] == code
    await socket.send(type="ping")
    assert (await socket.next())["code"] == "not_joined"
    await socket.raw(data=b"\0\1")
    assert (await socket.next())["code"] == "bad_frame"
    await socket.send(type="join", file=file.pk, since=0)
    await socket.hear("joined")
    await socket.raw(text)
    assert (await socket.hear("error"))["code"] == code
    await socket.send(type="ping")
    await socket.hear("pong")
    await socket.close()
    assert not await on_thread(RowLease.objects.exists)()


async def test_rows_of_other_files_and_other_sockets_files(
    file: File, make_file: Callable[..., File], window: Callable[..., Socket], reviewer: User
) -> None:
    other = await on_thread(make_file)(name="other.xml")
    row = await on_thread(row_of)(other, "S3")
    socket, watcher = await on_thread(window)(file), await on_thread(window)(file, reviewer)
    await watcher.join()
    assert await socket.open()
    await socket.send(type="join", file=other.pk, since=0)
    assert (await socket.next())["code"] == "bad_frame"
    await socket.send(type="join", file=file.pk, since=0)
    mine = (await socket.hear("joined"))["connection"]
    await socket.send(type="lease", row=row.pk)
    answer = await socket.hear("lease")
    assert answer["granted"] is False and answer["holder"] is None
    assert (await socket.hear("error"))["code"] == "not_found"
    await socket.send(type="at", row=row.pk)
    assert (await socket.hear("error"))["code"] == "not_found"
    await socket.send(type="typing", row=row.pk, text="x")
    assert (await socket.hear("error"))["code"] == "not_held"
    await watcher.hear("people", when=lambda frame: mine in [person["connection"] for person in frame["joined"]])
    assert await watcher.quiet()
    assert not await on_thread(RowLease.objects.exists)()
    await socket.close()
    await watcher.close()


async def test_a_flood_is_answered_and_then_closed(file: File, window: Callable[..., Socket]) -> None:
    socket = await on_thread(window)(file)
    await socket.join()
    for _ in range(400):
        await socket.send(type="ping")
    kinds = []
    while not kinds or kinds[-1] != ("close", 1008):
        frame = await socket.next()
        kinds.append((frame["type"], frame.get("code")))
    assert ("error", "too_fast") in kinds or ("resync", None) in kinds
    await socket.close()


# ---- who is let in ----
async def test_nobody_and_strangers_are_told_by_the_code(
    file: File, window: Callable[..., Socket], translator: User, project: Project, lead: User
) -> None:
    async def code_of(socket: Socket, **more: Any) -> int:
        assert await socket.open()
        await socket.send(type="join", file=socket.file_id, since=0, **more)
        frame = await socket.next()
        assert frame["type"] == "close", frame
        await socket.close()
        return int(frame["code"])

    assert await code_of(Socket(file.pk)) == 4401
    assert await code_of(Socket(file.pk, b"sessionid=made-up; broken=\x01")) == 4401
    assert await code_of(Socket(2**40, await on_thread(cookie_of)(translator))) == 4404
    assert await code_of(Socket(-5, await on_thread(cookie_of)(translator))) == 4404
    await on_thread(lambda: Project.objects.filter(pk=project.pk).update(restricted=True))()
    assert await code_of(await on_thread(window)(file)) == 4404
    member = await on_thread(window)(file, lead)
    assert await member.join()
    await member.close()
    await on_thread(lambda: User.objects.filter(pk=lead.pk).update(must_change_password=True))()
    assert await code_of(await on_thread(window)(file, lead)) == 4401


async def test_a_ticket_opens_one_socket(file: File, make_file: Callable[..., File], translator: User) -> None:
    other = await on_thread(make_file)(name="other.xml")
    await on_thread(factories.client_for)(translator)
    session = await on_thread(lambda: LoginSession.objects.get(user=translator))()
    ticket = await on_thread(tickets.issue)(actor=translator, session=session, file_id=file.pk)
    first = Socket(file.pk)
    assert (await first.join(ticket=ticket))["people"][0]["id"] == translator.pk
    fresh = await on_thread(tickets.issue)(actor=translator, session=session, file_id=file.pk)
    for wrong, where in ((ticket, file), (fresh, other), (fresh, file), ("made-up", file), ("", file)):
        socket = Socket(where.pk)
        assert await socket.open()
        await socket.send(type="join", file=where.pk, since=0, ticket=wrong)
        assert await socket.next() == {"type": "close", "code": 4401}
        await socket.close()
    await first.close()


@pytest.mark.parametrize(
    "more",
    [
        {"origin": b"http://evil.example"},
        {"origin": b"http://127.0.0.1:8001"},
        {"origin": b"https://127.0.0.1"},
        {"origin": b"null"},
        {"origin": b"http://127.0.0.1/x"},
        {"origin": b"http://user@127.0.0.1"},
        {"origin": b"http://127.0.0.1:x"},
        {"origin": None},
        {"host": None},
        {"host": b"evil.example", "origin": b"http://evil.example"},
        {"host": b"127.0.0.1.evil.example", "origin": b"http://127.0.0.1.evil.example"},
    ],
)
async def test_pages_of_others_open_no_socket(file: File, translator: User, more: dict[str, bytes | None]) -> None:
    socket = Socket(file.pk, await on_thread(cookie_of)(translator), **more)
    assert not await socket.open()


async def test_addresses_outside_the_allowed_networks_open_no_socket(
    file: File, translator: User, settings: Any
) -> None:
    settings.ALLOWED_NETWORKS = ["10.0.0.0/8"]
    for address, allowed in (("192.0.2.7", False), ("10.1.2.3", True), ("127.0.0.1", True)):
        socket = Socket(file.pk, await on_thread(cookie_of)(translator))
        socket.communicator.scope["client"] = [address, 1]
        assert await socket.open() is allowed
        if allowed:
            await socket.close()


async def test_other_addresses_are_not_there(translator: User) -> None:
    for path in ("/ws/", "/ws/files/x/", "/ws/files/1/more", "/"):
        socket = Socket(1, await on_thread(cookie_of)(translator))
        socket.communicator.scope["path"] = path
        assert not await socket.open()


async def test_a_login_that_ends_closes_its_sockets(
    file: File, window: Callable[..., Socket], translator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.1)
    socket, other = await on_thread(window)(file), await on_thread(window)(file)
    await socket.join()
    await other.join()
    newest = await on_thread(lambda: LoginSession.objects.filter(user=translator).order_by("created_at").last())()
    await on_thread(end_other_sessions)(actor=translator, keep=newest.pk)
    assert (await socket.hear("close", seconds=2))["code"] == 4401
    # In another process: nobody tells, the look finds it.
    await on_thread(lambda: LoginSession.objects.filter(pk=newest.pk).update(ended_at=timezone.now()))()
    assert (await other.hear("close", seconds=2))["code"] == 4401
    await socket.close()
    await other.close()


@pytest.mark.parametrize("how", ["restricted", "platform", "trash", "person"])
async def test_a_right_that_is_lost_closes_the_socket(
    file: File, window: Callable[..., Socket], project: Project, lead: User, translator: User, how: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.05)
    socket, owner = await on_thread(window)(file), await on_thread(window)(file, lead)
    await socket.join()
    await owner.join()

    def lose() -> None:
        if how == "restricted":
            Project.objects.filter(pk=project.pk).update(restricted=True)
        elif how == "platform":
            platform = Platform.objects.create(name="PC", restricted=True, created_by_id=lead.pk)
            Project.objects.filter(pk=project.pk).update(platform=platform)
        elif how == "trash":
            from apps.ldm.services.tree.delete import delete
            from apps.ldm.services.tree.structure import Ref

            delete(actor=lead, items=[Ref("file", file.pk)])
        else:
            User.objects.filter(pk=translator.pk).update(is_active=False)

    await on_thread(lose)()
    assert (await socket.hear("close", seconds=2))["code"] == (4401 if how == "person" else 4404)
    if how == "trash":
        assert (await owner.hear("close", seconds=2))["code"] == 4404
    else:
        await owner.send(type="ping")
        await owner.hear("pong")
    await socket.close()
    await owner.close()


async def test_rights_are_asked_again_with_every_lease(
    file: File, window: Callable[..., Socket], translator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 60)
    row = await on_thread(row_of)(file, "S3")
    socket = await on_thread(window)(file)
    await socket.join()
    await on_thread(lambda: LoginSession.objects.filter(user=translator).update(ended_at=timezone.now()))()
    await socket.send(type="lease", row=row.pk)
    assert (await socket.hear("close"))["code"] == 4401
    await socket.close()
    assert not await on_thread(RowLease.objects.exists)()
