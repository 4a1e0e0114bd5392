"""Importing terms into a term base, in one transaction, as one revision: overwrite, merge, keep all, diff."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.formats.units import TermUnit
from apps.tm.matching.normalise import text_hash
from apps.tm.models import Memory, Term
from apps.tm.selectors import memories
from apps.tm.selectors.search_entries import storable
from apps.tm.services import revisions
from apps.tm.services.entries.incoming import LoadResult
from apps.tm.services.recording import record_act
from apps.tm.services.terms import plan
from apps.tm.services.terms.plan import Known, Mode, Planned
from apps.tm.services.terms.values import FIELDS, LENGTHS, problem_of
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load, bulk_update
from locanext_project.chunks import chunks
from locanext_project.errors import Invalid

Progress = Callable[[int, int | None, str], None]
MODES: tuple[Mode, ...] = get_args(Mode)
SAMPLES = 20
BATCH = 2000
_CHANGED = ("target", *plan.SAID, "rev", "changed_at", "changed_by_id", "changed_by_name")
_REMOVED = ("removed_at", "rev", "changed_at", "changed_by_id", "changed_by_name")


def load_terms(
    *,
    actor: User,
    memory_id: int,
    units: Iterable[TermUnit],
    mode: Mode,
    origin: str = "",
    progress: Progress | None = None,
    total: int | None = None,
) -> LoadResult:
    """Import terms into a term base.

    overwrite: the translations that the file has for a source replace those of the base. merge: the
    base wins where it has a source; new sources come with all their translations. keep_all:
    everything but what is equal in source and target. diff: the base becomes what the file is;
    terms that it lacks are removed. Texts are compared raw, without the spaces around them; of
    terms that are twice in the file the last counts. What the file leaves empty (note, definition,
    part of speech, concept) stays.

    Terms that cannot be stored are skipped and counted. `progress(terms read, total, "")` may raise
    to cancel: like an error of the reader that undoes everything. Where nothing changes there is no
    revision and no audit entry. Raises NotFound and Invalid.
    """
    _require_mode(mode)
    with workspaces.atomic():
        memory = revisions.lock(memory_id, Memory.Kind.TERMS)
        result = LoadResult(revision=memory.revision)
        planned = plan.make(memory.pk, usable(units, result, progress, total), mode)
        result.merged, result.unchanged = planned.merged, planned.unchanged
        result.added, result.changed, result.removed = len(planned.new), len(planned.changed), len(planned.gone)
        if not (planned.new or planned.changed or planned.gone):
            return result
        _write(memory, planned, actor)
        result.revision = revisions.raise_revision(memory, actor, entries=len(planned.new) - len(planned.gone))
        record_act(
            "memory_imported",
            actor,
            memory,
            mode=mode,
            file=origin if storable(origin) else "",
            revision=result.revision,
            read=result.read,
            added=result.added,
            changed=result.changed,
            removed=result.removed,
            skipped=result.skipped,
        )
    return result


def preview_terms(*, memory_id: int, units: Iterable[TermUnit], mode: Mode = "diff") -> dict[str, Any]:
    """What `load_terms` would do: {"new", "changed", "gone", "unchanged", "merged", "skipped", "samples", "warnings"}.

    `samples`: of new, changed and gone the first 20, {"source", "target", "use"}, and of changed ones
    also {"term_id", "target_before", "use_before"}. Nothing is locked. Raises NotFound and Invalid.
    """
    _require_mode(mode)
    memory = memories.get(memory_id, Memory.Kind.TERMS)
    result = LoadResult()
    planned = plan.make(memory.pk, usable(units, result, None, None), mode)
    samples = {
        "new": [_sample(unit) for unit in planned.new[:SAMPLES]],
        "changed": [
            {**_sample(unit), "term_id": known.pk, "target_before": known.target, "use_before": known.use}
            for known, unit in planned.changed[:SAMPLES]
        ],
        "gone": [_sample(known) for known in planned.gone[:SAMPLES]],
    }
    return {
        "new": len(planned.new),
        "changed": len(planned.changed),
        "gone": len(planned.gone),
        "unchanged": planned.unchanged,
        "merged": planned.merged,
        "skipped": result.skipped,
        "samples": samples,
        "warnings": result.warnings,
    }


def usable(
    units: Iterable[TermUnit], result: LoadResult, progress: Progress | None, total: int | None
) -> Iterator[TermUnit]:
    """The terms that can be stored, trimmed; the others are counted, the first ones with their text as the place."""
    for unit in units:
        result.read += 1
        if progress is not None and not result.read % BATCH:
            progress(result.read, total, "")
        values: dict[str, Any] = {
            name: value.strip() if isinstance(value, str) else value for name, value in unit._asdict().items()
        }
        problem = next(
            (problem for name in ("use", *LENGTHS) if (problem := problem_of(name, values[name]))),
            "" if values["target"] else _("The target is empty."),
        )
        if problem:
            place = values["source"] if storable(values["source"]) else ""
            result.skip(place[:80] or str(result.read), problem)
        else:
            yield unit._replace(**values)


def _require_mode(mode: str) -> None:
    if mode not in MODES:
        raise Invalid(_("A mode is one of %(modes)s.") % {"modes": ", ".join(MODES)}, field="mode")


def _sample(term: TermUnit | Known) -> dict[str, Any]:
    return {"source": term.source, "target": term.target, "use": term.use}


def _write(memory: Memory, planned: Planned, actor: User) -> None:
    now, rev = timezone.now(), memory.revision + 1
    by = (now, actor.pk, actor.name)
    for some in chunks(planned.new):
        bulk_load(
            Term,
            FIELDS,
            (
                (
                    memory.pk, unit.source, unit.target, text_hash(unit.source), unit.use, unit.part_of_speech,
                    unit.case_sensitive, unit.definition, unit.note, unit.concept, *by, *by, rev, None,
                )
                for unit in some
            ),
        )  # fmt: skip
    bulk_update(
        Term,
        _CHANGED,
        ((known.pk, unit.target, *plan.said(known, unit), rev, *by) for known, unit in planned.changed),
    )
    bulk_update(Term, _REMOVED, ((known.pk, now, rev, *by) for known in planned.gone))
