"""Keeping bytes: compressed, by their SHA-256, in chunks."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator

from apps.ldm.models import StoredBlob, StoredBlobChunk
from locanext_project import workspaces

CHUNK_BYTES = 1024 * 1024


def store(data: bytes) -> StoredBlob:
    """The blob of `data`, made if these bytes are new. Runs in the caller's transaction or its own."""
    sha256 = hashlib.sha256(data).hexdigest()
    with workspaces.atomic():
        blob, created = StoredBlob.objects.get_or_create(sha256=sha256, defaults={"size": len(data)})
        if created:
            packed = zlib.compress(data, 6 if len(data) < 4 * CHUNK_BYTES else 1)
            for number, start in enumerate(range(0, len(packed), CHUNK_BYTES)):
                StoredBlobChunk.objects.create(blob=blob, number=number, data=packed[start : start + CHUNK_BYTES])
    return blob


def chunks(blob: StoredBlob) -> Iterator[bytes]:
    """The blob's bytes in pieces."""
    unpack = zlib.decompressobj()
    alias = workspaces.alias()
    for data in (
        StoredBlobChunk.objects.using(alias).filter(blob=blob).order_by("number").values_list("data", flat=True)
    ):
        yield unpack.decompress(bytes(data))
    yield unpack.flush()


def load(blob: StoredBlob) -> bytes:
    """The blob's bytes."""
    return b"".join(chunks(blob))
