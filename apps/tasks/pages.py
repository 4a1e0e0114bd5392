"""The page of tasks. It carries no tasks: they come through the API and refresh there."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe


@require_safe
@login_required
@ensure_csrf_cookie
def task_list(request: HttpRequest) -> HttpResponse:
    """One's own tasks, and for leads everybody's."""
    return render(request, "tasks/list.html")
