"""Forms of a plural that share key and source are entries of their own, and are found by their own key."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.ldm.formats import units
from apps.ldm.models import File, MemoryAssignment, Project, Row, Status
from apps.ldm.selectors import lookup_queries, memories, row_queries
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories import register
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.tree.create import create_project
from apps.tm.models import Entry, Memory
from apps.tm.selectors.lookups import lookup

pytestmark = pytest.mark.django_db
PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: ru\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "{n} lamp"
msgid_plural "{n} lamps"
msgstr[0] "{n} лампа"
msgstr[1] "{n} лампы"
msgstr[2] "{n} ламп"
""".encode()


@pytest.fixture
def project(lead: User) -> Project:
    return create_project(actor=lead, platform_id=None, name="Lamps", source_language="en", target_language="ru")


@pytest.fixture
def file(lead: User, project: Project) -> File:
    (made,) = import_file(actor=lead, project=project, folder=None, filename="ru.po", data=PO)
    return made


def test_confirmed_forms_stay_apart_and_each_finds_its_own(lead: User, file: File) -> None:
    memory = Memory.objects.create(name="Lamps", source_language="en", target_language="ru")
    MemoryAssignment.objects.create(memory=memory, project=file.project, active=True)
    rows = list(Row.objects.filter(file=file).order_by("position"))
    for row in rows:
        edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(status=Status.CONFIRMED))
    assert sorted(Entry.objects.values_list("target", flat=True)) == sorted(row.target for row in rows)
    scoped = memories.for_file(file)
    queries = lookup_queries.of_rows(file, [row.pk for row in rows])
    for row in rows:
        best = lookup(scoped, queries[row.pk]).proposals[0]
        assert (best.target, best.score) == (row.target, 102)
    whole = [row.query for portion in row_queries.portions(file) for row in portion]
    assert whole == list(queries.values())


def test_files_and_registered_rows_name_the_forms_alike(file: File) -> None:
    read = list(units.read_units("ru.po", PO, source_language="en", target_language="ru"))
    assert len({unit.key for unit in read}) == 3
    registered = list(register.units_of(file, Status.ORIGINAL))
    assert [unit.key for unit in registered] == [unit.key for unit in read]
