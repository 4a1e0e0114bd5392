"""Doing what a request or a task wants: one file, or for the same source a project's files one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File
from apps.ldm.queries.bounded_regex import RunawayPattern
from apps.ldm.services import at_server
from apps.ldm.services.rows.acts.act import Progress, quiet
from apps.ldm.services.rows.acts.assign import Assign, Lock
from apps.ldm.services.rows.acts.parse import Wanted
from apps.ldm.services.rows.acts.propagate import PROJECT, Propagate, files_of
from apps.ldm.services.rows.acts.run import Outcome, run
from apps.ldm.services.rows.acts.scope import MAX_IDS
from locanext_project.errors import Invalid, NotFound


def size(actor: User, file_id: int, wanted: Wanted) -> int:
    """How many rows an act concerns, at most: above MAX_IDS it is a task. Raises NotFound, Forbidden and Invalid."""
    file = permissions.get_file(actor, file_id)
    wanted.act.begin(actor, file)
    require_row_of(actor, file, wanted)
    return wanted.act.size(actor, file, wanted.scope)


def perform(*, actor: User, file_id: int, wanted: Wanted, progress: Progress = quiet) -> dict[str, Any]:
    """Do an act and say what it did, as JSON. Raises NotFound, Forbidden, Invalid and Conflict, changing nothing.

    For a project each file is a transaction and a change set of its own. Flags of a server's file on a desktop
    are set on the server: also raises Unavailable then.
    """
    with explained():
        file = permissions.get_file(actor, file_id)
        require_row_of(actor, file, wanted)
        if isinstance(wanted.act, Assign | Lock) and at_server.concerns(file.pk):
            wanted.act.begin(actor, file)
            ids = wanted.act.choose(actor, file, wanted.scope, progress)
            return at_server.server().change_rows(file.pk, wanted.act.plain(), ids, wanted.reason)
        if isinstance(wanted.act, Propagate) and wanted.act.to == PROJECT:
            return _project(actor, file, wanted, progress)
        return _one(actor, file, wanted, progress).plain()


def require_row_of(actor: User, file: File, wanted: Wanted) -> None:
    """Raises NotFound where the row that a text comes from is in another file."""
    if isinstance(wanted.act, Propagate) and wanted.act.origin_row(actor).file_id != file.pk:
        raise NotFound


def _one(actor: User, file: File, wanted: Wanted, progress: Progress) -> Outcome:
    wanted.act.begin(actor, file)
    ids = wanted.act.choose(actor, file, wanted.scope, progress)
    return run(
        actor=actor, file_id=file.pk, act=wanted.act, ids=ids, reason=wanted.reason, seen=wanted.seen, progress=progress
    )


def _project(actor: User, file: File, wanted: Wanted, progress: Progress) -> dict[str, Any]:
    assert isinstance(wanted.act, Propagate)  # noqa: S101 (the caller asked)
    wanted.act.begin(actor, file)
    meant = set(wanted.act.candidates(actor, files_of(actor, file, PROJECT)).values_list("file_id", flat=True))
    outcomes = []
    for file_id in sorted(meant, key=lambda pk: (pk != file.pk, pk)):
        one = permissions.get_file(actor, file_id)
        # The revision that the person saw is that of the row's own file.
        seen = wanted if file_id == file.pk else Wanted(wanted.act, wanted.scope, wanted.reason)
        outcomes.append(_one(actor, one, seen, progress))
    return _together(outcomes or [Outcome(file.pk, revision=file.revision)], file.pk)


def _together(outcomes: list[Outcome], own: int) -> dict[str, Any]:
    """The outcomes of several files as one; `change_set` is that of the row's own file."""
    found = Outcome(own)
    found.refusals.most = MAX_IDS
    for one in outcomes:
        found.changed += one.changed
        found.unchanged += one.unchanged
        found.refusals.by_code.update(one.refusals.by_code)
        found.refusals.kept += one.refusals.kept
        if one.file_id == own:
            found.change_set, found.revision = one.change_set, one.revision
    sets = [
        {"file_id": one.file_id, "change_set": one.change_set.pk, "changed": one.changed}
        for one in outcomes
        if one.change_set is not None
    ]
    return found.plain() | {"change_sets": sets}


@contextmanager
def explained() -> Iterator[None]:
    """A regex that runs away becomes a refusal of the whole request."""
    try:
        yield
    except RunawayPattern:
        words = _("This expression takes too long. Make it simpler: no repetition inside a repetition.")
        raise Invalid(words, code="runaway_regex", field="find", at=0) from None
