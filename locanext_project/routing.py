"""Where sockets go. The consumers live in their apps."""

from __future__ import annotations

from typing import Any, cast

from django.urls import URLPattern, path, re_path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.consumers import FileConsumer
from apps.sync.consumers import SyncConsumer
from locanext_project.socket_guard import refuse


async def nothing_there(scope: Any, receive: Any, send: Any) -> None:
    """Any other address."""
    await refuse(receive, send)


# Django's types know views only; the router of channels takes any ASGI application.
websocket_urlpatterns: list[URLPattern] = [
    path("ws/files/<signed:file_id>/", FileConsumer.as_asgi()),
    path("ws/sync/", SyncConsumer.as_asgi()),
    re_path(r"", cast(Any, nothing_there)),
]
