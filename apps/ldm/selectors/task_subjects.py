"""Names of files, folders, projects, platforms and memories for the list of tasks, as far as a person sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from apps.accounts.models import User
from apps.ldm import permissions, permissions_memory
from apps.ldm.models import File, Folder
from apps.tasks import subjects


def _files(viewer: User, ids: Collection[int]) -> Mapping[int, str]:
    seen = File.objects.filter(permissions.project_q(viewer, "project__"), pk__in=ids)
    return dict(seen.values_list("pk", "name"))


def _folders(viewer: User, ids: Collection[int]) -> Mapping[int, str]:
    seen = Folder.objects.filter(permissions.project_q(viewer, "project__"), pk__in=ids)
    return dict(seen.values_list("pk", "name"))


def _projects(viewer: User, ids: Collection[int]) -> Mapping[int, str]:
    seen = permissions.visible_projects(viewer, include_trashed=True).filter(pk__in=ids)
    return dict(seen.values_list("pk", "name"))


def _platforms(viewer: User, ids: Collection[int]) -> Mapping[int, str]:
    seen = permissions.visible_platforms(viewer, include_trashed=True).filter(pk__in=ids)
    return dict(seen.values_list("pk", "name"))


def _memories(viewer: User, ids: Collection[int]) -> Mapping[int, str]:
    return dict(permissions_memory.visible_memories(viewer).filter(pk__in=ids).values_list("pk", "name"))


def connect() -> None:
    """Register them with the tasks app."""
    subjects.register("file", _files)
    subjects.register("folder", _folders)
    subjects.register("project", _projects)
    subjects.register("platform", _platforms)
    subjects.register("memory", _memories)
