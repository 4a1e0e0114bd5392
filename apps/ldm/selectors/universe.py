"""The rows that a query is asked about: live rows of one file or of several, or some of them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db import connections
from django.db.models import BigIntegerField, F, Func, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.queries import dates
from locanext_project import workspaces

_FACTS = ("pk", "name", "searchable_revision", "revision", "assignee_id", "assignee_name")
MOST_LISTED = 500
"""Up to so many files are named in a statement; more are described in it."""


class FileFacts(NamedTuple):
    """What queries ask of a file."""

    pk: int
    name: str
    searchable_revision: int
    revision: int
    assignee_id: int | None
    assignee_name: str


@dataclass
class Universe:
    """Rows of `files`; of these only the ids in `only`, where that is not None. `user` is who "me" is."""

    files: QuerySet[File]
    user: User | None
    only: Sequence[int] | None = None
    now: datetime = field(default_factory=lambda: timezone.now())

    @classmethod
    def of_file(cls, file: File, user: User | None, only: Sequence[int] | None = None) -> Universe:
        """The rows of one file, as it was read."""
        universe = cls(File.objects.filter(pk=file.pk), user, only)
        universe.facts = [FileFacts._make(getattr(file, name) for name in _FACTS)]
        return universe

    @cached_property
    def facts(self) -> list[FileFacts]:
        """Its files, by id."""
        return [FileFacts._make(values) for values in self.files.order_by("pk").values_list(*_FACTS)]

    @cached_property
    def file_ids(self) -> list[int]:
        """Ids of its files."""
        return [file.pk for file in self.facts]

    def of_files(self, name: str = "file_id") -> Q:
        """A condition on the column file_id of any table, or on what else `name` says."""
        if len(self.file_ids) == 1:
            return Q(**{name: self.file_ids[0]})
        if len(self.file_ids) <= MOST_LISTED:
            return Q(**{f"{name}__in": self.file_ids})
        return Q(**{f"{name}__in": self.files.order_by().values("pk")})

    def rows(self) -> QuerySet[Row]:
        """Its live rows, in no order."""
        found = Row.objects.filter(self.of_files(), position__gte=0)
        return found if self.only is None else found.filter(pk__in=self.only)

    def rows_by_id(self) -> QuerySet[Row]:
        """Its live rows, to be narrowed to some ids by the caller.

        With an index on the files at hand, SQLite reads all of a file to find the ids in it, however few they are.
        """
        if connections[workspaces.alias()].vendor != "sqlite" or self.only is not None:
            return self.rows()
        unindexed = Func(F("file_id"), template="+%(expressions)s", output_field=BigIntegerField())
        return Row.objects.alias(of_file=unindexed).filter(self.of_files("of_file"), position__gte=0)

    def late(self) -> QuerySet[Row] | None:
        """Its live rows that the search index does not know as they are now; None where there is none."""
        behind = [file for file in self.facts if file.searchable_revision < file.revision]
        if not behind:
            return None
        if len(behind) > MOST_LISTED:
            return Row.objects.filter(self.of_files(), position__gte=0, rev__gt=F("file__searchable_revision"))
        marks = (Q(file_id=file.pk, rev__gt=file.searchable_revision) for file in behind)
        return Row.objects.filter(functools.reduce(operator.or_, marks), position__gte=0)

    def days(self, text: str) -> tuple[datetime, datetime]:
        """From when until before when a date lasts, in the present time zone."""
        zone = timezone.get_current_timezone()
        first, last = dates.span(text, timezone.localdate(self.now))

        def start(day: date) -> datetime:
            return timezone.make_aware(datetime.combine(day, time.min), zone)

        # No zone is a day away from UTC, so the calendar's ends stay inside of what databases hold.
        first, last = max(first, date(2, 1, 1)), min(max(last, date(2, 1, 1)), date(9998, 12, 31))
        return start(min(first, last)), start(last + timedelta(days=1))
