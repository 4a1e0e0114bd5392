"""Bytes that desktops send, kept until all are here and their sum is right; then they are the person's upload."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import StoredBlob, Upload
from apps.ldm.services import blobs
from apps.ldm.services.files import uploads
from apps.sync.models import IncomingBlob, IncomingPart
from apps.sync.protocol import BLOB_BYTES
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound

KEEP = timedelta(days=uploads.KEEP_DAYS)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def put_blob(*, actor: User, sha256: str, offset: int, size: int, data: bytes) -> int:
    """Take in a piece; how many bytes from the first on are here now. An empty piece only asks.

    A piece may overlap what is here; one that leaves a gap is not taken. What somebody else sent
    does not count: who names bytes must have had them. Raises Invalid for a sum that is wrong
    once all is here (then nothing is), and TooLarge.
    """
    if not _SHA256.fullmatch(sha256):
        raise Invalid(_("sha256 is 64 hexadecimal digits."), field="sha256")
    if not 0 <= offset <= size or offset + len(data) > size or len(data) > BLOB_BYTES:
        raise Invalid(
            _("A piece lies within the size, and has at most %(most)s bytes.") % {"most": f"{BLOB_BYTES:,}"},
            field="offset",
        )
    uploads.check_size("blob", size)
    if _upload_of(actor, sha256) is not None:
        return size
    _discard_old()
    with workspaces.atomic():
        blob = _open(actor, sha256, size)
        fresh = data[blob.have - offset :] if offset <= blob.have else b""
        if fresh:
            IncomingPart.objects.create(blob=blob, offset=blob.have, data=fresh)
            blob.have += len(fresh)
            blob.save(update_fields=["have"])
        if blob.have < size:
            return blob.have
    return _finish(actor, blob)


def bytes_of(actor: User, sha256: str) -> bytes:
    """What a person has sent whole. Raises NotFound."""
    upload = _upload_of(actor, sha256)
    if upload is None:
        raise NotFound(_("These bytes have not been sent, or are gone. Send them again."), code="no_blob")
    return blobs.load(StoredBlob.objects.get(pk=upload.blob_id))


def size_of(actor: User, sha256: str) -> int:
    """How many bytes a person has sent whole under this sum. Raises NotFound."""
    upload = _upload_of(actor, sha256)
    if upload is None:
        raise NotFound(_("These bytes have not been sent, or are gone. Send them again."), code="no_blob")
    return upload.blob.size


def _upload_of(actor: User, sha256: str) -> Upload | None:
    return Upload.objects.filter(owner_id=actor.pk, blob__sha256=sha256).order_by("-created_at").first()


def _open(actor: User, sha256: str, size: int) -> IncomingBlob:
    """The person's incoming bytes, locked; begun anew where they were begun with another size."""
    IncomingBlob.objects.bulk_create([IncomingBlob(owner_id=actor.pk, sha256=sha256, size=size)], ignore_conflicts=True)
    blob = IncomingBlob.objects.select_for_update().get(owner_id=actor.pk, sha256=sha256)
    if blob.size != size:
        blob.parts.all().delete()
        blob.size, blob.have = size, 0
        blob.save(update_fields=["size", "have"])
    return blob


def _finish(actor: User, blob: IncomingBlob) -> int:
    """Make an upload of bytes that are all here; another request may do the same at this moment."""
    parts = IncomingPart.objects.filter(blob_id=blob.pk).order_by("offset").values_list("data", flat=True)
    data = b"".join(bytes(part) for part in parts)
    right = bool(data) and hashlib.sha256(data).hexdigest() == blob.sha256
    if right:
        uploads.store_upload(actor=actor, filename=blob.sha256, data=data)
    IncomingBlob.objects.filter(pk=blob.pk).delete()
    if not right and _upload_of(actor, blob.sha256) is None:
        raise Invalid(_("The bytes are not those that were announced. Send them again."), code="bad_checksum")
    return blob.size


def _discard_old() -> None:
    IncomingBlob.objects.filter(created_at__lt=timezone.now() - KEEP).delete()
