"""What an edit of a row means: which fields change, and who may change them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Origin, Row, RowRevision, Status
from locanext_project.errors import Forbidden, Invalid

if TYPE_CHECKING:
    from apps.ldm.services.rows.edit_row import RowEdit

MAX_TEXT = 200_000


@dataclass(slots=True)
class Change:
    """The fields that get another value, and how the history calls it."""

    fields: dict[str, Any] = field(default_factory=dict)
    kind: RowRevision.Kind = RowRevision.Kind.EDIT

    @property
    def touches_text(self) -> bool:
        """Whether the target or the status moves: what other people's saves must have seen."""
        return "target" in self.fields or "status" in self.fields


def resolve(actor: User, file: File, row: Row, edit: RowEdit) -> Change:
    """The change an edit makes. Raises Forbidden and Invalid."""
    change = Change()
    if edit.status == Status.NEW and edit.target is None:
        # "Back to new" takes the text away; the history keeps it.
        edit = replace(edit, target="")
    text_changes = edit.target is not None and edit.target != row.target
    if row.locked and (text_changes or edit.status is not None) and edit.locked is not False:
        raise Forbidden(_("This row is locked."), code="locked")
    if text_changes:
        change.fields["target"] = check_text(file, edit.target or "")
    target = change.fields.get("target", row.target)
    blank = row.blank_intended if edit.blank_intended is None else edit.blank_intended
    if target and blank:
        blank = False
    if blank != row.blank_intended:
        change.fields["blank_intended"] = blank
    status = _status(actor, row, edit, target, blank, text_changes)
    if status != row.status:
        change.fields["status"] = status
    if text_changes:
        origin, score = (edit.origin, edit.score) if target else (Origin.NONE, None)
        if origin != row.origin:
            change.fields["origin"] = origin
        if score != row.score:
            change.fields["score"] = score
    if status >= Status.CONFIRMED and row.source_changed:
        change.fields |= {"source_changed": False, "old_source": None}
    if edit.locked is not None and edit.locked != row.locked:
        permissions.require(actor, "lock_rows", file)
        change.fields["locked"] = edit.locked
    if not text_changes:
        change.kind = RowRevision.Kind.STATUS if "status" in change.fields else RowRevision.Kind.FLAG
    return change


def check_text(file: File, text: str, *, place: str = "") -> str:
    """The text as the file's format keeps it, if that and every database can hold it. Raises Invalid, naming the place.

    In tab-separated text a backslash and an `n` are a line feed: typed so, they become one.
    """
    at = f"{place}: " if place else ""
    if len(text) > MAX_TEXT:
        raise Invalid(
            _("%(at)sThis text has %(count)s characters. A row holds %(most)s.")
            % {"at": at, "count": f"{len(text):,}", "most": f"{MAX_TEXT:,}"},
            code="too_long",
        )
    for character in text:
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise Invalid(
                _("%(at)sThis text holds U+%(code)s, which no file can hold.")
                % {"at": at, "code": f"{ord(character):04X}"},
                code="bad_character",
            )
    if file.format == "txt" and "\t" in text:
        raise Invalid(
            _("%(at)sA tab-separated file cannot hold a TAB inside a text.") % {"at": at}, code="bad_character"
        )
    if file.format == "txt":
        return text.replace("\\n", "\n")
    return text


def _status(actor: User, row: Row, edit: RowEdit, target: str, blank: bool, text_changes: bool) -> Status:
    """The status after the edit: the one asked for, if allowed, else what the text implies."""
    if edit.status is None:
        if not text_changes:
            # A row that is empty, and not meant to be any more, is work to do again.
            return Status(row.status) if target or blank or row.status < Status.TRANSLATED else Status.NEW
        return Status.TRANSLATED if target or blank else Status.NEW
    wanted = edit.status
    if wanted == Status.ORIGINAL and row.status != Status.ORIGINAL:
        raise Invalid(_("Only an import makes a row original."))
    if wanted == Status.NEW and target:
        raise Invalid(_("A row with a text is not new. Clear the text, or set it as translated."), code="not_empty")
    if wanted >= Status.TRANSLATED and not target and not blank:
        raise Invalid(
            _("This row is empty. Write a text, or mark it as intentionally empty, then confirm it."), code="empty"
        )
    require_status(actor, row, wanted, text_changes)
    return wanted


def require_status(actor: User, row: Row, wanted: Status, text_changes: bool = False) -> None:
    """Raises Forbidden where the role does not reach, or where a person would review the own text."""
    if wanted >= Status.APPROVED and not permissions.leads(actor, row.file_id):
        raise Forbidden(_("Leads approve rows."), code="role")
    if wanted == Status.REVIEWED:
        if not permissions.reviews(actor, row.file_id):
            raise Forbidden(_("Reviewers review rows."), code="role")
        if not permissions.leads(actor, row.file_id) and (text_changes or last_writer(row) == actor.pk):
            raise Forbidden(_("A second person reviews this text: it is yours."), code="own_text")


def last_writer(row: Row) -> int | None:
    """Who wrote the present text: the author of the change that made it; None for an import."""
    changes = RowRevision.objects.filter(row=row).exclude(target=F("target_before")).order_by("-id")
    # Texts that lost a conflict are in the history and were never in the row.
    changes = changes.exclude(kind=RowRevision.Kind.CONFLICT_LOST)
    last = changes.first()
    if last is not None and last.kind == RowRevision.Kind.REVERT:
        # Who reverts brings back a text that somebody else wrote.
        last = changes.exclude(kind=RowRevision.Kind.REVERT).filter(target=row.target).first()
    return None if last is None or last.kind == RowRevision.Kind.IMPORT else last.author_id
