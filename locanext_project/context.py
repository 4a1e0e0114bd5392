"""What every page knows: theme, density, language, the person, the places of the rail, the version."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from locanext_project import local_ids, workspaces

THEMES = ("dark", "light", "system")
DENSITIES = ("tight", "normal", "roomy")
# Names of the pages the frame links to. A page that does not exist yet has no link.
PLACES = {
    "files": "ldm:files",
    "memory": "ldm:memory",
    "tasks": "tasks:list",
    "inbox": "sync:inbox",
    "start": "sync:start",
    "account": "accounts:account",
    "people": "accounts:people",
    "login": "accounts:login",
    "logout": "accounts:logout",
}


SERVER_PLACES = ("people", "login", "logout")
"""A desktop has one person, whom nobody logs in or out."""
DESKTOP_PLACES = ("start",)


def _places(is_lead: bool, desktop: bool) -> dict[str, str]:
    """{place: address} of the pages that exist."""
    found: dict[str, str] = {}
    for place, name in PLACES.items():
        if (place == "people" and not is_lead) or place in (SERVER_PLACES if desktop else DESKTOP_PLACES):
            continue
        try:
            found[place] = reverse(name)
        except NoReverseMatch:
            continue
    found.setdefault("files", "/")
    return found


def _choice(preferences: Mapping[str, Any], name: str, allowed: tuple[str, ...], otherwise: str) -> str:
    value = preferences.get(name)
    return value if isinstance(value, str) and value in allowed else otherwise


def interface(request: HttpRequest) -> dict[str, Any]:
    """Context processor. `interface.data` is the JSON that scripts read: user, preferences, places, version."""
    user = getattr(request, "user", None)
    signed_in = bool(user is not None and user.is_authenticated)
    stored = getattr(user, "preferences", None) if signed_in else None
    preferences: dict[str, Any] = stored if isinstance(stored, dict) else {}
    is_lead = signed_in and bool(getattr(user, "is_lead", False))
    # An error page may come from outside of any workspace: it says nothing of a desktop then.
    desktop = workspaces.current() is not None and local_ids.is_desktop()
    places = _places(is_lead, desktop)
    summary = None
    if signed_in and user is not None:
        summary = {
            "id": user.pk,
            "username": user.get_username(),
            "name": str(getattr(user, "name", "") or user.get_username()),
            "role": getattr(user, "role", ""),
            "is_lead": is_lead,
            "is_reviewer": bool(getattr(user, "is_reviewer", False)),
        }
    theme = _choice(preferences, "theme", THEMES, "dark")
    return {
        "interface": {
            "theme": theme,
            # Scripts refine "system" before the first paint; without scripts the dark theme stands.
            "theme_now": "light" if theme == "light" else "dark",
            "density": _choice(preferences, "density", DENSITIES, "normal"),
            "language": get_language() or settings.LANGUAGE_CODE,
            "user": summary,
            "places": places,
            "desktop": desktop,
            "version": settings.VERSION,
            "database_fallback": os.environ.get("DATABASE_FALLBACK") == "1",
            "data": json.dumps(
                {
                    "user": summary,
                    "preferences": preferences,
                    "places": places,
                    "version": settings.VERSION,
                    # Scripts show what only a desktop has, and leave out what it cannot have.
                    "desktop": desktop,
                },
                ensure_ascii=False,
                separators=(",", ":"),
            ),
        }
    }
