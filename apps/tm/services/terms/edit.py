"""Adding a term by hand, and editing one: refused when it moved since it was seen."""

from __future__ import annotations

from django.utils import timezone

from apps.accounts.models import User
from apps.tm.models import Memory, Term
from apps.tm.services import revisions
from apps.tm.services.recording import record_act
from apps.tm.services.terms import values
from apps.tm.services.terms.values import TermEdit
from apps.tm.term_errors import DuplicateTerm, StaleTerm
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound


def add(*, actor: User, memory_id: int, term: TermEdit) -> Term:
    """Add a term to a term base; a source may have several translations.

    Raises NotFound, Invalid naming the field, and DuplicateTerm where the base holds this source
    with this translation.
    """
    given = term.checked()
    if "source" not in given:
        raise Invalid(values.problem_of("source", ""), field="source")
    with workspaces.atomic():
        memory = revisions.lock(memory_id, Memory.Kind.TERMS)
        made = Term(memory_id=memory.pk)
        values.assign(made, given)
        values.require_translation(made.use, made.target)
        _refuse_duplicate(made)
        values.stamp(made, actor, memory.revision + 1, timezone.now(), new=True)
        revisions.raise_revision(memory, actor, entries=1)
        made.save(force_insert=True)
        record_act("term_added", actor, memory, term=made.pk, revision=made.rev)
    return made


def edit(*, actor: User, term_id: int, seen_rev: int, changes: TermEdit) -> Term:
    """Change a term and return it as it is now; an edit that changes nothing writes nothing.

    Raises NotFound (tombstones too), Invalid, DuplicateTerm, and StaleTerm (with the present term)
    when it moved since the revision that was seen.
    """
    given = changes.checked()
    with workspaces.atomic():
        memory_id = Term.objects.filter(pk=term_id).values_list("memory_id", flat=True).first()
        if memory_id is None:
            raise NotFound
        memory = revisions.lock(memory_id, Memory.Kind.TERMS)
        term = Term.objects.filter(pk=term_id, removed_at__isnull=True).first()
        if term is None:
            raise NotFound
        if term.rev != seen_rev:
            raise StaleTerm(term)
        moved = {name: value for name, value in given.items() if getattr(term, name) != value}
        if not moved:
            return term
        values.assign(term, moved)
        values.require_translation(term.use, term.target)
        _refuse_duplicate(term)
        values.stamp(term, actor, memory.revision + 1, timezone.now())
        revisions.raise_revision(memory, actor)
        term.save()
        record_act("term_edited", actor, memory, term=term.pk, revision=term.rev)
    return term


def _refuse_duplicate(term: Term) -> None:
    """Raises DuplicateTerm where another live term has the same source and target."""
    same = Term.objects.filter(memory_id=term.memory_id, source_hash=term.source_hash, removed_at__isnull=True)
    for other in same.exclude(pk=term.pk):
        if (other.source, other.target) == (term.source, term.target):
            raise DuplicateTerm(other.pk)
