"""Result files: in pieces, in the workspace's database, with names that are safe everywhere."""

from __future__ import annotations

import pytest

from apps.tasks import files, services
from apps.tasks.models import CHUNK_BYTES, TaskFile, TaskFileChunk
from locanext_project import workspaces

FIVE_MEGABYTES = 5 * CHUNK_BYTES + 17


def pattern(size: int) -> bytes:
    period = bytes(range(251))
    return (period * (size // 251 + 1))[:size]


def test_five_megabytes_round_trip(person, workspace):
    run = services.run_here(actor=person, kind="tests.file", args={"size": FIVE_MEGABYTES})
    file = TaskFile.objects.get(task_id=run.pk)
    assert (file.name, file.size, file.complete) == ("result.bin", FIVE_MEGABYTES, True)
    sizes = [len(chunk.data) for chunk in TaskFileChunk.objects.order_by("number")]
    assert sizes == [CHUNK_BYTES] * 5 + [17]
    alias = workspaces.alias()
    other = workspaces.OFFLINE if workspace == workspaces.SERVER else workspaces.SERVER
    with workspaces.use(other):  # a body is sent when the request's workspace is gone
        assert b"".join(files.read(file.pk, alias)) == pattern(FIVE_MEGABYTES)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_sizes_around_a_piece(translator, size):
    run = services.run_here(actor=translator, kind="tests.nothing", args={})
    for data in (pattern(size), [pattern(size)[:7], b"", pattern(size)[7:]]):
        file = files.store(run.pk, "a", data, alias="default")
        assert file.size == size
        assert b"".join(files.read(file.pk, "default")) == pattern(size)


@pytest.mark.django_db(transaction=True)
async def test_an_asynchronous_server_reads_the_same():
    from asgiref.sync import sync_to_async

    from tests.factories import user

    def make():
        run = services.run_here(actor=user(username="person"), kind="tests.file", args={"size": CHUNK_BYTES + 3})
        return TaskFile.objects.get(task_id=run.pk).pk

    pk = await sync_to_async(make)()
    pieces = [piece async for piece in files.aread(pk, "default")]
    assert [len(piece) for piece in pieces] == [CHUNK_BYTES, 3]
    assert b"".join(pieces) == pattern(CHUNK_BYTES + 3)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("대사 2장.xlsx", "대사 2장.xlsx"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Windows\\a.txt", "C__Windows_a.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"),
        ("\u202etxt.exe", "txt.exe"),
        ("", "result"),
        (" .. ", "result"),
        ("x" * 300 + ".xlsx", "x" * 195 + ".xlsx"),
    ],
)
def test_names(name, safe):
    assert files.safe_name(name) == safe


@pytest.mark.django_db(transaction=True)
async def test_an_asynchronous_server_sends_a_download_piece_by_piece(async_client, recwarn):
    from asgiref.sync import sync_to_async

    from tests.factories import user

    def make():
        person = user(username="person")
        run = services.run_here(actor=person, kind="tests.file", args={"size": 2 * CHUNK_BYTES})
        return person, f"/api/v1/tasks/{run.pk}/files/{TaskFile.objects.get(task_id=run.pk).pk}"

    person, url = await sync_to_async(make)()
    await async_client.aforce_login(person)
    answer = await async_client.get(url)
    assert answer.status_code == 200 and answer.is_async
    assert [len(piece) async for piece in answer.streaming_content] == [CHUNK_BYTES, CHUNK_BYTES]
    assert not [warning for warning in recwarn if "StreamingHttpResponse" in str(warning.message)]
