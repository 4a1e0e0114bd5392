"""The page of repeats: rows with the same source, and every target in use. Rows come through the API."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from apps.ldm.pages import file_context


@require_safe
@login_required
@ensure_csrf_cookie
def repeats(request: HttpRequest, file_id: int) -> HttpResponse:
    """The repeats of a file, or of its whole project. 404 for a file that is gone or may not be seen."""
    return render(request, "ldm/repeats.html", file_context(request, file_id))
