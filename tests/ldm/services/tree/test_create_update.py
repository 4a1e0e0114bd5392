"""Making and changing nodes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from apps.audit.models import AuditEntry
from apps.ldm import permissions
from apps.ldm.models import File, Folder, Grant
from apps.ldm.services.tree import create, delete
from apps.ldm.services.tree.update import update_node
from locanext_project.errors import Forbidden, Invalid, NotFound
from tests.ldm.services.tree import builders as make
from tests.ldm.services.tree.builders import ref_of

pytestmark = pytest.mark.django_db


def last_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-id")[0]


def test_names_are_unique_in_their_place_only(lead: Any) -> None:
    pc, mobile = make.platform(lead, "PC"), make.platform(lead, "Mobile")
    first = make.project(lead, "Game", pc)
    make.project(lead, "Game", mobile)
    make.project(lead, "Game")
    folder = make.folder(lead, first, "quest")
    make.folder(lead, folder, "quest")
    make.folder(lead, first, "Quest")
    for again in (
        lambda: make.platform(lead, "PC"),
        lambda: make.project(lead, "Game", pc),
        lambda: make.project(lead, "Game"),
        lambda: make.folder(lead, first, " quest "),
        lambda: make.folder(lead, folder, "quest"),
    ):
        with pytest.raises(Invalid) as refused:
            again()
        assert refused.value.code == "name_taken"


def test_a_name_in_the_bin_is_free(lead: Any) -> None:
    project = make.project(lead)
    delete.delete(actor=lead, items=[ref_of(make.folder(lead, project, "quest"))])
    make.folder(lead, project, "quest")
    assert Folder.objects.filter(name="quest").count() == 2


def test_who_may_make_what(translator: Any, lead: Any) -> None:
    with pytest.raises(Forbidden):
        make.platform(translator)
    with pytest.raises(Forbidden):
        make.project(translator)
    platform = make.platform(lead)
    with pytest.raises(Forbidden):
        make.project(translator, platform=platform)
    folder = make.folder(translator, make.project(lead, platform=platform))
    assert (folder.created_by_id, folder.changed_by_name) == (translator.pk, "Tran Slator")
    assert last_entry().action == "folder_created"


def test_a_folder_needs_a_live_parent_in_its_project(lead: Any) -> None:
    project, other = make.project(lead, "A"), make.project(lead, "B")
    folder = make.folder(lead, project)
    with pytest.raises(Invalid, match="another project"):
        create.create_folder(actor=lead, project_id=other.pk, parent_id=folder.pk, name="x")
    delete.delete(actor=lead, items=[ref_of(folder)])
    with pytest.raises(NotFound):
        create.create_folder(actor=lead, project_id=project.pk, parent_id=folder.pk, name="x")


def test_languages_are_kept_in_one_spelling(lead: Any) -> None:
    assert make.project(lead, target_language="PT_br").target_language == "pt-BR"
    with pytest.raises(Invalid):
        make.project(lead, "B", target_language="klingonish")


def test_rename(translator: Any, lead: Any) -> None:
    project = make.project(lead)
    file = make.file(lead, project, "a.txt")
    make.file(lead, project, "b.txt")
    update_node(actor=translator, ref=ref_of(file), changes={"name": " c.txt "})
    file.refresh_from_db()
    assert (file.name, file.changed_by_name) == ("c.txt", "Tran Slator")
    entry = last_entry()
    assert (entry.action, entry.target_name, entry.detail["name"]) == ("file_renamed", "a.txt", "c.txt")
    with pytest.raises(Invalid):
        update_node(actor=translator, ref=ref_of(file), changes={"name": "b.txt"})
    entries = AuditEntry.objects.count()
    update_node(actor=translator, ref=ref_of(file), changes={"name": "c.txt"})
    assert AuditEntry.objects.count() == entries, "a change to the same is no change"
    with pytest.raises(Forbidden):
        update_node(actor=translator, ref=ref_of(project), changes={"name": "x"})


def test_assigning(lead: Any, translator: Any, stranger: Any) -> None:
    project = make.project(lead, restricted=True)
    file = make.file(lead, project)
    Grant.objects.create(user=translator, project=project)
    update_node(actor=lead, ref=ref_of(file), changes={"assignee_id": translator.pk, "due_date": "2026-12-24"})
    file = File.objects.get(pk=file.pk)
    assert (file.assignee_id, file.assignee_name, file.due_date) == (translator.pk, "Tran Slator", date(2026, 12, 24))
    with pytest.raises(Invalid, match="cannot see"):
        update_node(actor=lead, ref=ref_of(file), changes={"assignee_id": stranger.pk})
    with pytest.raises(Forbidden):
        update_node(actor=translator, ref=ref_of(file), changes={"due_date": None})
    update_node(actor=lead, ref=ref_of(file), changes={"assignee_id": None, "due_date": None})
    assert File.objects.get(pk=file.pk).assignee_id is None


def test_a_kind_has_its_own_fields_only(lead: Any) -> None:
    with pytest.raises(Invalid, match="has no due_date"):
        update_node(actor=lead, ref=ref_of(make.project(lead)), changes={"due_date": None})


def test_a_lead_who_restricts_keeps_seeing_it(lead: Any, admin_user: Any, translator: Any) -> None:
    project = make.project(admin_user)
    update_node(actor=lead, ref=ref_of(project), changes={"restricted": True})
    assert permissions.get_project(lead, project.pk).restricted
    with pytest.raises(NotFound):
        permissions.get_project(translator, project.pk)
