"""Hints that files moved, found by looking: revisions of many files in one query."""

from __future__ import annotations

from collections.abc import Collection

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File
from locanext_project.chunks import chunks

MOST_FILES = 2000
IN_LIST = 500


def visible(user: User, file_ids: Collection[int]) -> dict[int, int]:
    """{file: revision} of those files that the person may see."""
    found: dict[int, int] = {}
    for some in chunks(sorted(set(file_ids)), IN_LIST):
        seen = File.objects.filter(permissions.project_q(user, "project__"), pk__in=some, trash__isnull=True)
        found.update(seen.values_list("pk", "revision"))
    return found


def revisions(file_ids: Collection[int]) -> dict[int, int]:
    """{file: revision} of live files, whoever asks: only for files of which `visible` was asked."""
    found: dict[int, int] = {}
    for some in chunks(sorted(set(file_ids)), IN_LIST):
        found.update(File.objects.filter(pk__in=some, trash__isnull=True).values_list("pk", "revision"))
    return found
