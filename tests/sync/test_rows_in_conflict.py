"""Rows in conflict are found by the filter language, as far as the person may know of them."""

from __future__ import annotations

import uuid

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.selectors.filter_rows import among, matching
from apps.sync.models import Conflict
from tests.ldm.services.conftest import file, make_file, project, row_of  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


def conflict(row: Row, person: User) -> Conflict:
    """An open conflict of a row, lost by a person."""
    return Conflict.objects.create(
        op=uuid.uuid4(), file_id=row.file_id, row_id=row.pk, kept="a", lost="b", lost_by_id=person.pk
    )


def test_found_by_whom_it_concerns(file: File, lead: User, translator: User, stranger: User) -> None:  # noqa: F811
    row = row_of(file, "S2")
    kept = conflict(row, translator)
    assert list(matching(translator, file, "is:conflict")) == [row.pk]
    assert list(matching(lead, file, "is:conflict status:todo")) == [row.pk]
    assert list(matching(stranger, file, "is:conflict")) == []
    assert list(matching(None, file, "is:conflict")) == []
    others = set(matching(translator, file, "-is:conflict"))
    assert row.pk not in others and len(others) == 4
    assert among(translator, file, "is:conflict", [row.pk, row_of(file, "S1").pk]) == {row.pk}
    kept.resolved_at = kept.created_at
    kept.save()
    assert list(matching(translator, file, "is:conflict")) == []


def test_mine_is_still_mine(file: File, translator: User) -> None:  # noqa: F811
    assert list(matching(translator, file, "is:mine")) == []
