"""Checkpoints are done by one process at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connections

from apps.accounts.models import User
from locanext_project import sqlite_checkpoint, workspaces
from locanext_project.sqlite_checkpoint import checkpoint


@pytest.mark.django_db(transaction=True)
def test_the_log_comes_into_the_file_unless_another_process_is_at_it() -> None:
    with workspaces.use(workspaces.OFFLINE):
        User.objects.create_user("somebody", "x")
        name = str(connections[workspaces.OFFLINE_ALIAS].settings_dict["NAME"])
        with sqlite_checkpoint._alone(Path(f"{name}-checkpoint")) as first:
            assert first
            assert not checkpoint(workspaces.OFFLINE_ALIAS)
        assert checkpoint(workspaces.OFFLINE_ALIAS)
        assert User.objects.filter(username="somebody").exists()


@pytest.mark.postgres
def test_other_databases_have_no_log() -> None:
    assert connections["default"].vendor == "postgresql"
    assert not checkpoint("default")
