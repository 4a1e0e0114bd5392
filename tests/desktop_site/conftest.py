"""A desktop in this process: the test settings' `offline` database, whose ids are below zero, and its one person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.ldm.models import File, Folder, Platform, Project
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree import offline_storage
from locanext_project import workspaces
from locanext_project.id_guards import open_for_mirror
from tests.ldm.services.conftest import ROWS, locstr

MIDDLEWARE = "tests.desktop_site.conftest.OfflineRequests"


class OfflineRequests:
    """In the place of WorkspaceMiddleware: every request is one of the desktop."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with workspaces.use(workspaces.OFFLINE):
            return self.get_response(request)


@pytest.fixture
def desk(db: None, settings: Any) -> Iterator[User]:
    """The person at the desktop, a translator of the server's; the test works in the offline workspace."""
    settings.MIDDLEWARE = [
        MIDDLEWARE if name.endswith(".WorkspaceMiddleware") else name for name in settings.MIDDLEWARE
    ]
    with workspaces.use(workspaces.OFFLINE):
        person = User(pk=71, username="desk", role="translator", display_name="Desk Person")
        person.set_unusable_password()
        person.save(force_insert=True)
        yield person


@pytest.fixture
def api(desk: User) -> APIClient:
    """A client of the desktop's API."""
    client = APIClient()
    client.force_login(desk)
    return client


@pytest.fixture
def nobody(desk: User) -> APIClient:
    """A client that nobody signed in with."""
    return APIClient()


@pytest.fixture
def storage(desk: User) -> Project:
    """The project "Offline Storage"."""
    return offline_storage.ensure(actor=desk)


@pytest.fixture
def own_file(desk: User, storage: Project) -> File:
    """A file that was born on the desktop."""
    (file,) = import_file(actor=desk, project=storage, folder=None, filename="own.xml", data=locstr(ROWS))
    return file


class Mirror:
    """A platform, project, folder and file of the server, as a mirror holds them, with one row."""

    def __init__(self, own: File) -> None:
        with workspaces.atomic(), open_for_mirror():
            self.platform = Platform.objects.create(pk=501, name="PC", restricted=True)
            self.project = Project.objects.create(pk=502, platform=self.platform, name="Passage", source_language="ko")
            self.folder = Folder.objects.create(pk=503, project=self.project, name="Quests")
            self.file = File.objects.create(
                pk=504, project=self.project, folder=self.folder, name="quest.xml", format=own.format,
                original=own.original, variant=own.variant, source_language="ko", target_language="en",
            )  # fmt: skip
            row = own.rows.order_by("position").first()
            assert row is not None
            row.pk, row.file_id, row.status, row.target = 505, self.file.pk, 1, "As it came"
            row.save(force_insert=True)
            self.row = row


@pytest.fixture
def mirror(own_file: File) -> Mirror:
    """One of everything of the server's."""
    return Mirror(own_file)
