"""What the tests of tasks share: the task kinds, both workspaces, people in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from locanext_project import workspaces
from tests import factories
from tests.tasks import kinds

if TYPE_CHECKING:
    from apps.accounts.models import User


@pytest.fixture(params=workspaces.WORKSPACES)
def workspace(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """The test runs once in each workspace, on its own database."""
    with workspaces.use(request.param):
        yield request.param


@pytest.fixture
def person(workspace: str) -> User:
    """A translator of the workspace."""
    return factories.user(username="person", display_name="Per Son")


@pytest.fixture
def signals() -> Iterator[None]:
    """The events of kinds.wait, fresh."""
    kinds.entered.clear()
    kinds.proceed.clear()
    yield
    kinds.proceed.set()
