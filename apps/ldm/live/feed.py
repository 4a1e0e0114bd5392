"""Where commits meet the hubs: what a transaction did is handed to every event loop that has the file open."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from apps.accounts.signals import sessions_ended
from apps.ldm import events
from apps.ldm.live import database
from apps.ldm.live.news import FileNews, LeaseNews, LoginsOver, News, RowNews
from apps.ldm.live.relay import relay, shared_layer
from locanext_project.local_ids import is_desktop

if TYPE_CHECKING:
    from apps.ldm.live.hub import Hub

_hubs: tuple[Hub, ...] = ()


def connect() -> None:
    """Listen to what happens in this process; called once, when the apps are ready."""
    events.listen(_on_rows)
    events.listen_to_leases(_on_leases)
    sessions_ended.connect(_on_logins, dispatch_uid="ldm-live")


def add(hub: Hub) -> None:
    """A hub of this process wants to be told."""
    global _hubs
    _hubs = (*_hubs, hub)


def remove(hub: Hub) -> None:
    """A hub ended."""
    global _hubs
    _hubs = tuple(other for other in _hubs if other is not hub)


def hubs() -> tuple[Hub, ...]:
    """The hubs of this process."""
    return _hubs


def idle() -> bool:
    """Whether no file is open in this process, and no socket's work on the database is under way."""
    return not _hubs and not database.busy()


def spread(news: FileNews, but: Hub | None = None) -> None:
    """Tell every hub but one (which knows it already), here and in other processes."""
    _hand(news, but)
    relay.put(news)


def _hand(news: News, but: Hub | None = None) -> None:
    for hub in _hubs:
        if hub is not but:
            hub.hand(news)


def _on_rows(event: events.RowsChanged) -> None:
    if _hubs or shared_layer() is not None:
        spread(RowNews.of(event))


def _on_leases(event: events.LeasesChanged) -> None:
    if _hubs or shared_layer() is not None:
        spread(LeaseNews.of(event))


def _on_logins(sender: Any, session_ids: list[uuid.UUID], **kwargs: Any) -> None:
    news = LoginsOver(frozenset(session_ids))
    _hand(news)
    if not is_desktop():
        relay.put(news)
