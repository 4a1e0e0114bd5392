"""What several tests of the API begin with."""

from __future__ import annotations

from typing import Any

import pytest

from apps.ldm.models import Grant
from tests.ldm.services.tree import builders as make


@pytest.fixture
def world(lead: Any, translator: Any) -> dict[str, Any]:
    """A restricted project that the translator was granted, with a folder and files."""
    platform = make.platform(lead, "PC")
    project = make.project(lead, "Ashen Passage EN", platform, restricted=True)
    Grant.objects.create(user=translator, project=project)
    folder = make.folder(lead, project, "quest")
    return {
        "platform": platform,
        "project": project,
        "folder": folder,
        "file": make.file(lead, folder, "quest 1.txt", 4, of=make.original(), variant="en"),
    }
