"""Checking a whole file, or what changed in it since it was checked last, in short transactions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from django.db.models import Count, F

from apps.accounts.models import User
from apps.ldm.models import File, Row, RowIssue
from apps.ldm.selectors import check_rules
from apps.ldm.selectors.row_findings import Facts
from apps.ldm.services.checks import keeping
from locanext_project import workspaces
from locanext_project.chunks import chunks

CHUNK = 2000
PASSES = 5
"""How often what was edited meanwhile is looked at before the rest is left to the next time."""
Progress = Callable[[int, int], None]


def submit(*, actor: User, file: File) -> None:
    """Check in the background what changed in a file since it was checked last."""
    enqueue(actor=actor, file=file, everything=False, silent=True)


def enqueue(*, actor: User, file: File, everything: bool, silent: bool) -> str:
    """Start a task that checks a file; its id."""
    from apps.tasks.services import enqueue as enqueue_task

    run = enqueue_task(
        actor=actor,
        kind="ldm.check",
        args={"file_id": file.pk, "everything": everything},
        subject_kind="file",
        subject_id=file.pk,
        silent=silent,
    )
    return str(run.pk)


def submit_project(*, actor: User, project_id: int) -> None:
    """Check in the background what is to be checked in the files of a project."""
    from apps.tasks.services import enqueue as enqueue_task

    enqueue_task(
        actor=actor,
        kind="ldm.check_project",
        args={"project_id": project_id},
        subject_kind="project",
        subject_id=project_id,
        silent=True,
    )


class Checked(TypedDict):
    """What a check of files did, and what is open in them now."""

    files: int
    rows: int
    findings: int
    by_kind: dict[str, int]


def check_file(file_id: int, *, everything: bool = False, progress: Progress = lambda done, total: None) -> Checked:
    """Check the rows changed since the file's mark, or all of them.

    The mark is set at the end, and only where the rules are still those that were followed. A row
    that is edited meanwhile checks itself, and gets a later revision than the mark.
    """
    rows = 0
    for number in range(PASSES):
        file = File.objects.select_related("project").filter(pk=file_id).first()
        if file is None:
            break
        mark = file.checked_revision
        since = 0 if everything and not number else mark
        if since >= file.revision and number:
            break
        rules = check_rules.rules_of(file)
        rows += _check_rows(file, rules, since, progress)
        file.project.refresh_from_db(fields=["settings"])
        if check_rules.number(file.project, check_rules.VERSION) != rules.version:
            # Everything is to be checked again, by other rules than these.
            continue
        # It only rises where nobody set it meanwhile.
        File.objects.filter(pk=file_id, checked_revision=mark).update(checked_revision=file.revision)
        File.objects.filter(pk=file_id, checked_revision__gt=F("revision")).update(checked_revision=F("revision"))
    return _checked(1, rows, [file_id])


def check_project(
    project_id: int,
    *,
    everything: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> Checked:
    """Check the files of a project, one after the other. `progress` hears of rows and of the file at work."""
    files = list(File.objects.filter(project_id=project_id, trash__isnull=True).order_by("pk"))
    rows, total = 0, sum(int(file.counts()["rows"]) for file in files)

    def report(done: int, of: int) -> None:
        progress(before + done, total, name)

    for file in files:
        before, name = rows, file.name
        rows += check_file(file.pk, everything=everything, progress=report)["rows"]
    return _checked(len(files), rows, [file.pk for file in files])


def _checked(files: int, rows: int, file_ids: list[int]) -> Checked:
    by_kind: dict[str, int] = {}
    for some in chunks(file_ids, 500):
        counted = RowIssue.objects.filter(file_id__in=some, dismissed_at__isnull=True).values_list("kind")
        for kind, count in counted.annotate(n=Count("pk")).order_by("kind"):
            by_kind[kind] = by_kind.get(kind, 0) + count
    return {"files": files, "rows": rows, "findings": sum(by_kind.values()), "by_kind": by_kind}


def _check_rows(file: File, rules: check_rules.FileRules, since: int, progress: Progress) -> int:
    pending = Row.objects.filter(file_id=file.pk, rev__gt=since, rev__lte=file.revision)
    total, done, last = pending.count(), 0, -(2**63)
    while True:
        with workspaces.atomic():
            # Locked, so that nobody's newer text is given the findings of an older one.
            chunk = list(
                pending.filter(pk__gt=last)
                .order_by("pk")
                .select_for_update()
                .values_list("pk", "source", "target", "plural", "max_length", "removed_at")[:CHUNK]
            )
            facts = [
                Facts(pk, source, target if removed is None else "", plural, most)
                for pk, source, target, plural, most, removed in chunk
            ]
            keeping.keep_rows(file, rules, facts)
        if not chunk:
            return done
        last = chunk[-1][0]
        done += len(chunk)
        progress(done, total)


def check_again(project_id: int, file_id: int | None = None) -> None:
    """Have the files of a project, or one of them, count as never checked. In the caller's transaction."""
    files = File.objects.filter(project_id=project_id)
    if file_id is not None:
        files = files.filter(pk=file_id)
    files.update(checked_revision=0)
