"""What a term's values may be, and how they are set and stamped."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.tm.matching.normalise import text_hash
from apps.tm.models import Term
from apps.tm.selectors.search_entries import storable
from locanext_project.errors import Invalid

LENGTHS = {"source": 500, "target": 500, "part_of_speech": 40, "concept": 80, "definition": 10_000, "note": 10_000}
"""Characters of each text."""
FIELDS = (
    "memory_id", "source", "target", "source_hash", "use", "part_of_speech", "case_sensitive", "definition", "note",
    "concept", "created_at", "created_by_id", "created_by_name", "changed_at", "changed_by_id", "changed_by_name",
    "rev", "removed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TermEdit:
    """What to set; None leaves a thing as it is."""

    source: str | None = None
    target: str | None = None
    use: str | None = None
    part_of_speech: str | None = None
    definition: str | None = None
    note: str | None = None
    concept: str | None = None
    case_sensitive: bool | None = None

    def checked(self) -> dict[str, Any]:
        """The given values as they are stored. Raises Invalid naming the field."""
        values: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None:
                continue
            if isinstance(value, str):
                value = value.strip()
                if problem := problem_of(field.name, value):
                    raise Invalid(problem, field=field.name)
            values[field.name] = value
        return values


def problem_of(name: str, value: str) -> str:
    """Why a text cannot be stored under a name, as a sentence; empty where it can."""
    if not storable(value):
        return _("This text has a character that cannot be stored.")
    if name == "use":
        return "" if value in Term.Use.values else _("use is one of %(uses)s.") % {"uses": ", ".join(Term.Use.values)}
    if len(value) > LENGTHS[name]:
        return _("At most %(length)s characters.") % {"length": LENGTHS[name]}
    if name == "source" and not value:
        return _("A term needs a source.")
    return ""


def require_translation(use: str, target: str) -> None:
    """Raises Invalid for a forbidden term without the translation that is forbidden."""
    if use == Term.Use.FORBIDDEN and not target:
        raise Invalid(_("A forbidden term names the translation that is forbidden."), field="target")


def assign(term: Term, values: dict[str, Any]) -> None:
    """Set values; the source's hash changes with it."""
    for name, value in values.items():
        setattr(term, name, value)
    if "source" in values:
        term.source_hash = text_hash(term.source)


def stamp(term: Term, actor: User | None, rev: int, at: datetime, *, new: bool = False) -> None:
    """Mark a term as changed, and when `new` as made."""
    by = (actor.pk, actor.name) if actor else (None, "")
    term.rev, term.changed_at = rev, at
    term.changed_by_id, term.changed_by_name = by
    if new:
        term.created_at = at
        term.created_by_id, term.created_by_name = by


def row(term: Term) -> tuple[Any, ...]:
    """The values of FIELDS, for bulk loading."""
    return tuple([getattr(term, name) for name in FIELDS])
