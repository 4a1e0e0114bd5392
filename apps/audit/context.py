"""From where the work of this context is done: address and request, taken up by every entry."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """`ip` is "" where there is none (commands, tasks); `request_id` joins entries of one request."""

    ip: str = ""
    request_id: str = ""


_origin: contextvars.ContextVar[Origin | None] = contextvars.ContextVar("locanext_audit_origin", default=None)


def current() -> Origin:
    """The origin of this context."""
    return _origin.get() or Origin()


@contextmanager
def context(*, ip: str | None = None, request_id: str | None = None) -> Iterator[None]:
    """Record everything in the block with this address and request; what is None stays as it was."""
    before = current()
    token = _origin.set(
        Origin(before.ip if ip is None else ip, before.request_id if request_id is None else request_id)
    )
    try:
        yield
    finally:
        _origin.reset(token)
