"""Importing a file: one File with rows for every variant that is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import formats, permissions
from apps.ldm.formats import languages
from apps.ldm.models import ChangeSet, File, Folder, Original, Project, Row
from apps.ldm.models.tree import NAME_LENGTH
from apps.ldm.services import counters
from apps.ldm.services.checks import whole_file
from apps.ldm.services.files import reading, row_values
from apps.ldm.services.rows import search_index
from apps.ldm.services.tree import structure
from apps.ldm.services.tree.names import clean_name, free_name, taken_names
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load
from locanext_project.errors import Invalid

MAX_VARIANT = 120


@dataclass(slots=True)
class Incoming:
    """A file that was read, with everything costly about its rows computed: ready to be kept."""

    filename: str
    data: bytes
    document: formats.Document
    source: tuple[str, bytes] | None
    prepared: dict[str, row_values.Prepared]
    """By variant, in order."""


def import_file(
    *,
    actor: User,
    project: Project,
    folder: Folder | None,
    filename: str,
    data: bytes,
    options: Mapping[str, Any] | None = None,
    source: tuple[str, bytes] | None = None,
    variants: Iterable[str] | None = None,
) -> list[File]:
    """Read `data` and keep it as files of a folder, one a variant; names that are taken get a suffix.

    Raises FormatError naming the place, Invalid when there is nothing to translate, Forbidden.
    Nothing is written unless everything can be.
    """
    permissions.require(actor, "import", folder or project)
    incoming = read_incoming(project, filename, data, options, source, variants)
    return keep_incoming(actor=actor, project=project, folder=folder, incoming=incoming)


def read_incoming(
    project: Project,
    filename: str,
    data: bytes,
    options: Mapping[str, Any] | None = None,
    source: tuple[str, bytes] | None = None,
    variants: Iterable[str] | None = None,
) -> Incoming:
    """The slow half of an import, outside of any transaction: SQLite has one writer at a time."""
    hints = {"source_language": project.source_language, "target_language": project.target_language}
    document = reading.read_with_hints(filename, data, options, source, hints)
    by_variant = group_by_variant(document.segments)
    wanted = list(by_variant) if variants is None else [v for v in by_variant if v in set(variants)]
    if not wanted:
        raise Invalid(
            _("%(filename)s: there is nothing to translate in this file.") % {"filename": filename}, code="empty_file"
        )
    for variant in wanted:
        if len(variant) > MAX_VARIANT:
            raise Invalid(
                _("%(filename)s: the title of a column is longer than %(most)s characters.")
                % {"filename": filename, "most": MAX_VARIANT},
                code="title",
            )
    language = project.source_language
    prepared = {variant: row_values.prepare(document.segments, by_variant[variant], language) for variant in wanted}
    return Incoming(filename, data, document, source, prepared)


def keep_incoming(*, actor: User, project: Project, folder: Folder | None, incoming: Incoming) -> list[File]:
    """Store a file that was read, as `import_file` does. Raises NotFound where the place is gone by now."""
    permissions.require(actor, "import", folder or project)
    several = len(incoming.prepared) > 1
    with workspaces.atomic():
        # Names that are free stay free, and the folder stays, until this is done.
        project, folder = structure.open_place(actor, project.pk, folder.pk if folder else None)
        original = reading.keep(incoming.filename, incoming.data, incoming.document, incoming.source)
        taken = taken_names("file", folder.pk if folder else None, project.pk)
        base_name = clean_name(incoming.filename.replace("\\", "/").split("/")[-1])
        files = []
        for variant, prepared in incoming.prepared.items():
            name = free_name(taken, variant_name(base_name, variant, several))
            taken.add(name)
            segments = incoming.document.segments
            files.append(_create(actor, project, folder, name, original, variant, segments, prepared))
        # Counters and the audit log are what others wait for: after all rows, in the order of locks.
        for file in files:
            counters.apply(file.pk, incoming.prepared[file.variant].counts)
        for file in files:
            file.refresh_from_db()
            record(
                "file_imported", actor=actor, target_kind="file", target_id=file.pk, target_name=file.name,
                detail={"rows": len(incoming.prepared[file.variant].positions)},
            )  # fmt: skip
            search_index.submit(actor=actor, file=file)
            whole_file.submit(actor=actor, file=file)
    return files


def _create(
    actor: User,
    project: Project,
    folder: Folder | None,
    name: str,
    original: Original,
    variant: str,
    segments: Sequence[formats.Segment],
    prepared: row_values.Prepared,
) -> File:
    """One variant as a file with its rows and change set; its counters are still to be added."""
    file = File.objects.create(
        project=project,
        folder=folder,
        name=name,
        original=original,
        variant=variant,
        format=original.format,
        source_language=_source_language(original, project),
        target_language=variant_language(variant) or project.target_language,
        revision=1,
        created_by_id=actor.pk,
        created_by_name=actor.name,
        changed_by_id=actor.pk,
        changed_by_name=actor.name,
    )
    fields = row_values.fields_of(segments[position] for position in prepared.positions)
    rows = bulk_load(Row, fields, row_values.row_tuples(file.pk, segments, prepared, 1, fields))
    ChangeSet.objects.create(
        file=file,
        kind=ChangeSet.Kind.IMPORT,
        counts={"new": rows},
        revision=1,
        author_id=actor.pk,
        author_name=actor.name,
        created_at=timezone.now(),
    )
    return file


def _source_language(original: Original, project: Project) -> str:
    chosen = original.options.get("source_language")
    return chosen[:35] if isinstance(chosen, str) and chosen else project.source_language


def group_by_variant(segments: Sequence[formats.Segment]) -> dict[str, list[int]]:
    """Segment positions by variant, both in order of appearance."""
    groups: dict[str, list[int]] = {}
    for position, segment in enumerate(segments):
        groups.setdefault(segment.variant, []).append(position)
    return groups


def variant_name(name: str, variant: str, several: bool) -> str:
    """ "Strings.xlsx" for the only variant, "Strings [ja].xlsx" where one file becomes several."""
    if not several or not variant:
        return name
    path = PurePosixPath(name)
    label = "".join(character if character not in "/\\" else "_" for character in variant)
    # A long name gives way to the label, which tells the files apart.
    ending = f" [{label[:100]}]{path.suffix}"
    return path.stem[: max(1, NAME_LENGTH - len(ending))] + ending


def variant_language(variant: str) -> str:
    """The language code of a variant that is one, else an empty string."""
    language = languages.find(variant)
    return language.code if language else ""
