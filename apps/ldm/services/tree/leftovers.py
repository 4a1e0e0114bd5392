"""Originals and stored bytes that nothing refers to any more once files are gone for ever."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import IntegrityError
from django.db.models import ProtectedError

from apps.ldm.models import ChangeSet, File, ImportPlan, Original, StoredBlob
from locanext_project import workspaces


@dataclass
class Leftovers:
    """What files referred to, noted before they were deleted; looked at again afterwards."""

    originals: set[int] = field(default_factory=set)
    blobs: set[int] = field(default_factory=set)

    def note(self, file: File) -> None:
        """Remember what a file, its history and its dry runs refer to."""
        kept = [file.original_id]
        for before, order_id in ChangeSet.objects.filter(file=file).values_list("before", "order_before_id"):
            kept.append(before.get("original") if isinstance(before, dict) else None)
            if order_id is not None:
                self.blobs.add(order_id)
        kept += ImportPlan.objects.filter(file=file).values_list("original_id", flat=True)
        self.originals.update(int(pk) for pk in kept if pk is not None)

    def remove(self) -> int:
        """Delete what is not referred to any more; returns how many blobs went."""
        for original in Original.objects.filter(pk__in=self.originals):
            # A revert brings back the original that a change set names.
            if ChangeSet.objects.filter(before__original=original.pk).exists():
                continue
            if _delete(original):
                self.blobs.update(pk for pk in (original.blob_id, original.source_blob_id) if pk is not None)
        return sum(_delete(blob) for blob in StoredBlob.objects.filter(pk__in=self.blobs))


def _delete(thing: Original | StoredBlob) -> bool:
    """Delete unless something refers to it, be it since this very moment."""
    try:
        with workspaces.atomic():
            thing.delete()
    except (ProtectedError, IntegrityError):
        return False
    return True
