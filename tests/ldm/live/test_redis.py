"""Two processes that share Redis: what is saved in one is seen in the other as it happens, not by looking."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from websockets.asyncio.client import ClientConnection, connect

from apps.accounts.models import User
from apps.accounts.services import end_other_sessions
from apps.ldm.models import File
from tests.ldm.live.redis_server import needs_redis
from tests.ldm.live.site import site
from tests.ldm.live.sockets import cookie_of
from tests.ldm.services.conftest import row_of

pytestmark = [pytest.mark.django_db(transaction=True), needs_redis]


@pytest.fixture
def sites(transactional_db: None, redis_url: str) -> Iterator[list[int]]:
    """The ports of two processes."""
    with site(redis_url) as first, site(redis_url) as second:
        yield [first.port, second.port]


async def opened(port: int, file: File, cookie: bytes) -> tuple[ClientConnection, dict[str, Any]]:
    address, origin = f"ws://127.0.0.1:{port}/ws/files/{file.pk}/", f"http://127.0.0.1:{port}"
    one = await connect(address, origin=origin, additional_headers={"Cookie": cookie.decode()})  # type: ignore[arg-type]
    await one.send(json.dumps({"type": "join", "file": file.pk, "since": 0}))
    return one, await heard(one, "joined")


async def heard(one: ClientConnection, kind: str, seconds: float = 20) -> dict[str, Any]:
    async with asyncio.timeout(seconds):
        while (frame := json.loads(await one.recv()))["type"] != kind:
            # The look at the database would only say that there is something.
            assert frame["type"] != "hint" or kind != "changes", frame
    return dict(frame)


def patch(port: int, cookie: bytes, row_id: int, text_rev: int, target: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": f"{cookie.decode()}; csrftoken={'c' * 32}", "X-CSRFToken": "c" * 32}
    headers["Content-Type"] = "application/json"
    connection.request("PATCH", f"/api/v1/rows/{row_id}", json.dumps({"target": target, "text_rev": text_rev}), headers)
    return connection.getresponse().status


async def test_processes_hear_of_each_other(file: File, sites: list[int], translator: User, reviewer: User) -> None:
    mine = await sync_to_async(cookie_of)(translator)
    theirs = await sync_to_async(cookie_of)(reviewer)
    row = await sync_to_async(row_of)(file, "S3")
    first, joined = await opened(sites[0], file, mine)
    second, _ = await opened(sites[1], file, theirs)
    came = await heard(first, "people")
    while reviewer.name not in [person["name"] for person in came["joined"]]:
        came = await heard(first, "people")
    # A save over HTTP in the second process, the lease over the socket of the first.
    assert await asyncio.to_thread(patch, sites[1], theirs, row.pk, row.text_rev, "far") == 200
    frame = await heard(first, "changes")
    assert [one["target"] for one in frame["rows"]] == ["far"]
    await first.send(json.dumps({"type": "lease", "row": row.pk}))
    taken = (await heard(second, "leases"))["taken"]
    assert taken[0]["row"] == row.pk and taken[0]["connection"] == joined["connection"]
    await first.send(json.dumps({"type": "typing", "row": row.pk, "text": "live"}))
    assert (await heard(second, "typing"))["text"] == "live"
    assert await asyncio.to_thread(patch, sites[1], theirs, row.pk, row.text_rev, "later") == 409
    await first.close()
    assert (await heard(second, "leases"))["released"] == [row.pk]
    await sync_to_async(end_other_sessions)(actor=reviewer, keep=None)
    await asyncio.wait_for(second.wait_closed(), 20)
    assert second.close_code == 4401
