"""The dry run: what a newer version would do to a file, kept for the person to look through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import formats, permissions
from apps.ldm.models import File, ImportPlan, ImportPlanItem
from apps.ldm.services.files import reading
from apps.ldm.services.files.import_file import group_by_variant
from apps.ldm.services.reimport import compare
from apps.ldm.services.reimport.recognise import RULES
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load
from locanext_project.errors import Invalid

KEEP_DAYS = 1
MADE_BY_READING = ("add_keys",)
"""Options that say what one version held, not how to read the next."""
DISCARDED_AT_ONCE = 500
ITEM_FIELDS = (
    "plan_id", "kind", "row_id", "segment", "key", "old_key", "source", "old_source", "target_here", "target_file",
    "recognised_by",
)  # fmt: skip


def make_plan(
    *,
    actor: User,
    file: File,
    filename: str,
    data: bytes,
    options: Mapping[str, Any] | None = None,
    source: tuple[str, bytes] | None = None,
    rule: str = "all",
) -> ImportPlan:
    """Compare a newer version with the file; nothing in the file changes.

    Options default to those of the present original. Raises FormatError, Invalid, Forbidden.
    """
    permissions.require(actor, "import", file)
    if rule not in RULES:
        raise Invalid(_("recognise_by is one of %(choices)s.") % {"choices": ", ".join(RULES)}, field="recognise_by")
    # Without a newer source-language file the one of the present version still names the sources.
    source = source or reading.source_of(file.original)
    present, document = read_both(file, filename, data, options, source)
    positions = positions_of(file, document)
    rows = compare.live_rows(file)
    comparison = compare.compare(rows, compare.removed_rows(file), present, document, positions, rule=rule)
    # In a transaction of its own: who removes bytes must hold no lock on others.
    discard_old()
    with workspaces.atomic():
        plan = ImportPlan.objects.create(
            file=file,
            original=reading.keep(filename, data, document, source),
            owner_id=actor.pk,
            base_revision=file.revision,
            recognise_by=rule,
            counts=comparison.counts(),
        )
        bulk_load(ImportPlanItem, ITEM_FIELDS, _item_tuples(plan, comparison))
    return plan


def read_both(
    file: File,
    filename: str,
    data: bytes,
    options: Mapping[str, Any] | None,
    source: tuple[str, bytes] | None,
) -> tuple[formats.Document | None, formats.Document]:
    """The document the rows came from, and the newer one read as much like it as it allows."""
    present = reading.read_original(file.original) if file.original is not None else None
    if formats.format_of(filename) != file.format:
        raise Invalid(
            _("%(filename)s is another format than %(name)s.") % {"filename": filename, "name": file.name},
            code="other_format",
        )
    if options is not None or file.original is None:
        return present, reading.read(filename, data, options, source)
    try:
        mapping = {name: value for name, value in file.original.options.items() if name not in MADE_BY_READING}
        document = reading.read(filename, data, mapping, source)
    except formats.FormatError:
        document = None
    if document is None or not any(segment.variant == file.variant for segment in document.segments):
        # The mapping of the present version does not fit (another sheet, a moved column): choose anew.
        hints = {"source_language": file.source_language, "target_language": file.target_language}
        document = reading.read_with_hints(filename, data, None, source, hints)
    return present, document


def positions_of(file: File, document: formats.Document) -> list[int]:
    """Segment positions of the file's variant. Raises Invalid naming the variants there are."""
    groups = group_by_variant(document.segments)
    if file.variant in groups:
        return groups[file.variant]
    if len(groups) == 1:
        return next(iter(groups.values()))
    if not groups:
        raise Invalid(_("There is nothing to translate in this version."), code="empty_file")
    names = ", ".join(name or "(one)" for name in groups)
    raise Invalid(
        _("This version has no column %(column)r. It has %(names)s.") % {"column": file.variant, "names": names},
        code="variant_gone",
    )


def _item_tuples(plan: ImportPlan, comparison: compare.Comparison) -> Iterator[tuple[Any, ...]]:
    for item in comparison.items:
        if item.kind in (compare.MOVED, compare.UNCHANGED):
            continue
        row, segment = item.row, item.segment
        source = segment.source if segment else (row.source if row else "")
        key = segment.key if segment else (row.key if row else "")
        yield (
            plan.pk, item.kind, row.pk if row else None, item.segment_position, key,
            row.key if row and row.key != key else None, source,
            row.source if row and row.source != source else None, row.target if row else None,
            segment.target if segment and (row is None or item.target_from_file) else None, item.recognised_by,
        )  # fmt: skip


def discard_old() -> None:
    """Remove dry runs of more than a day ago, and the originals and bytes only they kept."""
    limit = timezone.now() - timedelta(days=KEEP_DAYS)
    old = list(ImportPlan.objects.filter(created_at__lt=limit).values_list("pk", "original_id")[:DISCARDED_AT_ONCE])
    ImportPlan.objects.filter(pk__in=[pk for pk, _ in old]).delete()
    reading.forget_originals(original for _, original in old if original is not None)
