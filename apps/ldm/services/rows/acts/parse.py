"""Acts out of JSON, as requests and tasks carry them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.ldm.formats.clipboard_block import parse_block
from apps.ldm.models import Status
from apps.ldm.selectors.rows import statuses, storable
from apps.ldm.services.rows.acts import paste_lines
from apps.ldm.services.rows.acts.act import Act
from apps.ldm.services.rows.acts.assign import Assign, Lock
from apps.ldm.services.rows.acts.clear import Blank, Clear
from apps.ldm.services.rows.acts.copy_source import CopySource
from apps.ldm.services.rows.acts.paste import CLEAR, SKIP, Paste
from apps.ldm.services.rows.acts.propagate import FILE, PROJECT, Propagate
from apps.ldm.services.rows.acts.replace import Replace, left_of, only_of, wish_of
from apps.ldm.services.rows.acts.scope import Scope, ids_of
from apps.ldm.services.rows.acts.status import SetStatus
from apps.ldm.services.rows.acts.text_acts import status_of
from locanext_project.errors import Invalid

LONGEST_REASON = 500
LONGEST_BLOCK = 4_000_000
MOST_CHOSEN = 10_000
WHOLE = Scope(query="")
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act, the rows it is for, why, and the file's revision that the person saw (None: whatever it is)."""

    act: Act
    scope: Scope
    reason: str = ""
    seen: int | None = None

    def plain(self) -> dict[str, Any]:
        """As the JSON that `parse` takes."""
        return {
            **self.act.plain(), "scope": self.scope.plain(), "reason": self.reason, "revision": self.seen,
        }  # fmt: skip


def parse(data: Data) -> Wanted:
    """An act out of the body of a request. Raises Invalid naming the field."""
    name = data.get("act")
    if not isinstance(name, str) or name not in _PARSERS:
        raise Invalid(_("act is one of %(names)s.") % {"names": ", ".join(_PARSERS)}, field="act")
    reason = data.get("reason") or ""
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON or not storable(reason):
        limit = {"most": LONGEST_REASON}
        raise Invalid(_("reason is a text of at most %(most)s characters.") % limit, field="reason")
    seen = data.get("revision")
    if seen is not None and (type(seen) is not int or seen < 0):
        raise Invalid(_("revision is a whole number."), field="revision")
    act = _PARSERS[name](data)
    # Which rows these two are for they say themselves.
    free = isinstance(act, Propagate) or (isinstance(act, Replace) and act.only is not None)
    scope = WHOLE if free and data.get("scope") is None else Scope.parse(data.get("scope"))
    return Wanted(act, scope, reason, seen)


def _status(data: Data) -> Act:
    status = statuses([str(data.get("status", ""))])[0]
    reject = _flag(data, "reject")
    if reject and status != Status.TRANSLATED:
        raise Invalid(_("Rows are sent back to translated."), field="status")
    reason = data.get("reason")
    return SetStatus(status, reason if isinstance(reason, str) else "", reject)


def _copy_source(data: Data) -> Act:
    return CopySource(only_empty=_flag(data, "only_empty"), status=status_of(data))


def _assign(data: Data) -> Act:
    person = data.get("person")
    if "person" not in data or (person is not None and type(person) is not int):
        raise Invalid(_("person is the id of a person, or null."), field="person")
    return Assign(person)


def _replace(data: Data) -> Act:
    return Replace(
        wish=wish_of(data),
        status=status_of(data, keep=True),
        only=only_of(data.get("hits")),
        left=left_of(data.get("left")),
    )


def _propagate(data: Data) -> Act:
    row, to, seen = data.get("row"), data.get("to") or FILE, data.get("text_rev")
    if type(row) is not int or not -(2**63) <= row < 2**63:
        raise Invalid(_("row is the id of a row."), field="row")
    if to not in (FILE, PROJECT):
        raise Invalid(_("to is file or project."), field="to")
    if seen is not None and type(seen) is not int:
        raise Invalid(_("text_rev is a whole number."), field="text_rev")
    chosen = data.get("rows")
    return Propagate(
        row=row,
        to=to,
        confirmed=_flag(data, "confirmed"),
        status=status_of(data),
        rows=None if chosen is None else frozenset(ids_of(chosen, MOST_CHOSEN)),
        text_rev=seen,
    )


def _paste(data: Data) -> Act:
    block, row, by = data.get("block"), data.get("row"), data.get("by") or paste_lines.AUTO
    if not isinstance(block, str) or not block or not storable(block):
        raise Invalid(_("There is nothing to paste."), field="block")
    if len(block) > LONGEST_BLOCK:
        limit = {"most": f"{LONGEST_BLOCK:,}"}
        raise Invalid(_("A block has at most %(most)s characters.") % limit, field="block", code="too_large")
    lines = parse_block(block)
    if len(lines) > paste_lines.MOST_LINES:
        limit = {"most": f"{paste_lines.MOST_LINES:,}"}
        raise Invalid(_("A block has at most %(most)s lines.") % limit, field="block", code="too_large")
    if row is not None and type(row) is not int:
        raise Invalid(_("row is the id of a row."), field="row")
    if by not in (paste_lines.AUTO, paste_lines.BY_ORDER, paste_lines.BY_KEY):
        raise Invalid(_("by is auto, order or key."), field="by")
    empty, left = data.get("empty") or SKIP, data.get("left") or []
    if empty not in (SKIP, CLEAR):
        raise Invalid(_("empty is skip or clear."), field="empty")
    if not isinstance(left, list) or not all(type(one) is int for one in left):
        raise Invalid(_("left is a list of line numbers."), field="left")
    seen = data.get("revision")
    pasted = paste_lines.Pasted(
        text=block,
        block=tuple(tuple(cells) for cells in lines),
        row=row,
        columns=paste_lines.columns_of(data.get("columns")),
        header=None if data.get("header") is None else _flag(data, "header"),
        by=by,
        revision=seen if type(seen) is int else None,
    )
    return Paste(pasted, empty, status_of(data), frozenset(left))


def _flag(data: Data, name: str) -> bool:
    value = data.get(name) or False
    if not isinstance(value, bool):
        raise Invalid(_("%(name)s is true or false.") % {"name": name}, field=name)
    return value


_PARSERS: dict[str, Callable[[Data], Act]] = {
    "status": _status,
    "copy_source": _copy_source,
    "clear": lambda data: Clear(),
    "blank": lambda data: Blank(),
    "lock": lambda data: Lock(True),
    "unlock": lambda data: Lock(False),
    "assign": _assign,
    "replace": _replace,
    "propagate": _propagate,
    "paste": _paste,
}
