"""The memory's revision counter: raised under a lock that is held until the commit.

Every write to entries or terms locks the memory first, raises the counter once and stamps what it
changed with it. Revisions become visible in their order, and a reader who follows them misses nothing.
"""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.tm.models import Memory
from locanext_project.errors import Invalid, NotFound


def lock(memory_id: int, kind: str | None = None) -> Memory:
    """The memory, locked until the transaction ends. Call inside one, before touching its entries.

    Raises NotFound for an unknown or trashed one, Invalid where it is not of the `kind`.
    """
    memory = Memory.objects.select_for_update(of=("self",)).filter(pk=memory_id, trashed_at__isnull=True).first()
    if memory is None:
        raise NotFound
    if kind is not None and memory.kind != kind:
        if kind == Memory.Kind.TERMS:
            raise Invalid(_("This is a memory, not a term base."), code="wrong_kind")
        raise Invalid(_("This is a term base: it holds terms, not entries."), code="wrong_kind")
    return memory


def raise_revision(memory: Memory, actor: User | None, *, entries: int = 0, confirmed: int = 0) -> int:
    """Raise the counter of a locked memory and return it; `entries` and `confirmed` are added to its counters.

    The instance is brought up to date as well. `memory.revision + 1` is known before, under the lock.
    """
    memory.revision += 1
    memory.entries += entries
    memory.confirmed += confirmed
    memory.changed_at = timezone.now()
    memory.changed_by_id, memory.changed_by_name = (actor.pk, actor.name) if actor else (None, "")
    Memory.objects.filter(pk=memory.pk).update(
        revision=memory.revision,
        entries=F("entries") + entries,
        confirmed=F("confirmed") + confirmed,
        changed_at=memory.changed_at,
        changed_by_id=memory.changed_by_id,
        changed_by_name=memory.changed_by_name,
    )
    return memory.revision
