"""What keeps an entry of the recycle bin on a desktop: edits in it that the server does not have."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from apps.ldm.models import TrashItem
from apps.sync.models import PendingEdit
from locanext_project.chunks import chunks


def keep_unsent(item: TrashItem, file_ids: Sequence[int]) -> str | None:
    """Why an entry may not be deleted for ever, or None."""
    mirrored = [pk for pk in file_ids if pk > 0]
    if any(PendingEdit.objects.filter(file_id__in=some).exists() for some in chunks(mirrored, 900)):
        return _("It holds edits that the server does not have yet.")
    return None
