"""The addresses of terms and candidates. Ids may be below zero."""

from __future__ import annotations

from django.urls import path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.api import terms

urlpatterns = [
    path("memories/<signed:memory_id>/terms", terms.MemoryTerms.as_view()),
    path("memories/<signed:memory_id>/terms/act", terms.TermsAct.as_view()),
    path("memories/<signed:memory_id>/candidates", terms.Candidates.as_view()),
    path("memories/<signed:memory_id>/candidates/extract", terms.CandidatesExtract.as_view()),
    path("memories/<signed:memory_id>/candidates/decide", terms.CandidatesDecide.as_view()),
    path("terms/<signed:term_id>", terms.OneTerm.as_view()),
]
