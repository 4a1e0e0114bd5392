"""What every act is: who may do it, what it makes of a row, and how the change set calls it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import ChangeSet, File, Row, RowRevision
from apps.ldm.selectors.rows import total_rows
from apps.ldm.services.rows.acts.scope import Scope, resolve
from apps.ldm.services.rows.change_rows import RowChange
from locanext_project.errors import Conflict, ServiceError

KEPT_REFUSALS = 200
"""Of an act on more rows than one may name: more than a person reads."""
Progress = Callable[[int, int | None, str], None]
"""Told of rows done, of how many, in which step; may raise to cancel."""


def quiet(done: int, total: int | None, step: str) -> None:
    """Nobody watches."""


class Stale(Conflict):
    """The row's text or status moved since the person saw it."""

    code = "stale"

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this row since."))


class Refusal(NamedTuple):
    """A row that was left as it is. `n` is None where the file has no such row."""

    row_id: int
    n: int | None
    code: str
    message: str

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {"row_id": self.row_id, "n": self.n, "code": self.code, "message": self.message}


@dataclass(slots=True)
class Refusals:
    """The first refusals themselves, and how many there are of each kind."""

    most: int = KEPT_REFUSALS
    kept: list[Refusal] = field(default_factory=list)
    by_code: Counter[str] = field(default_factory=Counter)

    def add(self, row_id: int, n: int | None, code: str, message: str) -> None:
        self.by_code[code] += 1
        if len(self.kept) < self.most:
            self.kept.append(Refusal(row_id, n, code, message))

    def plain(self) -> dict[str, Any]:
        """As JSON, by row number."""
        kept = sorted(self.kept, key=lambda one: (one.n is None, one.n, one.row_id))
        return {
            "refused": [one.plain() for one in kept],
            "refused_count": self.by_code.total(),
            "refused_by": dict(self.by_code),
        }


class Act(ABC):
    """An act with its options. One object serves one run: `begin` and `prepare` may keep things in it."""

    name: ClassVar[str]
    kind: ClassVar[ChangeSet.Kind] = ChangeSet.Kind.BULK
    history: ClassVar[RowRevision.Kind] = RowRevision.Kind.BULK
    right: ClassVar[str] = "edit_rows"
    touches_text: ClassVar[bool] = True
    """Whether it changes targets or statuses: then rows that others are editing are left."""

    def begin(self, actor: User, file: File) -> None:
        """Raises Forbidden and Invalid where the act cannot be done to this file at all."""
        permissions.require(actor, "edit_rows", file)
        if self.right != "edit_rows":
            permissions.require(actor, self.right, file)

    def size(self, actor: User, file: File, scope: Scope) -> int:
        """How many rows it concerns, at most. Raises NotFound for a view that is gone, Invalid."""
        return total_rows(file) if scope.whole_file else len(resolve(actor, file, scope))

    def choose(self, actor: User, file: File, scope: Scope, progress: Progress) -> array[int]:
        """The ids of the rows to be changed, as things are before any is locked."""
        del progress
        return resolve(actor, file, scope)

    def prepare(self, actor: User, file: File, rows: Sequence[Row]) -> None:
        """Read what `change` needs of a portion of rows."""
        del actor, file, rows

    @abstractmethod
    def change(self, actor: User, file: File, row: Row) -> RowChange | None:
        """What becomes of a row; None where it is so already. Raises ServiceError: the row is left, and listed."""

    def checked(self, actor: User, file: File, row: Row, seen: int | None) -> RowChange | None:
        """`change`, of a row that is as it was seen."""
        if seen is not None and self.touches_text and row.text_rev > seen:
            raise Stale
        return self.change(actor, file, row)

    def counts(self) -> dict[str, Any]:
        """What the change set says of the act beside how many rows it changed."""
        return {}

    @abstractmethod
    def plain(self) -> dict[str, Any]:
        """The act as the JSON it is parsed from, for a task."""


def planned(act: Act, actor: User, file: File, row: Row, seen: int | None, refusals: Refusals) -> RowChange | None:
    """What an act makes of a row; None, and a refusal where there is a reason, when it is left alone."""
    try:
        change = act.checked(actor, file, row, seen)
    except ServiceError as error:
        refusals.add(row.pk, row.position + 1, error.code, error.message)
        return None
    if change is None or all(getattr(row, name) == value for name, value in change.fields.items()):
        return None
    return change
