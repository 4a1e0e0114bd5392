"""Names of platforms, projects, folders and files: what is one, and which are free in a place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.ldm.models import File, Folder, Platform, Project
from apps.ldm.models.tree import NAME_LENGTH
from locanext_project.errors import Invalid

_SUFFIX = re.compile(r"^(?P<stem>.*\S) \((?P<number>\d{1,9})\)$", re.DOTALL)
_NO_CHARACTER = {"Cc", "Cs", "Zl", "Zp"}


def clean_name(name: str) -> str:
    """The name as it is stored: trimmed, composed (a Mac sends Hangul in pieces). Raises Invalid."""
    cleaned = unicodedata.normalize("NFC", name).strip()
    if not cleaned:
        raise Invalid(_("A name is needed."), field="name")
    if len(cleaned) > NAME_LENGTH:
        raise Invalid(
            _("A name has at most %(most)s characters; this one has %(count)s.")
            % {"most": NAME_LENGTH, "count": len(cleaned)},
            field="name",
        )
    if cleaned in (".", ".."):
        raise Invalid(_("“.” and “..” mean places, and cannot be names."), field="name")
    if "/" in cleaned or "\\" in cleaned:
        raise Invalid(_("A name cannot hold / or \\, which separate folders."), field="name")
    if any(unicodedata.category(character) in _NO_CHARACTER for character in cleaned):
        raise Invalid(_("A name cannot hold control characters or line breaks."), field="name")
    return cleaned


def free_name(taken: Collection[str], name: str, *, ending: bool = True) -> str:
    """`name`, or the first free of "name (2).ext", "name (3).ext", …; never longer than allowed.

    `ending`: whether the last dot begins an ending (files) or is part of the name (folders).
    """
    if name not in taken:
        return name
    stem, extension = _split(name) if ending else (name, "")
    number = 2
    if found := _SUFFIX.match(stem):
        stem, number = found["stem"], int(found["number"]) + 1
    while True:
        suffix = f" ({number}){extension}"
        candidate = stem[: NAME_LENGTH - len(suffix)].rstrip() + suffix
        if candidate not in taken:
            return candidate
        number += 1


def _split(name: str) -> tuple[str, str]:
    """ "quest.txt" → "quest", ".txt"; a leading dot begins no ending, nor does one far from the end."""
    dot = name.rfind(".")
    if dot <= 0 or not 1 < len(name) - dot <= 20:
        return name, ""
    return name[:dot], name[dot:]


def siblings(kind: str, parent_id: Any, project_id: Any = None) -> QuerySet[Any]:
    """Live nodes of a kind in a place.

    `parent_id`: the platform of projects, the folder of folders and files (None: the top).
    `project_id`: the project of folders and files.
    """
    if kind == "platform":
        return Platform.objects.filter(trash__isnull=True)
    if kind == "project":
        return Project.objects.filter(trash__isnull=True, platform_id=parent_id)
    if kind == "folder":
        return Folder.objects.filter(trash__isnull=True, project_id=project_id, parent_id=parent_id)
    return File.objects.filter(trash__isnull=True, project_id=project_id, folder_id=parent_id)


def taken_names(kind: str, parent_id: int | None, project_id: int | None = None) -> set[str]:
    """Names of live nodes of a kind in a place; for the arguments see `siblings`."""
    return set(siblings(kind, parent_id, project_id).values_list("name", flat=True))


def require_free(
    kind: str, name: str, parent_id: int | None, project_id: int | None = None, *, but: int | None = None
) -> None:
    """Raises Invalid where another live node of the kind has the name in that place; `but` is the node itself."""
    same = siblings(kind, parent_id, project_id).filter(name=name)
    if same.exclude(pk=but).exists():
        raise Invalid(
            _("There is already a %(kind)s named “%(name)s” here.") % {"kind": _(kind), "name": name},
            code="name_taken",
            field="name",
            name=name,
        )
