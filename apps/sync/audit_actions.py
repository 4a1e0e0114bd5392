"""The audit actions of this app, each with its sentence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Promise | str] = {
    "edits_received": _("{actor} sent {count} edits of {target} from a desktop."),
    "link_connected": _("{actor} linked this desktop to {target}."),
    "link_signed_in": _("{actor} logged in to {target} from this desktop."),
    "link_signed_out": _("{actor} logged out of {target} on this desktop."),
    "link_mode_changed": _("{actor} set this desktop's mode: {mode}."),
    "subscription_set": _("{actor} keeps {target} up to date on this PC."),
    "subscription_ended": _("{actor} does not keep {target} up to date on this PC any more."),
    "uploaded": _("{actor} uploaded {target} to the server."),
    "edit_let_go": _("{actor} gave up an unsent edit of {target}."),
    "conflict_resolved": _("{actor} decided {count} conflicts in {target}."),
    "upload_received": _("{actor} sent {target}, made offline, to the server ({count} texts)."),
    "epoch_renewed": _("A restored backup began a new epoch: desktops fetch their copies anew."),
}
