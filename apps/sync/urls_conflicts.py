"""Addresses of conflicts."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.sync.api import conflicts

urlpatterns: list[URLPattern] = [
    path("conflicts", conflicts.Conflicts.as_view()),
    path("conflicts/count", conflicts.ConflictsCount.as_view()),
    path("conflicts/resolve", conflicts.ResolveConflicts.as_view()),
    path("conflicts/<uuid:op>/resolve", conflicts.ResolveConflict.as_view()),
]
