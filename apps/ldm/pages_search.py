"""The page that searches rows. It carries the name of the place that is searched; rows come through the API."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from apps.accounts.page_sessions import person_of
from apps.ldm import permissions
from apps.ldm.selectors import tree
from locanext_project.errors import NotFound


@require_safe
@login_required
@ensure_csrf_cookie
def search(request: HttpRequest) -> HttpResponse:
    """Rows by their text. 404 for a scope (`?scope=file:12`) that is gone or may not be seen."""
    try:
        steps = _steps(request, request.GET.get("scope", ""))
    except NotFound as error:
        raise Http404(error.message) from error
    return render(request, "ldm/search.html", {"steps": json.dumps(steps, ensure_ascii=False)})


def _steps(request: HttpRequest, scope: str) -> list[dict[str, Any]]:
    """[{kind, id, name}] from the top down to the scope itself; nothing for everything. Raises NotFound."""
    if scope in ("", "all"):
        return []
    kind, _, number = scope.partition(":")
    if not number.removeprefix("-").isdecimal() or not number.isascii() or len(number) > 20:
        raise NotFound()
    node = permissions.get_node(person_of(request), kind, int(number))
    above = tree.path_of(node)
    return [{"kind": kind, "id": pk, "name": name} for kind, pk, name in [*above, (kind, node.pk, node.name)]]
