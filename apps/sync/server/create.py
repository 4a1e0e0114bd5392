"""Making the server's copy of what was born offline, once for each key that its desktop gave it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.services.tree import names, structure
from apps.ldm.services.tree.create import create_folder
from apps.sync.models import CreatedThing
from apps.sync.protocol import Caller
from apps.sync.server import upload_file, upload_memory
from apps.sync.server.given import integer, is_uuid, text
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound


def create(*, actor: User, caller: Caller, key: str, thing: Mapping[str, Any]) -> dict[str, Any]:
    """Make a thing and answer {"kind", "id"}; with a key that was used, answer what was made then.

    thing["kind"] is "folder" ({"project_id", "parent_id", "name"}), "file" (see `upload_file.make`)
    or "memory" (see `upload_memory.make`). A name that is taken gets a suffix. One transaction: a
    copy is there whole or not at all. Raises NotFound, Forbidden, Invalid.
    """
    kind = str(thing.get("kind", ""))
    if kind not in MAKERS:
        raise Invalid(_("kind is one of %(choices)s.") % {"choices": ", ".join(MAKERS)}, field="kind")
    if not is_uuid(key):
        raise Invalid(_("key is a UUID."), field="key")
    number = uuid.UUID(key)
    # Read before the transaction: SQLite has one writer, and this takes time.
    done = _done(actor, number)
    if done is not None:
        return done
    prepare, make = MAKERS[kind]
    prepared = prepare(actor, thing)
    with workspaces.atomic():
        # Whoever comes second with a key waits here for the first.
        CreatedThing.objects.bulk_create(
            [CreatedThing(key=number, client=caller.client, user_id=actor.pk, kind=kind)], ignore_conflicts=True
        )
        CreatedThing.objects.select_for_update().get(key=number)
        done = _done(actor, number)
        if done is not None:
            return done
        made = make(actor, prepared)
        CreatedThing.objects.filter(key=number).update(thing_id=made)
    return {"kind": kind, "id": made}


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


MAKERS: dict[str, tuple[Callable[[User, Mapping[str, Any]], Any], Callable[[User, Any], int]]] = {
    "folder": (lambda _actor, thing: thing, _folder),
    "file": (upload_file.prepare, upload_file.make),
    "memory": (upload_memory.prepare, upload_memory.make),
}
"""How the slow half of each kind is done before the transaction, and the rest in it."""
