"""Request-wide concerns: the workspace of a request, and the security headers of a response."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from locanext_project import workspaces

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    # Positions and heights of grid rows are set through the style attribute's DOM interface,
    # which a policy does not restrict; no inline style in markup is needed.
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    # The own host's sockets included.
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{name} {sources}" for name, sources in _POLICY.items())
# The admin's theme evaluates the expressions in its markup and writes style attributes. Scripts are files here too.
ADMIN_POLICY = "; ".join(
    f"{name} {sources}"
    for name, sources in (
        _POLICY | {"script-src": "'self' 'unsafe-eval'", "style-src": "'self' 'unsafe-inline'"}
    ).items()
)
ADMIN_PREFIX = "/admin/"
API_PREFIX = "/api/"
HEADERS = {
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Set by other middleware too, but not where one further out refuses a request.
DEFAULTS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def _workspace_of(request: HttpRequest) -> str:
    """What a desktop's gate decided, before anything of Django saw the request."""
    scope = getattr(request, "scope", None)
    return workspaces.of_request(request.META if scope is None else scope)


class WorkspaceMiddleware:
    """Sets the workspace for the whole request. First in the list, so that nothing queries before."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

        self.asynchronous = iscoroutinefunction(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.asynchronous:
            return self._acall(request)
        with workspaces.use(_workspace_of(request)):
            return self.get_response(request)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        with workspaces.use(_workspace_of(request)):
            return await cast(Awaitable[HttpResponseBase], self.get_response(request))


class SecurityHeadersMiddleware:
    """Content security policy without inline script, and a closed permissions policy, on every response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN_POLICY if request.path.startswith(ADMIN_PREFIX) else CONTENT_SECURITY_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in HEADERS.items():
            response[name] = value
        for name, value in DEFAULTS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(API_PREFIX):
            # Answers are one person's; neither a shared cache nor the browser's disk keeps them.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
