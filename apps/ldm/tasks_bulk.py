"""The long job of acts on many rows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.ldm.services.rows.acts.parse import parse
from apps.ldm.services.rows.acts.perform import perform
from apps.tasks.context import TaskContext
from apps.tasks.registry import task
from locanext_project.errors import Forbidden


@task("ldm.act", gettext_lazy("Changing rows"))
def act(context: TaskContext, *, file_id: int, wanted: dict[str, Any]) -> dict[str, Any]:
    """Do an act to rows of a file; cancelled, it has changed nothing."""
    if not isinstance(context.actor, User) or not context.actor.is_active:
        raise Forbidden(_("The account that started this is switched off."))
    result = perform(actor=context.actor, file_id=file_id, wanted=parse(wanted), progress=context.progress)
    context.counts({"changed": result["changed"], "refused": result["refused_count"]})
    return result
