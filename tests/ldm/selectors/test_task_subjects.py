"""The list of tasks names what they are about, to those who may see it, in the language of who reads."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from apps.ldm.services.tree.access import add_grant
from apps.ldm.services.tree.structure import Ref
from apps.tasks.services import enqueue
from tests.ldm.services.tree import builders as make

pytestmark = pytest.mark.django_db
LIST = "/api/v1/tasks"


@pytest.fixture
def secret(admin_user: Any, translator: Any) -> Any:
    """A file of a restricted project that the translator was let into; no lead sees it."""
    project = make.project(admin_user, "Secret", restricted=True)
    add_grant(actor=admin_user, ref=Ref("project", project.pk), user_id=translator.pk)
    return make.file(admin_user, project, "plot.xml")


def names(client: Any, **query: str) -> list[str]:
    return [task["subject"]["name"] for task in client.get(LIST, query).json()["results"]]


def test_who_sees_the_thing_reads_its_name(client_for: Any, translator: Any, lead: Any, secret: Any) -> None:
    for kind, number in (("file", secret.pk), ("project", secret.project_id), ("file", 10**9)):
        enqueue(actor=translator, kind="ldm.check", args={}, subject_kind=kind, subject_id=number)
    assert sorted(names(client_for(translator))) == ["", "Secret", "plot.xml"]
    assert names(client_for(lead), all="1") == ["", "", ""], "a lead sees the task, not what it is about"
    assert names(client_for(lead)) == []
    assert client_for().get(LIST).status_code == 401


def test_titles_are_in_the_reader_s_language(client_for: Any, translator: Any, lead: Any) -> None:
    with translation.override("ko"):
        enqueue(actor=translator, kind="ldm.check", args={})
    titles = []
    for language in ("en", "ko"):
        lead.preferences = {"ui_language": language}
        lead.save()
        titles.append(client_for(lead).get(LIST, {"all": "1"}).json()["results"][0]["title"])
    assert titles == ["Checking rows", "행 검사"]
