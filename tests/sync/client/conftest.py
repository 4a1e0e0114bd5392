"""A server with a file, a desktop with its person, and the line between them."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.ldm.models import File
from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.client import rounds, tree
from tests.e2e.editing_pages import file_with
from tests.sync.client.site import Line, offline

ROWS = [(f"K{n}", f"줄 {n}", "" if n % 3 else f"line {n}") for n in range(12)]


@pytest.fixture
def file(lead: User) -> File:
    """A file of the server."""
    return file_with(lead, ROWS)


@pytest.fixture
def person(translator: User) -> User:
    """The translator, as the desktop has them: under the server's id."""
    with offline():
        return User.objects.create(
            pk=translator.pk, username=translator.username, display_name=translator.display_name, role="translator"
        )


@pytest.fixture
def line(translator: User) -> Line:
    """The way from the desktop to the server, as the translator."""
    return Line(InProcessPeer(translator.pk))


@pytest.fixture
def mirrored(file: File, line: Line, person: User) -> File:
    """The file, whole on the desktop."""
    with offline():
        tree.mirror_path(line, file.pk)
        outcome = rounds.run(line, files=[file.pk])
    assert outcome.trouble == ""
    line.calls.clear()
    return file
