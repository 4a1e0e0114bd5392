"""The addresses of checks, findings, codes and length rules."""

from __future__ import annotations

from django.urls import URLPattern, path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.api import checks, codes, length_rules

urlpatterns: list[URLPattern] = [
    path("files/<signed:file_id>/check", checks.CheckTyped.as_view()),
    path("files/<signed:file_id>/check-all", checks.CheckAll.as_view()),
    path("files/<signed:file_id>/issues", checks.FileIssues.as_view()),
    path("files/<signed:file_id>/issues/counts", checks.IssueCounts.as_view()),
    path("files/<signed:file_id>/issues/rows", checks.IssuesOfRows.as_view()),
    path("files/<signed:file_id>/issues/dismiss", checks.DismissIssues.as_view()),
    path("files/<signed:file_id>/issues/export", checks.ExportIssues.as_view()),
    path("projects/<signed:node_id>/check-all", checks.CheckProject.as_view()),
    path("projects/<signed:node_id>/codes", codes.ProjectCodes.as_view()),
    path("projects/<signed:node_id>/checks", codes.ProjectChecks.as_view()),
    path("projects/<signed:node_id>/length-rules", length_rules.LengthRules.as_view()),
    path("projects/<signed:node_id>/length-rules/<signed:rule_id>", length_rules.OneLengthRule.as_view()),
]
