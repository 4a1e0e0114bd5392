"""The addresses of files and rows. Ids may be below zero: such things were born offline."""

from __future__ import annotations

from django.urls import path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.api import files, lookups, rows
from apps.ldm.api.urls_bulk import urlpatterns as bulk_patterns
from apps.ldm.api.urls_checks import urlpatterns as check_patterns
from apps.ldm.api.urls_editor import urlpatterns as editor_patterns
from apps.ldm.api.urls_live import urlpatterns as live_patterns
from apps.ldm.api.urls_memory import urlpatterns as memory_patterns
from apps.ldm.api.urls_pretranslate import urlpatterns as pretranslate_patterns
from apps.ldm.api.urls_search import urlpatterns as search_patterns
from apps.ldm.api.urls_semantic import urlpatterns as semantic_patterns
from apps.ldm.api.urls_terms import urlpatterns as term_patterns
from apps.ldm.api.urls_tree import urlpatterns as tree_patterns

urlpatterns = [
    # First what an open file asks all the time: Django tries one after the other.
    path("rows/<signed:row_id>", rows.OneRow.as_view()),
    path("files/<signed:file_id>/rows", rows.FileRows.as_view(), name="file-rows"),
    path("files/<signed:file_id>/changes", rows.FileChanges.as_view()),
    *tree_patterns,
    *bulk_patterns,
    *check_patterns,
    *editor_patterns,
    *live_patterns,
    *search_patterns,
    *pretranslate_patterns,
    *memory_patterns,
    *term_patterns,
    *semantic_patterns,
    path("uploads", files.Uploads.as_view()),
    path("uploads/<uuid:upload_id>/inspect", files.InspectUpload.as_view()),
    path("imports", files.Imports.as_view()),
    path("files/<signed:file_id>/reimport", files.Reimport.as_view()),
    path("files/<signed:file_id>/bilingual", files.BilingualReturn.as_view()),
    path("files/<signed:file_id>/download", files.DownloadFile.as_view()),
    path("folders/<signed:node_id>/download", files.DownloadTree.as_view(node_kind="folder")),
    path("projects/<signed:node_id>/download", files.DownloadTree.as_view(node_kind="project")),
    path("plans/<uuid:plan_id>/items", files.PlanItems.as_view()),
    path("plans/<uuid:plan_id>/apply", files.ApplyPlan.as_view()),
    path("files/<signed:file_id>/views", rows.FileViews.as_view()),
    path("files/<signed:file_id>/locate", rows.FileLocate.as_view()),
    path("files/<signed:file_id>/change-sets", files.ChangeSets.as_view()),
    path("change-sets/<signed:change_set_id>", files.OneChangeSet.as_view()),
    path("change-sets/<signed:change_set_id>/items", files.ChangeSetItems.as_view()),
    path("change-sets/<signed:change_set_id>/revert", files.RevertChangeSet.as_view()),
    path("files/<signed:file_id>/lookup", lookups.FileLookup.as_view()),
    path("files/<signed:file_id>/lookup/many", lookups.FileLookupMany.as_view()),
    path("files/<signed:file_id>/concordance", lookups.FileConcordance.as_view()),
    path("rows/status", rows.RowsStatus.as_view()),
    path("rows/<signed:row_id>/history", rows.RowHistory.as_view()),
]
