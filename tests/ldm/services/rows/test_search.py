"""Searching rows: the same answer in every state of the index, and on every database."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from django.db import connections

from apps.accounts.models import User
from apps.ldm.models import File, Row, RowText
from apps.ldm.selectors import filter_sets, search_rows, views
from apps.ldm.services.rows import search_index
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load
from tests.ldm.services.rows.threads import run_all

pytestmark = pytest.mark.django_db
# Pieces that texts and questions are made of: what folds strangely, what means something to LIKE, FTS5 or GIN.
PIECES = [
    "가", "가나", "역사", "등대지기", "漢字", "カナ", "a", "A", "ab", "Ab", "ABC", "é", "É", "ÉCOLE", "école", "İ", "i",
    "I", "ı", "İstanbul", "istanbul", "ß", "SS", "ẞ", "Straße", "STRASSE", "ΟΔΟΣ", "οδος", "σ", "ς", "\u212a", "k",
    "\u212b", "%", "_", "\\", "'", '"', '""', "*", "(", ")", "-", " ", "  ", "\U0001f600", "\U0001f468\u200d\U0001f469",
    "{0}",
    "<br>", "\n", "OR", "NEAR", "a_b", "100%", "\x1f", "e\u0301", "Ж", "ж",
]  # fmt: skip
KEYS = ("key", "source", "target", "comment")


def fold(text: str) -> str:
    """The rule, said once more and otherwise: letter by letter, without regard to case."""
    special = {"İ": "i", "ς": "σ", "Σ": "σ", "\x1f": " "}
    return "".join(special.get(letter, letter.lower()) for letter in text)


def fill(file: File, count: int, chance: random.Random) -> None:
    """Rows of random texts, as if a bulk act had just written them: the index does not know them."""

    def text() -> str:
        return "".join(chance.choice(PIECES) for _ in range(chance.randrange(5)))

    names = ("file_id", "position", "segment", "source_hash", "status", "origin", "words", "location", "rev",
             "text_rev", *KEYS)  # fmt: skip
    start = Row.objects.filter(file=file).count()
    revision = File.objects.get(pk=file.pk).revision + 1
    File.objects.filter(pk=file.pk).update(revision=revision)
    bulk_load(
        Row,
        names,
        (
            (file.pk, start + n, -1, 0, 0, "", 0, "", revision, revision, text(), text() or "x", text(), text())
            for n in range(count)
        ),
    )


def expected(file: File, text: str, fields: tuple[str, ...]) -> set[int]:
    rows = Row.objects.filter(file=file, position__gte=0)
    return {row.pk for row in rows if any(fold(text) in fold(getattr(row, name)) for name in fields)}


def questions(chance: random.Random, count: int) -> list[tuple[str, tuple[str, ...]]]:
    asked = [(piece, KEYS) for piece in PIECES]
    for _ in range(count):
        text = "".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 4)))
        asked.append((text, tuple(chance.sample(KEYS, chance.randrange(1, 5)))))
    return asked


def check(file: File, chance: random.Random, count: int = 60) -> None:
    file = File.objects.get(pk=file.pk)
    for text, fields in questions(chance, count):
        found = search_rows.matching_ids(file, text, fields)
        assert len(found) == len(set(found))
        assert set(found) == expected(file, text, fields), (text, fields)


@pytest.fixture
def mixed(file: File) -> tuple[File, random.Random]:
    chance = random.Random(7)
    fill(file, 250, chance)
    return file, chance


def test_without_an_index(mixed: tuple[File, random.Random]) -> None:
    check(*mixed)


def test_with_a_whole_index(mixed: tuple[File, random.Random]) -> None:
    file, chance = mixed
    search_index.build(file.pk)
    file.refresh_from_db()
    assert file.searchable_revision == file.revision
    check(file, chance)


def test_with_an_index_that_lags_behind(mixed: tuple[File, random.Random], lead: User) -> None:
    file, chance = mixed
    search_index.build(file.pk)
    fill(file, 60, chance)
    for row in chance.sample(list(Row.objects.filter(file=file)), 25):
        edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=chance.choice(PIECES)))
    file.refresh_from_db()
    assert file.searchable_revision < file.revision
    check(file, chance)


def test_edits_keep_the_index_up_to_date(mixed: tuple[File, random.Random], lead: User) -> None:
    file, chance = mixed
    search_index.build(file.pk)
    for row in chance.sample(list(Row.objects.filter(file=file)), 25):
        edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=chance.choice(PIECES)))
    file.refresh_from_db()
    assert file.searchable_revision == file.revision
    check(file, chance, 20)


@pytest.mark.postgres
def test_without_pg_trgm(mixed: tuple[File, random.Random]) -> None:
    file, chance = mixed
    search_index.build(file.pk)
    with connections[workspaces.alias()].cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS ldm_rowtext_trigrams")
    check(file, chance)


def test_the_search_of_a_project_finds_each_row_and_shows_where(mixed: tuple[File, random.Random], lead: User) -> None:
    file, chance = mixed
    for build in (False, True):
        if build:
            search_index.build(file.pk)
        for text, _ in questions(chance, 20):
            hits = search_rows.search(lead, text, ("file", file.pk), limit=1000)
            assert {hit["row_id"] for hit in hits} == expected(file, text, KEYS), text
            positions = [hit["position"] for hit in hits]
            assert positions == sorted(positions)
            for hit in hits:
                assert fold(text) in fold(hit["snippet"])


@pytest.mark.parametrize("text", ["", "\0", "a\0b", "\ud800"])
def test_what_no_row_can_hold_is_nowhere(file: File, lead: User, text: str) -> None:
    assert search_rows.search(lead, text) == []


def test_a_view_of_many_hits_is_the_same_as_one_of_few(
    mixed: tuple[File, random.Random], lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = mixed
    file.refresh_from_db()
    wanted = views.Filter(text="a", fields=("source", "target"), sort="target")
    few = views.make(lead, file, wanted).ids
    monkeypatch.setattr(filter_sets, "FEW", 0)
    assert views.make(lead, file, wanted).ids == few
    assert len(few) > 10


@pytest.mark.django_db(transaction=True)
def test_the_index_is_built_while_people_edit(make_file: Callable[..., File], lead: User) -> None:
    file = make_file([(f"K{n}", f"원문 {n}", "") for n in range(120)])
    rows = list(Row.objects.filter(file=file))
    search_index.CHUNK, chunk = 7, search_index.CHUNK

    def edits(part: list[Row]) -> None:
        for row in part:
            edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=f"새 글 {row.pk}"))

    try:
        works: list[Callable[[], object]] = [lambda part=rows[n::3]: edits(part) for n in range(3)]  # type: ignore[misc]
        works += [lambda: [search_index.build(file.pk) for _ in range(4)]] * 2
        assert run_all(works) == []
    finally:
        search_index.CHUNK = chunk
    for text in ("새 글", "원문 11", f"새 글 {rows[5].pk}"):
        assert set(search_rows.matching_ids(File.objects.get(pk=file.pk), text)) == expected(
            file, text, ("source", "target")
        )
    search_index.build(file.pk)
    for row in Row.objects.filter(file=file):
        text = RowText.objects.get(pk=row.pk).text
        assert text == search_index.row_text(row.key, row.source, row.target, row.comment)
