"""Rules of length: how long targets may be in a project, in one file, or in the rows that a filter finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, LengthRule, Project
from apps.ldm.selectors import check_rules, filter_rows
from apps.ldm.services.checks import settings
from locanext_project.errors import Invalid, NotFound

MOST = 50
LONGEST = 1000
HIGHEST = 200_000
FIELDS = ("file", "query", "column", "characters", "lines", "position")
_COLUMN = re.compile(r"[A-Za-z]{1,3}\Z")


def create(*, actor: User, project_id: int, given: Mapping[str, Any]) -> LengthRule:
    """A new rule. Raises NotFound, Forbidden, and Invalid naming the field."""
    project = permissions.get_project(actor, project_id)
    permissions.require(actor, "edit", project)
    values = _values(project, given)
    _require_limit(values.get("characters"), values.get("lines"))
    made: list[LengthRule] = []

    def write(locked: Project) -> Mapping[str, Any]:
        if LengthRule.objects.filter(project=locked).count() >= MOST:
            raise Invalid(_("A project has at most %(most)s rules of length.") % {"most": MOST})
        made.append(LengthRule.objects.create(project=locked, **values))
        return _count(locked)

    settings.change(actor, project.pk, "length_rules_changed", {}, write, values.get("file_id"))
    return made[0]


def update(*, actor: User, project_id: int, rule_id: int, given: Mapping[str, Any]) -> LengthRule:
    """Change a rule; what is not given stays. Raises NotFound, Forbidden, and Invalid naming the field."""
    project = permissions.get_project(actor, project_id)
    rule = _rule(project, rule_id)
    permissions.require(actor, "edit", project)
    values = _values(project, given)
    for name, value in values.items():
        setattr(rule, name, value)
    _require_limit(rule.characters, rule.lines)

    def write(locked: Project) -> Mapping[str, Any]:
        if not LengthRule.objects.filter(pk=rule.pk).exists():
            raise NotFound
        rule.save()
        return _count(locked)

    settings.change(actor, project.pk, "length_rules_changed", {}, write)
    return rule


def delete(*, actor: User, project_id: int, rule_id: int) -> None:
    """Remove a rule. Raises NotFound and Forbidden."""
    project = permissions.get_project(actor, project_id)
    rule = _rule(project, rule_id)

    def write(locked: Project) -> Mapping[str, Any]:
        LengthRule.objects.filter(pk=rule.pk).delete()
        return _count(locked)

    settings.change(actor, project.pk, "length_rules_changed", {}, write, rule.file_id)


def _rule(project: Project, rule_id: int) -> LengthRule:
    rule = LengthRule.objects.filter(project=project, pk=rule_id).first() if -(2**63) <= rule_id < 2**63 else None
    if rule is None:
        raise NotFound
    return rule


def _count(project: Project) -> dict[str, int]:
    """Kept with the project, so that a save asks for rules only where there are some."""
    return {check_rules.LENGTHS: LengthRule.objects.filter(project=project).count()}


def _values(project: Project, given: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(given) - set(FIELDS):
        raise Invalid(_("A rule has no “%(name)s”.") % {"name": min(unknown)}, field=min(unknown))
    values: dict[str, Any] = {}
    for name, least in (("characters", 1), ("lines", 1), ("position", 0)):
        if name in given:
            values[name] = _whole(given[name], name, least)
    if values.get("position", 0) is None:
        values["position"] = 0
    if "file" in given:
        values["file_id"] = _file(project, given["file"])
    if "query" in given:
        values["query"] = _query(given["query"])
    if given.get("column"):
        values["query"] = column_query(given["column"], values.get("query", ""))
    return values


def _whole(value: Any, name: str, least: int) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not least <= value <= HIGHEST:
        words = {"name": name, "least": least, "most": HIGHEST}
        raise Invalid(_("%(name)s is a whole number from %(least)s to %(most)s.") % words, field=name)
    return value


def _file(project: Project, value: Any) -> int | None:
    if value is None:
        return None
    if type(value) is not int:
        raise Invalid(_("file is the number of a file."), field="file")
    known = File.objects.filter(project=project, trash__isnull=True)
    if not -(2**63) <= value < 2**63 or not known.filter(pk=value).exists():
        raise Invalid(_("This file is not in the project."), field="file")
    return value


def _query(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise Invalid(_("query is a filter of at most %(most)s characters.") % {"most": LONGEST}, field="query")
    if value.strip():
        filter_rows.check(value)
    return value.strip()


def column_query(column: Any, query: str) -> str:
    """The filter that finds the rows of a sheet's column. Raises Invalid."""
    if not isinstance(column, str) or not _COLUMN.match(column):
        raise Invalid(_("A column is named by its letters, such as C."), field="column")
    own = f"location:/(^|!){column.upper()}[0-9]+$/"
    return f"{own} ({query})" if query else own


def _require_limit(characters: int | None, lines: int | None) -> None:
    if characters is None and lines is None:
        raise Invalid(_("Say how many characters or lines there may be."), field="characters")
