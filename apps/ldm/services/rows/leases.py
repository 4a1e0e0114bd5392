"""Leases of rows: who may edit a row now. They run out by themselves, and every save checks them."""

from __future__ import annotations

from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.errors import RowLeased
from apps.ldm.models import RowLease

SECONDS = 30
"""How long a lease holds without being renewed."""


def require_free(row_id: int, actor: User) -> None:
    """Raises RowLeased when somebody else holds the row. Call with the row locked."""
    lease = RowLease.objects.filter(row_id=row_id, until__gt=timezone.now()).exclude(user_id=actor.pk).first()
    if lease is not None:
        raise RowLeased(lease)
