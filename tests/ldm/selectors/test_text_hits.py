"""The first rows that hold a text: the same as the first of all that hold it, whichever way they are found."""

from __future__ import annotations

import random
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.queries.bounded_regex import BoundedPattern
from apps.ldm.selectors import row_index, text_hits
from apps.ldm.selectors.search_hits import universe_of
from apps.ldm.selectors.text_hits import START, Place
from apps.ldm.selectors.text_ranges import merged, of_pattern, of_text
from apps.ldm.services.rows import search_index
from tests.ldm.services.conftest import file, make_file, project  # noqa: F401 (fixtures)
from tests.ldm.services.rows.test_search import KEYS, fill, fold, questions

pytestmark = pytest.mark.django_db


def expected(text: str, fields: tuple[str, ...], whole: bool) -> list[Place]:
    found = []
    for row in Row.objects.filter(position__gte=0).order_by("file_id", "position"):
        values = [fold(getattr(row, name)) for name in fields]
        if any(fold(text) == value if whole else fold(text) in value for value in values):
            found.append(Place(row.file_id, row.position, row.pk))
    return found


def check(lead: User, chance: random.Random, count: int = 15) -> None:
    universe = universe_of(lead, "all")
    for text, fields in questions(chance, count)[-count - 10 :]:
        whole = chance.random() < 0.3
        everything, found, after = expected(text, fields, whole), [], START
        first = text_hits.first(universe, text, fields, whole=whole, limit=7)
        assert first.total in (None, len(everything)), text
        # Page by page they are all there, each once, in order.
        while page := text_hits.first(universe, text, fields, whole=whole, after=after, limit=20).places:
            found += page
            # A cursor knows file and position only.
            after = Place(*page[-1][:2])
        assert found == everything, (text, fields, whole)


@pytest.fixture
def three(make_file: Any, lead: User, file: File) -> random.Random:  # noqa: F811
    """Three files, the rows of one in another order than their ids."""
    chance = random.Random(3)
    for some in (file, make_file(name="second.xml"), make_file(name="third.xml")):
        fill(some, 50, chance)
        search_index.build(some.pk)
    rows = list(Row.objects.filter(file=file))
    places = [row.position for row in rows]
    chance.shuffle(places)
    for row, place in zip(rows, places, strict=True):
        Row.objects.filter(pk=row.pk).update(position=place)
    return chance


@pytest.mark.parametrize("probed", [1000, 2])
@pytest.mark.parametrize("walked", [150_000, 30])
def test_every_way_finds_the_same(
    three: random.Random, lead: User, monkeypatch: pytest.MonkeyPatch, probed: int, walked: int
) -> None:
    monkeypatch.setattr(text_hits, "PROBED", {"sqlite": probed, "postgresql": probed})
    monkeypatch.setattr(text_hits, "MOST_WALKED", walked)
    monkeypatch.setattr(text_hits, "FIRST_WINDOW", 16)
    check(lead, three)


def test_rows_that_the_index_does_not_know_yet_are_among_them(
    three: random.Random, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_hits, "PROBED", {"sqlite": 2, "postgresql": 2})
    for some in File.objects.all()[:2]:
        fill(some, 20, three)
    check(lead, three)
    File.objects.update(searchable_revision=0)
    check(lead, three, 5)


def test_the_planner_is_left_as_it_was(three: random.Random, lead: User) -> None:
    text_hits.first(universe_of(lead, "all"), "역사", KEYS)
    if not row_index._is_sqlite():
        assert row_index.run("SHOW enable_seqscan", []) == [("on",)]


@pytest.mark.parametrize(
    ("wanted", "text", "ranges"),
    [
        ("역사", "그 역사와 역사", [[2, 4], [6, 8]]),
        ("가", "가가", [[0, 1], [1, 2]]),
        ("keeper", "The KEEPER", [[4, 10]]),
        ("i", "İi", [[0, 1], [1, 2]]),
        ("aa", "aaaaa", [[0, 2], [2, 4]]),
        ("x", "abc", []),
        ("", "abc", []),
        ("😀b", "a😀b", [[1, 3]]),
    ],
)
def test_ranges_of_texts(wanted: str, text: str, ranges: list[list[int]]) -> None:
    assert of_text(wanted)(text) == ranges


def test_ranges_of_patterns() -> None:
    assert of_pattern(BoundedPattern(r"\d*"))("a12b3") == [[1, 3], [4, 5]]
    assert of_pattern(BoundedPattern("(a+)+$"))("a" * 5000 + "!") == []
    assert merged([[[0, 2], [5, 6]], [[1, 3]]]) == [[0, 3], [5, 6]]
