"""The page of an analysis. It carries the task's id only; the figures come through the API."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from apps.accounts.page_sessions import person_of
from apps.ldm.selectors.analysis import get_analysis
from locanext_project.errors import NotFound


@require_safe
@login_required
@ensure_csrf_cookie
def analysis(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Words by band of what was analysed. 404 for another kind of task, or somebody else's."""
    try:
        task = get_analysis(person_of(request), task_id)
    except NotFound as error:
        raise Http404(error.message) from error
    return render(request, "ldm/analysis.html", {"task": task})
