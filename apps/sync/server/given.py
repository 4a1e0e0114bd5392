"""Values that a desktop sent, checked: nothing it says is taken on trust."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import Origin, Status
from apps.ldm.services.rows import rules
from apps.sync.protocol import OLDEST, Caller, Op
from apps.sync.server import incoming
from locanext_project.api.parsers import is_text
from locanext_project.errors import Invalid, ServiceError

BIGGEST = 2**63 - 1
MOST_SCORE = 102
MOST_SECONDS = 1e11


def integer(values: Mapping[str, Any], name: str, *, optional: bool = False) -> Any:
    """A whole number that a database can hold, or None where it may be left out. Raises Invalid naming it."""
    value = values.get(name)
    if value is None and optional:
        return None
    if type(value) is not int or abs(value) > BIGGEST:
        raise Invalid(_("%(name)s is a whole number.") % {"name": name}, field=name)
    return value


def text(values: Mapping[str, Any], name: str, *, most: int = 255) -> str:
    """A text that a database can hold; "" where it was left out. Raises Invalid naming it."""
    value = values.get(name) or ""
    if not isinstance(value, str) or not is_text(value) or len(value) > most:
        raise Invalid(
            _("%(name)s is a text of at most %(most)s characters.") % {"name": name, "most": most}, field=name
        )
    return value


def table(actor: User, sha256: str, wanted: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of a blob that the person sent: JSON {"columns", "rows"}; of each the wanted columns it has.

    Raises NotFound where the bytes are not here, Invalid where they are no such table.
    """
    try:
        data = json.loads(incoming.bytes_of(actor, sha256))
        columns, rows = list(data["columns"]), list(data["rows"])
        places = [(name, columns.index(name)) for name in wanted if name in columns]
        even = all(isinstance(row, list) and len(row) == len(columns) for row in rows)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Invalid(_("These bytes are not a table of columns and rows."), code="bad_table") from None
    if not even:
        raise Invalid(_("A row of this table has another number of columns."), code="bad_table")
    # One at a time: there may be a million.
    return ({name: row[place] for name, place in places} for row in rows)


def moment(value: Any) -> datetime | None:
    """A time with its offset (without one: UTC); None for what is none."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo is not None else found.replace(tzinfo=UTC)


def is_uuid(value: Any) -> bool:
    """Whether a value is a UUID as Python writes it: two ways to write one would be two edits."""
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:
    """Whether a value is a time in seconds since 1970, within some thousand years."""
    return type(value) in (int, float) and -MOST_SECONDS <= value <= MOST_SECONDS


class TooOld(ServiceError):
    """The desktop speaks a version that could do harm here: it has to be updated first. Nothing was changed."""

    code = "too_old"
    status = 426


def check_caller(caller: Caller) -> None:
    """Raises TooOld for a version that is not spoken any more, Invalid for an installation or a clock that is none."""
    if type(caller.version) is not int or caller.version < OLDEST:
        raise TooOld(_("This version of LocaNext is too old for the server. Update it; what is to be sent stays here."))
    if not is_uuid(caller.client):
        raise Invalid(_("client is the UUID of the installation."), field="client")
    if not _is_moment(caller.now):
        raise Invalid(_("now is the time in seconds since 1970."), field="now")


def problem_of(op: Op) -> str:
    """What is wrong with an edit in itself, as a sentence; "" for a good one."""
    if not all(is_uuid(one) for one in (op.op, *op.after)):
        return _("The ids of edits are UUIDs.")
    numbers = (op.row_id, op.base_rev, op.status)
    if not all(type(one) is int and abs(one) <= BIGGEST for one in numbers) or op.status not in Status.values:
        return _("An edit names a row, a revision and a status.")
    if not _is_moment(op.edited_at):
        return _("The time of an edit is in seconds since 1970.")
    texts = (op.target, op.base_target)
    if not all(isinstance(one, str) and len(one) <= rules.MAX_TEXT and is_text(one) for one in texts):
        return _("The text of an edit cannot be kept.")
    return _problem_of_fields(op.fields)


def _problem_of_fields(fields: Any) -> str:
    if not isinstance(fields, dict):
        return _("The fields of an edit are a JSON object.")
    score, note = fields.get("score"), fields.get("note", "")
    right = (
        all(type(fields.get(name, False)) is bool for name in ("blank_intended", "flag_only"))
        and fields.get("origin", "") in Origin.values
        and (score is None or (type(score) is int and 0 <= score <= MOST_SCORE))
        and isinstance(note, str)
        and is_text(note)
    )
    return "" if right else _("A field of this edit has a value that it cannot have.")
