"""The addresses of acts on many rows: status, text, replace, paste, repeats."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.ldm.api import acts, change_sets, repeats

urlpatterns: list[URLPattern] = [
    path("files/<signed:file_id>/acts", acts.Acts.as_view()),
    path("files/<signed:file_id>/acts/preview", acts.ActsPreview.as_view()),
    path("files/<signed:file_id>/copy-block", acts.CopyBlock.as_view()),
    path("files/<signed:node_id>/repeats", repeats.Repeats.as_view()),
    path("projects/<signed:node_id>/repeats", repeats.Repeats.as_view(node_kind="project")),
    path("files/<signed:node_id>/repeats/<signed:source_hash>/rows", repeats.RepeatRows.as_view()),
    path(
        "projects/<signed:node_id>/repeats/<signed:source_hash>/rows", repeats.RepeatRows.as_view(node_kind="project")
    ),
    path("rows/<signed:row_id>/repeats", repeats.RowRepeats.as_view()),
    path("projects/<signed:node_id>/change-sets", change_sets.ProjectChangeSets.as_view()),
]
