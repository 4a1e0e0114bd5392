"""Bulk acts on terms: delete to tombstones, restore, and how a translation may be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.tm.models import Memory, Term
from apps.tm.selectors.terms import TermFilter, ids_of
from apps.tm.services import revisions
from apps.tm.services.entries.writing import IN_LIST
from apps.tm.services.recording import record_act
from apps.tm.services.terms import values
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_update
from locanext_project.chunks import chunks
from locanext_project.errors import Invalid

Act = Literal["delete", "restore", "prefer", "admit", "forbid"]
ACTS: tuple[Act, ...] = get_args(Act)
Progress = Callable[[int, int | None, str], None]
_USES: dict[str, str] = {
    "prefer": Term.Use.PREFERRED,
    "admit": Term.Use.ADMITTED,
    "forbid": Term.Use.FORBIDDEN,
}
_WRITTEN = ("use", "removed_at", "rev", "changed_at", "changed_by_id", "changed_by_name")


def act(
    *,
    actor: User,
    memory_id: int,
    act: Act,
    ids: Sequence[int] | None = None,
    matching: TermFilter | None = None,
    progress: Progress | None = None,
) -> int:
    """Do one thing to terms by id, or to all that match; returns how many it changed.

    Terms of another base, and those that the act does not change, are left alone; so is a term
    without translation that would be forbidden, and one whose equal is live when it is restored.
    One revision and one audit entry; `progress` may raise to cancel, which undoes everything.
    Raises NotFound and Invalid.
    """
    if act not in ACTS:
        raise Invalid(_("An act is one of %(acts)s.") % {"acts": ", ".join(ACTS)}, field="act")
    if (ids is None) == (matching is None):
        raise Invalid(_("Name the terms, or what they match."), field="ids")
    with workspaces.atomic():
        memory = revisions.lock(memory_id, Memory.Kind.TERMS)
        wanted = list(dict.fromkeys(ids)) if ids is not None else ids_of(memory, matching or TermFilter())
        now, rev = timezone.now(), memory.revision + 1
        changed: list[Term] = []
        for some in chunks(wanted):
            changed += _changed(memory.pk, act, some)
            if progress is not None:
                progress(len(changed), len(wanted), "")
        if not changed:
            return 0
        for term in changed:
            if act in _USES:
                term.use = _USES[act]
            else:
                term.removed_at = now if act == "delete" else None
            values.stamp(term, actor, rev, now)
        revisions.raise_revision(memory, actor, entries={"delete": -1, "restore": 1}.get(act, 0) * len(changed))
        bulk_update(Term, _WRITTEN, ((term.pk, *[getattr(term, name) for name in _WRITTEN]) for term in changed))
        record_act("terms_changed", actor, memory, count=len(changed), act=act, revision=rev)
    return len(changed)


def _changed(memory_id: int, act: Act, ids: Sequence[int]) -> list[Term]:
    """Those of the terms that the act changes, by id."""
    known = [pk for pk in ids if -(2**63) <= pk < 2**63]
    terms = [term for some in chunks(known, IN_LIST) for term in Term.objects.filter(pk__in=some).order_by("pk")]
    mine = [term for term in terms if term.memory_id == memory_id]
    if act == "restore":
        return _restorable(memory_id, [term for term in mine if term.removed_at is not None])
    alive = [term for term in mine if term.removed_at is None]
    if act == "delete":
        return alive
    return [term for term in alive if term.use != _USES[act] and (act != "forbid" or term.target)]


def _restorable(memory_id: int, removed: list[Term]) -> list[Term]:
    """Without those whose equal is live already, and of several equal ones only the one removed last."""
    live: dict[str, Any] = {"memory_id": memory_id, "removed_at__isnull": True}
    hashes = {term.source_hash for term in removed}
    taken = {
        pair
        for some in chunks(hashes, IN_LIST)
        for pair in Term.objects.filter(source_hash__in=some, **live).values_list("source", "target")
    }
    chosen: list[Term] = []
    for term in sorted(removed, key=lambda term: (term.rev, term.pk), reverse=True):
        if (term.source, term.target) not in taken:
            taken.add((term.source, term.target))
            chosen.append(term)
    return chosen
