"""Giving a file back: the original's bytes with the spans of changed rows rewritten."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.formats import FormatError, Writable
from apps.ldm.models import File, Row, Status
from apps.ldm.services.files import reading
from locanext_project import workspaces
from locanext_project.errors import Invalid


@dataclass(frozen=True, slots=True)
class Exported:
    """A file's name and bytes, and how many targets differ from the original's."""

    name: str
    data: bytes
    changed: int


def export_file(*, actor: User, file: File, least: Status = Status.NEW, all_languages: bool = False) -> Exported:
    """Write the rows at or above a status into the original; the others keep its bytes.

    `all_languages`: the targets of every sibling (another language of the same original) that
    the person may see as well. Raises Invalid, and FormatError naming the row that the format or
    its encoding cannot hold.
    """
    permissions.require(actor, "download", file)
    exported = build(actor=actor, file=file, least=least, all_languages=all_languages)
    with workspaces.atomic():
        record(
            "file_exported",
            actor=actor,
            target_kind="file",
            target_id=file.pk,
            target_name=file.name,
            detail={"status": least.label, "changed": exported.changed, "all_languages": all_languages},
        )
    return exported


def build(*, actor: User, file: File, least: Status = Status.NEW, all_languages: bool = False) -> Exported:
    """As `export_file`, without the audit entry: for a zip, which has one of its own."""
    if file.original is None:
        raise Invalid(_("%(name)s has no original to write into.") % {"name": file.name}, code="no_original")
    original = reading.open_original(file.original)
    files = [file, *siblings(actor, file)] if all_languages else [file]
    targets: dict[int, str] = {}
    for one in files:
        targets |= changed_targets(one, original, least)
    data = original.write(targets)
    return Exported(
        file.original.filename.replace("\\", "/").split("/")[-1] if all_languages else file.name, data, len(targets)
    )


def siblings(actor: User, file: File) -> list[File]:
    """The other languages of the same original that the person may see, one file each.

    A copy of a file shares the original as well: of several with one variant the one beside
    `file` counts, then the oldest, and never another one of the file's own variant.
    """
    visible = permissions.visible_projects(actor)
    if file.original_id is None:
        return []
    others = File.objects.filter(original_id=file.original_id, trash__isnull=True, project__in=visible)
    chosen: dict[str, File] = {}
    for one in sorted(
        others.exclude(variant=file.variant),
        key=lambda one: ((one.project_id, one.folder_id) != (file.project_id, file.folder_id), one.pk),
    ):
        chosen.setdefault(one.variant, one)
    return list(chosen.values())


def changed_targets(file: File, original: Writable, least: Status) -> dict[int, str]:
    """Targets by segment position where a row at or above `least` differs from the original."""
    rows = Row.objects.filter(file_id=file.pk, removed_at__isnull=True, segment__gte=0, status__gte=int(least))
    present = original.targets
    try:
        return {
            position: target
            for position, target in rows.values_list("segment", "target").iterator(chunk_size=5000)
            if present[position] != target
        }
    except IndexError:
        raise FormatError("the original has fewer segments than the file has rows", file.name) from None
