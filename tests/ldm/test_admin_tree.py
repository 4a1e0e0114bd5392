"""Django's admin: the tree to look at, access to change through the services."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.audit.models import AuditEntry
from apps.ldm.models import Capability, Grant, Project
from apps.ldm.services.tree import access
from apps.ldm.services.tree.delete import delete
from tests.ldm.services.tree import builders as make
from tests.ldm.services.tree.builders import ref_of

pytestmark = pytest.mark.django_db
MODELS = ("platform", "project", "folder", "file", "trashitem", "grant", "capability")


@pytest.fixture
def admin(admin_user: Any) -> Client:
    client = Client()
    client.force_login(admin_user)
    return client


def test_every_list_shows(admin: Client, admin_user: Any, translator: Any) -> None:
    platform = make.platform(admin_user)
    project = make.project(admin_user, platform=platform)
    file = make.file(admin_user, make.folder(admin_user, project))
    delete(actor=admin_user, items=[ref_of(make.file(admin_user, project, "gone.txt"))])
    access.add_grant(actor=admin_user, ref=ref_of(project), user_id=translator.pk)
    access.grant_capability(actor=admin_user, user_id=translator.pk, name="empty_trash")
    for model in MODELS:
        assert admin.get(f"/admin/ldm/{model}/").status_code == 200, model
    assert admin.get(f"/admin/ldm/file/{file.pk}/change/").status_code == 200
    assert admin.get("/admin/ldm/file/add/").status_code == 403
    assert admin.post(f"/admin/ldm/file/{file.pk}/delete/", {"post": "yes"}).status_code == 403


def test_restricting_and_withdrawing_are_recorded(admin: Client, admin_user: Any, translator: Any) -> None:
    project = make.project(admin_user)
    data = {"action": "restrict", "_selected_action": [project.pk]}
    assert admin.post("/admin/ldm/project/", data).status_code == 302
    assert Project.objects.get(pk=project.pk).restricted
    grant = access.add_grant(actor=admin_user, ref=ref_of(project), user_id=translator.pk)
    admin.post("/admin/ldm/grant/", {"action": "withdraw", "_selected_action": [grant.pk]})
    assert not Grant.objects.exists()
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions[-3:] == ["project_changed", "access_granted", "access_withdrawn"]


def test_capabilities_are_given_by_the_service(admin: Client, translator: Any) -> None:
    data = {"user": translator.pk, "name": "empty_trash", "expires_at_0": "2999-01-01", "expires_at_1": "00:00:00"}
    answer = admin.post("/admin/ldm/capability/add/", data)
    assert answer.status_code == 302
    held = Capability.objects.get()
    assert (held.user_id, held.granted_by_name, held.expires_at.year) == (translator.pk, "Ada Min", 2999)
    assert AuditEntry.objects.order_by("-id")[0].action == "capability_granted"
    admin.post(f"/admin/ldm/capability/{held.pk}/delete/", {"post": "yes"})
    assert not Capability.objects.exists()
    assert AuditEntry.objects.order_by("-id")[0].action == "capability_withdrawn"


def test_only_admins_come_in(lead: Any) -> None:
    client = Client()
    client.force_login(lead)
    assert client.get("/admin/ldm/platform/").status_code == 302
