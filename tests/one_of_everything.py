"""A restricted platform with one of everything in it, and addresses about its things."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File, Folder, ImportPlan, Platform, Project, Row, TrashItem
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.reimport.plan import make_plan
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.structure import Ref
from tests.ldm.services.conftest import ROWS, locstr

PREFIX = "api/v1/"


@dataclass
class World:
    """A restricted platform with one of everything, all of it the lead's."""

    platform: Platform
    project: Project
    folder: Folder
    file: File
    row: Row
    change_set: ChangeSet
    plan: ImportPlan
    item: TrashItem
    task_id: str
    owner: User

    def values(self, route: str) -> dict[str, Any]:
        """What stands for the parameters of a route."""
        node = next((getattr(self, kind) for kind in ("platform", "project", "folder") if f"{kind}s/" in route), None)
        return {
            "user_id": self.owner.pk,
            "node_id": (node or self.file).pk,
            "file_id": uuid.uuid4() if route.startswith("tasks") else self.file.pk,
            "kind": "file",
            "item_id": self.item.pk,
            "row_id": self.row.pk,
            "change_set_id": self.change_set.pk,
            "plan_id": self.plan.pk,
            "task_id": self.task_id,
            "session_id": uuid.uuid4(),
            "upload_id": uuid.uuid4(),
        }

    def fill(self, route: str) -> str:
        """The address of a route, about the things of this world."""
        values = self.values(route)
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), route)


def make_world(lead: User, client_for: Callable[..., Any]) -> World:
    """One of everything, the lead's; in a fixture of the test module that needs it."""
    platform = create_platform(actor=lead, name="Closed", restricted=True)
    project = create_project(
        actor=lead, platform_id=platform.pk, name="Passage", source_language="ko", target_language="en"
    )
    folder = create_folder(actor=lead, project_id=project.pk, parent_id=None, name="Quests")
    data = locstr(ROWS)
    (file,) = import_file(actor=lead, project=project, folder=folder, filename="quest.xml", data=data)
    (gone,) = import_file(actor=lead, project=project, folder=folder, filename="gone.xml", data=data)
    (item,) = delete(actor=lead, items=[Ref("file", gone.pk)])
    plan = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(ROWS[:3]))
    task = client_for(lead).post(f"/{PREFIX}files/{file.pk}/download", {}).json()["task"]
    row = Row.objects.get(file=file, key="S1")
    change_set = ChangeSet.objects.filter(file=file).latest("id")
    return World(platform, project, folder, file, row, change_set, plan, item, task["id"], lead)
