"""The pages around the editor: who gets them, and what they tell nobody else."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.ldm.models import File, Project
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.ldm.services.tree.structure import Ref
from apps.ldm.services.tree.update import update_node

DATA = b'<LanguageData><LocStr StringId="a" StrOrigin="x" Str="" /></LanguageData>'


@pytest.fixture
def project(lead: User) -> Project:
    platform = create_platform(actor=lead, name="PC")
    return create_project(actor=lead, platform_id=platform.pk, name="Ashen", source_language="ko", target_language="en")


@pytest.fixture
def file(lead: User, project: Project) -> File:
    (file,) = import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=DATA)
    return file


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses(lead: User, project: Project, file: File) -> list[str]:
    folder = create_folder(actor=lead, project_id=project.pk, parent_id=None, name="quest")
    return [
        f"/platforms/{project.platform_id}/",
        f"/projects/{project.pk}/",
        f"/projects/{project.pk}/import/",
        f"/folders/{folder.pk}/",
        f"/folders/{folder.pk}/import/",
        f"/files/{file.pk}/new-version/",
        f"/files/{file.pk}/bilingual/",
    ]


def test_every_page_opens_for_who_sees_the_thing(lead: User, translator: User, project: Project, file: File) -> None:
    client = signed_in(translator)
    for address in ["/", "/trash/", "/tasks/", *addresses(lead, project, file)]:
        assert client.get(address).status_code == 200, address


def test_nobody_is_sent_to_the_login(lead: User, project: Project, file: File) -> None:
    for address in ["/", "/trash/", "/tasks/", *addresses(lead, project, file)]:
        answer = Client().get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/login"), address


def test_what_is_restricted_does_not_exist_for_others(lead: User, stranger: User, project: Project, file: File) -> None:
    places = addresses(lead, project, file)
    update_node(actor=lead, ref=Ref("platform", project.platform_id or 0), changes={"restricted": True})
    client = signed_in(stranger)
    for address in places:
        assert client.get(address).status_code == 404, address
    assert signed_in(lead).get(places[0]).status_code == 200


def test_pages_take_no_writing(translator: User, project: Project) -> None:
    client = signed_in(translator)
    assert client.post("/").status_code == 405
    assert client.post(f"/projects/{project.pk}/import/").status_code == 405


def test_a_new_version_is_read_as_the_present_one(lead: User, file: File) -> None:
    answer = signed_in(lead).get(f"/files/{file.pk}/new-version/")
    assert "&quot;rules&quot;" in answer.content.decode() or "rules" in answer.context["options"]
    assert answer.context["mode"] == "version"
    assert answer.context["steps"][-1] == {"kind": "file", "id": file.pk, "name": "quest.xml"}


def test_ids_below_zero_are_looked_for_and_not_an_error(translator: User) -> None:
    assert signed_in(translator).get("/folders/-5/").status_code == 404
