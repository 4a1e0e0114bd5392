"""The long jobs of checks. Each only unpacks its arguments and calls a service."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.selectors import issue_sheet
from apps.ldm.services.checks import whole_file
from apps.tasks.context import TaskContext
from apps.tasks.registry import task
from locanext_project.errors import Forbidden


def _actor(context: TaskContext) -> User:
    """The person in whose name the task runs. Raises Forbidden when the account is gone or switched off."""
    if not isinstance(context.actor, User) or not context.actor.is_active:
        raise Forbidden(_("The account that started this is switched off."))
    return context.actor


@task("ldm.check", gettext_lazy("Checking rows"))
def check(context: TaskContext, *, file_id: int, everything: bool = False) -> dict[str, Any]:
    """Check a file, or what changed in it since the last time; {"rows", "findings", "by_kind"}."""

    def report(done: int, total: int) -> None:
        context.check_cancelled()
        context.progress(done, total, step="check")

    done = whole_file.check_file(file_id, everything=everything, progress=report)
    context.counts({"rows": done["rows"], "findings": done["findings"]})
    return dict(done)


@task("ldm.check_project", gettext_lazy("Checking rows of a project"))
def check_project(context: TaskContext, *, project_id: int, everything: bool = False) -> dict[str, Any]:
    """Check the files of a project; {"files", "rows", "findings", "by_kind"}."""

    def report(done: int, total: int, name: str) -> None:
        context.check_cancelled()
        context.progress(done, total, step=name)

    done = whole_file.check_project(project_id, everything=everything, progress=report)
    context.counts({"files": done["files"], "rows": done["rows"], "findings": done["findings"]})
    return dict(done)


@task("ldm.check_export", gettext_lazy("Writing the findings as a sheet"))
def export(context: TaskContext, *, file_id: int) -> dict[str, Any]:
    """The open findings of a file as XLSX; {"name", "rows"}."""
    file = permissions.get_file(_actor(context), file_id)
    name, data, rows = issue_sheet.build(file, progress=lambda done, total: context.progress(done, total))
    context.add_file(name, data, issue_sheet.XLSX)
    return {"name": name, "rows": rows}
