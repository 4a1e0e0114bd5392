"""A desktop's window and a server's in one file: seen both ways, leases asked, what ends with the link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from apps.accounts.models import User
from apps.ldm.errors import RowLeased
from apps.ldm.models import File, RowLease
from apps.ldm.services.rows.mirrored_leases import MARK
from apps.sync.client import loop
from apps.sync.models import Link
from tests.e2e.editing_pages import row_of
from tests.ldm.live.sockets import Socket
from tests.sync.client.site import edit, offline

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("closed_at_end")]
on_thread = sync_to_async
Window = Callable[[File], Socket]


@on_thread
def edit_offline(actor: User, file: File, key: str, target: str) -> None:
    with offline():
        edit(actor, file.pk, key, target)


@on_thread
def row_id(file: File, key: str) -> int:
    return row_of(file, key).pk


@on_thread
def leases_of(workspace_is_offline: bool) -> dict[int, int]:
    """Who holds which row, in one of the two databases."""
    if not workspace_is_offline:
        return dict(RowLease.objects.values_list("row_id", "user_id"))
    with offline():
        return dict(RowLease.objects.values_list("row_id", "user_id"))


def of(frame: dict[str, Any], user: User) -> list[str]:
    """The windows of a person among those that came."""
    return [one["connection"] for one in frame["joined"] if one["id"] == user.pk]


async def meet(desk: Socket, far: Socket, translator: User, reviewer: User) -> tuple[str, str]:
    """Both join; what the server's window is called on the desktop, and the desktop's on the server."""
    await far.join()
    await desk.join()
    theirs = of(await desk.hear("people", when=lambda frame: bool(of(frame, reviewer))), reviewer)
    mine = of(await far.hear("people", when=lambda frame: bool(of(frame, translator))), translator)
    assert len(theirs) == len(mine) == 1
    assert theirs == [MARK + far.joined["connection"]]
    return theirs[0], mine[0]


async def test_both_see_each_other_and_where_they_are(
    linked: File, window: Window, on_server: Window, translator: User, reviewer: User
) -> None:
    desk, far, row = window(linked), on_server(linked), await row_id(linked, "K1")
    theirs, mine = await meet(desk, far, translator, reviewer)
    await far.send(type="at", row=row)
    frame = await desk.hear("people", when=lambda frame: bool(frame["moved"]))
    assert frame["moved"] == [{"connection": theirs, "row": row}]
    await desk.send(type="at", row=row)
    await far.hear("people", when=lambda frame: {"connection": mine, "row": row} in frame["moved"])
    await far.close()
    assert (await desk.hear("people", when=lambda frame: bool(frame["left"])))["left"] == [theirs]
    await desk.close()


async def test_windows_of_one_desktop_are_there_once(
    linked: File, window: Window, on_server: Window, translator: User, reviewer: User
) -> None:
    first, second, far = window(linked), window(linked), on_server(linked)
    theirs, mine = await meet(first, far, translator, reviewer)
    await second.join()
    assert {one["connection"] for one in second.joined["people"]} == {
        first.joined["connection"], second.joined["connection"], theirs,
    }  # fmt: skip
    again = of(await far.hear("people", when=lambda frame: bool(of(frame, translator))), translator)
    assert again != [mine] and len(again) == 1
    # What each line tells of the other window is shown to nobody.
    row = await row_id(linked, "K1")
    await far.send(type="at", row=row)
    seen = [await first.hear("people", when=lambda frame: bool(frame["moved"]))]
    assert await first.quiet(0.4)
    assert [of(frame, translator) for frame in seen] == [[]]
    await first.close()
    assert (await far.hear("people", when=lambda frame: bool(frame["left"])))["left"] == [mine]
    # The other window's line goes on telling.
    await far.send(type="at", row=None)
    await second.hear("people", when=lambda frame: frame["moved"] == [{"connection": theirs, "row": None}])
    await second.close()
    await far.close()


async def test_what_is_held_on_the_server_is_held_here(
    linked: File, window: Window, on_server: Window, translator: User, reviewer: User, person: User
) -> None:
    desk, far, row = window(linked), on_server(linked), await row_id(linked, "K1")
    await meet(desk, far, translator, reviewer)
    await far.send(type="lease", row=row)
    assert (await far.hear("lease"))["granted"]
    await desk.send(type="lease", row=row)
    answer = await desk.hear("lease")
    assert not answer["granted"] and answer["holder"] == {"id": reviewer.pk, "name": reviewer.name}
    with pytest.raises(RowLeased):
        await edit_offline(person, linked, "K1", "mine")
    await far.send(type="typing", row=row, text="they type")
    assert (await desk.hear("typing"))["text"] == "they type"
    await far.send(type="release", row=row)
    assert row in (await desk.hear("leases", when=lambda frame: bool(frame["released"])))["released"]
    await edit_offline(person, linked, "K1", "mine")
    await desk.close()
    await far.close()


async def test_what_is_held_here_is_held_on_the_server(
    linked: File, window: Window, on_server: Window, translator: User, reviewer: User
) -> None:
    desk, far, row = window(linked), on_server(linked), await row_id(linked, "K1")
    await meet(desk, far, translator, reviewer)
    await desk.send(type="lease", row=row)
    assert (await desk.hear("lease"))["granted"]
    # Granted here means granted there: it was asked there first.
    assert await leases_of(False) == await leases_of(True) == {row: translator.pk}
    await far.hear("leases", when=lambda frame: bool(frame["taken"]))
    await desk.send(type="typing", row=row, text="I type")
    assert (await far.hear("typing"))["text"] == "I type"
    await far.send(type="lease", row=row)
    assert (await far.hear("lease"))["holder"]["id"] == translator.pk
    await desk.send(type="release", row=row)
    await far.hear("leases", when=lambda frame: row in frame["released"])
    assert await leases_of(False) == {}
    # One after the other without a pause: the frame about the end of theirs is on its way, the answer is here.
    for _ in range(3):
        for one in (far, desk):
            await one.send(type="lease", row=row)
            assert (await one.hear("lease"))["granted"]
            await one.send(type="release", row=row)
            await one.send(type="ping")
            await one.hear("pong")
            async with asyncio.timeout(10):
                while await leases_of(False):
                    await asyncio.sleep(0.01)
    await desk.close()
    await far.close()


@on_thread
def set_mode(mode: str) -> None:
    with offline():
        Link.objects.update(mode=mode)
    loop.wake(urgent=True)


async def test_what_is_known_of_others_ends_with_the_link_and_comes_back(
    linked: File, window: Window, on_server: Window, translator: User, reviewer: User, person: User
) -> None:
    desk, far, row = window(linked), on_server(linked), await row_id(linked, "K1")
    theirs, mine = await meet(desk, far, translator, reviewer)
    await far.send(type="lease", row=row)
    await desk.hear("leases", when=lambda frame: bool(frame["taken"]))
    await set_mode("offline")
    assert (await desk.hear("people", when=lambda frame: bool(frame["left"])))["left"] == [theirs]
    await far.hear("people", when=lambda frame: frame["left"] == [mine])
    if await leases_of(True):
        await desk.hear("leases", when=lambda frame: row in frame["released"])
    assert await leases_of(True) == {}
    await edit_offline(person, linked, "K1", "mine")
    # Alone, leases are one's own matter.
    await desk.send(type="lease", row=row)
    assert (await desk.hear("lease"))["granted"]
    await set_mode("auto")
    # The server's answer to what was taken meanwhile: somebody has it.
    answer = await desk.hear("lease")
    assert not answer["granted"] and answer["holder"]["id"] == reviewer.pk
    assert await leases_of(True) == {row: reviewer.pk}
    await desk.close()
    await far.close()


async def test_a_colleagues_save_wakes_the_rounds(
    linked: File, window: Window, on_server: Window, translator: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(loop, "is_online", lambda: True)
    monkeypatch.setattr(loop, "hear", lambda *given: heard.append(given))
    desk, far = window(linked), on_server(linked)
    await meet(desk, far, translator, reviewer)
    assert heard == [(linked.pk, 1)]
    await on_thread(edit)(reviewer, linked.pk, "K2", "theirs")
    await far.hear("changes")
    for _ in range(100):
        if len(heard) > 1:
            break
        await far.quiet(0.05)
    assert heard[1:] == [(linked.pk, 2)]
    await desk.close()
    await far.close()


async def test_without_a_link_there_is_no_line(
    mirrored: File, window: Window, on_server: Window, translator: User
) -> None:
    desk, far = window(mirrored), on_server(mirrored)
    await far.join()
    await desk.join()
    row = await row_id(mirrored, "K1")
    await desk.send(type="lease", row=row)
    assert (await desk.hear("lease"))["granted"]
    assert [one["id"] for one in desk.joined["people"]] == [translator.pk]
    assert await leases_of(False) == {}
    await desk.close()
    await far.close()
