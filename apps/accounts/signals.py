"""What happens to accounts, told to whoever listens (the audit log, the sockets).

`happened` is sent inside the transaction of the change, with the keyword arguments of `tell`.
Receivers run in that transaction: one that raises undoes the change.

`sessions_ended` is sent after the commit with `session_ids`, a list of UUIDs: whoever holds
something open for a login (a socket) closes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

from locanext_project.workspaces import on_commit

if TYPE_CHECKING:
    from apps.accounts.models import User

happened = Signal()
sessions_ended = Signal()


def tell(
    action: str,
    *,
    actor: User | None = None,
    user: User | None = None,
    ip: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Send `happened`: `actor` did `action` to `user`; `ip` None means that of the request."""
    happened.send(sender=None, action=action, actor=actor, user=user, ip=ip, detail=detail or {})


def tell_ended(session_ids: Iterable[uuid.UUID]) -> None:
    """Send `sessions_ended` once the transaction commits."""
    ids = list(session_ids)
    if ids:
        on_commit(lambda: sessions_ended.send(sender=None, session_ids=ids))
