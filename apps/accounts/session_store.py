"""Browser sessions in the database, as Django keeps them; read with every request, so by a prepared statement."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from locanext_project.prepared import Prepared, instance

_COLUMNS = tuple(field.attname for field in Session._meta.concrete_fields)
_session = Prepared(lambda key: Session.objects.filter(session_key=key).values_list(*_COLUMNS))


class SessionStore(db.SessionStore):
    """Django's, with another way to read."""

    def _get_session_from_db(self) -> Session | None:
        """The row that has not run out; without one the key is forgotten, so that nobody chooses their own."""
        for values in _session(str(self.session_key)):
            found = instance(Session, _COLUMNS, values)
            if found.expire_date > timezone.now():
                return found
        self._session_key = None
        return None
