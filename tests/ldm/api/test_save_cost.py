"""What one save asks of the database, and that its answer is what asking again would have found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm import permissions
from apps.ldm.models import Capability, File, Project, RowIssue, RowRevision
from apps.ldm.selectors import rows
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from locanext_project import workspaces
from locanext_project.errors import Forbidden
from tests.ldm.services.conftest import ROWS, locstr, row_of

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]
MOST = 16
"""Statements of a save that changes the counters of a file, its folder, project and platform."""


@pytest.fixture
def project(lead: User) -> Project:
    platform = create_platform(actor=lead, name="PC")
    return create_project(
        actor=lead, platform_id=platform.pk, name="Passage", source_language="ko", target_language="en"
    )


@pytest.fixture
def file(lead: User, project: Project) -> File:
    folder = create_folder(actor=lead, project_id=project.pk, parent_id=None, name="quests")
    (made,) = import_file(actor=lead, project=project, folder=folder, filename="quest.xml", data=locstr(ROWS))
    return made


def url(row_id: int) -> str:
    return f"/api/v1/rows/{row_id}"


def test_a_save_asks_the_database_so_often(file: File, translator: User, client_for: Client) -> None:
    client, row, other = client_for(translator), row_of(file, "S3"), row_of(file, "S4")
    assert client.patch(url(other.pk), {"target": "Fog", "text_rev": other.text_rev}).status_code == 200
    with CaptureQueriesContext(connections[workspaces.alias()]) as asked:
        answer = client.patch(url(row.pk), {"target": "Fog", "text_rev": row.text_rev})
    assert answer.status_code == 200
    statements = [one["sql"] for one in asked if one["sql"].split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")]
    assert len(statements) <= MOST, "\n".join(statements)
    # Waited for by every other save of the file from here on: its index is written before.
    raised = next(n for n, sql in enumerate(statements) if "revision = revision + 1" in sql)
    assert any('INTO "ldm_rowtext"' in sql for sql in statements[:raised])


def test_the_answer_is_what_asking_again_finds(file: File, lead: User, translator: User, client_for: Client) -> None:
    row, audited = row_of(file, "S3"), AuditEntry.objects.count()
    answer = client_for(translator).patch(url(row.pk), {"target": "Fog", "text_rev": row.text_rev}).json()
    revision, counts = rows.state_of_file(file.pk)
    assert answer["file"] == {"revision": revision, "counts": counts}
    assert (answer["row"]["rev"], answer["issues"]) == (revision, [])
    file.refresh_from_db()
    for node in (file.folder, file.project, file.project.platform):
        assert node.counts() == file.counts() == counts
    assert AuditEntry.objects.count() == audited + 1
    assert RowRevision.objects.filter(row=row, rev=revision).count() == 1
    same = client_for(translator).patch(url(row.pk), {"target": "Fog", "text_rev": revision}).json()
    assert same["file"] == answer["file"] and RowRevision.objects.filter(row=row).count() == 1


def test_findings_come_with_the_answer_however_the_row_is_saved(file: File, lead: User, client_for: Client) -> None:
    client, row = client_for(lead), row_of(file, "S2")
    wrong = client.patch(url(row.pk), {"target": "barrels", "text_rev": row.text_rev}).json()
    assert [one["kind"] for one in wrong["issues"]] == ["placeholder"]
    flagged = client.patch(url(row.pk), {"locked": True, "text_rev": 0}).json()
    again = client.patch(url(row.pk), {"locked": True, "text_rev": 0}).json()
    assert wrong["issues"] == flagged["issues"] == again["issues"]
    client.patch(url(row.pk), {"locked": False, "text_rev": 0})
    right = client.patch(url(row.pk), {"target": "{0} barrels", "text_rev": wrong["row"]["text_rev"]}).json()
    assert right["issues"] == [] and not RowIssue.objects.filter(row=row).exists()


def test_a_capability_is_not_asked_for_where_the_role_decides(
    file: File, translator: User, client_for: Client, lead: User
) -> None:
    row = row_of(file, "S3")
    assert client_for(translator).patch(url(row.pk), {"locked": True, "text_rev": 1}).status_code == 403
    assert client_for(lead).patch(url(row.pk), {"locked": True, "text_rev": 1}).status_code == 200
    assert client_for().patch(url(row.pk), {"target": "x", "text_rev": 1}).status_code == 401
    # And where one decides, it still is.
    with pytest.raises(Forbidden):
        permissions.require(translator, "delete", file.project)
    Capability.objects.create(user=translator, name=Capability.Name.DELETE_PROJECT)
    permissions.require(translator, "delete", file.project)
