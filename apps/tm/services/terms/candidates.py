"""Candidates of terms: kept until a person decides; what is refused is not offered again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.tm.matching.candidates import Candidate
from apps.tm.models import Memory, Term, TermCandidate
from apps.tm.services import revisions
from apps.tm.services.entries.writing import IN_LIST
from apps.tm.services.recording import record_act
from apps.tm.services.terms import values
from apps.tm.services.terms.values import TermEdit
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load, bulk_update
from locanext_project.chunks import chunks
from locanext_project.errors import Invalid

Decision = Literal["accept", "refuse", "reopen"]
DECISIONS: tuple[Decision, ...] = ("accept", "refuse", "reopen")
_OPEN = TermCandidate.Decision.OPEN
_FIELDS = ("memory_id", "source", "suggestion", "occurrences", "example", "decision", "decided_by_name", "created_at")
_DECIDED = ("decision", "decided_at", "decided_by_id", "decided_by_name")


class Kept(NamedTuple):
    """What became of candidates: `added` are new, `updated` were open before, `known` are decided already."""

    added: int
    updated: int
    known: int


class Decided(NamedTuple):
    """`decided` candidates, and how many `terms` came of them (not where the base holds the term)."""

    decided: int
    terms: int


def settled(memory_id: int) -> list[str]:
    """Sources that are no candidates any more: live terms, and candidates that were accepted or refused."""
    live = Term.objects.filter(memory_id=memory_id, removed_at__isnull=True).values_list("source", flat=True)
    decided = TermCandidate.objects.filter(memory_id=memory_id).exclude(decision=_OPEN)
    return [*live.iterator(chunk_size=5000), *decided.values_list("source", flat=True).iterator(chunk_size=5000)]


def keep(*, actor: User, memory_id: int, found: Sequence[Candidate], detail: Mapping[str, Any] | None = None) -> Kept:
    """Add candidates to those that wait; of one that waits already the figures are replaced.

    Terms are not touched, so the revision stays. `detail` is said in the audit log. Raises NotFound
    and Invalid.
    """
    with workspaces.atomic():
        memory = revisions.lock(memory_id, Memory.Kind.TERMS)
        usable = (one for one in found if not values.problem_of("source", one.source))
        wanted = {one.source: _without_long_suggestion(one) for one in usable}
        present: dict[str, tuple[int, str]] = {}
        for some in chunks(wanted, IN_LIST):
            known = TermCandidate.objects.filter(memory_id=memory.pk, source__in=some)
            present |= {
                source: (pk, decision) for pk, source, decision in known.values_list("pk", "source", "decision")
            }
        fresh = [one for source, one in wanted.items() if source not in present]
        again = [
            (present[source][0], one) for source, one in wanted.items() if present.get(source, (0, ""))[1] == _OPEN
        ]
        now = timezone.now()
        bulk_load(
            TermCandidate,
            _FIELDS,
            (
                (memory.pk, one.source, one.suggestion, one.occurrences, one.example, str(_OPEN), "", now)
                for one in fresh
            ),
        )
        bulk_update(
            TermCandidate,
            ("suggestion", "occurrences", "example"),
            ((pk, one.suggestion, one.occurrences, one.example) for pk, one in again),
        )
        kept = Kept(len(fresh), len(again), len(wanted) - len(fresh) - len(again))
        record_act(
            "candidates_extracted", actor, memory, **{"count": kept.added, "updated": kept.updated, **(detail or {})}
        )
    return kept


def decide(
    *,
    actor: User,
    memory_id: int,
    ids: Sequence[int],
    decision: Decision,
    targets: Mapping[int, str] | None = None,
) -> Decided:
    """Accept, refuse or open again candidates by id; `targets` are the translations of accepted ones.

    An accepted candidate becomes a term with its suggestion where no target is given; where the
    base holds the source already, no term is made. Opening again leaves the term of an accepted one.
    Candidates of another base, and those decided so already, are left alone. Raises NotFound and Invalid.
    """
    if decision not in DECISIONS:
        raise Invalid(_("A decision is one of %(values)s.") % {"values": ", ".join(DECISIONS)}, field="decision")
    targets = {pk: text.strip() for pk, text in (targets or {}).items()}
    for text in targets.values():
        if problem := values.problem_of("target", text):
            raise Invalid(problem, field="targets")
    state = {"accept": TermCandidate.Decision.ACCEPTED, "refuse": TermCandidate.Decision.REFUSED}.get(decision, _OPEN)
    with workspaces.atomic():
        memory = revisions.lock(memory_id, Memory.Kind.TERMS)
        known = [pk for pk in dict.fromkeys(ids) if -(2**63) <= pk < 2**63]
        found = [
            one
            for some in chunks(known, IN_LIST)
            for one in TermCandidate.objects.filter(pk__in=some, memory_id=memory.pk).exclude(decision=state)
        ]
        if not found:
            return Decided(0, 0)
        made = _make_terms(memory, actor, found, targets) if decision == "accept" else 0
        now = timezone.now() if state != _OPEN else None
        by = (actor.pk, actor.name) if state != _OPEN else (None, "")
        bulk_update(TermCandidate, _DECIDED, ((one.pk, str(state), now, *by) for one in found))
        record_act("candidates_decided", actor, memory, count=len(found), decision=decision, terms=made)
    return Decided(len(found), made)


def _without_long_suggestion(one: Candidate) -> Candidate:
    """A translation that no term may have is no suggestion."""
    return replace(one, suggestion="") if values.problem_of("target", one.suggestion.strip()) else one


def _make_terms(memory: Memory, actor: User, found: list[TermCandidate], targets: Mapping[int, str]) -> int:
    """Add the terms of accepted candidates; returns how many."""
    sources = [one.source for one in found]
    present = {
        source
        for some in chunks(sources, IN_LIST)
        for source in Term.objects.filter(memory_id=memory.pk, source__in=some, removed_at__isnull=True).values_list(
            "source", flat=True
        )
    }
    now, rev, terms = timezone.now(), memory.revision + 1, []
    for one in found:
        if one.source in present:
            continue
        term = Term(memory_id=memory.pk)
        values.assign(term, TermEdit(source=one.source, target=targets.get(one.pk, one.suggestion)).checked())
        values.stamp(term, actor, rev, now, new=True)
        terms.append(term)
    if terms:
        revisions.raise_revision(memory, actor, entries=len(terms))
        bulk_load(Term, values.FIELDS, map(values.row, terms))
    return len(terms)
