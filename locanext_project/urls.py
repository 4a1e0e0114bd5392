"""Every address of the project. Apps bring their own; this only mounts them."""

from __future__ import annotations

import importlib.util

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

_MOUNTS = (
    # Tried one after the other: the API, whose requests are the most, before the pages.
    ("api/v1/", "apps.ldm.api.urls"),
    ("api/v1/", "apps.accounts.api.urls"),
    ("api/v1/", "apps.tasks.api.urls"),
    ("api/v1/", "apps.sync.urls"),
    ("", "apps.accounts.urls"),
    ("", "apps.ldm.urls"),
    ("", "apps.tasks.urls"),
    ("", "apps.sync.urls_pages"),
)


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns = [
    path("admin/", admin.site.urls),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=None), name="javascript-catalog"),
    path("api/v1/schema", SpectacularJSONAPIView.as_view(), name="schema"),
    path("api/", login_required(SpectacularSwaggerSplitView.as_view(url_name="schema")), name="api-docs"),
    *(path(prefix, include(module)) for prefix, module in _MOUNTS if _exists(module)),
]

handler400 = "locanext_project.error_pages.bad_request"
handler403 = "locanext_project.error_pages.permission_denied"
handler404 = "locanext_project.error_pages.not_found"
handler500 = "locanext_project.error_pages.server_error"
