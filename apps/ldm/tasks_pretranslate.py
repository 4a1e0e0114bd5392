"""The long jobs that ask memories about whole files: pretranslation and analysis."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.ldm.selectors.chosen_files import Chosen, files_of
from apps.ldm.services.analysis import run as analysing
from apps.ldm.services.analysis import sheets
from apps.ldm.services.pretranslate import run
from apps.ldm.services.pretranslate.options import options_of
from apps.tasks.context import TaskContext
from apps.tasks.registry import task
from locanext_project.errors import Forbidden


def _actor(context: TaskContext) -> User:
    """The person in whose name the task runs. Raises Forbidden when the account is gone or switched off."""
    if not isinstance(context.actor, User) or not context.actor.is_active:
        raise Forbidden(_("The account that started this is switched off."))
    return context.actor


@task("ldm.pretranslate", gettext_lazy("Pretranslating"))
def pretranslate(
    context: TaskContext, *, chosen: dict[str, Any], options: dict[str, Any] | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Fill rows of files, folders and projects from memories; with `dry_run` only say what it would do."""
    actor = _actor(context)
    report = run.pretranslate(
        actor=actor,
        files=files_of(actor, Chosen(**chosen)),
        options=options_of(options or {}),
        dry_run=dry_run,
        progress=context.progress,
    )
    context.counts({"filled": report.filled, "rows": report.rows})
    return report.plain()


@task("ldm.analysis", gettext_lazy("Analysing"))
def analyse(
    context: TaskContext, *, chosen: dict[str, Any], internal: bool = True, leave_confirmed: bool = False
) -> dict[str, Any]:
    """Words by band of files, folders and projects; the result holds the figures, the files are tables of them."""
    actor = _actor(context)
    result = analysing.analyse(
        actor=actor,
        files=files_of(actor, Chosen(**chosen)),
        internal=internal,
        leave_confirmed=leave_confirmed,
        progress=context.progress,
    )
    name = result["files"][0]["name"] if len(result["files"]) == 1 else result["files"][0]["project"]["name"]
    context.add_file(f"{name} {_('analysis')}.xlsx", sheets.as_xlsx(result), sheets.XLSX)
    context.add_file(f"{name} {_('analysis')}.csv", sheets.as_csv(result), sheets.CSV)
    return result
