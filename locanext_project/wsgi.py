"""The WSGI application: every page and API request."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "locanext_project.settings.server")

application = get_wsgi_application()
