"""Keeping the findings of the checks beside the rows: with every small edit, behind every large act."""

from __future__ import annotations

from collections.abc import Sequence

from apps.accounts.models import User
from apps.ldm.models import File, Row


def keep(file: File, row: Row) -> None:
    """Check one row whose text changed, in the caller's transaction."""


def keep_many(*, actor: User, file: File, rows: Sequence[Row]) -> None:
    """Check rows that one act changed: at once where they are few, as a task where they are many."""
