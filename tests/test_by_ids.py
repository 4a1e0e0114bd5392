"""Stored things by their ids, few and many; and rows that are written many at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from apps.sync.models import MirroredFile, MirroredRow, PendingEdit
from locanext_project import by_ids, workspaces
from locanext_project.bulk_load import AT_ONCE, bulk_load

pytestmark = pytest.mark.django_db
MANY = 2 * AT_ONCE + 7


@pytest.mark.parametrize("workspace", workspaces.WORKSPACES)
@pytest.mark.parametrize("count", [0, 1, by_ids.FEW, by_ids.FEW + 1, MANY])
def test_what_is_there_is_found_however_many_are_asked_for(workspace: str, count: int) -> None:
    with workspaces.use(workspace):
        assert bulk_load(MirroredRow, ("row_id", "rev"), ((n, n * 2) for n in range(1, MANY + 1))) == MANY
        asked = [*range(1, count + 1), *([10**9] if count else [])]
        assert sorted(one.rev for one in by_ids.found(MirroredRow, asked)) == [n * 2 for n in range(1, count + 1)]
        assert sorted(by_ids.values_of(MirroredRow, ("rev",), asked)) == [(n * 2,) for n in range(1, count + 1)]
        assert by_ids.one(MirroredRow, 10**9) is None


@pytest.mark.parametrize("workspace", workspaces.WORKSPACES)
def test_every_value_of_a_large_load_comes_back_as_it_was(workspace: str) -> None:
    defaults = {"file_id": 1, "base_rev": 1, "base_target": "", "base_status": 0, "base": {}, "status": 1,
                "fields": {}, "edited_at": 0.5, "tries": 0, "refusals": 0, "reason": "", "error": "",
                "quarantined": False}  # fmt: skip
    at = datetime(2026, 3, 4, 5, 6, 7, 890, tzinfo=UTC)
    names = ("row_id", "op", "target", "after")
    rows = [(n, UUID(int=n), f"줄\n{n}", ["a"] if n % 3 else []) for n in range(1, MANY + 1)]
    marks = [(n, 1, at if n % 3 else None) for n in range(1, MANY + 1)]
    with workspaces.use(workspace):
        loaded = bulk_load(PendingEdit, (*names, *defaults), ((*row, *defaults.values()) for row in rows))
        assert loaded == MANY
        assert list(PendingEdit.objects.order_by("pk").values_list(*names)) == rows
        more = {"state": "current", "generation": 1, "token": "", "original_whole": False, "original_cursor": 0,
                "subscribed": False}  # fmt: skip
        bulk_load(MirroredFile, ("file_id", "cursor", "synced_at", *more), ((*m, *more.values()) for m in marks))
        assert list(MirroredFile.objects.order_by("pk").values_list("file_id", "cursor", "synced_at")) == marks


def test_an_instance_found_by_its_id_is_whole_and_can_be_saved() -> None:
    with workspaces.use(workspaces.OFFLINE):
        PendingEdit.objects.create(
            row_id=5, file_id=1, op="00000000-0000-0000-0000-000000000005", after=["a", "b"], base_rev=3, status=2,
            fields={"score": None}, edited_at=1.5, target="본문",
        )  # fmt: skip
        edit = by_ids.one(PendingEdit, 5)
        assert edit is not None
        assert (edit.after, edit.fields, str(edit.op)[-1], edit.quarantined) == (
            ["a", "b"],
            {"score": None},
            "5",
            False,
        )
        edit.tries = 4
        edit.save()
        assert PendingEdit.objects.get(pk=5).tries == 4
