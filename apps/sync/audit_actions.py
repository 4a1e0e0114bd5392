"""The audit actions of this app, each with its sentence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Promise | str] = {
    "edits_received": _("{actor} sent {count} edits of {target} from a desktop."),
    "edit_let_go": _("{actor} gave up an unsent edit of {target}."),
    "conflict_resolved": _("{actor} decided a conflict in {target}."),
}
