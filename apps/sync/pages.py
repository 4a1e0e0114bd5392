"""The pages of sync: the start screen of a desktop and the inbox of conflicts; their content comes by the API."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from apps.accounts.page_sessions import person_of
from apps.sync.selectors.chosen_before import chosen_before
from apps.sync.selectors.conflict_places import conflict_places
from apps.sync.selectors.on_this_pc import on_this_pc
from locanext_project import local_ids


@require_safe
@never_cache
@login_required
@ensure_csrf_cookie
def start(request: HttpRequest) -> HttpResponse:
    """The first screen of a desktop: its server, the login, working without one. 404 on a server.

    `?stay=1` is for who comes back to it: without it it goes on to the files where the choice was made before.
    """
    if not local_ids.is_desktop():
        raise Http404(_("There is nothing here, or you may not see it."))
    stay = request.GET.get("stay") == "1"
    if not stay and chosen_before():
        return redirect(settings.LOGIN_REDIRECT_URL)
    context = {"facts": on_this_pc(person_of(request)), "languages": settings.LANGUAGES, "stay": stay}
    return render(request, "sync/start.html", context)


@require_safe
@login_required
@ensure_csrf_cookie
def inbox(request: HttpRequest) -> HttpResponse:
    """Conflicts that somebody has to decide: one's own, and for leads those of their projects."""
    places = conflict_places(person_of(request))
    return render(request, "sync/inbox.html", {"places": json.dumps(places, ensure_ascii=False)})
