"""Gives every audit entry of a request its address and the request's number."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.accounts.network import client_ip
from apps.audit.context import context

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
HEADER = "X-Request-ID"


class AuditContextMiddleware:
    """Right after WorkspaceMiddleware. Sets `request.request_id`, also sent back as X-Request-ID."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._acall(request)
        ip, request_id = self._origin(request)
        with context(ip=ip, request_id=request_id):
            response = self.get_response(request)
        response[HEADER] = request_id  # type: ignore[index]
        return response

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        ip, request_id = self._origin(request)
        with context(ip=ip, request_id=request_id):
            response = await self.get_response(request)  # type: ignore[misc]
        response[HEADER] = request_id
        return response

    @staticmethod
    def _origin(request: HttpRequest) -> tuple[str, str]:
        request_id = uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        return client_ip(request.META, settings.TRUSTED_PROXIES) or "", request_id
