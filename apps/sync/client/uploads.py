"""Sending to the server what was born offline: it makes a copy, which is mirrored; the local one goes to the bin.

Nothing is renumbered. Each thing has a key that is kept before it is sent, so that sending it again
makes no second copy, and what was cut goes on.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm.models import File, Folder, MemoryAssignment, Row, StoredBlob
from apps.ldm.services import blobs
from apps.ldm.services.memories import bin as memory_bin
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.structure import Ref
from apps.sync.client import link, memories, subscriptions
from apps.sync.models import PlaceOfUpload
from apps.sync.protocol import BLOB_BYTES, Refused, SyncPeer
from apps.sync.server import upload_file, upload_memory
from apps.tm.models import Entry, Memory, Term
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound

FILE_FIELDS = ("name", "variant", "format", "source_language", "target_language")
SHORTEST_WAIT, LONGEST_WAIT = 0.1, 10.0
"""Seconds between two questions whether a large thing is made."""
ORIGINAL_FIELDS = ("filename", "source_filename", "format", "encoding", "options", "warnings", "keyed")

pause = time.sleep


def upload(
    peer: SyncPeer, *, actor: User, kind: str, local_id: int, project_id: int, folder_id: int | None
) -> dict[str, Any]:
    """Send a file, a folder with all that is in it, or a memory: {"kind", "id"} of the server's copy.

    Raises NotFound, Invalid for what is the server's already, and what the peer raises.
    """
    if local_id >= 0 or kind not in ("file", "folder", "memory"):
        raise Invalid(_("Choose a file, a folder or a memory that was made on this PC."), field="id")
    if kind == "file":
        return {"kind": kind, "id": _file(peer, actor, local_id, project_id, folder_id)}
    if kind == "folder":
        return {"kind": kind, "id": _folder(peer, actor, local_id, project_id, folder_id)}
    return {"kind": kind, "id": _memory(peer, actor, local_id, project_id, folder_id)}


def _begin(kind: str, local_id: int, revision: int | None = None) -> PlaceOfUpload:
    """The note of an upload, with the key that is kept before anything is sent, and the revision that was sent first.

    What was edited since goes under the same key: the server may have made its copy already, and makes no second one.
    """
    with workspaces.atomic():
        fresh = {"key": uuid.uuid4(), "revision": revision}
        return PlaceOfUpload.objects.get_or_create(kind=kind, local_id=local_id, defaults=fresh)[0]


def _create(peer: SyncPeer, place: PlaceOfUpload, thing: dict[str, Any]) -> int:
    """The server's copy, made once; of what is large the server says when to ask again."""
    if place.server_id is not None:
        return place.server_id
    while True:
        made = peer.create(link.caller(), str(place.key), {"kind": place.kind, "later": True, **thing})
        if "id" in made:
            break
        pause(min(LONGEST_WAIT, max(SHORTEST_WAIT, float(made["wait"]))))
    with workspaces.atomic():
        PlaceOfUpload.objects.filter(pk=place.pk).update(server_id=int(made["id"]))
    return int(made["id"])


def _was_edited(place: PlaceOfUpload, now: int) -> bool:
    """Whether the server's copy may be of another revision. Then both stay, and the next upload makes another copy."""
    if place.revision is None or place.revision == now:
        return False
    with workspaces.atomic():
        PlaceOfUpload.objects.filter(pk=place.pk).delete()
    return True


# ---- files and folders ----
def _file(peer: SyncPeer, actor: User, local_id: int, project_id: int, folder_id: int | None) -> int:
    file = File.objects.select_related("original__blob", "original__source_blob", "project").filter(
        pk=local_id, trash__isnull=True
    ).first()  # fmt: skip
    if file is None:
        raise NotFound
    place, thing = _begin("file", local_id, file.revision), dict[str, Any]()
    if place.server_id is None:
        thing = {name: getattr(file, name) for name in FILE_FIELDS}
        thing |= {"project_id": project_id, "folder_id": folder_id, "original": _original(peer, file)}
        thing["rows_sha256"] = _put_rows(peer, file)
    server_id = _create(peer, place, thing)
    subscriptions.mirror_whole(peer, server_id)
    with workspaces.atomic():
        now = File.objects.select_for_update().get(pk=local_id)
        edited = now.trash_id is not None or _was_edited(place, now.revision)
        if not edited:
            delete(actor=actor, items=[Ref("file", local_id)])
            _record(actor, "file", server_id, file.name)
    if edited:
        raise _edited(file.name)
    return server_id


def _edited(name: str) -> Refused:
    """Edited while it was sent: both stay, so that nothing of it is lost."""
    words = _("%(name)s was edited while it was uploaded. It is still here, beside its copy.") % {"name": name}
    return Refused("edited", words)


def _original(peer: SyncPeer, file: File) -> dict[str, Any]:
    original = file.original
    if original is None:
        return {}
    values = {name: getattr(original, name) for name in ORIGINAL_FIELDS}
    values["sha256"] = _put(peer, blobs.load(original.blob))
    source: StoredBlob | None = original.source_blob
    values["source_sha256"] = _put(peer, blobs.load(source)) if source is not None else ""
    return values


def _put_rows(peer: SyncPeer, file: File) -> str:
    rows = Row.objects.filter(file_id=file.pk, removed_at__isnull=True).order_by("position")
    return _put_table(peer, upload_file.COLUMNS, rows.values_list(*upload_file.COLUMNS))


def _put_table(peer: SyncPeer, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    listed = [[value.isoformat() if isinstance(value, datetime) else value for value in row] for row in rows]
    return _put(peer, json.dumps({"columns": list(columns), "rows": listed}, ensure_ascii=False).encode())


def _put(peer: SyncPeer, data: bytes) -> str:
    """Send bytes from where it stopped; their sum."""
    sha256 = hashlib.sha256(data).hexdigest()
    have = peer.put_blob(sha256, 0, len(data), b"")
    while have < len(data):
        following = peer.put_blob(sha256, have, len(data), data[have : have + BLOB_BYTES])
        if following <= have:
            raise Refused("busy", _("The server did not take in what was sent."))
        have = following
    return sha256


def _folder(peer: SyncPeer, actor: User, local_id: int, project_id: int, parent_id: int | None) -> int:
    folder = Folder.objects.filter(pk=local_id, trash__isnull=True).first()
    if folder is None:
        raise NotFound
    thing = {"project_id": project_id, "parent_id": parent_id, "name": folder.name}
    server_id = _create(peer, _begin("folder", local_id), thing)
    for pk in Folder.objects.filter(parent_id=local_id, trash__isnull=True).order_by("pk").values_list("pk", flat=True):
        _folder(peer, actor, pk, project_id, server_id)
    for pk in File.objects.filter(folder_id=local_id, trash__isnull=True).order_by("pk").values_list("pk", flat=True):
        _file(peer, actor, pk, project_id, server_id)
    with workspaces.atomic():
        delete(actor=actor, items=[Ref("folder", local_id)])
        _record(actor, "folder", server_id, folder.name)
    return server_id


# ---- memories ----
def _memory(peer: SyncPeer, actor: User, local_id: int, project_id: int, folder_id: int | None) -> int:
    memory = Memory.objects.filter(pk=local_id, trashed_at__isnull=True).first()
    if memory is None:
        raise NotFound
    place = {"kind": "folder", "id": folder_id} if folder_id is not None else {"kind": "project", "id": project_id}
    at, thing = _begin("memory", local_id, memory.revision), dict[str, Any]()
    if at.server_id is None:
        thing = {name: getattr(memory, name) for name in ("name", "source_language", "target_language", "description")}
        thing |= {"memory_kind": str(memory.kind), "to": place, "entries_sha256": _put_entries(peer, memory)}
    server_id = _create(peer, at, thing)
    memories.adopt(memory, server_id, _use_of(memory, place))
    memories.fetch(peer, server_id)
    with workspaces.atomic():
        edited = _was_edited(at, Memory.objects.select_for_update().get(pk=local_id).revision)
        if not edited:
            memory_bin.trash(actor=actor, memory_id=local_id)
            _record(actor, "memory", server_id, memory.name)
    if edited:
        raise _edited(memory.name)
    return server_id


def _use_of(memory: Memory, place: dict[str, Any]) -> dict[str, Any]:
    """How the server's copy is used here until the server says so itself: as the one of this PC."""
    use = MemoryAssignment.objects.get(memory_id=memory.pk)
    values = {name: getattr(use, name) for name in ("active", "priority", "penalty", "writable")}
    return {"kind": place["kind"], "place_id": place["id"], **values}


def _put_entries(peer: SyncPeer, memory: Memory) -> str:
    is_memory = memory.kind == Memory.Kind.MEMORY
    columns = upload_memory.ENTRY_COLUMNS if is_memory else upload_memory.TERM_COLUMNS
    model: Any = Entry if is_memory else Term
    rows = model.objects.filter(memory_id=memory.pk, removed_at__isnull=True).order_by("pk").values_list(*columns)
    return _put_table(peer, columns, rows) if rows.exists() else ""


def _record(actor: User, kind: str, server_id: int, name: str) -> None:
    record("uploaded", actor=actor, target_kind=kind, target_id=server_id, target_name=name)
