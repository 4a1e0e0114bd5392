"""The long jobs of term bases. Each only unpacks its arguments and calls a service."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.ldm import permissions_memory
from apps.ldm.services.memories import term_extraction
from apps.ldm.services.memories.term_extraction import Places
from apps.tasks.context import TaskContext
from apps.tasks.registry import task
from apps.tm.models import Memory
from apps.tm.selectors.terms import TermFilter
from apps.tm.services.terms import act
from locanext_project.errors import Forbidden


def _actor(context: TaskContext) -> User:
    """The person in whose name the task runs. Raises Forbidden when the account is gone or switched off."""
    if not isinstance(context.actor, User) or not context.actor.is_active:
        raise Forbidden(gettext("The account that started this is switched off."))
    return context.actor


@task("ldm.terms_extract", _("Searching files for terms"))
def extract_terms(
    context: TaskContext, *, memory_id: int, places: dict[str, Any], options: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Search files for candidates; {"files", "skipped_files", "rows", "added", "updated", "known"}."""
    return term_extraction.extract(
        actor=_actor(context),
        memory_id=memory_id,
        places=Places(**places),
        options=options,
        progress=lambda done, total, step: context.progress(done, total or None, step=step),
    )


@task("ldm.terms_act", _("Changing terms"))
def act_on_terms(context: TaskContext, *, memory_id: int, act_name: str, matching: dict[str, Any]) -> dict[str, Any]:
    """Do one thing to all terms that match; {"changed": number}."""
    memory = permissions_memory.get_memory(_actor(context), memory_id, Memory.Kind.TERMS)
    permissions_memory.require(_actor(context), "edit_entries", memory)
    changed = act.act(
        actor=_actor(context),
        memory_id=memory.pk,
        act=act_name,  # type: ignore[arg-type]  # the service refuses what it does not know
        matching=TermFilter(**matching),
        progress=context.progress,
    )
    return {"changed": changed}
