"""The command for restored backups."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from apps.audit.models import AuditEntry
from apps.sync.server import epoch

pytestmark = pytest.mark.django_db


def test_it_begins_a_new_epoch_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    before = epoch.current()
    call_command("new_epoch", "--skip", "5")
    assert epoch.current() != before
    assert epoch.current() in capsys.readouterr().out
    assert AuditEntry.objects.get(action="epoch_renewed").detail == {"epoch": epoch.current()}


def test_each_time_another_one(db: None) -> None:
    assert len({epoch.current(), epoch.renew(skipped=0), epoch.renew(skipped=0), epoch.current()}) == 3
