"""The search index of SQLite by field: kept by triggers, made again by its migration, forwards and backwards."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connections
from django.db.utils import DatabaseError

from apps.ldm.models import File, Row, RowText
from apps.ldm.search_index_operation import IndexByField
from apps.ldm.selectors import row_index
from apps.ldm.services.rows import search_index
from locanext_project import workspaces
from tests.ldm.services.conftest import file, make_file, project  # noqa: F401 (fixtures)
from tests.ldm.services.rows.test_search import KEYS, expected, fill, questions

pytestmark = pytest.mark.django_db


@pytest.fixture
def sqlite() -> Any:
    connection = connections[workspaces.alias()]
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no such index")
    return connection


def check_integrity(connection: Any) -> None:
    """Every token of every text is in the index, and nothing else. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ldm_rowtext_fts(ldm_rowtext_fts, rank) VALUES ('integrity-check', 1)")


def test_the_triggers_keep_the_index_field_by_field(sqlite: Any, file: File) -> None:  # noqa: F811
    chance = random.Random(11)
    fill(file, 80, chance)
    search_index.build(file.pk)
    check_integrity(sqlite)
    for row in Row.objects.filter(file=file)[:30]:
        row.target, row.comment = chance.choice(["역사", "", "a\x1fb", "x\x1f"]), chance.choice(["등대지기", ""])
        search_index.keep([row])
    check_integrity(sqlite)
    RowText.objects.filter(pk__in=list(Row.objects.filter(file=file).values_list("pk", flat=True)[:20])).delete()
    check_integrity(sqlite)


def test_the_check_notices_a_text_that_the_index_has_elsewhere(sqlite: Any, file: File) -> None:  # noqa: F811
    fill(file, 5, random.Random(1))
    search_index.build(file.pk)
    with sqlite.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ldm_rowtext_fts(rowid, key, source, target, comment) SELECT max(row_id) + 1,"
            " 'abcdef', '', '', '' FROM ldm_rowtext"
        )
    with pytest.raises(DatabaseError):
        check_integrity(sqlite)


def test_the_migration_makes_the_same_index_of_texts_that_are_there(sqlite: Any, file: File) -> None:  # noqa: F811
    chance = random.Random(12)
    fill(file, 60, chance)
    search_index.build(file.pk)
    editor = sqlite.SchemaEditorClass(sqlite)
    IndexByField().database_backwards("ldm", editor, None, None)
    with sqlite.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ldm_rowtext_fts WHERE ldm_rowtext_fts MATCH '\"역역사사\"'")
        assert cursor.fetchone()[0] == len(expected(file, "역사", KEYS))
    IndexByField().database_forwards("ldm", editor, None, None)
    check_integrity(sqlite)
    for text, fields in questions(chance, 40):
        form = row_index.form_of(text)
        if len(form) < row_index.MIN_INDEXED:
            continue
        assert {pk for pk, _, _ in row_index.indexed(form, fields, [file.pk])} == expected(file, text, fields), text
        assert set(row_index.indexed_ids(form, fields, [file.pk])) == expected(file, text, fields), text


def test_beyond_a_bound_each_hit_is_asked_for_its_file(
    file: File,  # noqa: F811
    make_file: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(row_index, "MOST_NAMED", 3)
    other = make_file(name="other.xml")
    for some in (file, other):
        fill(some, 40, random.Random(2))
        search_index.build(some.pk)
    found = row_index.indexed_ids(row_index.form_of("역사"), KEYS, [file.pk])
    assert set(found) == expected(file, "역사", KEYS)
    assert len(found) > 3
