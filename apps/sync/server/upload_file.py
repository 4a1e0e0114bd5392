"""A file that was born offline and comes to the server: its original and its rows with what was made of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.formats.registry import FORMATS
from apps.ldm.formats.words import count_words
from apps.ldm.models import ChangeSet, File, Origin, Original, Project, Row, Status
from apps.ldm.services import blobs, counters
from apps.ldm.services.checks import whole_file
from apps.ldm.services.memories import confirm
from apps.ldm.services.rows import rules, search_index
from apps.ldm.services.tree import names, structure
from apps.ldm.services.tree.create import clean_language, stamps
from apps.sync.models import CreatedThing
from apps.sync.server import arriving, incoming
from apps.sync.server.given import integer, moment, table, text
from apps.tm.matching.normalise import text_hash
from locanext_project import workspaces
from locanext_project.api.parsers import check, is_text
from locanext_project.bulk_load import bulk_load
from locanext_project.errors import Invalid

TEXTS = ("key", "plural", "source", "target", "context", "comment", "location", "old_source")
FLAGS = ("locked", "source_changed", "blank_intended")
COLUMNS = ("segment", *TEXTS, *FLAGS, "status", "origin", "score", "max_length", "codes", "edited_at")
"""What is taken of a row that a desktop sends, in the order of the file; the rest is the server's."""
LENGTHS = {"plural": 10, "location": 255}
LOADED = (
    "file_id", "position", "source_hash", "words", "rev", "text_rev", "edited_by_id", "edited_by_name", *COLUMNS,
)  # fmt: skip
WORDS = LOADED.index("words") - 2
REMEMBERED = 250
"""Rows of a staged file that go into the memory in one transaction."""
SOURCE_OPTION = "source_file"
"""Under this name readers get the bytes of a second file: no option that comes from outside."""


@dataclass(slots=True)
class Prepared:
    """A file that came, checked and read."""

    thing: Mapping[str, Any]
    data: bytes | None
    source: bytes | None
    original: dict[str, Any]
    rows: list[tuple[Any, ...]]
    """The values of LOADED behind the first two."""
    flagged: int
    counts: dict[Status, tuple[int, int]]
    """Rows and words by status."""
    project_id: int
    folder_id: int | None
    arriving: int | None = None
    """The file that has the rows already and that nobody sees, where there are many."""


def prepare(actor: User, thing: Mapping[str, Any]) -> Prepared:
    """The slow half, outside of any transaction: bytes loaded, rows read and checked. Raises as `make`."""
    project_id, folder_id = integer(thing, "project_id"), integer(thing, "folder_id", optional=True)
    project = permissions.get_project(actor, project_id)
    folder = permissions.get_folder(actor, folder_id) if folder_id is not None else None
    permissions.require(actor, "import", folder or project)
    original = thing.get("original") or {}
    if not isinstance(original, dict):
        raise Invalid(_("original is a JSON object."), field="original")
    check(original)
    _require_format(thing, original)
    sums = [text(original, name) for name in ("sha256", "source_sha256")]
    data, source = (incoming.bytes_of(actor, one) if one else None for one in sums)
    language = clean_language(text(thing, "source_language"), "source_language") or project.source_language
    flagged, rows = 0, list[tuple[Any, ...]]()
    counts: dict[Status, tuple[int, int]] = {}
    for number, given in enumerate(table(actor, text(thing, "rows_sha256"), COLUMNS)):
        row = _row(actor, number, given)
        flagged += row["source_changed"]
        rows.append(_values(actor, row, language))
        status, words = Status(row["status"]), rows[-1][WORDS]
        before = counts.get(status, (0, 0))
        counts[status] = (before[0] + 1, before[1] + words)
    if not rows:
        raise Invalid(_("There are no rows in this file."), code="empty_file")
    return Prepared(thing, data, source, original, rows, flagged, counts, project_id, folder_id)


def stage(actor: User, prepared: Any) -> None:
    """Load many rows in pieces, each in a transaction of its own, into a file that nobody sees. Raises as `make`."""
    if len(prepared.rows) <= arriving.PIECE:
        return
    thing = prepared.thing
    with workspaces.atomic():
        project, folder = structure.open_place(actor, prepared.project_id, prepared.folder_id)
        name = names.clean_name(text(thing, "name"))
        file = arriving.begin(project=project, folder=folder, name=name, **_values_of(actor, project, prepared))
    prepared.arriving = file.pk
    arriving.fill(file.pk, LOADED, ((file.pk, n, *row) for n, row in enumerate(prepared.rows)))


def give_up(actor: User, prepared: Any) -> None:
    """What was loaded in vain goes again."""
    if prepared.arriving is not None:
        arriving.give_up(actor=actor, file_id=prepared.arriving)


def make(actor: User, prepared: Any) -> int:
    """Make the file and return its id; in the caller's transaction, and of what was staged only the last step.

    thing: {"project_id", "folder_id", "name", "variant", "format", "source_language",
    "target_language", "rows_sha256", "original": {"sha256", "source_sha256", "filename",
    "source_filename", "format", "encoding", "options", "warnings", "keyed"}}; the bytes were put
    before. Statuses above what the person may set become the highest they may. Confirmed rows go
    into the memory that serves the place, of a staged file by `remember_rest`. Raises NotFound, Forbidden, Invalid
    naming the row.
    """
    thing: Mapping[str, Any] = prepared.thing
    project, folder = structure.open_place(actor, prepared.project_id, prepared.folder_id)
    permissions.require(actor, "import", folder or project)
    taken = names.taken_names("file", prepared.folder_id, project.pk)
    name, count = names.free_name(taken, names.clean_name(text(thing, "name"))), len(prepared.rows)
    if prepared.arriving is None:
        file = File.objects.create(project=project, folder=folder, name=name, **_values_of(actor, project, prepared))
        bulk_load(Row, LOADED, ((file.pk, n, *row) for n, row in enumerate(prepared.rows)))
    else:
        # Its place may have moved meanwhile.
        arriving.publish(prepared.arriving, project=project, folder=folder, name=name, **stamps(actor))
        file = File.objects.select_related("project").get(pk=prepared.arriving)
    ChangeSet.objects.create(
        file=file, kind=ChangeSet.Kind.SYNC, counts={"new": count}, revision=1, author_id=actor.pk,
        author_name=actor.name, created_at=timezone.now(),
    )  # fmt: skip
    counters.apply(file.pk, prepared.counts)
    if prepared.arriving is None:
        _remember(actor, file)
    record(
        "upload_received", actor=actor, target_kind="file", target_id=file.pk, target_name=file.name,
        detail={"count": count},
    )  # fmt: skip
    search_index.submit(actor=actor, file=file)
    whole_file.submit(actor=actor, file=file)
    return file.pk


def _values_of(actor: User, project: Project, prepared: Prepared) -> dict[str, Any]:
    """The fields of the file but for its name and place; its original is made with them."""
    thing = prepared.thing
    languages = {
        name: clean_language(text(thing, name), name) or getattr(project, name)
        for name in ("source_language", "target_language")
    }
    return {
        "original": _original(prepared), "variant": text(thing, "variant", most=120),
        "format": text(thing, "format", most=20), "revision": 1, "rows_flagged": prepared.flagged,
    } | languages | stamps(actor)  # fmt: skip


def _require_format(thing: Mapping[str, Any], original: Mapping[str, Any]) -> None:
    if text(thing, "format") not in FORMATS:
        raise Invalid(_("format is one of %(choices)s.") % {"choices": ", ".join(FORMATS)}, field="format")
    shapes = {"options": dict, "warnings": list, "keyed": bool}
    for name, shape in shapes.items():
        if not isinstance(original.get(name, shape()), shape):
            raise Invalid(_("The original's %(name)s are of another kind.") % {"name": name}, field=name)


def _original(prepared: Prepared) -> Original | None:
    """The file's original, with its bytes stored; None for a file that came from none."""
    if prepared.data is None:
        return None
    given = prepared.original
    options = {name: value for name, value in given.get("options", {}).items() if name != SOURCE_OPTION}
    return Original.objects.create(
        blob=blobs.store(prepared.data),
        source_blob=blobs.store(prepared.source) if prepared.source is not None else None,
        filename=text(given, "filename", most=255), source_filename=text(given, "source_filename", most=255),
        format=text(prepared.thing, "format", most=20), encoding=text(given, "encoding", most=40),
        options=options, warnings=given.get("warnings", []), keyed=given.get("keyed", True),
    )  # fmt: skip


def _row(actor: User, number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values as they are kept. Raises Invalid naming the row."""
    row: dict[str, Any] = {name: given.get(name) for name in COLUMNS}
    for name in TEXTS:
        value = row[name] if name == "old_source" else row[name] or ""
        if value is not None and not (isinstance(value, str) and is_text(value) and len(value) <= rules.MAX_TEXT):
            raise _wrong(number, name)
        row[name] = value[: LENGTHS.get(name)] if value is not None else None
    for name in FLAGS:
        row[name] = bool(row[name])
    for name in ("segment", "status"):
        if type(row[name]) is not int or not -1 <= row[name] < 2**31:
            raise _wrong(number, name)
    for name, most in (("score", 102), ("max_length", 2**31 - 1)):
        if row[name] is not None and (type(row[name]) is not int or not 0 <= row[name] <= most):
            raise _wrong(number, name)
    if not row["source"] or row["status"] not in Status.values or row["origin"] not in Origin.values:
        raise _wrong(number, "source, status or origin")
    if row["codes"] is not None and not isinstance(row["codes"], dict):
        raise _wrong(number, "codes")
    row["status"] = _status(actor, row)
    row["edited_at"] = moment(row["edited_at"])
    return row


def _status(actor: User, row: Mapping[str, Any]) -> int:
    """The status, no higher than the person may set it, and as the text allows."""
    status = Status(row["status"])
    if not row["target"] and not row["blank_intended"]:
        return Status.NEW
    if status == Status.NEW:
        return Status.TRANSLATED
    # Reviewing takes a second person, and offline there was one.
    return status if actor.is_lead else min(status, Status.CONFIRMED)


def _wrong(number: int, name: str) -> Invalid:
    text = _("Row %(number)s: %(field)s is not what a row can have.") % {"number": number + 1, "field": name}
    return Invalid(text, code="bad_row", row=number + 1)


def _values(actor: User, row: Mapping[str, Any], language: str) -> tuple[Any, ...]:
    """A row for LOADED: what the server counts itself, who edited it, and what came."""
    source = row["source"]
    editor = (actor.pk, actor.name) if row["edited_at"] is not None else (None, "")
    return text_hash(source), count_words(source, language), 1, 1, *editor, *(row[name] for name in COLUMNS)


def remember_rest(actor: User, key: uuid.UUID) -> None:
    """Confirmed rows of a file that was staged into the memory, in pieces; cut anywhere, it goes on where it was."""
    while CreatedThing.objects.filter(key=key, remember_from__isnull=False).exists():
        with workspaces.atomic():
            thing = CreatedThing.objects.select_for_update().get(key=key)
            if thing.remember_from is None or thing.thing_id is None:
                return
            some = list(
                _risen(thing.thing_id).filter(position__gte=thing.remember_from).select_for_update()[:REMEMBERED]
            )
            file = File.objects.select_related("project").filter(pk=thing.thing_id).first()
            if file is not None:
                confirm.remember(actor=actor, file=file, rows=some)
            thing.remember_from = some[-1].position + 1 if some else None
            thing.save(update_fields=["remember_from"])
        arriving.breathe()


def _risen(file_id: int) -> QuerySet[Row]:
    confirmed = Row.objects.filter(file_id=file_id, removed_at__isnull=True, status__gte=Status.CONFIRMED)
    return confirmed.exclude(target="").order_by("position")


def _remember(actor: User, file: File) -> None:
    """Confirmed rows into the memory, as if they had been confirmed here."""
    confirm.remember(actor=actor, file=file, rows=list(_risen(file.pk)))
