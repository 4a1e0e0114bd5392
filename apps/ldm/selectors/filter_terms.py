"""Comparisons that the database makes by itself: statuses, flags, numbers, dates, people, findings, files."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.ldm.models import Row, RowIssue, RowLease, RowRevision, Status
from apps.ldm.queries import Op, Term
from apps.ldm.queries.bounded_regex import BoundedPattern
from apps.ldm.queries.dates import is_ago
from apps.ldm.queries.fields import DONE, ME, NOBODY, TO_DO
from apps.ldm.selectors import filter_flags
from apps.ldm.selectors.filter_sets import NOTHING, Found, among, either, where
from apps.ldm.selectors.row_index import form_of
from apps.ldm.selectors.universe import FileFacts, Universe

_SUFFIXES = {Op.HAS: "", Op.GREATER: "__gt", Op.AT_LEAST: "__gte", Op.LESS: "__lt", Op.AT_MOST: "__lte"}
COMPARISONS: dict[Op, Callable[[int, int], bool]] = {
    Op.HAS: operator.eq,
    Op.GREATER: operator.gt,
    Op.AT_LEAST: operator.ge,
    Op.LESS: operator.lt,
    Op.AT_MOST: operator.le,
}


def status(term: Term, universe: Universe) -> Found:
    """The rows of a status, or of all below or from "confirmed"."""
    if term.value == TO_DO:
        return where(Q(status__lt=int(Status.CONFIRMED)))
    if term.value == DONE:
        return where(Q(status__gte=int(Status.CONFIRMED)))
    return where(Q(status=int(Status.of(term.value))))


def origin(term: Term, universe: Universe) -> Found:
    """Where the targets came from."""
    return where(Q(origin="" if term.value == NOBODY else term.value))


def score(term: Term, universe: Universe) -> Found:
    """Rows with a score, by it."""
    return where(Q(score__isnull=False) & _compared("score", term, 0))


def number(term: Term, universe: Universe) -> Found:
    """Rows by their number, which counts from 1."""
    return where(_compared("position", term, 1))


def _compared(column: str, term: Term, more: int) -> Q:
    """A comparison of a column that is less by `more` than what people say."""
    value = int(term.value) - more
    if term.op is Op.BETWEEN:
        return Q(**{f"{column}__gte": value, f"{column}__lte": int(term.until) - more})
    return Q(**{f"{column}{_SUFFIXES[term.op]}": value})


def updated(term: Term, universe: Universe) -> Found:
    """Rows by the day of their last edit; those that nobody edited are never among them."""
    edited = Q(edited_at__isnull=False)
    start, end = universe.days(term.value)
    if term.op is Op.BETWEEN:
        end = universe.days(term.until)[1]
    elif term.op is Op.HAS and is_ago(term.value):
        return where(edited & Q(edited_at__gte=start))
    if term.op is Op.GREATER:
        return where(edited & Q(edited_at__gte=end))
    if term.op is Op.AT_LEAST:
        return where(edited & Q(edited_at__gte=start))
    if term.op is Op.LESS:
        return where(edited & Q(edited_at__lt=start))
    if term.op is Op.AT_MOST:
        return where(edited & Q(edited_at__lt=end))
    return where(edited & Q(edited_at__gte=start, edited_at__lt=end))


# ---- people
def by(term: Term, universe: Universe) -> Found:
    """Rows by who edited them last."""
    if _is_me(term):
        return NOTHING if universe.user is None else where(_edited_by(universe.user.pk))
    if _is_nobody(term):
        return where(Q(edited_by_name=""))
    names = universe.rows().exclude(edited_by_name="").order_by().values_list("edited_by_name", flat=True).distinct()
    return where(Q(edited_by_name__in=_matching(term, names)))


def assignee(term: Term, universe: Universe) -> Found:
    """Rows by who is to work on them: the row's own assignee, else the file's."""
    if _is_me(term):
        return NOTHING if universe.user is None else where(_assigned_to(universe.user.pk, universe))
    own = Q(assignee_id__isnull=False)
    if _is_nobody(term):
        return where(~own & _of_files(universe, lambda file: file.assignee_id is None))
    names = universe.rows().filter(own).order_by().values_list("assignee_name", flat=True).distinct()
    matches = _matcher(term)
    of_files = _of_files(universe, lambda file: file.assignee_id is not None and matches(file.assignee_name))
    return where((own & Q(assignee_name__in=_matching(term, names))) | (~own & of_files))


def _edited_by(user_id: int) -> Q:
    return ~Q(edited_by_name="") & Q(edited_by_id__isnull=False, edited_by_id=user_id)


def _assigned_to(user_id: int, universe: Universe) -> Q:
    own = Q(assignee_id__isnull=False)
    return (own & Q(assignee_id=user_id)) | (~own & _of_files(universe, lambda file: file.assignee_id == user_id))


def _is_me(term: Term) -> bool:
    return term.op is Op.HAS and term.value.lower() == ME


def _is_nobody(term: Term) -> bool:
    return term.op is Op.HAS and term.value.lower() == NOBODY


def _matcher(term: Term) -> Callable[[str], bool]:
    if term.op is Op.REGEX:
        return BoundedPattern(term.value, ignore_case=term.ignore_case).matches
    form = form_of(term.value)
    if term.op is Op.IS:
        return lambda text: form_of(text) == form
    return lambda text: form in form_of(text)


def _matching(term: Term, names: Iterable[str]) -> list[str]:
    matches = _matcher(term)
    return [name for name in names if matches(name)]


# ---- files
def file_name(term: Term, universe: Universe) -> Found:
    """Rows of files by the file's name."""
    matches = _matcher(term)
    return where(_of_files(universe, lambda file: matches(file.name)))


def _of_files(universe: Universe, wanted: Callable[[FileFacts], bool]) -> Q:
    chosen = [file.pk for file in universe.facts if wanted(file)]
    # Q() would be dropped where it is negated.
    return Q(pk__isnull=False) if len(chosen) == len(universe.facts) else Q(file_id__in=chosen)


# ---- what rows have and are
def has(term: Term, universe: Universe) -> Found:
    """Rows with a comment, a note in their history, or a limit of their own."""
    if term.value == "comment":
        return where(~Q(comment=""))
    if term.value == "limit":
        return where(Q(max_length__isnull=False))
    return among(set(_beside(RowRevision.objects.exclude(note=""), universe, "row__")))


def is_(term: Term, universe: Universe) -> Found:
    """Rows that are something."""
    plain = {
        "changed": Q(source_changed=True),
        "locked": Q(locked=True),
        "blank": Q(blank_intended=True),
        "empty": Q(target=""),
    }
    if term.value in plain:
        return where(plain[term.value])
    if filter_flags.is_known(term.value):
        return filter_flags.find(term.value, universe)
    if term.value == "leased":
        return among(set(_beside(RowLease.objects.filter(until__gt=universe.now), universe)))
    if term.value == "repeated":
        return _repeated(universe)
    if universe.user is None or term.value != "mine":
        return NOTHING
    return where(_edited_by(universe.user.pk) | _assigned_to(universe.user.pk, universe))


def _repeated(universe: Universe) -> Found:
    """Rows whose source another live row of the same file has."""
    if universe.only is not None:
        whole = Universe(universe.files, universe.user)
        few = set(universe.rows().values_list("source_hash", flat=True))
        rows = whole.rows().filter(source_hash__in=few)
    else:
        rows = universe.rows()
    groups = rows.order_by().values("file_id", "source_hash").annotate(times=Count("pk")).filter(times__gt=1)
    if len(universe.file_ids) == 1:
        return where(Q(source_hash__in=groups.values("source_hash")))
    found: set[int] = set()
    by_file: dict[int, list[int]] = {}
    for file_id, source_hash in groups.values_list("file_id", "source_hash"):
        by_file.setdefault(file_id, []).append(source_hash)
    for file_id, hashes in by_file.items():
        for start in range(0, len(hashes), 5000):
            same = Row.objects.filter(file_id=file_id, source_hash__in=hashes[start : start + 5000])
            found.update(same.values_list("pk", flat=True))
    return among(found)


def check(term: Term, universe: Universe) -> Found:
    """Rows by what the checks found in them; "none" is every row without an open finding."""
    if term.value == "dismissed":
        return among(set(_beside(RowIssue.objects.filter(dismissed_at__isnull=False), universe)))
    open_ones = RowIssue.objects.filter(dismissed_at__isnull=True)
    if term.value == "any":
        return among(set(_beside(open_ones, universe)))
    if term.value == "none":
        return Found(without=set(_beside(open_ones, universe)) or None)
    found = among(set(_beside(open_ones.filter(kind=term.value), universe)))
    if term.value != "untranslated":
        return found
    new = Q(status=int(Status.NEW), blank_intended=False)
    return either([found, where(new)], lambda q: set(universe.rows().filter(q).order_by().values_list("pk", flat=True)))


def _beside(records: QuerySet[Any], universe: Universe, prefix: str = "") -> Iterable[int]:
    """Row ids of records that hang on rows; each has its file's id, by itself or through `prefix`."""
    found = records.filter(universe.of_files(f"{prefix}file_id"))
    if universe.only is not None:
        found = found.filter(row_id__in=universe.only)
    return found.order_by().values_list("row_id", flat=True)
