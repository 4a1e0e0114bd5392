"""The errors services raise. Every API answer, page and socket shows them in one shape."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


class ServiceError(Exception):
    """A refusal with a reason for people (`message`), for programs (`code`) and its place (`details`)."""

    code = "refused"
    status = 400

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details = details


class Invalid(ServiceError):
    """The request cannot be understood or would break a rule; nothing was changed."""

    code = "invalid"
    status = 400


class NotSignedIn(ServiceError):
    """No valid login came with the request."""

    code = "not_signed_in"
    status = 401


class Forbidden(ServiceError):
    """The person may see the thing but not do this to it."""

    code = "forbidden"
    status = 403


class NotFound(ServiceError):
    """The thing does not exist, or the person may not know that it does: the same answer."""

    code = "not_found"
    status = 404

    def __init__(self, message: str = "", *, code: str | None = None, **details: Any) -> None:
        super().__init__(message or _("There is nothing here, or you may not see it."), code=code, **details)


class Conflict(ServiceError):
    """Somebody or something changed the thing first; `details` carry the present state."""

    code = "conflict"
    status = 409


class TooLarge(ServiceError):
    """More than a limit allows; `details` name the limit."""

    code = "too_large"
    status = 413


class Throttled(ServiceError):
    """Too many attempts; `details["retry_after"]` is in seconds."""

    code = "throttled"
    status = 429


class Unavailable(ServiceError):
    """Something this needs cannot be reached at the moment; nothing was lost."""

    code = "unavailable"
    status = 503
