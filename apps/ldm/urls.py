"""Addresses of the pages of platforms, projects, folders, files and rows."""

from __future__ import annotations

from django.urls import path

from apps.ldm import pages, pages_analysis, pages_explorer, pages_memory, pages_project, pages_repeats, pages_search
from locanext_project import converters

converters.register()

app_name = "ldm"
urlpatterns = [
    path("", pages_explorer.explorer, name="explorer"),
    path("platforms/<signed:node_id>/", pages_explorer.explorer, {"kind": "platform"}, name="platform"),
    path("projects/<signed:node_id>/", pages_explorer.explorer, {"kind": "project"}, name="project"),
    path("folders/<signed:node_id>/", pages_explorer.explorer, {"kind": "folder"}, name="folder"),
    path("trash/", pages_explorer.trash, name="trash"),
    path("projects/<signed:node_id>/import/", pages_explorer.import_into, {"kind": "project"}, name="import-project"),
    path("folders/<signed:node_id>/import/", pages_explorer.import_into, {"kind": "folder"}, name="import-folder"),
    path("projects/<signed:node_id>/settings/", pages_project.settings, name="project-settings"),
    path("memory/", pages_memory.memory, name="memory"),
    path("memory/<signed:memory_id>/", pages_memory.memory, name="memory-opened"),
    path("search/", pages_search.search, name="search"),
    path("analysis/<uuid:task_id>/", pages_analysis.analysis, name="analysis"),
    path("files/<signed:file_id>/", pages.editor, name="editor"),
    path("files/<signed:file_id>/changes/", pages.changes, name="changes"),
    path("files/<signed:file_id>/repeats/", pages_repeats.repeats, name="repeats"),
    path("files/<signed:file_id>/new-version/", pages_explorer.new_version, name="new-version"),
    path("files/<signed:file_id>/bilingual/", pages_explorer.bilingual, name="bilingual"),
]
