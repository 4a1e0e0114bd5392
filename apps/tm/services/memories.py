"""Memories and term bases: made, renamed, set up, copied, marked as trashed, restored and removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connections, models
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.services import record
from apps.tm.models import Entry, EntryRevision, LookupDay, MatchDay, Memory, Term, TermCandidate
from apps.tm.services import memory_names as names
from apps.tm.services import revisions
from apps.tm.services.recording import record_act
from locanext_project import local_ids, workspaces
from locanext_project.errors import NotFound

Progress = Callable[[int, int | None, str], None]
COPY_CHUNK = 20_000
PURGE_BATCH = 5000
IN_LIST = 900


def no_progress(done: int, total: int | None, step: str) -> None:
    """The progress nobody looks at."""


@dataclass(frozen=True, slots=True)
class MemoryEdit:
    """What to change; None leaves a thing as it is."""

    name: str | None = None
    description: str | None = None
    source_language: str | None = None
    target_language: str | None = None
    engine: str | None = None


def create(
    *,
    actor: User,
    name: str,
    source_language: str,
    target_language: str,
    kind: str = Memory.Kind.MEMORY,
    description: str = "",
    engine: str = "ngram",
) -> Memory:
    """Make an empty memory, or a term base, owned by the actor.

    Raises NameTaken, and Invalid for a name, a language or an engine that is none.
    """
    memory = Memory(
        kind=Memory.Kind(kind),
        name=names.clean_name(name),
        description=description.replace("\0", "").strip(),
        source_language=names.clean_language(source_language, "source_language"),
        target_language=names.clean_language(target_language, "target_language"),
        engine=names.clean_engine(engine),
        owner_id=actor.pk,
        owner_name=actor.name,
        changed_by_id=actor.pk,
        changed_by_name=actor.name,
    )
    with workspaces.atomic():
        names.require_free(memory.name, memory.kind)
        names.saving(memory.name, memory.save)
        record_act("memory_created", actor, memory, kind=memory.kind)
    return memory


def update(*, actor: User, memory_id: int, edit: MemoryEdit) -> Memory:
    """Rename a memory or change its settings; what changes nothing writes nothing.

    The revision stays: it counts changes of entries. Raises NotFound, NameTaken and Invalid.
    """
    with workspaces.atomic():
        memory = revisions.lock(memory_id)
        values = {name: value for name, value in _cleaned(edit).items() if getattr(memory, name) != value}
        if not values:
            return memory
        if "name" in values:
            names.require_free(values["name"], memory.kind, but=memory.pk)
        before = {name: getattr(memory, name) for name in values}
        old_name = memory.name
        _set(memory, actor, **values)
        names.saving(memory.name, lambda: memory.save(update_fields=[*values, *_CHANGED]))
        record(
            "memory_renamed" if "name" in values else "memory_changed",
            actor=actor,
            target_kind="memory",
            target_id=memory.pk,
            target_name=old_name,
            detail={"before": before, "after": values, "name": memory.name},
        )
    return memory


def trash(*, actor: User, memory_id: int) -> Memory:
    """Mark a memory as trashed: nobody finds it, its name is free again. Raises NotFound.

    Part of the caller's transaction, which makes the entry of the recycle bin and records the act.
    """
    with workspaces.atomic():
        memory = revisions.lock(memory_id)
        _set(memory, actor, trashed_at=timezone.now())
        memory.save(update_fields=["trashed_at", *_CHANGED])
    return memory


def restore(*, actor: User, memory_id: int) -> Memory:
    """Take the mark away again: same id, entries and history; a name taken meanwhile gets a suffix.

    Part of the caller's transaction, which removes the entry of the recycle bin and records the
    act. Raises NotFound where it is not in the bin.
    """
    with workspaces.atomic():
        memory = Memory.objects.select_for_update(of=("self",)).filter(pk=memory_id, trashed_at__isnull=False).first()
        if memory is None:
            raise NotFound
        _set(memory, actor, trashed_at=None, name=names.free_name(memory.name, memory.kind))
        names.saving(memory.name, lambda: memory.save(update_fields=["trashed_at", "name", *_CHANGED]))
    return memory


def purge(*, memory_id: int, progress: Progress = no_progress) -> int:
    """Remove a trashed memory for ever, with all that is in it; returns how many entries and terms that were.

    In short transactions: one that is interrupted is simply repeated. The caller records the act.
    Raises NotFound where it is not in the bin.
    """
    if not Memory.objects.filter(pk=memory_id, trashed_at__isnull=False).exists():
        raise NotFound
    total = Entry.objects.filter(memory_id=memory_id).count() + Term.objects.filter(memory_id=memory_id).count()
    done = 0
    for model in (Entry, Term):
        while removed := _purge_batch(model, memory_id):
            done += removed
            progress(done, total, "")
    with workspaces.atomic():
        memory = Memory.objects.select_for_update(of=("self",)).filter(pk=memory_id, trashed_at__isnull=False).first()
        if memory is None:
            raise NotFound
        for found in (TermCandidate.objects, MatchDay.objects, LookupDay.objects):
            _raw_delete(found.filter(memory_id=memory_id))
        memory.delete()
    return done


def copy(*, actor: User, memory_id: int, name: str | None = None, progress: Progress = no_progress) -> Memory:
    """A new memory with the live entries (or terms) of another, without their history; owned by the actor.

    `name` None: the name with the first free suffix. The other memory is locked until the copy is
    done, so that it is one state of it; `progress` may raise to cancel. Raises NotFound, NameTaken, Invalid.
    """
    with workspaces.atomic():
        origin = revisions.lock(memory_id)
        wanted = names.free_name(origin.name, origin.kind) if name is None else names.clean_name(name)
        names.require_free(wanted, origin.kind)
        twin = Memory(
            kind=origin.kind,
            name=wanted,
            description=origin.description,
            source_language=origin.source_language,
            target_language=origin.target_language,
            engine=origin.engine,
            owner_id=actor.pk,
            owner_name=actor.name,
        )
        names.saving(wanted, twin.save)
        model = Entry if origin.kind == Memory.Kind.MEMORY else Term
        count = _copy_rows(model, origin, twin, progress)
        confirmed = Entry.objects.filter(memory_id=twin.pk, confirmed=True).count()
        if count:
            revisions.raise_revision(twin, actor, entries=count, confirmed=confirmed)
        record_act("memory_copied", actor, origin, name=twin.name, count=count, copy=twin.pk)
    return twin


_CHANGED = ("changed_at", "changed_by_id", "changed_by_name")


def _set(memory: Memory, actor: User, **values: Any) -> None:
    for name, value in {**values, "changed_by_id": actor.pk, "changed_by_name": actor.name}.items():
        setattr(memory, name, value)


def _cleaned(edit: MemoryEdit) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if edit.name is not None:
        values["name"] = names.clean_name(edit.name)
    if edit.description is not None:
        values["description"] = edit.description.replace("\0", "").strip()
    for field in ("source_language", "target_language"):
        if (code := getattr(edit, field)) is not None:
            values[field] = names.clean_language(code, field)
    if edit.engine is not None:
        values["engine"] = names.clean_engine(edit.engine)
    return values


def _copy_rows(model: type[models.Model], origin: Memory, twin: Memory, progress: Progress) -> int:
    """Copy live entries or terms inside the database, in portions by id; all carry revision 1."""
    connection = connections[workspaces.alias()]
    quote = connection.ops.quote_name
    live: QuerySet[Any] = model._default_manager.filter(memory_id=origin.pk, removed_at__isnull=True)
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]
    put = ", ".join(quote(name) for name in columns)
    taken = ", ".join({"memory_id": "%s", "rev": "1"}.get(name, quote(name)) for name in columns)
    table = quote(model._meta.db_table)
    desktop = local_ids.is_desktop()
    done, after = 0, -(2**63)
    while ids := list(live.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:COPY_CHUNK]):
        # The desktop's counter moves with what it numbers, or not at all.
        with workspaces.atomic(), connection.cursor() as cursor:
            key, new = (f"{quote('id')}, ", local_ids.new_ids(len(ids), "id") + ", ") if desktop else ("", "")
            statement = (
                f"INSERT INTO {table} ({key}{put}) SELECT {new}{taken} FROM {table}"  # noqa: S608 (our own models)
                " WHERE memory_id = %s AND removed_at IS NULL AND id > %s AND id <= %s ORDER BY id"
            )
            cursor.execute(statement, [twin.pk, origin.pk, after, ids[-1]])
        done, after = done + len(ids), ids[-1]
        progress(done, origin.entries, "")
    return done


def _purge_batch(model: type[models.Model], memory_id: int) -> int:
    """Remove up to PURGE_BATCH entries or terms of a trashed memory in one transaction; returns how many."""
    with workspaces.atomic():
        if not Memory.objects.select_for_update(of=("self",)).filter(pk=memory_id, trashed_at__isnull=False).exists():
            raise NotFound
        ids = list(model._default_manager.filter(memory_id=memory_id).values_list("pk", flat=True)[:PURGE_BATCH])
        for start in range(0, len(ids), IN_LIST):
            some = ids[start : start + IN_LIST]
            if model is Entry:
                _raw_delete(EntryRevision.objects.filter(entry_id__in=some))
            _raw_delete(model._default_manager.filter(pk__in=some))
    return len(ids)


def _raw_delete(found: QuerySet[Any]) -> None:
    """Delete without collecting what refers to the rows: nothing else does."""
    found._raw_delete(workspaces.alias())
