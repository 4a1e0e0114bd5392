"""Searching rows in a file, a folder, a project, a platform or everywhere a person may see; page by page."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Row
from apps.ldm.queries import All, Node, Not, Op, QueryError, Term, all_of, any_of, parse
from apps.ldm.queries.bounded_regex import BoundedPattern
from apps.ldm.queries.fields import FIELDS, Kind, columns
from apps.ldm.queries.tree import Any as AnyOf
from apps.ldm.selectors import filter_rows, text_hits, text_ranges
from apps.ldm.selectors.folders import folders_below
from apps.ldm.selectors.query_words import said
from apps.ldm.selectors.row_index import FIELDS as COLUMNS
from apps.ldm.selectors.text_hits import START, Place
from apps.ldm.selectors.text_ranges import Range, Ranges
from apps.ldm.selectors.universe import Universe
from locanext_project.errors import Invalid

MODES = ("contains", "exact", "excludes", "regex")
SECONDS = 2.5
"""After so long a page is sent as it is, and goes on with the next request."""
FIRST_WINDOW, LAST_WINDOW = 5_000, 80_000
"""Rows that conditions which read every row are asked about at a time."""
FAR = 2**31 - 1
ORDER = ("file_id", "position")
ROW_COLUMNS = ("pk", "file_id", "position", "key", "source", "target", "comment", "status")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: a text in some fields, and a query that must hold beside it."""

    text: str = ""
    mode: str = "contains"
    fields: tuple[str, ...] = ("source", "target")
    query: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of ROW_COLUMNS, and by field where in it the hits are."""

    values: tuple[Any, ...]
    ranges: dict[str, list[Range]]


@dataclass(frozen=True, slots=True)
class Page:
    """Hits by file and position. `after`: where the next page begins, also where this one had no time to be filled."""

    hits: list[Hit]
    after: Place | None
    total: int | None
    """Of the whole search, where that is known."""


def universe_of(user: User, kind: str, pk: int = 0) -> Universe:
    """The rows of a place that the person sees; `kind` "all" is everything. Raises NotFound."""
    files = File.objects.filter(project__in=permissions.visible_projects(user), trash__isnull=True)
    if kind == "file":
        return Universe.of_file(permissions.get_file(user, pk), user)
    if kind != "all":
        node = permissions.get_node(user, kind, pk)
        narrower = {
            "folder": lambda: Q(folder_id__in=folders_below([node.pk])),
            "project": lambda: Q(project_id=node.pk),
            "platform": lambda: Q(project__platform_id=node.pk),
        }
        files = files.filter(narrower[kind]())
    return Universe(files, user)


def search(universe: Universe, wanted: Wanted, *, after: Place = START, limit: int = 100) -> Page:
    """A page of rows. Raises Invalid: "bad_query" for queries and regexes, with the place of what is wrong."""
    tree = _tree(wanted)
    if isinstance(tree, All) and not tree.parts:
        raise Invalid(_("Type what to look for."), field="q")
    total: int | None = None
    going_on: Place | None = None
    if wanted.text and wanted.mode in ("contains", "exact") and not wanted.query.strip():
        whole = wanted.mode == "exact"
        places, total = text_hits.first(universe, wanted.text, wanted.fields, whole=whole, after=after, limit=limit + 1)
    else:
        places, going_on = _filtered(universe, tree, after, limit + 1)
    more = places[limit - 1] if len(places) > limit else going_on
    return Page(_hits(places[:limit], _marks(tree)), more, total)


def _tree(wanted: Wanted) -> Node:
    """All that is looked for as one tree."""
    parts = [filter_rows.check(wanted.query)] if wanted.query.strip() else []
    if wanted.text:
        parts.append(_text_tree(wanted))
    return all_of(parts)


def _text_tree(wanted: Wanted) -> Node:
    op = {"exact": Op.IS, "regex": Op.REGEX}.get(wanted.mode, Op.HAS)
    if op is Op.REGEX:
        # In the words of the language, so that a wrong one is refused as there; the place is that in the text.
        try:
            parse(str(Term("any", op, wanted.text)))
        except QueryError as error:
            at = max(0, error.at - len("any:/"))
            raise Invalid(said(error), code="bad_query", at=at, length=error.length, valid=[]) from None
    tree = any_of(Term(name, op, wanted.text, length=len(wanted.text)) for name in wanted.fields)
    return Not(tree) if wanted.mode == "excludes" else tree


def _filtered(universe: Universe, tree: Node, after: Place, limit: int) -> tuple[list[Place], Place | None]:
    """Places of the first rows for which a tree holds, and where to go on if there was no time to find them all."""
    evaluation = filter_rows.Evaluation(universe)
    until = time.monotonic() + SECONDS
    ids: list[int] = []
    windows = _windows(universe, after) if filter_rows.reads_all(tree) else [(_behind(after), START)]
    try:
        for window, last in windows:
            found = evaluation.find(tree, window)
            ids += islice(filter_rows.stream(universe.rows().filter(window), found, ORDER), limit - len(ids))
            if len(ids) == limit:
                break
            if last != START and time.monotonic() > until:
                return _placed(ids), last
    except QueryError as error:
        raise filter_rows.refusal(error) from None
    return _placed(ids), None


def _placed(ids: Sequence[int]) -> list[Place]:
    rows = Row.objects.filter(pk__in=ids).values_list("file_id", "position", "pk")
    known = {values[2]: Place(*values) for values in rows}
    return [known[pk] for pk in ids if pk in known]


def _behind(after: Place) -> Q:
    return Q(file_id__gt=after.file_id) | Q(file_id=after.file_id, position__gt=after.position)


def _windows(universe: Universe, after: Place) -> Iterator[tuple[Q, Place]]:
    """Conditions that part the rows behind a place, in order, each with its last place: small files together."""
    together: list[int] = []
    held, size = 0, FIRST_WINDOW
    for file in universe.facts:
        if file.pk < after.file_id:
            continue
        start = after.position + 1 if file.pk == after.file_id else 0
        end = _end(file.pk)
        if start == 0 and end <= FIRST_WINDOW:
            together.append(file.pk)
            held += end
            if held < size:
                continue
        if together:
            yield Q(file_id__in=together), Place(together[-1], FAR)
            size = min(size * 2, LAST_WINDOW)
        if file.pk not in together:
            while start < end:
                yield (
                    Q(file_id=file.pk, position__gte=start, position__lt=start + size),
                    Place(file.pk, start + size - 1),
                )
                start, size = start + size, min(size * 2, LAST_WINDOW)
        together, held = [], 0
    if together:
        yield Q(file_id__in=together), Place(together[-1], FAR)


def _end(file_id: int) -> int:
    """Behind the last position of a file: positions are dense."""
    last = Row.objects.filter(file_id=file_id).order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


# ---- where the hits are
def _marks(tree: Node) -> dict[str, list[Ranges]]:
    """What to mark in each column: the texts that a tree asks for, not those that it excludes."""
    found: dict[str, list[Ranges]] = {}
    for term in _positive(tree):
        if FIELDS[term.field] is not Kind.TEXT or not term.value:
            continue
        if term.op is Op.REGEX:
            marks = text_ranges.of_pattern(BoundedPattern(term.value, ignore_case=term.ignore_case))
        else:
            marks = text_ranges.of_text(term.value)
        for column in columns(term.field):
            if column in COLUMNS:
                found.setdefault(column, []).append(marks)
    return found


def _positive(tree: Node) -> Iterator[Term]:
    if isinstance(tree, Term):
        yield tree
    elif isinstance(tree, All | AnyOf):
        for part in tree.parts:
            yield from _positive(part)


def _hits(places: Sequence[Place], marks: dict[str, list[Ranges]]) -> list[Hit]:
    rows = Row.objects.filter(pk__in=[place.row_id for place in places]).values_list(*ROW_COLUMNS)
    known = {values[0]: values for values in rows}
    return [hit_of(known[place.row_id], marks) for place in places if place.row_id in known]


def hit_of(values: tuple[Any, ...], marks: dict[str, list[Ranges]]) -> Hit:
    """A row with its marks; fields without any are left out."""
    ranges = {}
    for column, several in marks.items():
        text = values[ROW_COLUMNS.index(column)]
        if found := text_ranges.merged(mark(text) for mark in several):
            ranges[column] = found
    return Hit(values, ranges)
