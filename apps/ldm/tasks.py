"""The long jobs of files and rows. Each only unpacks its arguments and calls a service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.ldm import formats, permissions
from apps.ldm.models import Folder, ImportPlan, Project
from apps.ldm.selectors.rows import statuses
from apps.ldm.services.files import bilingual_sheet, download, export_file, import_many, uploads
from apps.ldm.services.files.reading import with_source
from apps.ldm.services.reimport import apply, plan
from apps.ldm.services.rows import revert, search_index
from apps.tasks.context import TaskContext
from apps.tasks.limits import limited
from apps.tasks.registry import task
from locanext_project.errors import Forbidden, NotFound
from locanext_project.said import said, said_place

Progress = Callable[[int, int, str], None]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _actor(context: TaskContext) -> User:
    """The person in whose name the task runs. Raises Forbidden when the account is gone or switched off."""
    if not isinstance(context.actor, User) or not context.actor.is_active:
        raise Forbidden(gettext("The account that started this is switched off."))
    return context.actor


def _progress(context: TaskContext) -> Progress:
    def report(done: int, total: int, step: str) -> None:
        context.check_cancelled()
        context.progress(done, total or None, step=step)

    return report


def _source(context: TaskContext, source_upload: str | None) -> tuple[str, bytes] | None:
    if not source_upload:
        return None
    upload, data = uploads.get_upload(_actor(context), source_upload)
    return upload.filename, data


@task("ldm.inspect", _("Reading a file"), parses_uploads=True)
def inspect(
    context: TaskContext, *, upload: str, options: dict[str, Any] | None = None, source_upload: str | None = None
) -> dict[str, Any]:
    """What the import dialog shows of an upload."""
    stored, data = uploads.get_upload(_actor(context), upload)
    merged = with_source(options, _source(context, source_upload))
    found = formats.inspect(stored.filename, data, merged, limit=20)
    return {
        "format": found.format,
        "encoding": found.encoding,
        "options": found.options,
        "tables": [
            {
                "name": table.name,
                "used": table.used,
                "total": table.total,
                "columns": [
                    {"id": column.id, "title": column.title, "role": column.role, "language": column.language}
                    for column in table.columns
                ],
                "rows": table.rows,
            }
            for table in found.tables
        ],
        "segments": [
            {
                "key": segment.key,
                "source": segment.source,
                "target": segment.target,
                "context": segment.context,
                "comment": segment.comment,
                "max_length": segment.max_length,
                "variant": segment.variant,
                "location": segment.location,
                "locked": segment.locked,
            }
            for segment in found.segments
        ],
        "total_segments": found.total_segments,
        "variants": found.variants,
        "warnings": [
            {"place": said_place(warning.place), "text": said(warning.text)} for warning in found.warnings[:200]
        ],
    }


@task("ldm.import", _("Importing files"))
def import_files(
    context: TaskContext,
    *,
    items: list[dict[str, Any]],
    project_id: int,
    folder_id: int | None = None,
    variants: list[str] | None = None,
) -> dict[str, Any]:
    """Import uploads into a folder."""
    project = permissions.get_project(_actor(context), project_id)
    folder = permissions.get_folder(_actor(context), folder_id) if folder_id is not None else None
    if folder is not None and folder.project_id != project.pk:
        raise NotFound
    wanted = []
    for item in items:
        upload, data = uploads.get_upload(_actor(context), item["upload"])
        path = uploads.clean_path(item.get("path") or upload.filename)
        wanted.append(import_many.Item(path, data, item.get("options"), _source(context, item.get("source_upload"))))
    done = import_many.import_many(
        actor=_actor(context),
        project=project,
        folder=folder,
        items=wanted,
        variants=variants,
        guard=limited,
        progress=_progress(context),
    )
    return {"files": done.files, "errors": done.errors, "memory_created": done.memory_created}


@task("ldm.reimport_plan", _("Comparing a new version"), parses_uploads=True)
def reimport_plan(
    context: TaskContext,
    *,
    file_id: int,
    upload: str,
    options: dict[str, Any] | None = None,
    source_upload: str | None = None,
    recognise_by: str = "all",
) -> dict[str, Any]:
    """The dry run of a re-import."""
    file = permissions.get_file(_actor(context), file_id)
    stored, data = uploads.get_upload(_actor(context), upload)
    made = plan.make_plan(
        actor=_actor(context),
        file=file,
        filename=stored.filename,
        data=data,
        options=options,
        source=_source(context, source_upload),
        rule=recognise_by,
    )
    return {"plan": str(made.pk), "counts": made.counts, "kind": made.kind}


@task("ldm.bilingual_plan", _("Reading a bilingual sheet"), parses_uploads=True)
def bilingual_plan(context: TaskContext, *, file_id: int, upload: str) -> dict[str, Any]:
    """The dry run of a bilingual sheet that came back."""
    file = permissions.get_file(_actor(context), file_id)
    _stored, data = uploads.get_upload(_actor(context), upload)
    made = bilingual_sheet.make_plan(actor=_actor(context), file=file, data=data)
    return {"plan": str(made.pk), "counts": made.counts, "kind": made.kind}


@task("ldm.apply_plan", _("Applying a new version"))
def apply_plan(context: TaskContext, *, plan_id: str, reason: str = "", conflicts: str = "ours") -> dict[str, Any]:
    """Apply a dry run."""
    found = ImportPlan.objects.select_related("file", "file__original", "original").filter(pk=plan_id).first()
    if found is None:
        raise NotFound
    permissions.get_file(_actor(context), found.file_id)
    if found.kind == ImportPlan.Kind.BILINGUAL:
        done = bilingual_sheet.apply_plan(actor=_actor(context), plan=found, reason=reason, conflicts=conflicts)
    else:
        context.progress(0, None, step="reading")
        done = apply.apply_plan(actor=_actor(context), plan=found, reason=reason, conflicts=conflicts)
    return {"change_set": done.pk, "counts": done.counts}


@task("ldm.download_file", _("Preparing a download"))
def download_file(
    context: TaskContext, *, file_id: int, kind: str = "original", status: str = "new", all_languages: bool = False
) -> dict[str, Any]:
    """One file, as its original or as a bilingual sheet."""
    file = permissions.get_file(_actor(context), file_id)
    permissions.require(_actor(context), "download", file)
    least = statuses([status])[0]
    if kind == download.BILINGUAL:
        name, data = bilingual_sheet.build(file=file, least=least)
        context.add_file(name, data, XLSX)
        return {"name": name}
    done = export_file.export_file(actor=_actor(context), file=file, least=least, all_languages=all_languages)
    context.add_file(done.name, done.data, "application/octet-stream")
    return {"name": done.name, "changed": done.changed}


@task("ldm.download_tree", _("Preparing a download"))
def download_tree(
    context: TaskContext, *, node_kind: str, node_id: int, kind: str = "original", status: str = "new"
) -> dict[str, Any]:
    """Everything below a folder or project, as a zip."""
    actor = _actor(context)
    node: Project | Folder
    if node_kind == "project":
        node = permissions.get_project(actor, node_id)
    else:
        node = permissions.get_folder(actor, node_id)
    done = download.download_tree(
        actor=actor, node=node, kind=kind, least=statuses([status])[0], progress=_progress(context)
    )
    context.add_file(done.name, done.data, "application/zip")
    return {"name": done.name, "files": done.files, "errors": done.errors}


@task("ldm.revert", _("Reverting a change set"))
def revert_change_set(context: TaskContext, *, change_set_id: int, reason: str = "") -> dict[str, Any]:
    """Undo a change set."""
    done = revert.revert_change_set(actor=_actor(context), change_set_id=change_set_id, reason=reason)
    return {
        "change_set": done.change_set.pk,
        "reverted": done.rows,
        "kept": done.kept[:1000],
        "kept_total": len(done.kept),
    }


@task("ldm.index", _("Building the search index"))
def build_index(context: TaskContext, *, file_id: int) -> dict[str, Any]:
    """Bring a file's search index up to date."""

    def report(done: int, total: int) -> None:
        context.check_cancelled()
        context.progress(done, total, step="index")

    return {"rows": search_index.build(file_id, report)}
