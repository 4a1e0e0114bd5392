"""The bytes mirrored files came from: without them nothing could be exported offline."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.ldm.models import File, Original, StoredBlob
from apps.ldm.services import blobs
from apps.sync.models import MirroredFile, MirroredOriginal
from apps.sync.protocol import Refused, SyncPeer
from locanext_project import workspaces

FIELDS = ("filename", "source_filename", "format", "encoding", "options", "warnings", "keyed")


def fetch(peer: SyncPeer, file_id: int) -> bool:
    """Bring the original of a mirrored file up to date; whether it is here.

    The bytes are put together beside the database, piece by piece, so that a cut fetch goes on; they
    count when their hash is right. Raises what the peer raises.
    """
    mirror = MirroredFile.objects.get(pk=file_id)
    about = peer.original(file_id)
    if not about.get("sha256"):
        _keep(file_id, mirror.cursor, None)
        return False
    known = _known(about)
    if known is None:
        data = _bytes(peer, file_id, about["sha256"])
        source = _bytes(peer, file_id, about["source_sha256"]) if about.get("source_sha256") else None
        with workspaces.atomic():
            source_blob = _stored(about["source_sha256"], source) if about.get("source_sha256") else None
            known = _make(about, _stored(about["sha256"], data), source_blob)
            _keep(file_id, mirror.cursor, known)
        for sha256 in (about["sha256"], about.get("source_sha256")):
            if sha256:
                _part(sha256).unlink(missing_ok=True)
        return True
    _keep(file_id, mirror.cursor, known)
    return True


def _keep(file_id: int, cursor: int, original_id: int | None) -> None:
    with workspaces.atomic():
        File.objects.filter(pk=file_id).update(original_id=original_id)
        MirroredFile.objects.filter(pk=file_id).update(original_cursor=cursor, original_whole=original_id is not None)


def _known(about: dict[str, Any]) -> int | None:
    """The original here that is this one; with all that the server says of it now."""
    pk = MirroredOriginal.objects.filter(pk=about["id"]).values_list("original_id", flat=True).first()
    found = Original.objects.filter(pk=pk).select_related("blob", "source_blob").first() if pk else None
    if found is None or found.blob.sha256 != about["sha256"]:
        return None
    if (found.source_blob.sha256 if found.source_blob else "") != (about.get("source_sha256") or ""):
        return None
    return found.pk if all(getattr(found, name) == about[name] for name in FIELDS if name in about) else None


def _make(about: dict[str, Any], blob: StoredBlob, source: StoredBlob | None) -> int:
    values = {name: about[name] for name in FIELDS if name in about}
    original = Original.objects.create(blob=blob, source_blob=source, **values)
    MirroredOriginal.objects.update_or_create(pk=about["id"], defaults={"original_id": original.pk})
    return original.pk


def _stored(sha256: str, data: bytes | None) -> StoredBlob:
    return blobs.store(data) if data is not None else StoredBlob.objects.get(sha256=sha256)


def _bytes(peer: SyncPeer, file_id: int, sha256: str) -> bytes | None:
    """The bytes with this hash, fetched from where it stopped; None where they are here already."""
    if StoredBlob.objects.filter(sha256=sha256).exists():
        return None
    part = _part(sha256)
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("a+b") as target:
        target.seek(0, os.SEEK_END)
        while piece := peer.blob(file_id, sha256, target.tell()):
            target.write(piece)
        # By this handle: whoever fetches the same bytes at the same time may be through first, and take the part away.
        target.seek(0)
        data = target.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        # A part of other bytes, or bytes that changed on the way: the next attempt begins anew.
        part.unlink(missing_ok=True)
        raise Refused("invalid", _("The original arrived damaged."))
    return data


def _part(sha256: str) -> Path:
    return Path(settings.DATA_DIR) / "mirror" / f"{workspaces.alias()}-{sha256}.part"
