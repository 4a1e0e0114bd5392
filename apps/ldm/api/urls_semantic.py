"""The addresses of engines and vectors."""

from __future__ import annotations

from django.urls import path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.api import semantic

urlpatterns = [
    path("engines", semantic.EnginesView.as_view()),
    path("memories/<signed:memory_id>/vectors", semantic.MemoryVectors.as_view()),
]
