"""One error shape for every endpoint: {"error": {"code", "message", "details"}}."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from locanext_project.errors import Invalid, ServiceError, TooLarge

UNAVAILABLE = gettext_lazy("The server cannot reach its database. Nothing was lost.")
DISK_FULL = gettext_lazy(
    "The disk is full. This was not saved; everything saved before is kept. Free some space and save again."
)
RETRY_SECONDS = 10
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def error_body(code: str, message: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON of an error."""
    return {"error": {"code": code, "message": message, "details": details or {}}}


def is_disk_full(error: BaseException | None) -> bool:
    """Whether the database had no room to write: SQLite and PostgreSQL each have words of their own for it."""
    text = str(error)
    return isinstance(error, OperationalError) and ("disk is full" in text or "No space left" in text)


def of_suspicion(error: Exception) -> ServiceError:
    """What Django found suspicious, as a refusal. Its own words name settings and stay in the log."""
    if isinstance(error, TOO_MUCH):
        return TooLarge(_("There is more in this request than the server accepts."))
    return Invalid(_("The server does not understand this request."), code="bad_request")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn service, REST framework and database errors into the one shape; others stay errors."""
    if isinstance(error, SuspiciousOperation):
        error = of_suspicion(error)
    if isinstance(error, DataError) or (isinstance(error, OverflowError) and "SQLite" in str(error)):
        # A value that passed every check and does not fit its column: the client's, not the server's.
        error = Invalid(_("A value here is larger than what can be kept."))
    if isinstance(error, ServiceError):
        headers = {"Retry-After": str(error.details["retry_after"])} if "retry_after" in error.details else {}
        return Response(error_body(error.code, error.message, error.details), error.status, headers=headers)
    if isinstance(error, Http404):
        return Response(error_body("not_found", _("There is nothing here, or you may not see it.")), 404)
    if isinstance(error, PermissionDenied):
        return Response(error_body("forbidden", str(error) or _("This is not allowed.")), 403)
    if is_disk_full(error):
        return Response(error_body("disk_full", str(DISK_FULL)), 507)
    if isinstance(error, (OperationalError, InterfaceError)):
        return Response(error_body("unavailable", str(UNAVAILABLE)), 503, headers={"Retry-After": str(RETRY_SECONDS)})
    if isinstance(error, exceptions.ValidationError):
        set_rollback()
        return Response(error_body("invalid", _first_message(error.detail), {"fields": error.detail}), 400)
    if isinstance(error, exceptions.APIException):
        set_rollback()
        challenge, wait = getattr(error, "auth_header", None), getattr(error, "wait", None)
        headers = {"WWW-Authenticate": str(challenge)} if challenge else {}
        if wait:
            headers["Retry-After"] = str(int(wait))
        code = {401: "not_signed_in", 403: "forbidden", 404: "not_found"}.get(error.status_code, error.default_code)
        return Response(error_body(str(code), str(error.detail)), error.status_code, headers=headers)
    return None


def _first_message(detail: Any) -> str:
    """The first sentence of a nested validation error, with the field it belongs to."""
    if isinstance(detail, dict):
        for field, inner in detail.items():
            text = _first_message(inner)
            return text if field == "non_field_errors" else f"{field}: {text}"
    if isinstance(detail, list) and detail:
        return _first_message(detail[0])
    return str(detail)
