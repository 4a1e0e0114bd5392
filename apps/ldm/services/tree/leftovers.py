"""Originals and stored bytes that nothing refers to any more once files are gone for ever."""

from __future__ import annotations

from dataclasses import dataclass, field

from apps.ldm.models import ChangeSet, File, ImportPlan
from apps.ldm.services import blobs
from apps.ldm.services.files import reading


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

    def remove(self) -> None:
        """Delete what is not referred to any more."""
        reading.forget_originals(self.originals)
        blobs.forget(self.blobs)
