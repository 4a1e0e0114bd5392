"""A desktop in this process: the test settings' `offline` database, whose ids are below zero, and its one person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.accounts.services.local_person import adopt
from apps.ldm.models import File, Folder, Platform, Project
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree import offline_storage
from locanext_project import workspaces
from locanext_project.id_guards import open_for_mirror
from tests.desktop_launcher.conftest import template  # noqa: F401 (fixture)
from tests.desktop_site.golden import line, project, server  # noqa: F401 (fixtures)
from tests.ldm.live.redis_server import redis_url  # noqa: F401 (fixture)
from tests.ldm.services.conftest import ROWS, locstr


@pytest.fixture
def desk(db: None) -> Iterator[User]:
    """The person at the desktop, a translator of the server's; the test works in the offline workspace."""
    with workspaces.use(workspaces.OFFLINE):
        yield adopt({"id": 71, "username": "desk", "name": "Desk Person", "role": "translator", "language": ""})


def offline_client() -> APIClient:
    """A client whose requests come as the desktop's gate lets them in."""
    client = APIClient()
    client.defaults[workspaces.SCOPE_KEY] = workspaces.OFFLINE
    return client


@pytest.fixture
def api(desk: User) -> APIClient:
    """A client of the desktop's API, in its person's name."""
    return offline_client()


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
