"""Parts of the tree that a desktop asks for instead of all: some nodes, and all that lies below others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.ldm.models import Folder
from apps.ldm.selectors.folders import folders_below
from apps.sync.protocol import MOST_PARTS
from locanext_project.errors import Invalid

KINDS = ("platform", "project", "folder", "file")
"""Parents first."""
MOST_FOLDERS = 10_000
"""In one statement; of more of them the whole projects are given: a desktop passes over what it did not ask for."""
_PLACE = re.compile(r"(platform|project|folder|file):(\d{1,18})")


def conditions(below: Sequence[str], only: Sequence[str]) -> dict[str, Q]:
    """{kind: condition} of `only` these places and of all `below` others, those too; of everything without either.

    Places are written "project:12"; one that is not there, or not for the person, is no error: nothing lies in it.
    Raises Invalid for too many, and for what is no place.
    """
    if not below and not only:
        return {kind: Q() for kind in KINDS}
    inside, alone = _by_kind(below), _by_kind(only)
    platforms, projects = inside["platform"], inside["project"]
    folders = folders_below(inside["folder"])
    if len(folders) > MOST_FOLDERS:
        tops = Folder.objects.filter(pk__in=inside["folder"])
        folders, projects = [], projects | set(tops.values_list("project_id", flat=True))
    in_project = Q(project_id__in=projects) | Q(project__platform_id__in=platforms)
    return {
        "platform": Q(pk__in=platforms | alone["platform"]),
        "project": Q(pk__in=projects | alone["project"]) | Q(platform_id__in=platforms),
        "folder": in_project | Q(pk__in=alone["folder"] | set(folders)),
        "file": in_project | Q(pk__in=inside["file"] | alone["file"]) | Q(folder_id__in=folders),
    }


def _by_kind(places: Iterable[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for count, place in enumerate(places):
        match = _PLACE.fullmatch(place)
        if match is None or count >= MOST_PARTS:
            raise Invalid(
                _("Name at most %(most)s places, each a kind and an id, such as project:12.") % {"most": MOST_PARTS}
            )
        found[match[1]].add(int(match[2]))
    return found
