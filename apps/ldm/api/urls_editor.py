"""The addresses of what the editor shows beside its rows."""

from __future__ import annotations

from django.urls import path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.api import reference

urlpatterns = [path("files/<signed:file_id>/reference", reference.FileReference.as_view())]
