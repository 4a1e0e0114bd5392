"""What a project's leads decide about checks: its codes, the checks in use, what keeps a row from being confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.checks.custom import MOST, BadPattern, custom_pattern
from apps.ldm.checks.findings import KINDS
from apps.ldm.checks.patterns import FAMILIES
from apps.ldm.models import Project
from apps.ldm.selectors import check_rules
from apps.ldm.services.checks import whole_file
from apps.ldm.services.checks.pattern_words import in_words
from apps.ldm.services.tree.create import changed as stamps
from locanext_project import workspaces
from locanext_project.errors import Invalid


def set_codes(*, actor: User, project_id: int, codes: Mapping[str, Any]) -> Project:
    """Which codes the texts of a project have: {"builtin": [families], "custom": [{"name", "pattern", "kind"}]}.

    Its files are checked again. Raises NotFound, Forbidden, and Invalid naming the place in a pattern.
    """
    builtin = _names(codes.get("builtin", list(FAMILIES)), FAMILIES, "builtin")
    custom = codes.get("custom", [])
    if not isinstance(custom, list) or len(custom) > MOST:
        raise Invalid(_("A project has at most %(most)s patterns of its own.") % {"most": MOST}, field="custom")
    kept = [_custom(one, n) for n, one in enumerate(custom)]
    if len({one["name"] for one in kept}) < len(kept):
        raise Invalid(_("Two patterns have the same name."), field="custom")
    return change(actor, project_id, "codes_changed", {check_rules.CODES: {"builtin": builtin, "custom": kept}})


def set_checks(*, actor: User, project_id: int, checks: Mapping[str, Any]) -> Project:
    """Which checks a project uses, and whose errors keep a row from being confirmed:
    {"kinds": [...], "block_confirm": [...]}; what is not given stays. Raises NotFound, Forbidden, Invalid."""
    if unknown := set(checks) - {"kinds", "block_confirm"}:
        raise Invalid(_("There is no setting “%(name)s”.") % {"name": min(unknown)}, field=min(unknown))
    given = {name: _names(value, KINDS, name) for name, value in checks.items()}
    project = permissions.get_project(actor, project_id)
    return change(
        actor,
        project_id,
        "checks_changed",
        {check_rules.CHECKS: {**check_rules.setting(project, check_rules.CHECKS), **given}},
    )


def _names(value: Any, valid: Sequence[str], field: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Invalid(_("%(field)s is a list of names.") % {"field": field}, field=field)
    for one in value:
        if one not in valid:
            words = {"field": field, "name": one, "valid": ", ".join(valid)}
            raise Invalid(_("%(field)s has no “%(name)s”. It has %(valid)s.") % words, field=field)
    return [one for one in valid if one in value]


def _custom(given: Any, number: int) -> dict[str, str]:
    if not isinstance(given, dict):
        raise Invalid(_("A pattern has a name, a pattern and a kind."), field=f"custom.{number}")
    try:
        pattern = custom_pattern(given, number)
    except BadPattern as error:
        raise Invalid(in_words(error.message), code="bad_pattern", field=f"custom.{number}", at=error.at) from None
    return {"name": given["name"], "pattern": given["pattern"], "kind": pattern.kind}


def change(
    actor: User,
    project_id: int,
    action: str,
    settings: Mapping[str, Any],
    also: Callable[[Project], Mapping[str, Any]] = lambda project: {},
    file_id: int | None = None,
) -> Project:
    """Set settings of a project that its checks follow, and have its files (or one of them) checked again.

    `also` writes what belongs to it in the same transaction, and gives more settings. Files are locked before the
    project, as everywhere. Raises NotFound and Forbidden.
    """
    with workspaces.atomic():
        permissions.require(actor, "edit", permissions.get_project(actor, project_id))
        whole_file.check_again(project_id, file_id)
        project = Project.objects.select_for_update(of=("self",)).get(pk=project_id)
        before = project.settings if isinstance(project.settings, dict) else {}
        settings = {**settings, **also(project)}
        version = check_rules.number(project, check_rules.VERSION) + 1
        project.settings = {**before, **settings, check_rules.VERSION: version}
        for name, value in stamps(actor).items():
            setattr(project, name, value)
        project.save(update_fields=["settings", "changed_at", "changed_by_id", "changed_by_name"])
        record(
            action,
            actor=actor,
            target_kind="project",
            target_id=project.pk,
            target_name=project.name,
            detail={"before": {name: before.get(name) for name in settings}, "after": dict(settings)},
        )
        whole_file.submit_project(actor=actor, project_id=project_id)
    return project
