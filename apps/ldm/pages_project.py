"""The page of a project's settings: its codes, what its checks do, how long targets may be. Values come by the API."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from apps.ldm import permissions
from apps.ldm.selectors import tree
from apps.ldm.services.tree.offline_storage import shown_name
from locanext_project.errors import NotFound


@require_safe
@login_required
@ensure_csrf_cookie
def settings(request: HttpRequest, node_id: int) -> HttpResponse:
    """The settings of a project. 404 for one that is gone or may not be seen; who may not change them reads them."""
    try:
        project = permissions.get_node(request.user, "project", node_id)
    except NotFound as error:
        raise Http404(error.message) from error
    steps = [{"kind": kind, "id": pk, "name": name} for kind, pk, name in tree.path_of(project)]
    name = shown_name("project", project.pk, project.name)
    context = {
        "project": project,
        "name": name,
        "may_edit": permissions.may(request.user, project)["edit"],
        "steps": [*steps, {"kind": "project", "id": project.pk, "name": name}],
    }
    return render(request, "ldm/project_settings.html", context)
