"""Files that the server has no more, or does not show any more: they stay, and so do their edits."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from apps.sync.models import MirroredFile, PendingEdit
from locanext_project import workspaces

State = MirroredFile.State
_STATES = {"gone": State.MISSING, "forbidden": State.FORBIDDEN}
_SENTENCES = {
    "gone": gettext_lazy("The server does not have this file any more."),
    "forbidden": gettext_lazy("You may not see this file on the server any more."),
}
_LOST = (State.MISSING, State.FORBIDDEN)


def is_loss(reason: str) -> bool:
    """Whether a refusal means that this one thing is not to be had."""
    return reason in _STATES


def mark(file_id: int, reason: str) -> None:
    """The server refused a file: it keeps its rows here; edits that wait for it wait apart. Deletes nothing."""
    with workspaces.atomic():
        lost = MirroredFile.objects.filter(pk=file_id).exclude(state=_STATES[reason])
        if lost.update(state=_STATES[reason]):
            waiting = PendingEdit.objects.filter(file_id=file_id, quarantined=False)
            waiting.update(quarantined=True, reason=reason, error=str(_SENTENCES[reason]))


def unmark(mirror: MirroredFile) -> None:
    """The server gives a file again: what waited apart is tried again. In the transaction of what arrived."""
    if mirror.state in _LOST:
        mirror.state = State.CURRENT if whole(mirror) else State.PARTIAL
        PendingEdit.objects.filter(file_id=mirror.pk, quarantined=True, reason__in=_STATES).update(
            quarantined=False, reason="", error="", refusals=0
        )


def whole(mirror: MirroredFile) -> bool:
    """Whether all of a file's rows have arrived once."""
    return mirror.cursor > 0 and not mirror.token
