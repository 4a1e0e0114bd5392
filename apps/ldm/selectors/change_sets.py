"""Change sets of a file or of a project, narrowed down to persons, kinds and days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from apps.ldm.models import ChangeSet, File, Project
from locanext_project.errors import Invalid


def of_file(file: File) -> QuerySet[ChangeSet]:
    """Every change set of a file."""
    return ChangeSet.objects.filter(file=file)


def of_project(project: Project) -> QuerySet[ChangeSet]:
    """Every change set of the files of a project, but for those in the recycle bin; the files are loaded."""
    return ChangeSet.objects.filter(file__project=project, file__trash__isnull=True).select_related("file")


def narrowed(sets: QuerySet[ChangeSet], wanted: Mapping[str, str]) -> QuerySet[ChangeSet]:
    """Those of an `author` (id), of some `kind`s (names, by commas), `since` and `until` a day or a time.

    `until` a day includes it. Raises Invalid naming what is not understood.
    """
    if author := wanted.get("author", ""):
        number = author.removeprefix("-")
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            raise Invalid(_("author is the id of a person."), field="author")
        sets = sets.filter(author_id=int(author))
    if kinds := [kind for kind in wanted.get("kind", "").split(",") if kind]:
        for kind in kinds:
            if kind not in ChangeSet.Kind.values:
                words = {"name": kind, "names": ", ".join(ChangeSet.Kind.values)}
                raise Invalid(_("There is no kind “%(name)s”. There are %(names)s.") % words, field="kind")
        sets = sets.filter(kind__in=kinds)
    if since := wanted.get("since", ""):
        sets = sets.filter(created_at__gte=_moment(since, "since"))
    if until := wanted.get("until", ""):
        sets = sets.filter(created_at__lt=_moment(until, "until"))
    return sets


def _moment(text: str, name: str) -> datetime:
    """A day (its start, or for "until" its end) or a time, without a zone in UTC. Raises Invalid."""
    try:
        day = parse_date(text)
        moment = parse_datetime(text) if day is None else None
        if day is not None:
            start = datetime.combine(day, time.min, UTC)
            return start + timedelta(days=1) if name == "until" else start
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise Invalid(_("%(name)s is a day (2026-11-01) or a time.") % {"name": name}, field=name)
    return make_aware(moment, UTC) if is_naive(moment) else moment
