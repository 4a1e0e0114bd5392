"""Why a server refused, said alike by every carrier."""

from __future__ import annotations

from apps.sync.protocol import Refused
from locanext_project.errors import ServiceError

MUST_CHANGE = "must_change_password"
_BY_STATUS = {401: "login", 403: "forbidden", 404: "gone", 409: "busy", 426: "too_old", 429: "busy"}
RETRY_SECONDS = 10.0


def refused(status: int, code: str, message: str, retry_after: float | None = None) -> Refused:
    """The refusal of an answer with this status and code.

    409 is a moment's clash (try again) unless its code is "epoch"; a server's own trouble (5xx) is
    busy; everything else is invalid.
    """
    if code == MUST_CHANGE:
        reason = "login"
    elif code == "epoch":
        reason = "epoch"
    else:
        reason = "busy" if status >= 500 else _BY_STATUS.get(status, "invalid")
    if reason == "busy" and retry_after is None:
        retry_after = RETRY_SECONDS
    return Refused(reason, message, retry_after)


def of_service(error: ServiceError) -> Refused:
    """The refusal of a service that was called directly."""
    return refused(error.status, error.code, error.message, error.details.get("retry_after"))
