"""A project of its own for a benchmark, taken away afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from apps.accounts.models import User
from apps.ldm.models import Original, Project, StoredBlob
from apps.ldm.services.tree.create import create_project
from locanext_project import workspaces


@contextmanager
def bench_project(source: str = "ko", target: str = "en") -> Iterator[tuple[User, Project]]:
    """A lead and an empty project; both and everything in it are gone at the end."""
    name = f"bench-{uuid.uuid4().hex[:8]}"
    actor = User(username=name, role="lead", is_active=True)
    actor.set_unusable_password()
    actor.save()
    project = create_project(actor=actor, platform_id=None, name=name, source_language=source, target_language=target)
    try:
        yield actor, project
    finally:
        with workspaces.atomic():
            originals = list(project.files.values_list("original_id", flat=True))
            project.delete()
            blobs = list(Original.objects.filter(pk__in=originals).values_list("blob_id", flat=True))
            Original.objects.filter(pk__in=originals).delete()
            StoredBlob.objects.filter(pk__in=blobs).exclude(
                pk__in=Original.objects.filter(blob_id__in=blobs).values("blob_id")
            ).delete()
            actor.is_active = False
            actor.save(update_fields=["is_active"])
