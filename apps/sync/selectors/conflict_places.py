"""Projects and files with conflicts: what the inbox can be filtered by."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.ldm.models import File
from apps.sync.selectors import conflicts

MOST = 500


def conflict_places(user: User) -> list[dict[str, Any]]:
    """[{"id", "name", "files": [{"id", "name"}]}] of the conflicts that the person sees, decided ones too, by name.

    At most MOST files.
    """
    ids = conflicts.visible(user).values("file_id")
    files = File.objects.filter(pk__in=ids, trash=None).order_by("project__name", "project_id", "name", "pk")
    found: dict[int, dict[str, Any]] = {}
    for pk, name, project_id, project_name in files.values_list("pk", "name", "project_id", "project__name")[:MOST]:
        project = found.setdefault(project_id, {"id": project_id, "name": project_name, "files": []})
        project["files"].append({"id": pk, "name": name})
    return list(found.values())
