"""Pages of a snapshot: every row once, in the order of ids, wherever the rows of other files lie between them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.sync.server import pull
from tests.e2e.editing_pages import file_with

pytestmark = pytest.mark.django_db
COUNT = 60


@pytest.fixture
def file(lead: User) -> File:
    return file_with(lead, [(f"K{n}", f"등불 {n}", "") for n in range(COUNT)])


def ids_of(user: User, file: File, limit: int) -> list[list[Any]]:
    """The ids of each page."""
    pages, token = [], ""
    while True:
        page = pull.snapshot(user, file.pk, token, limit)
        pages.append([row[0] for row in page.rows])
        token = page.next
        if not token:
            return pages


def present(file: File) -> list[int]:
    return list(Row.objects.filter(file=file).order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("limit", [1, 7, COUNT - 1, COUNT, COUNT + 1])
def test_pages_have_every_row_once(lead: User, file: File, limit: int) -> None:
    file_with(lead, [("X", "줄", "")], name="Other")
    pages = ids_of(lead, file, limit)
    assert [pk for page in pages for pk in page] == present(file)
    assert all(len(page) == limit for page in pages[:-1])


@pytest.mark.parametrize("kept", [2, 9, 30])
@pytest.mark.parametrize("limit", [3, 8])
def test_rows_may_lie_scattered_among_those_of_other_files(lead: User, file: File, kept: int, limit: int) -> None:
    other = file_with(lead, [("X", "줄", "")], name="Other")
    for n, pk in enumerate(present(file)):
        if n % kept:
            Row.objects.filter(pk=pk).update(file=other)
    own = present(file)
    assert len(own) == -(-COUNT // kept)
    assert [pk for page in ids_of(lead, file, limit) for pk in page] == own
    assert [pk for page in ids_of(lead, other, limit) for pk in page] == present(other)


def test_a_file_without_rows_has_one_empty_page(lead: User, file: File) -> None:
    Row.objects.filter(file=file).delete()
    assert ids_of(lead, file, 5) == [[]]


def test_a_page_is_read_along_the_primary_key(lead: User, file: File) -> None:
    """Else each page reads and sorts all that is left of its file."""
    first = pull.snapshot(lead, file.pk, "", 5)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        pull.snapshot(lead, file.pk, first.next, 5)
    (statement,) = [query["sql"] for query in asked.captured_queries if '"source_hash"' in query["sql"]]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            plan = " ".join(str(row[3]) for row in cursor.fetchall())
        assert "INTEGER PRIMARY KEY" in plan and "TEMP B-TREE" not in plan
    assert len([query for query in asked.captured_queries if '"ldm_row"' in query["sql"]]) == 1
