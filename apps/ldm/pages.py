"""Pages of the editor. They carry names and ids only; rows come through the API."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.ldm import permissions
from apps.ldm.selectors import tree
from locanext_project.errors import NotFound
from locanext_project.local_ids import is_desktop


@require_safe
@login_required
def editor(request: HttpRequest, file_id: int) -> HttpResponse:
    """The grid of a file. 404 for a file that is gone or may not be seen.

    On a desktop one of the server's that is not there yet: the page of the 404 fetches it and opens it.
    """
    try:
        context = file_context(request, file_id)
    except Http404:
        if file_id < 0 or not is_desktop():
            raise
        return render(request, "ldm/fetching.html", {"file_id": file_id}, status=404)
    return render(request, "ldm/editor.html", context)


@require_safe
@login_required
def changes(request: HttpRequest, file_id: int) -> HttpResponse:
    """The change sets of a file: what changed many rows at once, and the way back."""
    return render(request, "ldm/changes.html", file_context(request, file_id))


def file_context(request: HttpRequest, file_id: int) -> dict[str, Any]:
    """{"file": File, "path": [{kind, id, name}] from the platform down to the folder}."""
    try:
        file = permissions.get_file(request.user, file_id)
    except NotFound as error:
        raise Http404(error.message) from error
    return {"file": file, "path": [{"kind": kind, "id": pk, "name": name} for kind, pk, name in tree.path_of(file)]}
