"""The page of memories and term bases. It carries names and ids only; entries come through the API."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from apps.ldm import permissions_memory
from apps.ldm.formats.languages import LANGUAGES
from apps.ldm.pages_explorer import ENCODINGS
from locanext_project.errors import NotFound

ACCEPT = (".tmx", ".tbx", ".xlsx", ".tsv", ".txt", ".csv", ".xml", ".po")


@require_safe
@login_required
@ensure_csrf_cookie
def memory(request: HttpRequest, memory_id: int | None = None) -> HttpResponse:
    """The explorer of memories with one of them opened, or none. 404 for one that is gone or may not be seen."""
    if memory_id is not None:
        try:
            permissions_memory.get_memory(request.user, memory_id)
        except NotFound as error:
            raise Http404(error.message) from error
    context = {
        "languages": LANGUAGES.values(),
        "encodings": ENCODINGS,
        "accept": ",".join(ACCEPT),
        "memory_id": memory_id,
    }
    return render(request, "ldm/memory.html", context)
