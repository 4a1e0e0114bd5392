"""What a word of each band costs, in percent of a new one: kept with the project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import Project
from apps.ldm.services.analysis.bands import BANDS
from apps.ldm.services.tree.create import changed
from locanext_project import workspaces
from locanext_project.errors import Invalid

SETTING = "rates"
HIGHEST = 1000
DEFAULTS = {
    "102": 0, "101": 0, "100": 30, "repetition": 30, "95-99": 60, "85-94": 60, "75-84": 60, "internal": 60,
    "50-74": 100, "new": 100,
}  # fmt: skip
"""Those of the field's open system that pays by bands: docs/user/analysis.md says which and why."""


def rates_of(project: Project) -> dict[str, int]:
    """The project's rates by band; the usual ones where it has none."""
    kept = project.settings.get(SETTING) if isinstance(project.settings, dict) else None
    known = kept if isinstance(kept, dict) else {}
    return {band: known.get(band, DEFAULTS[band]) for band in BANDS}


def set_rates(*, actor: User, project_id: int, rates: Mapping[str, Any]) -> dict[str, int]:
    """Set rates of some bands; returns all of them. Raises NotFound, Forbidden, and Invalid naming the band."""
    for band, rate in rates.items():
        if band not in BANDS:
            raise Invalid(_("There is no band “%(name)s”.") % {"name": band}, field=band)
        if type(rate) is not int or not 0 <= rate <= HIGHEST:
            raise Invalid(_("A rate is a whole number from 0 to %(most)s.") % {"most": HIGHEST}, field=band)
    with workspaces.atomic():
        permissions.require(actor, "edit", permissions.get_project(actor, project_id))
        project = Project.objects.select_for_update(of=("self",)).get(pk=project_id)
        before = rates_of(project)
        after = {**before, **rates}
        if after == before:
            return before
        project.settings = {**(project.settings or {}), SETTING: after}
        for name, value in changed(actor).items():
            setattr(project, name, value)
        project.save(update_fields=["settings", "changed_at", "changed_by_id", "changed_by_name"])
        record(
            "rates_changed",
            actor=actor,
            target_kind="project",
            target_id=project.pk,
            target_name=project.name,
            detail={"before": before, "after": after},
        )
    return after
