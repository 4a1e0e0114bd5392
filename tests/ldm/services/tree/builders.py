"""Trees for tests: made by the services, filled with rows by the bulk loader."""

from __future__ import annotations

from typing import Any

from apps.ldm.models import File, Folder, Original, Platform, Project, Row, Status
from apps.ldm.services import blobs, counters
from apps.ldm.services.rows import search_index
from apps.ldm.services.tree import create
from apps.ldm.services.tree.structure import Ref, ref_of
from locanext_project import workspaces

CYCLE = (Status.NEW, Status.ORIGINAL, Status.TRANSLATED, Status.CONFIRMED)

__all__ = ["Ref", "as_json", "file", "folder", "original", "platform", "project", "ref_of"]


def platform(actor: Any, name: str = "PC", **options: Any) -> Platform:
    """A platform."""
    return create.create_platform(actor=actor, name=name, **options)


def project(actor: Any, name: str = "Ashen Passage EN", platform: Platform | None = None, **options: Any) -> Project:
    """A project from Korean to English."""
    options = {"source_language": "ko", "target_language": "en"} | options
    return create.create_project(actor=actor, platform_id=platform.pk if platform else None, name=name, **options)


def folder(actor: Any, place: Project | Folder, name: str = "quest") -> Folder:
    """A folder in a project or folder."""
    if isinstance(place, Folder):
        return create.create_folder(actor=actor, project_id=place.project_id, parent_id=place.pk, name=name)
    return create.create_folder(actor=actor, project_id=place.pk, parent_id=None, name=name)


def original(text: str = "bytes of a file") -> Original:
    """Stored bytes."""
    return Original.objects.create(blob=blobs.store(text.encode()), filename="quest.txt", format="text")


def file(
    actor: Any,
    place: Project | Folder,
    name: str = "quest.txt",
    rows: int = 4,
    *,
    of: Original | None = None,
    variant: str = "",
) -> File:
    """A file with `rows` rows of rising length, their statuses going round CYCLE; indexed for search."""
    project = place.project if isinstance(place, Folder) else place
    with workspaces.atomic():
        made = File.objects.create(
            project=project,
            folder=place if isinstance(place, Folder) else None,
            name=name,
            format="text",
            original=of,
            variant=variant,
            revision=1,
            searchable_revision=1,
            source_language="ko",
            target_language="en",
            created_by_id=actor.pk,
            created_by_name=actor.name,
        )
        loaded = Row.objects.bulk_create(
            Row(
                file=made,
                position=n,
                segment=n,
                key=f"K{n}",
                source=f"원문 {n}",
                target=f"target {n}" if n % len(CYCLE) else "",
                source_hash=n,
                status=CYCLE[n % len(CYCLE)],
                words=n + 1,
                rev=1,
                text_rev=1,
            )
            for n in range(rows)
        )
        search_index.keep(loaded)
        counters.apply(made.pk, counters.counts_of(counters.counted_rows(made.pk)))
    return File.objects.get(pk=made.pk)


def as_json(node: Any) -> dict[str, Any]:
    """A node as requests name it."""
    ref = ref_of(node)
    return {"kind": ref.kind, "id": ref.id}
