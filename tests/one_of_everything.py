"""A restricted platform with one of everything in it, and addresses about its things."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User
from apps.ldm.models import (
    ChangeSet,
    File,
    Folder,
    ImportPlan,
    LengthRule,
    Platform,
    Project,
    Row,
    SavedFilter,
    TrashItem,
)
from apps.ldm.services.checks.length_rules import create as create_length_rule
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.reimport.plan import make_plan
from apps.ldm.services.saved_filters import create as save_filter
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.structure import Ref
from apps.sync.models import Conflict
from apps.tm.models import Entry, Memory, Term
from apps.tm.services.entries.edit import add as add_entry
from apps.tm.services.terms.edit import add as add_term
from apps.tm.services.terms.values import TermEdit
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
    base: Memory
    term: Term
    memory: Memory
    entry: Entry
    owner: User

    def values(self, route: str) -> dict[str, Any]:
        """What stands for the parameters of a route."""
        node = next((getattr(self, kind) for kind in ("platform", "project", "folder") if f"{kind}s/" in route), None)
        return {
            "user_id": self.owner.pk,
            "node_id": (node or self.file).pk,
            "project_id": self.project.pk,
            "filter_id": SavedFilter.objects.get(project=self.project, owner_id=self.owner.pk).pk,
            "file_id": uuid.uuid4() if route.startswith("tasks") else self.file.pk,
            "kind": "file",
            "item_id": self.item.pk,
            "row_id": self.row.pk,
            "source_hash": self.row.source_hash,
            "memory_id": (self.base if "terms" in route or "candidates" in route else self.memory).pk,
            "entry_id": self.entry.pk,
            "term_id": self.term.pk,
            "change_set_id": self.change_set.pk,
            "plan_id": self.plan.pk,
            "task_id": self.task_id,
            "rule_id": LengthRule.objects.get(project=self.project).pk,
            "session_id": uuid.uuid4(),
            "upload_id": uuid.uuid4(),
            "sha256": self.file.original.blob.sha256 if self.file.original else "",
            "op": Conflict.objects.get(file_id=self.file.pk).op,
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
    base = create_memory(
        actor=lead,
        name="Terms of the Passage",
        kind=Memory.Kind.TERMS,
        source_language="ko",
        target_language="en",
        to=Ref("project", project.pk),
    )
    term = add_term(actor=lead, memory_id=base.pk, term=TermEdit("등대지기", "keeper"))
    memory = create_memory(
        actor=lead,
        name="Memory of the Passage",
        source_language="ko",
        target_language="en",
        to=Ref("folder", folder.pk),
    )
    entry = add_entry(actor=lead, memory_id=memory.pk, source="등대지기", target="the keeper of the Passage")
    memory.refresh_from_db()
    save_filter(actor=lead, project_id=project.pk, name="Passage: open", query="status:todo", shared=True)
    create_length_rule(actor=lead, project_id=project.pk, given={"characters": 40})
    Conflict.objects.create(
        op=uuid.uuid4(), file_id=file.pk, row_id=row.pk, kept=row.target, lost="A Passage of old", lost_status=2,
        lost_by_id=lead.pk, lost_by_name=lead.name,
    )  # fmt: skip
    return World(
        platform, project, folder, file, row, change_set, plan, item, task["id"], base, term, memory, entry, lead
    )
