"""A project of its own for a benchmark, taken away afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from apps.accounts.models import User
from apps.ldm.models import ImportPlan, Project, Row, RowIssue, RowLease, RowRevision, RowText
from apps.ldm.services.files.reading import forget_originals
from apps.ldm.services.tree.create import create_project
from locanext_project import workspaces


@contextmanager
def bench_project(source: str = "ko", target: str = "en") -> Iterator[tuple[User, Project]]:
    """A lead and an empty project; both and everything in it are gone at the end."""
    name = f"bench-{uuid.uuid4().hex[:8]}"
    actor = User(username=name, role="lead", is_active=True)
    actor.set_unusable_password()
    actor.save()
    project = create_project(actor=actor, platform_id=None, name=name, source_language=source, target_language=target)
    try:
        yield actor, project
    finally:
        files = list(project.files.values_list("pk", "original_id"))
        _remove_rows([pk for pk, _ in files])
        plans = ImportPlan.objects.filter(file__project=project).values_list("original_id", flat=True)
        originals = {pk for pk in (*plans, *(original for _, original in files)) if pk is not None}
        with workspaces.atomic():
            project.delete()
            actor.is_active = False
            actor.save(update_fields=["is_active"])
        forget_originals(originals)


def _remove_rows(file_ids: list[int]) -> None:
    """Rows and what hangs on them, table by table: Django's collector would load every one of them."""
    alias = workspaces.alias()
    rows = Row.objects.filter(file_id__in=file_ids)
    with workspaces.atomic():
        RowText.objects.filter(file_id__in=file_ids)._raw_delete(alias)
        for model in (RowRevision, RowIssue, RowLease):
            model.objects.filter(row_id__in=rows.values("pk"))._raw_delete(alias)
        rows._raw_delete(alias)
