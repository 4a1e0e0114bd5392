"""The audit actions of this app, each with its sentence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Promise | str] = {
    "edits_received": _("{actor} sent {count} edits of {target} from a desktop."),
    "edit_let_go": _("{actor} gave up an unsent edit of {target}."),
    "conflict_resolved": _("{actor} decided {count} conflicts in {target}."),
    "upload_received": _("{actor} sent {target}, made offline, to the server ({count} texts)."),
    "epoch_renewed": _("A restored backup began a new epoch: desktops fetch their copies anew."),
}
