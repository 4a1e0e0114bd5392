"""How large a request may be. What is larger is refused by its header, before anything reads it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from locanext_project import error_pages
from locanext_project.errors import Invalid, ServiceError, TooLarge

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
UPLOADS = "/api/v1/uploads"
# Boundaries, names and paths around the files of one request.
MULTIPART_SLACK = 1024 * 1024


class TooLongAddress(ServiceError):
    """The query is longer than any of ours; `details` name the limit in bytes."""

    code = "address_too_long"
    status = 414


class RequestLimitsMiddleware:
    """Refuses long queries (414), NUL characters (400), large bodies (413) and bodies of unknown length (411)."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.asynchronous = iscoroutinefunction(get_response)
        if self.asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.asynchronous:
            return self._acall(request)
        return _refused(request) or self.get_response(request)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        return _refused(request) or await cast(Awaitable[HttpResponseBase], self.get_response(request))


def _refused(request: HttpRequest) -> HttpResponseBase | None:
    try:
        check(request)
    except ServiceError:
        # Nobody has looked at the request's language yet: the refusal is made once more, in that language.
        with translation.override(translation.get_language_from_request(request)):
            try:
                check(request)
            except ServiceError as error:
                return error_pages.refusal(request, error)
    return None


def check(request: HttpRequest) -> None:
    """Raises TooLongAddress, TooLarge or Invalid by what the headers of a request announce."""
    if len(request.META.get("QUERY_STRING", "")) > settings.QUERY_STRING_MAX:
        raise TooLongAddress(_("This address is too long."), limit=settings.QUERY_STRING_MAX)
    if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
        # No text of ours holds it, and PostgreSQL can neither keep it nor look for it.
        raise Invalid(_("This address holds a character that no text can hold."), code="bad_character")
    announced = str(request.META.get("CONTENT_LENGTH") or "")
    if not announced:
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            error = Invalid(_("Send the length of the body (Content-Length)."), code="length_required")
            error.status = 411
            raise error
        return
    if not (announced.isascii() and announced.isdecimal()):
        raise Invalid(_("Content-Length is a number of bytes."), code="bad_length")
    megabytes, limit = _limit_of(request)
    if int(announced[:20]) > limit:
        raise TooLarge(_("This is larger than %(megabytes)s MB.") % {"megabytes": megabytes}, limit_mb=megabytes)


def _limit_of(request: HttpRequest) -> tuple[int, int]:
    """(megabytes as told, bytes) that this request may bring."""
    if request.path == UPLOADS:
        return settings.UPLOAD_MAX_MB, settings.UPLOAD_MAX_MB * 1024 * 1024 + MULTIPART_SLACK
    size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return size // (1024 * 1024), size
