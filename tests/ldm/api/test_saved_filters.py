"""Saved filters: kept by name, shared in a project, changed by their owner or a lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm.models import Project, SavedFilter
from apps.ldm.services.tree.access import add_grant
from apps.ldm.services.tree.create import create_platform, create_project
from apps.ldm.services.tree.structure import Ref
from tests.factories import user

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(lead: User, translator: User) -> Project:
    """A project on a restricted platform: the lead's, the translator's by a grant."""
    platform = create_platform(actor=lead, name="Closed", restricted=True)
    project = create_project(actor=lead, platform_id=platform.pk, name="P", source_language="ko", target_language="en")
    add_grant(actor=lead, ref=Ref("project", project.pk), user_id=translator.pk)
    return project


def keep(client: Any, project: Project, **body: Any) -> Any:
    given = {"name": "To do", "query": "status:todo", **body}
    return client.post(f"/api/v1/projects/{project.pk}/filters", given, format="json")


def names(client: Any, project: Project) -> list[str]:
    return [one["name"] for one in client.get(f"/api/v1/projects/{project.pk}/filters").json()["results"]]


def test_kept_changed_and_deleted(closed: Project, translator: User, client_for: Callable[..., Any]) -> None:
    client = client_for(translator)
    made = keep(client, closed, name="  To   do ")
    assert made.status_code == 201
    kept = made.json()
    assert kept == {
        "id": kept["id"],
        "project_id": closed.pk,
        "name": "To do",
        "query": "status:todo",
        "shared": False,
        "owner": {"id": translator.pk, "name": translator.name},
        "mine": True,
        "may_edit": True,
    }
    address = f"/api/v1/filters/{kept['id']}"
    changed = client.patch(address, {"query": "is:empty", "name": "Empty"}, format="json").json()
    assert (changed["name"], changed["query"], changed["shared"]) == ("Empty", "is:empty", False)
    assert client.patch(address, {}, format="json").status_code == 200
    assert client.delete(address).status_code == 204
    assert names(client, closed) == []
    actions = list(
        AuditEntry.objects.filter(action__startswith="filter_").order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["filter_saved", "filter_changed", "filter_deleted"]


def test_names_are_unique_per_owner(
    closed: Project, lead: User, translator: User, client_for: Callable[..., Any]
) -> None:
    assert keep(client_for(translator), closed).status_code == 201
    taken = keep(client_for(translator), closed)
    assert taken.status_code == 409 and taken.json()["error"]["code"] == "name_taken"
    assert keep(client_for(lead), closed).status_code == 201
    other = keep(client_for(translator), closed, name="Other").json()
    renamed = client_for(translator).patch(f"/api/v1/filters/{other['id']}", {"name": "To do"}, format="json")
    assert renamed.status_code == 409
    assert SavedFilter.objects.get(pk=other["id"]).name == "Other"


def test_who_sees_and_changes_what(
    closed: Project,
    lead: User,
    translator: User,
    stranger: User,
    client_for: Callable[..., Any],
) -> None:
    colleague = user(username="colleague")
    add_grant(actor=lead, ref=Ref("project", closed.pk), user_id=colleague.pk)
    mine = keep(client_for(translator), closed, name="Mine").json()["id"]
    shared = keep(client_for(translator), closed, name="Shared", shared=True).json()["id"]
    assert names(client_for(translator), closed) == ["Mine", "Shared"]
    assert names(client_for(colleague), closed) == ["Shared"]
    assert names(client_for(lead), closed) == ["Shared"]
    assert client_for(stranger).get(f"/api/v1/projects/{closed.pk}/filters").status_code == 404
    assert keep(client_for(stranger), closed).status_code == 404
    assert client_for().get(f"/api/v1/projects/{closed.pk}/filters").status_code == 401
    change = {"name": "Changed"}
    for person, own, common in ((stranger, 404, 404), (colleague, 404, 403)):
        for pk, status in ((mine, own), (shared, common)):
            client = client_for(person)
            assert client.patch(f"/api/v1/filters/{pk}", change, format="json").status_code == status
            assert client.delete(f"/api/v1/filters/{pk}").status_code == status
    lead_client = client_for(lead)
    assert lead_client.patch(f"/api/v1/filters/{mine}", change, format="json").status_code == 404
    assert lead_client.patch(f"/api/v1/filters/{shared}", change, format="json").json()["name"] == "Changed"
    assert lead_client.patch(f"/api/v1/filters/{shared}", {"shared": False}, format="json").status_code == 403
    assert (
        client_for(translator).patch(f"/api/v1/filters/{shared}", {"shared": False}, format="json").status_code == 200
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "colour:red"}, "bad_query"),
        ({"query": " "}, "invalid"),
        ({"query": "x" * 2001}, "bad_query"),
        ({"query": 5}, "invalid"),
        ({"query": None}, "invalid"),
        ({"name": ""}, "invalid"),
        ({"name": "x" * 101}, "invalid"),
        ({"shared": "yes"}, "invalid"),
    ],
)
def test_bad_input(
    closed: Project, translator: User, client_for: Callable[..., Any], body: dict[str, Any], code: str
) -> None:
    refused = keep(client_for(translator), closed, **body)
    assert refused.status_code == 400 and refused.json()["error"]["code"] == code, refused.content
    assert not SavedFilter.objects.exists()


def test_there_is_an_end(
    closed: Project, translator: User, client_for: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.ldm.services.saved_filters.MOST", 1)
    assert keep(client_for(translator), closed).status_code == 201
    assert keep(client_for(translator), closed, name="Another").status_code == 400
