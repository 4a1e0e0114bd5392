"""How much a desktop holds, for its start screen."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Sum

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File
from locanext_project.local_ids import STORAGE_ID

STATUSES = ("original", "translated", "confirmed", "reviewed", "approved")


@dataclass(frozen=True, slots=True)
class OnThisPc:
    """Numbers of projects of the server, of rows in all files, and of files in Offline Storage."""

    projects: int
    rows: int
    storage_files: int


def on_this_pc(user: User) -> OnThisPc:
    """What of it the person may see."""
    projects = permissions.visible_projects(user)
    files = File.objects.filter(project__in=projects, trash=None)
    of_a_file = sum((F(f"rows_{status}") for status in STATUSES), start=F("rows_new"))
    return OnThisPc(
        projects=projects.exclude(pk=STORAGE_ID).count(),
        rows=files.aggregate(rows=Sum(of_a_file))["rows"] or 0,
        storage_files=files.filter(project_id=STORAGE_ID).count(),
    )
