"""Result files, kept in the database in pieces."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator

from asgiref.sync import sync_to_async

from apps.tasks.models import CHUNK_BYTES, TaskFile, TaskFileChunk

NAME_LENGTH = 200
_FORBIDDEN = set('<>:"/\\|?*')


def safe_name(name: str) -> str:
    """A name that is one on every system: no path, no control characters, not too long, never empty."""
    text = "".join(
        "_" if letter in _FORBIDDEN else letter
        for letter in unicodedata.normalize("NFC", name)
        if unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    ).strip(" .")
    if len(text) > NAME_LENGTH:
        stem, dot, ending = text.rpartition(".")
        keep = f"{dot}{ending}" if dot and len(ending) <= 10 else ""
        text = (stem if keep else text)[: NAME_LENGTH - len(keep)].rstrip(" .") + keep
    return text or "result"


def store(
    task_id: uuid.UUID, name: str, data: bytes | Iterable[bytes], content_type: str = "", *, alias: str
) -> TaskFile:
    """Write a file piece by piece. It is listed once it is complete; a failed run's files are removed."""
    file = TaskFile.objects.using(alias).create(
        task_id=task_id, name=safe_name(name), content_type=(content_type or "application/octet-stream")[:100]
    )
    for number, piece in enumerate(_pieces([data] if isinstance(data, bytes) else data)):
        TaskFileChunk.objects.using(alias).create(file_id=file.pk, number=number, data=piece)
        file.size += len(piece)
    file.complete = True
    file.save(using=alias, update_fields=["size", "complete"])
    return file


def _pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of CHUNK_BYTES."""
    held = bytearray()
    for part in parts:
        view = memoryview(part)
        while view:
            take = CHUNK_BYTES - len(held)
            held += view[:take]
            view = view[take:]
            if len(held) == CHUNK_BYTES:
                yield bytes(held)
                held.clear()
    if held:
        yield bytes(held)


def _piece(file_id: uuid.UUID, number: int, alias: str) -> bytes | None:
    data = (
        TaskFileChunk.objects.using(alias).filter(file_id=file_id, number=number).values_list("data", flat=True).first()
    )
    return None if data is None else bytes(data)


def read(file_id: uuid.UUID, alias: str) -> Iterator[bytes]:
    """The file's pieces, one query each. The alias is given: a body is sent after the request's context is gone."""
    number = 0
    while (piece := _piece(file_id, number, alias)) is not None:
        yield piece
        number += 1


async def aread(file_id: uuid.UUID, alias: str) -> AsyncIterator[bytes]:
    """`read` for an asynchronous server, which would collect a synchronous body in memory first."""
    number = 0
    while (piece := await sync_to_async(_piece)(file_id, number, alias)) is not None:
        yield piece
        number += 1
