"""The bytes a file came from, for desktops: asked for in pieces from any offset."""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Original, StoredBlob, StoredBlobChunk
from apps.sync.protocol import BLOB_BYTES
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound

FIELDS = ("filename", "source_filename", "format", "encoding", "options", "warnings", "keyed")
MOST_PLACES = 8
"""Places in blobs that are remembered: who reads on need not be unpacked for from the start."""


def original(user: User, file_id: int) -> dict[str, Any]:
    """What a file came from: {"id", "sha256", "size", "source_sha256", "source_size", …FIELDS}.

    `id` is the server's, the same for the variants of one original. A file that came from none has
    {"id": None, "sha256": "", "size": 0, …}. Raises NotFound.
    """
    found = _original_of(permissions.get_file(user, file_id))
    if found is None:
        return {"id": None, "sha256": "", "size": 0, "source_sha256": "", "source_size": 0}
    source = found.source_blob
    return {
        "id": found.pk,
        "sha256": found.blob.sha256,
        "size": found.blob.size,
        "source_sha256": source.sha256 if source is not None else "",
        "source_size": source.size if source is not None else 0,
        **{name: getattr(found, name) for name in FIELDS},
    }


def blob(user: User, file_id: int, sha256: str, offset: int) -> bytes:
    """Up to BLOB_BYTES of the file's original from an offset on; nothing behind its end.

    Raises NotFound, also for bytes that are not this file's, and Invalid.
    """
    found = _original_of(permissions.get_file(user, file_id))
    wanted = [one for one in (found.blob, found.source_blob) if one and one.sha256 == sha256] if found else []
    if not wanted:
        raise NotFound
    if not 0 <= offset <= wanted[0].size:
        raise Invalid(_("This original has %(size)s bytes.") % {"size": f"{wanted[0].size:,}"}, field="offset")
    return _read(wanted[0], offset)


def _original_of(file: File) -> Original | None:
    if file.original_id is None:
        return None
    return Original.objects.select_related("blob", "source_blob").get(pk=file.original_id)


@dataclass(slots=True)
class _Place:
    """How far the unpacking of a blob is: the next chunk, what is left of the last one, bytes given so far."""

    unpack: Any
    chunk: int = 0
    rest: bytes = b""
    given: int = 0


_places: OrderedDict[tuple[str, int, int], _Place] = OrderedDict()
_lock = threading.Lock()


def _read(blob: StoredBlob, offset: int) -> bytes:
    alias = workspaces.alias()
    with _lock:
        place = _places.pop((alias, blob.pk, offset), None)
    if place is None:
        place = _Place(zlib.decompressobj())
        while place.given < offset:
            if not _give(blob, place, min(BLOB_BYTES, offset - place.given)):
                break
    data = _give(blob, place, BLOB_BYTES)
    if place.given < blob.size:
        with _lock:
            _places[alias, blob.pk, place.given] = place
            while len(_places) > MOST_PLACES:
                _places.popitem(last=False)
    return data


def _give(blob: StoredBlob, place: _Place, count: int) -> bytes:
    """The next `count` bytes, fewer at the end."""
    parts: list[bytes] = []
    while count > 0:
        if not place.rest:
            found = StoredBlobChunk.objects.filter(blob_id=blob.pk, number=place.chunk).values_list("data", flat=True)
            packed = found.first()
            if packed is None:
                break
            place.rest, place.chunk = bytes(packed), place.chunk + 1
        part = place.unpack.decompress(place.rest, count)
        place.rest = place.unpack.unconsumed_tail
        parts.append(part)
        place.given += len(part)
        count -= len(part)
    return b"".join(parts)
