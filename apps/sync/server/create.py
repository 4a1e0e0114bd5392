"""Making the server's copy of what was born offline, once for each key that its desktop gave it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.services.tree import names, structure
from apps.ldm.services.tree.create import create_folder
from apps.sync.models import CreatedThing
from apps.sync.protocol import Caller
from apps.sync.server import incoming, upload_file, upload_memory
from apps.sync.server.given import integer, is_uuid, text
from apps.tasks.models import TaskRun
from apps.tasks.services import enqueue
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound

TASK = "sync.receive"
AT_ONCE = 1024 * 1024
"""Bytes of a thing that a request makes itself: some thousand rows, less than a second."""
WAIT_SECONDS = 1.0


def create(*, actor: User, caller: Caller, key: str, thing: Mapping[str, Any]) -> dict[str, Any]:
    """Make a thing and answer {"kind", "id"}; with a key that was used, answer what was made then.

    thing["kind"] is "folder" ({"project_id", "parent_id", "name"}), "file" (see `upload_file.make`)
    or "memory" (see `upload_memory.make`). A name that is taken gets a suffix. One transaction: a
    copy is there whole or not at all. The rows of a large file are loaded before, in pieces that nobody sees, and its
    confirmed ones go into the memory after, in pieces too. Raises NotFound, Forbidden, Invalid.
    """
    kind, number = _kind(thing), _number(key)
    # Read before the transaction: SQLite has one writer, and this takes time.
    done = _done(actor, number)
    if done is None:
        maker = MAKERS[kind]
        prepared = maker.prepare(actor, thing)
        try:
            maker.stage(actor, prepared)
            done = _made(actor, caller, number, kind, prepared)
        finally:
            # Nothing where it was published.
            maker.give_up(actor, prepared)
    upload_file.remember_rest(actor, number)
    return done


def _made(actor: User, caller: Caller, number: uuid.UUID, kind: str, prepared: Any) -> dict[str, Any]:
    """The thing as it is by now: made here, or by another request with this key."""
    with workspaces.atomic():
        _claim(actor, caller, number, kind)
        done = _done(actor, number)
        if done is not None:
            return done
        made = MAKERS[kind].make(actor, prepared)
        rest = 0 if getattr(prepared, "arriving", None) is not None else None
        CreatedThing.objects.filter(key=number).update(thing_id=made, remember_from=rest)
    return {"kind": kind, "id": made}


def begin(*, actor: User, caller: Caller, key: str, thing: Mapping[str, Any]) -> dict[str, Any]:
    """`create` for who can wait: what is large is made by a task, and no request lasts longer than others.

    Answers {"kind", "id"}, or {"kind", "wait": seconds} after which the same is to be asked again. Raises as
    `create`; what the task raised, the next who asks hears, and whoever asks after that begins anew.
    """
    number, kind = _number(key), _kind(thing)
    done = _done(actor, number)
    if done is not None and not _is_unfinished(number):
        return done
    started = CreatedThing.objects.filter(key=number, task_id__isnull=False).first()
    if started is not None:
        return _asked_again(actor, started)
    if done is None and _size(actor, thing) <= AT_ONCE:
        return create(actor=actor, caller=caller, key=key, thing=thing)
    with workspaces.atomic():
        if _claim(actor, caller, number, kind).task_id is None:
            args = {"key": key, "caller": asdict(caller), "thing": dict(thing)}
            run = enqueue(actor=actor, kind=TASK, args=args, silent=True)
            CreatedThing.objects.filter(key=number).update(task_id=run.pk)
    return {"kind": kind, "wait": WAIT_SECONDS}


def _is_unfinished(key: uuid.UUID) -> bool:
    """Whether something made is still to be followed up: its confirmed rows are not all in the memory."""
    return CreatedThing.objects.filter(key=key, remember_from__isnull=False).exists()


def _asked_again(actor: User, started: CreatedThing) -> dict[str, Any]:
    """How the task stands. Without a lock: the task holds that while it writes. Raises Invalid where it failed.

    What the task was cut at after the thing was made, the next one does.
    """
    run = TaskRun.objects.filter(pk=started.task_id).first() if started.task_id is not None else None
    if run is not None and not run.is_finished:
        return {"kind": started.kind, "wait": WAIT_SECONDS}
    done = _done(actor, started.key)
    if done is not None:
        if not _is_unfinished(started.key):
            return done
        with workspaces.atomic():
            CreatedThing.objects.filter(key=started.key, task_id=started.task_id).update(task_id=None)
        return {"kind": started.kind, "wait": 0.0}
    with workspaces.atomic():
        CreatedThing.objects.filter(key=started.key, task_id=started.task_id, thing_id=None).delete()
    raise Invalid((run.error if run is not None else "") or _("Taking it in was cancelled."), code="not_made")


def _claim(actor: User, caller: Caller, number: uuid.UUID, kind: str) -> CreatedThing:
    """The note of a key, made where there is none, and locked: whoever comes second waits here for the first."""
    CreatedThing.objects.bulk_create(
        [CreatedThing(key=number, client=caller.client, user_id=actor.pk, kind=kind)], ignore_conflicts=True
    )
    return CreatedThing.objects.select_for_update().get(key=number)


def _size(actor: User, thing: Mapping[str, Any]) -> int:
    """How many bytes the thing is made of. Raises NotFound where they were not sent, Invalid."""
    original = thing.get("original")
    named = [thing.get("rows_sha256"), thing.get("entries_sha256")]
    if isinstance(original, dict):
        named += [original.get("sha256"), original.get("source_sha256")]
    return sum(incoming.size_of(actor, one) for one in named if isinstance(one, str) and one)


def _kind(thing: Mapping[str, Any]) -> str:
    kind = str(thing.get("kind", ""))
    if kind not in MAKERS:
        raise Invalid(_("kind is one of %(choices)s.") % {"choices": ", ".join(MAKERS)}, field="kind")
    return kind


def _number(key: str) -> uuid.UUID:
    if not is_uuid(key):
        raise Invalid(_("key is a UUID."), field="key")
    return uuid.UUID(key)


def _done(actor: User, key: uuid.UUID) -> dict[str, Any] | None:
    found = CreatedThing.objects.filter(key=key).first()
    if found is not None and found.user_id != actor.pk:
        raise NotFound
    if found is None or found.thing_id is None:
        return None
    return {"kind": found.kind, "id": found.thing_id}


def _folder(actor: User, thing: Mapping[str, Any]) -> int:
    project_id, parent_id = integer(thing, "project_id"), integer(thing, "parent_id", optional=True)
    project, parent = structure.open_place(actor, project_id, parent_id)
    permissions.require(actor, "create_folder", parent or project)
    name = names.free_name(
        names.taken_names("folder", parent_id, project.pk), names.clean_name(text(thing, "name")), ending=False
    )
    return create_folder(actor=actor, project_id=project.pk, parent_id=parent_id, name=name).pk


@dataclass(frozen=True, slots=True)
class Maker:
    """How a kind of thing is made: read, before any transaction; perhaps staged, in short ones; and made, in one."""

    prepare: Callable[[User, Mapping[str, Any]], Any]
    make: Callable[[User, Any], int]
    stage: Callable[[User, Any], None] = lambda _actor, _prepared: None
    give_up: Callable[[User, Any], None] = lambda _actor, _prepared: None


MAKERS = {
    "folder": Maker(lambda _actor, thing: thing, _folder),
    "file": Maker(upload_file.prepare, upload_file.make, upload_file.stage, upload_file.give_up),
    "memory": Maker(upload_memory.prepare, upload_memory.make),
}
