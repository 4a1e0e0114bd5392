"""What is answered when no view does: JSON in the one shape under /api/, a page elsewhere.

Named as handlers in `urls`. The pages for 500 and 503 ask no database and no session.
"""

from __future__ import annotations

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _
from django.views import defaults

from locanext_project.api.errors import DISK_FULL, RETRY_SECONDS, UNAVAILABLE, error_body, is_disk_full, of_suspicion
from locanext_project.errors import ServiceError

API_PREFIX = "/api/"


class DiskFull(ServiceError):
    """There was no room to write."""

    code = "disk_full"
    status = 507


def wants_json(request: HttpRequest) -> bool:
    """Whether the answer is for a program."""
    return request.path.startswith(API_PREFIX)


def refusal(request: HttpRequest, error: ServiceError) -> HttpResponse:
    """The answer to a request that reached no view, in the shape its client reads."""
    if wants_json(request):
        return JsonResponse(error_body(error.code, error.message, error.details), status=error.status)
    return _page("refused.html", error.status, {"message": error.message})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a host, a header or a body that no client of ours sends; 413 where there was too much of it."""
    return refusal(request, of_suspicion(exception))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    if wants_json(request):
        return JsonResponse(error_body("forbidden", str(exception) or _("This is not allowed.")), status=403)
    return defaults.permission_denied(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token, such as one of a page that stayed open over a new login."""
    message = _("This page is out of date. Load it again and repeat what you did; nothing was changed.")
    if wants_json(request):
        return JsonResponse(error_body("forbidden", message), status=403)
    return _page("refused.html", 403, {"message": message})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if wants_json(request):
        return JsonResponse(error_body("not_found", _("There is nothing here, or you may not see it.")), status=404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 where the database is gone, also when that was noticed before any view. Details stay in the log."""
    error = sys.exc_info()[1]
    if is_disk_full(error):
        return refusal(request, DiskFull(DISK_FULL))
    if isinstance(error, (OperationalError, InterfaceError)):
        return unavailable(request)
    if wants_json(request):
        body = error_body("server_error", _("The server could not do this. The error is written down."))
        return JsonResponse(body, status=500)
    return _page("500.html", 500, {})


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database does not answer. The server never takes another one instead."""
    if wants_json(request):
        response: HttpResponse = JsonResponse(error_body("unavailable", UNAVAILABLE), status=503)
    else:
        response = _page("503.html", 503, {})
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(template: str, status: int, context: dict[str, Any]) -> HttpResponse:
    """A page made without context processors: they would ask for the person."""
    return HttpResponse(loader.get_template(template).render(context), status=status)
