"""Keeping bytes: compressed, by their SHA-256, in chunks."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator

from django.db import IntegrityError, connections

from apps.ldm.models import ChangeSet, Original, StoredBlob, StoredBlobChunk, Upload
from locanext_project import workspaces

CHUNK_BYTES = 1024 * 1024


def packed(data: bytes) -> bytes | None:
    """The bytes as `store` keeps them, for who packs them before the transaction; None where they are here already."""
    if StoredBlob.objects.filter(sha256=hashlib.sha256(data).hexdigest()).exists():
        return None
    return zlib.compress(data, _level(data))


def store(data: bytes, packed: bytes | None = None) -> StoredBlob:
    """The blob of `data`, made if these bytes are new. Runs in the caller's transaction or its own.

    It stays until the transaction ends, so that the caller can refer to it. `packed` is what `packed` gave of it.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    with workspaces.atomic():
        while True:
            # Somebody may make the same blob, or remove it for want of use, at this very moment.
            if (blob := _found(sha256)) is not None:
                return blob
            try:
                with workspaces.atomic():
                    blob = StoredBlob.objects.create(sha256=sha256, size=len(data))
            except IntegrityError:
                continue
            packed = packed or zlib.compress(data, _level(data))
            for number, start in enumerate(range(0, len(packed), CHUNK_BYTES)):
                StoredBlobChunk.objects.create(blob=blob, number=number, data=packed[start : start + CHUNK_BYTES])
            return blob


def _level(data: bytes) -> int:
    """How hard to compress: a workbook or zip is packed already, a large text is packed quickly."""
    if data.startswith(b"PK\x03\x04"):
        return 0
    return 6 if len(data) < 4 * CHUNK_BYTES else 1


def _found(sha256: str) -> StoredBlob | None:
    """The blob, held against removal until the transaction ends; others may refer to it meanwhile."""
    connection = connections[workspaces.alias()]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Django knows no FOR KEY SHARE, the weakest lock that a DELETE waits for.
            cursor.execute("SELECT id FROM ldm_storedblob WHERE sha256 = %s FOR KEY SHARE", [sha256])
            if cursor.fetchone() is None:
                return None
    return StoredBlob.objects.filter(sha256=sha256).first()


def forget(blob_ids: Iterable[int]) -> int:
    """Delete those blobs that nothing refers to any more; returns how many. Takes a transaction of its own."""
    wanted = sorted(set(blob_ids))
    if not wanted:
        return 0
    with workspaces.atomic():
        # Locked first: from here on nobody can begin to refer to them, so what is found below stays true.
        locked = StoredBlob.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        unused = set(locked.values_list("pk", flat=True))
        for users in (
            Upload.objects.filter(blob_id__in=unused).values_list("blob_id", flat=True),
            Original.objects.filter(blob_id__in=unused).values_list("blob_id", flat=True),
            Original.objects.filter(source_blob_id__in=unused).values_list("source_blob_id", flat=True),
            ChangeSet.objects.filter(order_before_id__in=unused).values_list("order_before_id", flat=True),
        ):
            unused -= {pk for pk in users if pk is not None}
        StoredBlob.objects.filter(pk__in=unused).delete()
    return len(unused)


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
