"""The audit entries of what is done to a memory or a term base."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.audit.services import record
from apps.tm.models import Memory


def record_act(action: str, actor: User | None, memory: Memory, /, **detail: Any) -> None:
    """Add the entry in the caller's transaction, as its last act; see `audit.services.record`."""
    record(action, actor=actor, target_kind="memory", target_id=memory.pk, target_name=memory.name, detail=detail)
