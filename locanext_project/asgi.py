"""The ASGI application: sockets under `/ws`, everything else through Django; on a desktop behind its gate."""

from __future__ import annotations

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "locanext_project.settings.server")

http = get_asgi_application()

from apps.tm.indexes import warm  # noqa: E402 (apps must be ready first)
from locanext_project import workspaces  # noqa: E402
from locanext_project.desktop_gate import DesktopGate  # noqa: E402
from locanext_project.routing import websocket_urlpatterns  # noqa: E402
from locanext_project.socket_guard import guarded  # noqa: E402

# The first look-up does not wait for the compiled search, and the start does not either.
warm.start(5.0 if settings.PROFILE == "desktop" else 0.0)

application: Any = ProtocolTypeRouter({"http": http, "websocket": guarded(URLRouter(websocket_urlpatterns))})
if settings.PROFILE == "desktop":
    # In the LAN set-up the same server also answers people who log in, as any other node of the server does.
    application = DesktopGate(application, optional=workspaces.home() == workspaces.SERVER)
