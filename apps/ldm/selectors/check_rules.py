"""What the checks of a file follow: its languages and format, its project's codes and settings, rules of length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Q

from apps.ldm.checks import findings
from apps.ldm.checks.codes import CodeRules
from apps.ldm.checks.custom import MOST, BadPattern, custom_pattern
from apps.ldm.checks.findings import CheckRules, LengthLimit
from apps.ldm.checks.patterns import FAMILIES, Pattern
from apps.ldm.models import File, LengthRule, Project
from apps.ldm.selectors import filter_rows
from locanext_project.errors import Invalid

CODES, CHECKS, LENGTHS, VERSION = "codes", "checks", "length_rules", "checks_version"
"""Keys of Project.settings: which codes there are, what the checks do, how many rules of length there are, and a
number that rises with every change of these."""


@dataclass(frozen=True, slots=True)
class FileRules:
    """Everything that checking rows of one file needs. `lengths` are in the order in which they count."""

    rules: CheckRules
    kinds: tuple[str, ...]
    lengths: tuple[LengthRule, ...]
    version: int


def setting(project: Project, name: str) -> dict[str, Any]:
    """One of the project's settings that is an object; empty where it is not there."""
    kept = project.settings.get(name) if isinstance(project.settings, dict) else None
    return kept if isinstance(kept, dict) else {}


def number(project: Project, name: str) -> int:
    """One of the project's settings that is a number; 0 where it is not there."""
    kept = project.settings.get(name) if isinstance(project.settings, dict) else None
    return kept if type(kept) is int else 0


def code_rules(project: Project) -> CodeRules:
    """The codes of a project; all built-in families where it chose none."""
    kept = setting(project, CODES)
    builtin, custom = kept.get("builtin"), kept.get("custom")
    names = tuple(builtin) if isinstance(builtin, list) else FAMILIES
    own = tuple(
        (str(one.get("name")), str(one.get("pattern")), str(one.get("kind")))
        for one in (custom if isinstance(custom, list) else ())
        if isinstance(one, Mapping)
    )
    return _code_rules(tuple(name for name in names if name in FAMILIES), own[:MOST])


@lru_cache(maxsize=128)
def _code_rules(builtin: tuple[str, ...], own: tuple[tuple[str, str, str], ...]) -> CodeRules:
    patterns: list[Pattern] = []
    for n, (name, source, kind) in enumerate(own):
        try:
            patterns.append(custom_pattern({"name": name, "pattern": source, "kind": kind}, n))
        except BadPattern:
            # Refused when it was saved; what an older version let through is left out, not fatal.
            continue
    return CodeRules(builtin, tuple(patterns))


def kinds_of(project: Project) -> tuple[str, ...]:
    """The checks that a project uses; all of them where it chose none."""
    kept = setting(project, CHECKS).get("kinds")
    return tuple(kind for kind in findings.KINDS if not isinstance(kept, list) or kind in kept)


def blocking_kinds(project: Project) -> tuple[str, ...]:
    """The checks whose errors keep a row from being confirmed; none as a rule."""
    kept = setting(project, CHECKS).get("block_confirm")
    return tuple(kind for kind in findings.KINDS if isinstance(kept, list) and kind in kept)


def rules_of(file: File) -> FileRules:
    """The rules of a file. One query where the project has rules of length, none where it has none."""
    project = file.project
    rules = CheckRules(
        code_rules(project),
        file.source_language or project.source_language,
        file.target_language or project.target_language,
        file.format,
    )
    lengths = tuple(length_rules(file)) if number(project, LENGTHS) else ()
    return FileRules(rules, kinds_of(project), lengths, number(project, VERSION))


def length_rules(file: File) -> list[LengthRule]:
    """The rules of length that concern a file, the most special first: of a file before those of the whole
    project, with a filter before those without."""
    found = LengthRule.objects.filter(Q(file_id=file.pk) | Q(file_id=None), project_id=file.project_id)
    return sorted(found, key=lambda rule: (rule.file_id is None, not rule.query, rule.position, rule.pk))


def limits_of(file: File, lengths: Sequence[LengthRule], row_ids: Iterable[int]) -> dict[int, LengthLimit]:
    """The limit of each row that has one: that of the first rule that concerns it."""
    left = set(row_ids)
    limits: dict[int, LengthLimit] = {}
    for rule in lengths:
        if not left:
            break
        try:
            concerned = filter_rows.among(None, file, rule.query, left) if rule.query else set(left)
        except Invalid:
            # A filter that was valid once, and names a field that is gone.
            continue
        limits |= dict.fromkeys(concerned, LengthLimit(rule.characters, rule.lines))
        left -= concerned
    return limits
