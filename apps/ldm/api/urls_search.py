"""The addresses of searching rows and saved filters."""

from __future__ import annotations

from django.urls import path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.api import saved_filters, search

urlpatterns = [
    path("search/rows", search.SearchRows.as_view()),
    path("projects/<signed:project_id>/filters", saved_filters.ProjectFilters.as_view()),
    path("filters/<signed:filter_id>", saved_filters.OneFilter.as_view()),
]
