"""A memory or term base that was born offline and comes to the server with its entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm.formats.units_records import TermUnit, Unit
from apps.ldm.services.memories import create, register
from apps.ldm.services.tree.structure import Ref
from apps.sync.server.given import integer, moment, table, text
from apps.tm.models import Memory
from apps.tm.services import memories, memory_names
from locanext_project.errors import Invalid

ENTRY_COLUMNS = (
    "key", "source", "target", "previous", "next", "speaker", "note", "changed_by_name", "created_at", "changed_at",
    "confirmed",
)  # fmt: skip
TERM_COLUMNS = ("source", "target", "use", "part_of_speech", "definition", "note", "concept", "case_sensitive")
PLACES = ("platform", "project", "folder")


@dataclass(slots=True)
class Prepared:
    """A memory that came, read."""

    thing: Mapping[str, Any]
    kind: str
    to: Ref | None
    units: list[Any]


def prepare(actor: User, thing: Mapping[str, Any]) -> Prepared:
    """The slow half, outside of any transaction. Raises as `make`."""
    kind = text(thing, "memory_kind") or Memory.Kind.MEMORY
    if kind not in Memory.Kind.values:
        raise Invalid(
            _("memory_kind is one of %(choices)s.") % {"choices": ", ".join(Memory.Kind.values)}, field="memory_kind"
        )
    sha256 = text(thing, "entries_sha256")
    read, columns = (_unit, ENTRY_COLUMNS) if kind == Memory.Kind.MEMORY else (_term, TERM_COLUMNS)
    rows = table(actor, sha256, columns) if sha256 else []
    return Prepared(thing, kind, _place(thing.get("to")), [read(n, row) for n, row in enumerate(rows, 1)])


def make(actor: User, prepared: Any) -> int:
    """Make the memory, the person's own, and return its id; in the caller's transaction.

    thing: {"memory_kind": "memory"|"terms", "name", "source_language", "target_language",
    "description", "to": {"kind", "id"} | None, "entries_sha256": "" for an empty one}. Raises
    NotFound and Forbidden for the place, Invalid.
    """
    thing: Mapping[str, Any] = prepared.thing
    name = memory_names.free_name(memory_names.clean_name(text(thing, "name")), prepared.kind)
    languages = text(thing, "source_language"), text(thing, "target_language")
    if prepared.units:
        memory, _result = register.make(
            actor=actor, name=name, filename=name, languages=languages, units=lambda _memory: prepared.units,
            kind=prepared.kind, to=prepared.to, total=len(prepared.units),
        )  # fmt: skip
    else:
        memory = create.create(
            actor=actor, name=name, kind=prepared.kind, source_language=languages[0], target_language=languages[1],
            to=prepared.to,
        )  # fmt: skip
    if description := text(thing, "description", most=10_000):
        memories.update(actor=actor, memory_id=memory.pk, edit=memories.MemoryEdit(description=description))
    record(
        "upload_received", actor=actor, target_kind="memory", target_id=memory.pk, target_name=memory.name,
        detail={"count": len(prepared.units)},
    )  # fmt: skip
    return memory.pk


def _place(to: Any) -> Ref | None:
    if to is None:
        return None
    if not isinstance(to, dict) or to.get("kind") not in PLACES:
        raise Invalid(_("to is a platform, a project or a folder."), field="to")
    return Ref(to["kind"], integer(to, "id"))


def _unit(number: int, row: Mapping[str, Any]) -> Unit:
    texts = {name: row.get(name) or "" for name in ("key", "source", "target", "speaker", "note")}
    beside: dict[str, Any] = {name: row.get(name) for name in ("previous", "next")}
    author = row.get("changed_by_name") or ""
    if not all(isinstance(one, str) for one in (*texts.values(), author)):
        raise _wrong(number)
    if not all(one is None or isinstance(one, str) for one in beside.values()):
        raise _wrong(number)
    return Unit(
        **texts, **beside, author=author, created=moment(row.get("created_at")), changed=moment(row.get("changed_at")),
        confirmed=bool(row.get("confirmed")), place=str(number),
    )  # fmt: skip


def _term(number: int, row: Mapping[str, Any]) -> TermUnit:
    texts = {name: row.get(name) or "" for name in TERM_COLUMNS if name != "case_sensitive"}
    if not all(isinstance(one, str) for one in texts.values()):
        raise _wrong(number)
    texts["use"] = texts["use"] or "preferred"
    return TermUnit(**texts, case_sensitive=bool(row.get("case_sensitive")))


def _wrong(number: int) -> Invalid:
    text = _("Entry %(number)s has a value that it cannot have.") % {"number": number}
    return Invalid(text, code="bad_entry", row=number)
