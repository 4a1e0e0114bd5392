"""Addresses of the pages of platforms, projects, folders, files and rows."""

from __future__ import annotations

from django.urls import path

from apps.ldm import pages
from locanext_project import converters

converters.register()

app_name = "ldm"
urlpatterns = [
    path("files/<signed:file_id>/", pages.editor, name="editor"),
    path("files/<signed:file_id>/changes/", pages.changes, name="changes"),
]
