"""What one look-up asks the database, and that its short ways answer as the long ones do."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Folder, Platform, Project, Row
from apps.ldm.selectors import lookup_queries, memories
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory
from apps.tm.services.entries import ConfirmedText, upsert
from locanext_project.errors import NotFound
from locanext_project.prepared import Prepared
from tests.ldm.services.conftest import locstr

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(lead: User) -> Platform:
    return create_platform(actor=lead, name="PC")


@pytest.fixture
def file(lead: User, platform: Platform) -> File:
    project = create_project(
        actor=lead, platform_id=platform.pk, name="Passage", source_language="ko", target_language="en"
    )
    folder = create_folder(actor=lead, project_id=project.pk, parent_id=None, name="Quests")
    texts = [("S1", "성문을 열어라", ""), ("S2", "사과 3개를 가져와라", "")]
    (made,) = import_file(actor=lead, project=project, folder=folder, filename="quest.xml", data=locstr(texts))
    for name, kind, to, target in (
        ("far", Memory.Kind.MEMORY, Ref("platform", platform.pk), "en"),
        ("near", Memory.Kind.MEMORY, Ref("folder", folder.pk), "en"),
        ("other language", Memory.Kind.MEMORY, Ref("project", project.pk), "fr"),
        ("words", Memory.Kind.TERMS, Ref("project", project.pk), "en"),
        ("more words", Memory.Kind.TERMS, Ref("platform", platform.pk), "en"),
    ):
        memory = create_memory(actor=lead, name=name, source_language="ko", target_language=target, to=to, kind=kind)
        if kind == Memory.Kind.MEMORY:
            upsert(actor=lead, memory_id=memory.pk, texts=[ConfirmedText("S1", "성문을 열어라", f"Open {name}")])
    return made


def row_of(file: File) -> Row:
    return Row.objects.filter(file=file).order_by("position")[0]


def test_a_look_up_takes_few_statements(
    file: File, translator: User, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    client, row = client_for(translator), row_of(file)
    ask = {"row": row.pk, "semantic": True}
    first = client.post(f"/api/v1/files/{file.pk}/lookup", ask)
    # Beside the request's own: who asks, and the index of each term base, which no transaction keeps.
    with django_assert_max_num_queries(16):
        second = client.post(f"/api/v1/files/{file.pk}/lookup", ask)
    assert first.status_code == second.status_code == 200
    assert [one["target"] for one in second.json()["proposals"]] == ["Open near", "Open far"]


def test_both_kinds_at_once_are_what_each_is_alone(file: File, translator: User, lead: User) -> None:
    loaded = permissions.get_file(translator, file.pk)
    both = memories.both_for_file(loaded, user=translator)
    assert both == (memories.for_file(loaded, user=translator), memories.terms_for_file(loaded, user=translator))
    assert [[one.name for one in kind] for kind in both] == [["near", "far"], ["words", "more words"]]
    Folder.objects.update(name="Other")
    Platform.objects.update(restricted=True, created_by_id=lead.pk)
    loaded = permissions.get_file(lead, file.pk)
    both = memories.both_for_file(loaded, user=translator)
    assert both == (memories.for_file(loaded, user=translator), memories.terms_for_file(loaded, user=translator))
    assert [[one.name for one in kind] for kind in both] == [["near"], ["words"]]


def test_the_fast_file_is_the_file(file: File, translator: User, admin_user: User) -> None:
    for person in (translator, admin_user):
        fast, slow = permissions.get_file_fast(person, file.pk), permissions.get_file(person, file.pk)
        for name in (*permissions._FILE, "format", "rows_new"):
            assert getattr(fast, name) == getattr(slow, name)
        for name in (*permissions._PROJECT, "restricted"):
            assert getattr(fast.project, name) == getattr(slow.project, name)
        platform = fast.project.platform
        assert platform is not None and platform == slow.project.platform
        assert platform.name == "PC" and platform.restricted is False
    Project.objects.update(platform=None)
    assert permissions.get_file_fast(translator, file.pk).project.platform is None


@pytest.mark.parametrize("restricted", [Project, Platform])
def test_the_fast_file_is_as_hidden_as_the_file(
    file: File, translator: User, admin_user: User, restricted: Any
) -> None:
    restricted.objects.update(restricted=True)
    with pytest.raises(NotFound):
        permissions.get_file_fast(translator, file.pk)
    assert permissions.get_file_fast(admin_user, file.pk) == file
    restricted.objects.update(created_by_id=translator.pk)
    assert permissions.get_file_fast(translator, file.pk) == file
    for pk in (file.pk + 1000, 2**63, -(2**70)):
        with pytest.raises(NotFound):
            permissions.get_file_fast(admin_user, pk)


def test_one_row_is_asked_as_many_are(file: File) -> None:
    rows = list(Row.objects.filter(file=file))
    many = lookup_queries.of_rows(file, [row.pk for row in rows])
    assert {row.pk: lookup_queries.of_row(file, row.pk) for row in rows} == many
    for pk in (rows[-1].pk + 1000, 2**63):
        with pytest.raises(NotFound):
            lookup_queries.of_row(file, pk)


def test_a_prepared_statement_takes_its_numbers_each_time(file: File) -> None:
    prepared = Prepared(lambda *ids: Row.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "key"))
    rows = [(row.pk, row.key) for row in Row.objects.filter(file=file).order_by("pk")]
    assert prepared(rows[0][0]) == rows[:1] and prepared(rows[1][0]) == rows[1:]
    assert prepared(rows[1][0], rows[0][0]) == rows
    assert prepared() == []
    dated = Prepared(lambda pk: File.objects.filter(pk=pk).values_list("created_at", "project__restricted"))
    assert dated(file.pk) == [(File.objects.get(pk=file.pk).created_at, False)]
    with pytest.raises(ValueError, match="prepared"):
        Prepared(lambda one, other: Row.objects.filter(pk=one).values_list("pk"))(1, 2)
