"""Queries over rows: the same answer as reading every row, in every state of the index, on every database."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.models import File, Row, RowIssue, RowLease, RowRevision, Status
from apps.ldm.queries import Node, Not, Op, Term, all_of, any_of, parse
from apps.ldm.queries.fields import FIELDS, VALUES, Kind
from apps.ldm.selectors import filter_rows, filter_sets, filter_text, views
from apps.ldm.services.rows import search_index
from apps.tm.matching.normalise import text_hash
from locanext_project.errors import Invalid
from tests.ldm.selectors.brute_force import World
from tests.ldm.services.conftest import file, make_file, project  # noqa: F401 (fixtures)
from tests.ldm.services.rows.test_search import PIECES

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
"""In Seoul it is the 21st already."""
NAMES = ["", "Mina Han", "Jonas", "ÉMILE"]
DATES = ["today", "yesterday", "7d", "0d", "2026-11-20", "2026-11-21", "2026-11", "2026", "2026-10-31"]
PATTERNS = [r"\d", "가나?", "a.*b", "^a", "[가-힣]{2}", "AB|ab", r"역사\b", "é", "(?i)éCO", "x?", r"등대지기", "s"]


def fill(file: File, count: int, chance: random.Random, people: list[User]) -> None:  # noqa: F811
    """Rows of random everything."""

    def text(most: int = 4) -> str:
        return "".join(chance.choice(PIECES) for _ in range(chance.randrange(most)))

    revision = File.objects.get(pk=file.pk).revision + 1
    File.objects.filter(pk=file.pk).update(revision=revision)
    start = Row.objects.filter(file=file, position__gte=0).count()
    rows = []
    for n in range(count):
        source = chance.choice(["반복", text() or "x", text() or "y"])
        edited = chance.random() < 0.5
        person, other = chance.choice(people), chance.choice([*people, None, None])
        rows.append(
            Row(
                file=file, position=start + n, segment=-1, key=text(), source=source, source_hash=text_hash(source),
                target=text(), comment=chance.choice(["", text()]), context=text(), location=text()[:200],
                status=chance.randrange(6), origin=chance.choice(["", "human", "tm", "mt", "import", "sync"]),
                score=chance.choice([None, 0, 75, 101]), locked=chance.random() < 0.3,
                source_changed=chance.random() < 0.3, blank_intended=chance.random() < 0.3,
                max_length=chance.choice([None, 20]), rev=revision, text_rev=revision,
                edited_at=NOW - timedelta(minutes=chance.randrange(60 * 24 * 30)) if edited else None,
                edited_by_id=person.pk if edited else None, edited_by_name=person.name if edited else "",
                assignee_id=other.pk if other else None, assignee_name=other.name if other else "",
            )
        )  # fmt: skip
    made = Row.objects.bulk_create(rows)
    for row in made:
        for kind in chance.sample(["placeholder", "tag", "line_break", "length", "untranslated"], chance.randrange(3)):
            gone = NOW if chance.random() < 0.3 else None
            RowIssue.objects.create(
                row=row, file_id=file.pk, kind=kind, code="x", severity=1, fingerprint=kind, dismissed_at=gone
            )
        if chance.random() < 0.1:
            until = NOW + timedelta(seconds=chance.choice([-5, 30]))
            RowLease.objects.create(
                row=row, file_id=file.pk, user_id=1, user_name="x", connection="c", taken_at=NOW, until=until
            )
        if chance.random() < 0.2:
            note = chance.choice(["", "why"])
            RowRevision.objects.create(row=row, kind="edit", rev=1, at=NOW, status_before=0, status=1, note=note)


def a_term(chance: random.Random) -> Term:
    name = chance.choice(sorted(FIELDS))
    kind = FIELDS[name]
    if kind is Kind.CHOICE:
        return Term(name, Op.HAS, chance.choice(VALUES[name]))
    if kind in (Kind.NUMBER, Kind.DATE):
        values = DATES if kind is Kind.DATE else ["0", "1", "3", "75", "101", "20"]
        if chance.random() < 0.2:
            return Term(name, Op.BETWEEN, chance.choice(values), chance.choice(values))
        op = chance.choice([Op.HAS, Op.GREATER, Op.AT_LEAST, Op.LESS, Op.AT_MOST])
        return Term(name, op, chance.choice(values))
    if chance.random() < 0.2:
        return Term(name, Op.REGEX, chance.choice(PATTERNS), ignore_case=chance.random() < 0.5)
    pieces = [*NAMES, "me", "none", "quest"] if kind is Kind.PERSON or name == "file" else ["", *PIECES]
    text = "".join(chance.choice(pieces) for _ in range(chance.choice([1, 1, 2])))
    return Term(name, chance.choice([Op.HAS, Op.HAS, Op.IS]), text)


def a_tree(chance: random.Random, depth: int = 3) -> Node:
    shape = chance.random()
    if depth == 0 or shape < 0.4:
        return a_term(chance)
    if shape < 0.55:
        return Not(a_tree(chance, depth - 1))
    parts = [a_tree(chance, depth - 1) for _ in range(chance.randrange(1, 4))]
    return all_of(parts) if shape < 0.8 else any_of(parts)


@pytest.fixture
def full(
    file: File,  # noqa: F811
    lead: User,
    translator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[World, User, random.Random]:
    """A file of rows of every kind; the rows of the import stay among them."""
    chance = random.Random(11)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    fill(file, 120, chance, [lead, translator])
    Row.objects.filter(file=file, position=3).update(removed_at=NOW, position=-1)
    File.objects.filter(pk=file.pk).update(assignee_id=translator.pk, assignee_name=translator.name)
    return World(File.objects.get(pk=file.pk), translator.pk, NOW, ZONE), translator, chance


def check(world: World, person: User, trees: list[Node]) -> None:
    with timezone.override(ZONE):
        for tree in trees:
            found = filter_rows.matching(person, world.file, str(tree)).tolist()
            assert found == world.found(parse(str(tree))), str(tree)


def every_term() -> list[Node]:
    """Each choice by itself and not, each text field in each way."""
    trees: list[Node] = [Term(name, Op.HAS, value) for name, values in VALUES.items() for value in values]
    for name, kind in FIELDS.items():
        if kind in (Kind.TEXT, Kind.PERSON):
            trees += [Term(name, op, value) for op in (Op.HAS, Op.IS) for value in ("", "가나", "a", "me", "Mina")]
            trees += [Term(name, Op.REGEX, pattern) for pattern in PATTERNS]
    return [*trees, *(Not(tree) for tree in trees)]


def test_every_condition_finds_what_reading_every_row_finds(full: tuple[World, User, random.Random]) -> None:
    world, person, _ = full
    check(world, person, every_term())


@pytest.mark.parametrize("state", ["unindexed", "indexed", "late"])
def test_any_query_finds_what_reading_every_row_finds(full: tuple[World, User, random.Random], state: str) -> None:
    world, person, chance = full
    if state != "unindexed":
        search_index.build(world.file.pk)
    if state == "late":
        fill(world.file, 25, chance, [person])
    world = World(File.objects.get(pk=world.file.pk), person.pk, NOW, ZONE)
    check(world, person, [a_tree(chance) for _ in range(150)])


def test_large_answers_are_the_same_as_small_ones(
    full: tuple[World, User, random.Random], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, person, chance = full
    search_index.build(world.file.pk)
    monkeypatch.setattr(filter_sets, "FEW", 3)
    monkeypatch.setattr(filter_text, "MOST_FETCHED", 3)
    world = World(File.objects.get(pk=world.file.pk), person.pk, NOW, ZONE)
    check(world, person, [a_tree(chance) for _ in range(150)])


def test_some_rows_are_judged_as_all_are(full: tuple[World, User, random.Random]) -> None:
    world, person, chance = full
    ids = {row.pk for row in chance.sample(world.rows, 40)}
    with timezone.override(ZONE):
        for tree in [*every_term(), *(a_tree(chance) for _ in range(80))]:
            found = filter_rows.among(person, world.file, str(tree), ids)
            assert found == ids & set(world.found(parse(str(tree)))), str(tree)
    assert filter_rows.among(person, world.file, "", []) == set()


def test_nobody_is_not_me(full: tuple[World, User, random.Random]) -> None:
    world, _, _ = full
    for query in ("by:me", "assignee:me", "is:mine"):
        assert len(filter_rows.matching(None, world.file, query)) == 0
        assert len(filter_rows.matching(None, world.file, f"NOT {query}")) == len(world.rows)


def test_orders(full: tuple[World, User, random.Random]) -> None:
    world, person, _ = full
    by_number = filter_rows.matching(person, world.file, "").tolist()
    assert by_number == [row.pk for row in world.rows]
    edited = filter_rows.matching(person, world.file, "updated:>2026-01-01", sort="edited").tolist()
    times = {row.pk: row.edited_at for row in world.rows}
    assert [times[pk] for pk in edited] == sorted((times[pk] for pk in edited), reverse=True)


# ---- refusals
@pytest.mark.parametrize("query", ["colour:red", "status:", "/a(b/", "(", "a\0", "x" * 3000])
def test_what_is_wrong_is_refused_with_its_place(file: File, lead: User, query: str) -> None:  # noqa: F811
    with pytest.raises(Invalid) as caught:
        filter_rows.matching(lead, file, query)
    assert caught.value.code == "bad_query"
    assert set(caught.value.details) == {"at", "length", "valid"}


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){12}$"])
def test_a_regex_that_runs_away_is_stopped(make_file: Callable[..., File], lead: User, pattern: str) -> None:  # noqa: F811
    rows = [(f"K{n}", "a" * 5000 + "!", "") for n in range(50)]
    slow = make_file(rows, name="slow.xml")
    start = time.monotonic()
    with pytest.raises(Invalid) as caught:
        filter_rows.matching(lead, slow, f"n:>0 AND source:/{pattern}/")
    assert time.monotonic() - start < 5
    assert caught.value.code == "bad_query" and caught.value.details["at"] == 9


# ---- views
def test_a_view_holds_its_query_beside_the_old_fields(make_file: Callable[..., File], lead: User) -> None:  # noqa: F811
    some = make_file([("A1", "등불", "lantern"), ("A2", "등불", ""), ("B1", "안개", "")], name="view.xml")

    def keys(wanted: dict[str, Any]) -> list[str]:
        view = views.make(lead, some, views.Filter.parse(wanted))
        views._kept._views.clear()
        again = views.get(lead, some, view.token)
        assert again.ids == view.ids
        names = dict(Row.objects.filter(file=some).values_list("pk", "key"))
        return [names[pk] for pk in view.ids]

    assert keys({"query": "등불"}) == ["A1", "A2"]
    assert keys({"query": "등불", "status": ["new"]}) == ["A2"]
    assert keys({"query": "key:A OR key:B", "text": "안개", "sort": "key"}) == ["B1"]
    with pytest.raises(Invalid, match="fields are"):
        views.Filter.parse({"query": "nothing:here"})
    with pytest.raises(Invalid):
        views.Filter.parse({"query": 5})


def test_defect_12_no_status_is_outside_of_every_filter(lead: User, file: File) -> None:  # noqa: F811
    """The original had a status "untranslated" that no filter showed."""
    fill(file, 60, random.Random(12), [lead])
    every = set(Row.objects.filter(file=file, position__gte=0).values_list("pk", flat=True))
    by_name = [set(filter_rows.matching(lead, file, f"status:{status.name.lower()}")) for status in Status]
    assert set.union(*by_name) == every and sum(map(len, by_name)) == len(every)
    empty = {pk for pk, target in Row.objects.filter(pk__in=every).values_list("pk", "target") if not target}
    assert empty and set(filter_rows.matching(lead, file, "is:empty")) >= {
        pk for pk in empty if not Row.objects.get(pk=pk).blank_intended
    }
    assert by_name[0] <= set(filter_rows.matching(lead, file, "status:todo"))
