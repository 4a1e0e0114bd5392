"""What can keep a desktop from starting, in words for the person in front of it."""

from __future__ import annotations

from desktop_launcher.words import gettext as _


class Trouble(Exception):
    """A reason not to start. `code` names it, `detail` is a path or a version, never a traceback."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def sentence(code: str) -> str:
    """What happened and what to do; one that fits anything for a code this version does not know."""
    sentences = {
        "newer_database": _(
            "Your data was last used by a newer version of LocaNext. This version leaves it alone, so that nothing "
            "is lost. Install the newer version and open it again."
        ),
        "database_in_use": _(
            "Your data is open in another LocaNext, perhaps of another login on this PC. Close it there and try again."
        ),
        "database_damaged": _(
            "The file of your data cannot be read. Nothing was changed. Put back one of the backups beside it, or ask "
            "your administrator."
        ),
        "disk_full": _("The disk is full. Nothing was changed. Free some space and open LocaNext again."),
        "folder_not_writable": _("LocaNext may not write into its folder. Nothing was changed."),
        "update_failed": _(
            "Your data could not be brought up to this version. It was put back as it was before, and nothing was "
            "lost. Until this is solved you can read it, but not change it."
        ),
        "server_ended": _("The program behind the window ended several times. Everything you saved is kept."),
        "server_silent": _("The program behind the window does not answer. Everything you saved is kept."),
    }
    return sentences.get(code, _("LocaNext could not start. Everything you saved is kept."))
