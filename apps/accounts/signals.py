"""What happens to accounts, told to whoever listens (the audit log does).

`happened` is sent inside the transaction of the change, with the keyword arguments
action: str, actor: User | None, user: User | None, name: str, ip: str | None, detail: dict.
Receivers run in that transaction: one that raises undoes the change.
"""

from __future__ import annotations

from django.dispatch import Signal

happened = Signal()
