"""Who is to work on rows, and which rows nobody may change: flags that leads set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Row, RowRevision
from apps.ldm.services import at_server
from apps.ldm.services.rows.acts.act import Act
from apps.ldm.services.rows.change_rows import RowChange
from locanext_project.errors import Invalid, NotFound


@dataclass(slots=True)
class Assign(Act):
    """`person`: the id of an account, or None for nobody in particular."""

    name = "assign"
    history = RowRevision.Kind.FLAG
    right = "assign"
    touches_text = False

    person: int | None
    _person_name: str = ""

    def begin(self, actor: User, file: File) -> None:
        """Raises Forbidden for who is not a lead, Invalid for a person who cannot work on the file."""
        Act.begin(self, actor, file)
        if self.person is None or at_server.concerns(file.pk):
            # Who is on the server is known there.
            return
        found = User.objects.filter(pk=self.person, is_active=True).first()
        try:
            if found is None:
                raise NotFound
            permissions.get_file(found, file.pk)
        except NotFound:
            raise Invalid(_("This person does not see the file."), field="person") from None
        self._person_name = found.name

    def change(self, actor: User, file: File, row: Row) -> RowChange | None:
        fields = {"assignee_id": self.person, "assignee_name": self._person_name}
        return RowChange(row.pk, fields, self._person_name)

    def counts(self) -> dict[str, Any]:
        return {"person": self._person_name}

    def plain(self) -> dict[str, Any]:
        return {"act": self.name, "person": self.person}


@dataclass(slots=True)
class Lock(Act):
    """Locking rows, or with `locked` False opening them."""

    name = "lock"
    history = RowRevision.Kind.FLAG
    right = "lock_rows"
    touches_text = False

    locked: bool = True

    def change(self, actor: User, file: File, row: Row) -> RowChange | None:
        return RowChange(row.pk, {"locked": self.locked})

    def counts(self) -> dict[str, Any]:
        return {"locked": self.locked}

    def plain(self) -> dict[str, Any]:
        return {"act": "lock" if self.locked else "unlock"}
