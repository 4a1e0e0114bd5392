"""What hubs ask of the database: the state of the files that are open somewhere, and who may still be there."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import LoginSession, User
from apps.ldm import permissions
from apps.ldm.models import File, Presence, RowLease
from apps.ldm.selectors.rows import total_rows
from locanext_project.errors import NotFound

DROPPED_SECONDS = 45
"""Whose process has not been heard of for so long is not there any more."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A file's numbers, as frames carry them."""

    revision: int
    generation: int
    counts: dict[str, Any]
    total: int


@dataclass(slots=True)
class Look:
    """What a look at the open files found."""

    revisions: dict[int, int] = field(default_factory=dict)
    """By file; a file that is gone or in the recycle bin is not here."""
    people: list[Presence] = field(default_factory=list)
    leases: list[RowLease] = field(default_factory=list)
    logins: set[uuid.UUID] = field(default_factory=set)
    """Those asked about that live."""
    shut_out: set[tuple[int, int]] = field(default_factory=set)
    """(file, person) who may not see it any more."""


def summaries(file_ids: Collection[int]) -> dict[int, Summary]:
    """The numbers of files, in one query."""
    files = File.objects.filter(pk__in=file_ids)
    return {file.pk: Summary(file.revision, file.generation, file.counts(), total_rows(file)) for file in files}


def people_in(file_ids: Collection[int]) -> list[Presence]:
    """Every window that has one of these files open."""
    cutoff = timezone.now() - timedelta(seconds=DROPPED_SECONDS)
    return list(Presence.objects.filter(file_id__in=file_ids, seen_at__gte=cutoff))


def leases_in(file_ids: Collection[int]) -> list[RowLease]:
    """The leases that hold now in these files."""
    return list(RowLease.objects.filter(file_id__in=file_ids, until__gt=timezone.now()))


def look(viewers: Mapping[int, Collection[int]], logins: Collection[uuid.UUID], *, rights: bool) -> Look:
    """Look at files ({file: people in it}) in four queries; with `rights` also at who may see restricted ones."""
    found, now = Look(), timezone.now()
    restricted = []
    values = ("pk", "revision", "project__restricted", "project__platform__restricted")
    for pk, revision, *guarded in File.objects.filter(pk__in=viewers, trash__isnull=True).values_list(*values):
        found.revisions[pk] = revision
        if any(guarded):
            restricted.append(pk)
    found.people = people_in(list(viewers))
    found.leases = leases_in(list(viewers))
    alive = Q(ended_at=None, expires_at__gt=now, ends_at__gt=now, user__is_active=True)
    found.logins = set(LoginSession.objects.filter(alive, pk__in=logins).values_list("pk", flat=True))
    if rights and restricted:
        found.shut_out = _shut_out({pk: viewers[pk] for pk in restricted})
    return found


def _shut_out(viewers: Mapping[int, Collection[int]]) -> set[tuple[int, int]]:
    people = User.objects.in_bulk({person for persons in viewers.values() for person in persons})
    out = set()
    for file_id, persons in viewers.items():
        for person in persons:
            try:
                permissions.get_file(people.get(person) or AnonymousUser(), file_id)
            except NotFound:
                out.add((file_id, person))
    return out
