"""The addresses of pretranslation, analysis and rates. Ids may be below zero."""

from __future__ import annotations

from django.urls import path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.api import analysis, pretranslate

urlpatterns = [
    path("pretranslate", pretranslate.PretranslateMany.as_view()),
    path("analysis", analysis.AnalysisMany.as_view()),
    path("projects/<signed:node_id>/rates", analysis.ProjectRates.as_view()),
]
for kind in ("file", "folder", "project"):
    urlpatterns += [
        path(f"{kind}s/<signed:node_id>/pretranslate", pretranslate.Pretranslate.as_view(node_kind=kind)),
        path(f"{kind}s/<signed:node_id>/analysis", analysis.Analysis.as_view(node_kind=kind)),
    ]
