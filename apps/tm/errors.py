"""The refusals of this app that carry more than a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.tm.models import Entry
from locanext_project.errors import Conflict, Invalid


class NameTaken(Invalid):
    """Another memory (or term base) has the name; `details["name"]` is the clash."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(_("The name “%(name)s” is taken.") % {"name": name}, field="name", name=name)


class StaleEntry(Conflict):
    """Somebody changed the entry first. `entry` is the present one; the API adds its JSON to the details."""

    code = "stale"

    def __init__(self, entry: Entry) -> None:
        who = entry.changed_by_name or _("Somebody")
        super().__init__(_("%(who)s changed this entry first. Your text is kept beside it.") % {"who": who})
        self.entry = entry


class DuplicateEntry(Conflict):
    """The memory already holds this source, key and target; `details["id"]` is that entry's id."""

    code = "duplicate"

    def __init__(self, entry_id: int) -> None:
        super().__init__(_("The memory already holds this source with this target."), id=entry_id)
