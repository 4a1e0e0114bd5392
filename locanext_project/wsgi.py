"""The WSGI application: every page and API request."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "locanext_project.settings.server")

application = get_wsgi_application()

from apps.tm.indexes import warm  # noqa: E402 (apps must be ready first)
from locanext_project import kept_connections  # noqa: E402

# The first look-up does not wait for the compiled search, and the start does not either.
warm.start()
# The threads of a WSGI server stay.
kept_connections.keep()
