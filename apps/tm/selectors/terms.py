"""Terms: those of a page's filter, what the API shows of them, and those that stand in a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.tm.matching.normalise import search_form
from apps.tm.matching.terms import TermHit, resolve
from apps.tm.models import Memory, Term, TermCandidate
from apps.tm.scope import ScopedMemory
from apps.tm.selectors import term_indexes
from apps.tm.selectors.entries import listed
from apps.tm.selectors.search_entries import scan, storable
from locanext_project.errors import Invalid

FIELDS = ("source", "target", "note", "definition")
DEFAULT_FIELDS = ("source", "target")
STATES = ("live", "deleted")
LONGEST_SEARCH = 1000
SORTS = {
    "id": "pk",
    "source": "source",
    "target": "target",
    "use": "use",
    "part_of_speech": "part_of_speech",
    "created": "created_at",
    "changed": "changed_at",
    "author": "changed_by_name",
}


@dataclass(frozen=True, slots=True)
class TermFilter:
    """Which terms of a base; empty values mean all, `state` "deleted" the tombstones."""

    search: str = ""
    fields: Sequence[str] = DEFAULT_FIELDS
    use: Sequence[str] = ()
    part_of_speech: str | None = None
    state: str | None = None
    author: int | None = None
    author_name: str = ""


def order_of(sort: str) -> list[str]:
    """The order that a sort such as "-source" asks for, the last field unique. Raises Invalid."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise Invalid(_("sort is one of %(sorts)s.") % {"sorts": ", ".join(SORTS)}, field="sort")
    sign = "-" if sort.startswith("-") else ""
    return [f"{sign}{SORTS[name]}"] if name == "id" else [f"{sign}{SORTS[name]}", f"{sign}pk"]


def matching(memory: Memory, wanted: TermFilter) -> QuerySet[Term]:
    """The terms that match, in no order, for a page of them. Raises Invalid for an unknown value."""
    _require(wanted.fields, FIELDS, "fields")
    _require(wanted.use, Term.Use.values, "use")
    _require([wanted.state] if wanted.state else [], STATES, "state")
    terms = Term.objects.filter(memory_id=memory.pk, removed_at__isnull=wanted.state != "deleted")
    if wanted.use:
        terms = terms.filter(use__in=list(wanted.use))
    if wanted.part_of_speech is not None:
        terms = terms.filter(part_of_speech=wanted.part_of_speech)
    if wanted.author is not None:
        terms = terms.filter(changed_by_id=wanted.author)
    if wanted.author_name:
        terms = terms.filter(changed_by_name__icontains=wanted.author_name)
    if not wanted.search:
        return terms
    form = search_form(wanted.search)
    if not form or not storable(wanted.search) or len(wanted.search) > LONGEST_SEARCH:
        return terms.none()
    ids = list(scan(terms, form, wanted.search, tuple(dict.fromkeys(wanted.fields))))
    return Term.objects.filter(memory_id=memory.pk, pk__in=listed(ids))


def ids_of(memory: Memory, wanted: TermFilter) -> list[int]:
    """Ids of all terms that match, by id. Raises Invalid as `matching` does."""
    return list(matching(memory, wanted).order_by("pk").values_list("pk", flat=True))


def parts_of_speech(memory: Memory) -> list[str]:
    """The parts of speech that live terms of the base name, sorted."""
    named = Term.objects.filter(memory_id=memory.pk, removed_at__isnull=True).exclude(part_of_speech="")
    return sorted(named.order_by().values_list("part_of_speech", flat=True).distinct())


def live(memory_id: int, chunk: int = 5000) -> Iterator[Term]:
    """All live terms of a base by id, read in portions by key."""
    after = -(2**63)
    terms = Term.objects.filter(memory_id=memory_id, removed_at__isnull=True).order_by("pk")
    while some := list(terms.filter(pk__gt=after)[:chunk]):
        yield from some
        after = some[-1].pk


def candidates(memory: Memory, decision: str, search: str = "") -> QuerySet[TermCandidate]:
    """Candidates of a base by decision ("open", "accepted", "refused"). Raises Invalid."""
    _require([decision], TermCandidate.Decision.values, "decision")
    found = TermCandidate.objects.filter(memory_id=memory.pk, decision=decision)
    if not search:
        return found
    form = search_form(search)
    if not form or not storable(search) or len(search) > LONGEST_SEARCH:
        return found.none()
    return found.filter(pk__in=listed(list(scan(found, form, search, ("source", "suggestion")))))


def find(memories: Sequence[ScopedMemory], text: str) -> list[TermHit]:
    """The terms of several term bases in a text, by place.

    Overlaps are resolved among all of them: the longest wins, and one span keeps all its
    translations, preferred before forbidden, then by the bases' ranks. Memories that are gone, or
    hold no terms, give nothing.
    """
    indexes = term_indexes.indexes([memory.memory_id for memory in memories])
    hits: list[TermHit] = []
    for memory in memories:
        if index := indexes.get(memory.memory_id):
            hits += index.hits(text, memory.rank)
    return resolve(hits)


# ---- what the API shows ----
def present(term: Term) -> dict[str, Any]:
    """A term as the API shows it."""
    return {
        "id": term.pk,
        "memory_id": term.memory_id,
        "source": term.source,
        "target": term.target,
        "use": term.use,
        "part_of_speech": term.part_of_speech,
        "case_sensitive": term.case_sensitive,
        "definition": term.definition,
        "note": term.note,
        "concept": term.concept,
        "created_at": term.created_at,
        "created_by": _person(term.created_by_id, term.created_by_name),
        "changed_at": term.changed_at,
        "changed_by": _person(term.changed_by_id, term.changed_by_name),
        "rev": term.rev,
        "deleted": term.removed_at is not None,
    }


def present_candidate(candidate: TermCandidate) -> dict[str, Any]:
    """A candidate as the API shows it."""
    return {
        "id": candidate.pk,
        "source": candidate.source,
        "suggestion": candidate.suggestion,
        "occurrences": candidate.occurrences,
        "example": candidate.example,
        "decision": candidate.decision,
        "decided_at": candidate.decided_at,
        "decided_by": _person(candidate.decided_by_id, candidate.decided_by_name),
        "created_at": candidate.created_at,
    }


def present_hits(memories: Sequence[ScopedMemory], hits: Sequence[TermHit]) -> list[dict[str, Any]]:
    """Hits of `find` with the same memories, as the look-up shows them."""
    names = {memory.memory_id: memory.name for memory in memories}
    return [
        {
            "term_id": hit.term.term_id,
            "memory": {"id": hit.memory_id, "name": names.get(hit.memory_id, "")},
            "source": hit.term.source,
            "target": hit.term.target,
            "use": hit.term.use,
            "note": hit.term.note,
            "part_of_speech": hit.term.part_of_speech,
            "start": hit.start,
            "end": hit.end,
        }
        for hit in hits
    ]


def _person(pk: int | None, name: str) -> dict[str, Any] | None:
    return {"id": pk, "name": name} if name else None


def _require(given: Sequence[str], known: Sequence[str], field: str) -> None:
    if set(given) - set(known):
        raise Invalid(_("%(field)s is one of %(values)s.") % {"field": field, "values": ", ".join(known)}, field=field)
