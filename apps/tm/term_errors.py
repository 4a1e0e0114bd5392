"""The refusals of term bases that carry more than a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.tm.models import Term
from locanext_project.errors import Conflict


class StaleTerm(Conflict):
    """Somebody changed the term first. `term` is the present one; the API adds its JSON to the details."""

    code = "stale"

    def __init__(self, term: Term) -> None:
        who = term.changed_by_name or _("Somebody")
        super().__init__(_("%(who)s changed this term first. Your text is kept beside it.") % {"who": who})
        self.term = term


class DuplicateTerm(Conflict):
    """The term base already holds this source with this translation; `details["id"]` is that term's id."""

    code = "duplicate"

    def __init__(self, term_id: int) -> None:
        super().__init__(_("The term base already holds this term with this translation."), id=term_id)
