"""An edit just made in a window of a linked desktop meets another one: its person is asked, with both texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from apps.accounts.models import User
from apps.ldm.models import File
from apps.sync import clock
from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.live import overtaken
from apps.sync.models import Conflict, PendingEdit
from tests.e2e.editing_pages import row_of
from tests.ldm.live.sockets import Socket
from tests.sync.client.site import edit, offline, sync

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("closed_at_end")]


@pytest.fixture
def meet(mirrored: File, person: User, reviewer: User) -> Callable[..., Any]:
    """`meet(mine_first)`: both edit a row that neither has seen of the other, then the desktop sends; the conflict."""

    def here() -> None:
        with offline():
            edit(person, mirrored.pk, "K1", "mine")

    def there() -> None:
        edit(reviewer, mirrored.pk, "K1", "theirs")

    def work(mine_first: bool, age: float = 0.0) -> Conflict:
        for one in (here, there) if mine_first else (there, here):
            one()
        if age:
            with offline():
                PendingEdit.objects.update(edited_at=clock.now() - age)
        assert sync(InProcessPeer(person.pk), files=[mirrored.pk]).trouble == ""
        with offline():
            return Conflict.objects.get()

    return sync_to_async(work)


@pytest.mark.parametrize("won", [True, False])
async def test_the_window_is_asked_with_both_texts(
    mirrored: File, window: Callable[[File], Socket], meet: Callable[..., Any], reviewer: User, won: bool
) -> None:
    desk = window(mirrored)
    await desk.join()
    conflict = await meet(mine_first=not won, age=0.0 if won else 5.0)
    asked = await desk.hear("overtaken")
    assert asked == {
        "type": "overtaken",
        "row": (await sync_to_async(row_of)(mirrored, "K1")).pk,
        "op": str(conflict.op),
        "won": won,
        "mine": "mine",
        "theirs": {
            "target": "theirs",
            "status": "translated",
            "edited_by": {"id": reviewer.pk, "name": reviewer.name},
        },
    }
    # Until somebody decides, it is in the inbox.
    assert conflict.resolution == "" and {conflict.kept, conflict.lost} == {"mine", "theirs"}
    await desk.close()


async def test_nobody_is_asked_about_what_was_made_long_ago(
    mirrored: File, window: Callable[[File], Socket], meet: Callable[..., Any]
) -> None:
    desk = window(mirrored)
    await desk.join()
    assert (await meet(mine_first=True, age=overtaken.JUST_NOW + 5)).resolution == ""
    frames = []
    while not await desk.quiet(0.5):
        frames.append((await desk.next())["type"])
    assert "overtaken" not in frames and frames
    await desk.close()
