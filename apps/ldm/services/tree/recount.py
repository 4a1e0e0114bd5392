"""Counting everything again: what the counters should say, what they say, and putting them right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from apps.ldm.models import File, Folder, Platform, Project, Row, Status
from apps.ldm.services import counters
from apps.ldm.services.counters import COLUMNS, ZERO, Vector
from apps.ldm.services.tree import structure
from locanext_project import workspaces

_FLAGS = ("rows_flagged", "rows_removed")
Marked = File | Folder | Project | Platform


@dataclass(frozen=True)
class Difference:
    """One wrong counter."""

    kind: str
    id: int
    name: str
    column: str
    stored: int
    counted: int


def recount_all(*, repair: bool) -> Iterator[Difference]:
    """Compare every counter with the rows; with `repair` set the wrong ones right, a project a transaction."""
    for project_id in Project.objects.order_by("pk").values_list("pk", flat=True):
        yield from recount_project(project_id, repair=repair)
    yield from _recount_platforms(repair)


def recount_project(project_id: int, *, repair: bool) -> list[Difference]:
    """The wrong counters of a project, its folders and files. Edits in it wait meanwhile."""
    found: list[Difference] = []
    with workspaces.atomic():
        structure.lock([project_id])
        # The lock order: files, then folders, then the project.
        files = list(File.objects.select_for_update().filter(project_id=project_id).order_by("pk"))
        folders = list(Folder.objects.select_for_update().filter(project_id=project_id).order_by("pk"))
        project = Project.objects.select_for_update().filter(pk=project_id).first()
        if project is None:
            return []
        by_file, flags = _count_rows(project_id)
        totals = {file.pk: by_file.get(file.pk, ZERO) for file in files}
        in_folders, in_project = _sum_up(project, folders, files, totals)
        for file in files:
            found += _compare(file, totals[file.pk], repair)
            found += _compare_flags(file, flags.get(file.pk, (0, 0)), repair)
        for folder in folders:
            found += _compare(folder, in_folders[folder.pk], repair)
        found += _compare(project, in_project, repair)
    return found


def _count_rows(project_id: int) -> tuple[dict[int, Vector], dict[int, tuple[int, int]]]:
    """Counters by file, and (flagged, removed) by file."""
    live = Q(removed_at__isnull=True)
    counts: dict[int, dict[Status, tuple[int, int]]] = defaultdict(dict)
    rows = Row.objects.filter(file__project_id=project_id)
    grouped = rows.filter(live).values_list("file_id", "status").annotate(n=Count("pk"), w=Sum("words")).order_by()
    for file_id, status, number, words in grouped:
        counts[file_id][Status(status)] = (number, words or 0)
    flags = (
        rows.values_list("file_id")
        .annotate(f=Count("pk", filter=live & Q(source_changed=True)), r=Count("pk", filter=~live))
        .order_by()
    )
    return (
        {pk: counters.vector_from(by_status) for pk, by_status in counts.items()},
        {pk: (flagged, removed) for pk, flagged, removed in flags},
    )


def _sum_up(
    project: Project, folders: list[Folder], files: list[File], totals: dict[int, Vector]
) -> tuple[dict[int, Vector], Vector]:
    """What folders and the project should count: only what has the same mark of the bin as they have."""
    by_id = {folder.pk: folder for folder in folders}
    sums = {folder.pk: ZERO for folder in folders}
    whole = ZERO
    for file in files:
        folder_id = file.folder_id
        while folder_id is not None and by_id[folder_id].trash_id == file.trash_id:
            sums[folder_id] = counters.add(sums[folder_id], totals[file.pk])
            folder_id = by_id[folder_id].parent_id
        if folder_id is None and project.trash_id == file.trash_id:
            whole = counters.add(whole, totals[file.pk])
    return sums, whole


def _compare(entity: Marked, counted: Vector, repair: bool) -> list[Difference]:
    stored = counters.vector_of(entity)
    wrong = [(c, was, now) for c, was, now in zip(COLUMNS, stored, counted, strict=True) if was != now]
    return _report(entity, wrong, repair)


def _compare_flags(file: File, counted: tuple[int, int], repair: bool) -> list[Difference]:
    wrong = [(n, getattr(file, n), now) for n, now in zip(_FLAGS, counted, strict=True) if getattr(file, n) != now]
    return _report(file, wrong, repair)


def _report(entity: Marked, wrong: list[tuple[str, int, int]], repair: bool) -> list[Difference]:
    if wrong and repair:
        changes = {column: F(column) + (now - was) for column, was, now in wrong}
        type(entity)._default_manager.filter(pk=entity.pk).update(**changes)
    kind = str(entity._meta.model_name)
    return [Difference(kind, entity.pk, entity.name, column, was, now) for column, was, now in wrong]


def _recount_platforms(repair: bool) -> Iterator[Difference]:
    for platform_id in list(Platform.objects.order_by("pk").values_list("pk", flat=True)):
        with workspaces.atomic():
            structure.lock([structure.TOP])
            projects = list(Project.objects.select_for_update().filter(platform_id=platform_id).order_by("pk"))
            platform = Platform.objects.select_for_update().get(pk=platform_id)
            whole = ZERO
            for project in projects:
                if project.trash_id == platform.trash_id:
                    whole = counters.add(whole, counters.vector_of(project))
            found = _compare(platform, whole, repair)
        yield from found
