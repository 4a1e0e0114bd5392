"""Bytes on their way in: kept for a day, so that a worker reads them and a person maps their columns."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import StoredBlob, Upload
from apps.ldm.services import blobs
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound, TooLarge

KEEP_DAYS = 1
DISCARDED_AT_ONCE = 500


def store_upload(*, actor: User, filename: str, data: bytes) -> Upload:
    """Keep an uploaded file. Raises Invalid for an empty one and TooLarge above the limit."""
    check_size(filename, len(data))
    if not data:
        raise Invalid(_("%(filename)s is empty.") % {"filename": filename}, code="empty_file")
    # In a transaction of its own: who removes bytes must hold no lock on others.
    discard_old()
    # SQLite has one writer, and packing takes time.
    packed = blobs.packed(data)
    with workspaces.atomic():
        return Upload.objects.create(
            id=uuid.uuid4(), owner_id=actor.pk, filename=clean_path(filename)[-1000:], blob=blobs.store(data, packed)
        )


def check_size(filename: str, size: int) -> None:
    """Raises TooLarge above the limit; ask before the bytes are read into memory."""
    if size > settings.UPLOAD_MAX_MB * 1024 * 1024:
        raise TooLarge(
            _("%(name)s is larger than %(most)s MB.") % {"name": clean_path(filename), "most": settings.UPLOAD_MAX_MB},
            limit_mb=settings.UPLOAD_MAX_MB,
        )


def get_upload(actor: User, upload_id: str) -> tuple[Upload, bytes]:
    """A person's own upload and its bytes. Raises NotFound."""
    upload = get_info(actor, upload_id)
    return upload, blobs.load(StoredBlob.objects.get(pk=upload.blob_id))


def get_info(actor: User, upload_id: str) -> Upload:
    """A person's own upload, without its bytes. Raises NotFound."""
    try:
        wanted = uuid.UUID(str(upload_id))
    except ValueError:
        raise NotFound(_("This upload is gone. Send the file again.")) from None
    upload = Upload.objects.filter(pk=wanted, owner_id=actor.pk).first()
    if upload is None:
        raise NotFound(_("This upload is gone. Send the file again."))
    return upload


def clean_path(path: str) -> str:
    """A relative path with forward slashes and no way out of its folder."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    cleaned = "/".join("".join(c for c in part if c.isprintable()).strip() or "_" for part in parts)
    return cleaned or "file"


def discard_old() -> int:
    """Remove uploads of more than a day ago and the bytes nobody else refers to; returns how many."""
    limit = timezone.now() - timedelta(days=KEEP_DAYS)
    old = list(Upload.objects.filter(created_at__lt=limit).values_list("pk", "blob_id")[:DISCARDED_AT_ONCE])
    Upload.objects.filter(pk__in=[pk for pk, _ in old]).delete()
    blobs.forget(blob_id for _, blob_id in old)
    return len(old)
