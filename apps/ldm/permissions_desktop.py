"""What the person at a desktop may do to what is stored there.

What was born on this computer is theirs. What was mirrored keeps the server's structure: its rows are edited with
the role the person has on the server, and everything else about it is changed on the server. The platform and the
project "Offline Storage" are places of the program: nobody renames, moves or deletes them. An id says which is
which: above zero it is the server's.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from locanext_project.local_ids import STORAGE_ID

Words = Promise | str

# What is left of the rules of a mirrored thing; for these the person's role on the server counts.
MIRRORED: dict[str, frozenset[str]] = {
    "platform": frozenset(),
    "project": frozenset({"download"}),
    "folder": frozenset({"download", "copy"}),
    # Locks and assignments are asked of the server at once (services/at_server), who looks at the role again.
    "file": frozenset({"download", "copy", "edit_rows", "review", "approve", "revert_others", "lock_rows", "assign"}),
}
STORAGE: dict[str, frozenset[str]] = {
    "platform": frozenset(),
    "project": frozenset({"create_folder", "import", "download", "edit"}),
}
MIRRORED_MEMORY = frozenset({"export"})
"""Entries are not among it: those of a mirrored memory come from the server, and only from there."""

TOP: Words = _("Platforms and projects are made on the server. On this computer there is the Offline Storage.")
_STORAGE_STAYS: Words = _("The Offline Storage belongs to this computer and stays as it is.")
_PEOPLE: Words = _("There is nobody else on this computer: access is given on the server.")
_STRUCTURE: Words = _(
    "This is a copy of what is on the server. Its name, its place and its settings are changed there."
)
_INTO: Words = _("This place is a copy of the server's. New files and folders go into the Offline Storage.")
_VERSION: Words = _("A new version of this file is imported on the server.")
MEMORY: Words = _("This is a copy of the server's memory. It is changed there; make a copy of it to work on.")


def is_mirrored(pk: int) -> bool:
    """Whether a thing in a desktop's database is the server's."""
    return pk > 0


def is_own(pk: int) -> bool:
    """Whether a thing was born on this computer. On a server nothing was: no id there is below zero."""
    return pk < 0


def allows(kind: str, pk: int, what: str, *, by_role: bool) -> bool:
    """Whether the person may do `what` (an action of `permissions.RULES`); `by_role`: what their role lets them."""
    if is_mirrored(pk):
        return by_role and what in MIRRORED[kind]
    if pk == STORAGE_ID and kind in STORAGE:
        return what in STORAGE[kind]
    # What lies in the Offline Storage: nobody else is there to be asked, or to be granted anything.
    return what != "manage_access"


def refusal(kind: str, pk: int, what: str) -> Words | None:
    """Why `allows` says no; None where the person's role on the server is the reason."""
    if what == "manage_access":
        return _PEOPLE
    if not is_mirrored(pk):
        return TOP if what == "create_project" else _STORAGE_STAYS
    if what in MIRRORED[kind]:
        return None
    if what == "create_project":
        return TOP
    if what == "create_folder" or (what == "import" and kind != "file"):
        return _INTO
    return _VERSION if what == "import" else _STRUCTURE


def allows_memory(pk: int, what: str) -> bool:
    """Whether the person may do `what` (an action of `permissions_memory.RULES`) to a memory, writability aside."""
    return not is_mirrored(pk) or what in MIRRORED_MEMORY
