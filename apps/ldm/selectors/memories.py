"""Which memories and term bases serve a file: the nearest first, all of them contributing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from apps.ldm import permissions
from apps.ldm.models import File, MemoryAssignment, Platform, Project
from apps.ldm.permissions import Person
from apps.ldm.selectors.folders import chain, links_above
from apps.tm.models import Memory
from apps.tm.scope import ScopedMemory
from locanext_project.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Serving:
    """An active memory on a file's way up the tree."""

    memory: Memory
    assignment: MemoryAssignment
    place: tuple[str, int, str]
    """Kind, id and name."""
    distance: int
    """0 for the file's own folder (or the project, for a file in none), one more for each step up."""
    mismatch: bool
    """Its languages are not the file's: it is listed, and not asked."""


def serving(file: File, kind: str = Memory.Kind.MEMORY, *, user: Person | None = None) -> list[Serving]:
    """Active memories of the file's folder, the folders above, its project and platform.

    Nearest first, then by priority (the lower number first), then by id; term bases for kind
    "terms". With `user`, those of a platform into which the person does not see are left out: who
    was granted one project knows nothing else of a restricted platform. Two queries.
    """
    places = _places(file, user)
    platform_id, folder_ids = _above(places)
    found = _active(file.project_id, platform_id, folder_ids).filter(memory__kind=kind).select_related("memory")
    distances = {(name, pk): n for n, (name, pk, _) in enumerate(places)}
    by_place = {(name, pk): (name, pk, title) for name, pk, title in places}
    listed = []
    for assignment in found:
        place = assignment.place
        if place is not None:
            mismatch = not fits(assignment.memory, file)
            listed.append(Serving(assignment.memory, assignment, by_place[place], distances[place], mismatch))
    listed.sort(key=lambda one: (one.distance, one.assignment.priority, one.memory.pk))
    return listed


def for_file(file: File, *, user: Person | None = None) -> list[ScopedMemory]:
    """The memories that a look-up for the file asks, nearest first; for `user` see `serving`."""
    return _scoped(serving(file, user=user))


def terms_for_file(file: File, *, user: Person | None = None) -> list[ScopedMemory]:
    """The term bases that serve the file, nearest first; for `user` see `serving`."""
    return _scoped(serving(file, Memory.Kind.TERMS, user=user))


def both_for_file(file: File, *, user: Person | None = None) -> tuple[list[ScopedMemory], list[ScopedMemory]]:
    """`for_file` and `terms_for_file` in the two queries of one of them."""
    places = _places(file, user)
    platform_id, folder_ids = _above(places)
    if platform_id is None:
        found = _active_values(file.project_id, *folder_ids)
    else:
        found = _active_values(file.project_id, platform_id, *folder_ids, platform=True)
    distances = {(name, pk): n for n, (name, pk, _) in enumerate(places)}
    scoped = []
    for kind in (Memory.Kind.MEMORY, Memory.Kind.TERMS):
        used = sorted(
            (distances[_place(*where)], priority, pk, name, penalty)
            for of, source, target, pk, name, priority, penalty, *where in found
            if of == kind and _fits(source, target, file)
        )
        scoped.append([ScopedMemory(pk, name, n, penalty) for n, (_, _, pk, name, penalty) in enumerate(used)])
    return scoped[0], scoped[1]


def writes_to(file: File) -> Memory | None:
    """The memory that confirmed rows go into: the nearest active writable one of the file's languages.

    Whoever confirms: nobody needs to own it, or to see it.
    """
    return written(serving(file))


def written(served: Sequence[Serving]) -> Memory | None:
    """The first of them that confirmed rows go into."""
    return next((one.memory for one in served if one.assignment.writable and not one.mismatch), None)


def fits(memory: Memory, file: File) -> bool:
    """Whether the languages are the file's, by their primary subtags; a language nobody named fits all."""
    return _fits(memory.source_language, memory.target_language, file)


def _fits(source_language: str, target_language: str, file: File) -> bool:
    source = file.source_language or file.project.source_language
    target = file.target_language or file.project.target_language
    return _alike(source_language, source) and _alike(target_language, target)


def _alike(one: str, other: str) -> bool:
    return not one or not other or _primary(one) == _primary(other)


def _primary(code: str) -> str:
    return code.replace("_", "-").split("-")[0].lower()


def _scoped(listed: Sequence[Serving]) -> list[ScopedMemory]:
    used = [one for one in listed if not one.mismatch]
    return [ScopedMemory(one.memory.pk, one.memory.name, n, one.assignment.penalty) for n, one in enumerate(used)]


def _active(project_id: int, platform_id: int | None, folder_ids: Sequence[int]) -> QuerySet[MemoryAssignment]:
    """Active assignments of live memories and term bases to one of the places."""
    condition = Q(project_id=project_id)
    if folder_ids:
        condition |= Q(folder_id__in=folder_ids)
    if platform_id is not None:
        condition |= Q(platform_id=platform_id)
    return MemoryAssignment.objects.filter(condition, active=True, memory__trashed_at__isnull=True)


def _active_columns(project_id: int, *others: int, platform: bool = False) -> QuerySet[MemoryAssignment, Any]:
    """`others`: the platform first where there is one, then folders."""
    found = _active(project_id, others[0], others[1:]) if platform else _active(project_id, None, others)
    return found.values_list(
        "memory__kind", "memory__source_language", "memory__target_language", "memory_id", "memory__name",
        "priority", "penalty", "folder_id", "project_id", "platform_id",
    )  # fmt: skip


_active_values = Prepared(_active_columns)


def _place(folder_id: int | None, project_id: int | None, platform_id: int | None) -> tuple[str, int]:
    if folder_id is not None:
        return "folder", folder_id
    return ("project", project_id) if project_id is not None else ("platform", platform_id or 0)


def _above(places: Sequence[tuple[str, int, str]]) -> tuple[int | None, list[int]]:
    """Id of the platform, where it is among the places, and those of the folders."""
    platform_id = next((pk for name, pk, _ in places if name == "platform"), None)
    return platform_id, [pk for name, pk, _ in places if name == "folder"]


def _places(file: File, user: Person | None) -> list[tuple[str, int, str]]:
    """(kind, id, name) from the file's folder up to the platform."""
    folders = chain(links_above([file.folder_id]), file.folder_id)
    project: Project = file.project
    places = [("folder", link.id, link.name) for link in folders] + [("project", project.pk, project.name)]
    platform: Platform | None = project.platform
    if platform is None or (user is not None and not _opens(user, platform)):
        return places
    return [*places, ("platform", platform.pk, platform.name)]


def _opens(user: Person, platform: Platform) -> bool:
    """Whether a person sees into a platform; only a restricted one costs queries."""
    return not platform.restricted or permissions.rights_of(user).opens(platform)
