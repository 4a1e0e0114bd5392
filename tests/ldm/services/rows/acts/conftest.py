"""Acts done as the API does them, and the state that they change."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.services.rows.acts.parse import parse
from apps.ldm.services.rows.acts.perform import perform
from apps.ldm.services.rows.acts.preview import preview
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.revert import revert_change_set
from tests.ldm.services.conftest import row_of

WHOLE = {"query": ""}


def act(actor: User, file: File, name: str, scope: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Do an act to rows of a file, to all of them unless a scope is given."""
    return perform(actor=actor, file_id=file.pk, wanted=parse({"act": name, "scope": scope or WHOLE, **fields}))


def look(actor: User, file: File, name: str, scope: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """What an act would do."""
    page = {key: fields.pop(key) for key in ("limit", "cursor", "count") if key in fields}
    wanted = parse({"act": name, "scope": scope or WHOLE, **fields})
    return preview(actor=actor, file_id=file.pk, wanted=wanted, page=page)


def keys(file: File, *names: str) -> dict[str, list[int]]:
    """The scope of rows with these keys."""
    return {"ids": [row_of(file, name).pk for name in names]}


def write(actor: User, file: File, key: str, target: str, **fields: Any) -> Row:
    """A person types a text."""
    row = row_of(file, key)
    return edit_row(actor=actor, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=target, **fields))


def texts(file: File) -> dict[str, tuple[str, str]]:
    """Target and status by key."""
    rows = Row.objects.filter(file=file, position__gte=0).order_by("position")
    return {row.key: (row.target, row.get_status_display()) for row in rows}


def everything(file: File) -> list[tuple[Any, ...]]:
    """All that an act may change of rows, the counting of changes aside."""
    rows = Row.objects.filter(file=file).order_by("pk")
    return list(
        rows.values_list(
            "pk", "position", "source", "target", "status", "origin", "score", "locked", "source_changed",
            "old_source", "blank_intended", "assignee_id", "assignee_name", "removed_at",
        )
    )  # fmt: skip


def revert(actor: User, outcome: dict[str, Any]) -> Any:
    """Take an act back."""
    return revert_change_set(actor=actor, change_set_id=outcome["change_set"])
