"""The demo of a first run: made once, with memories and a glossary that show what matching can do."""

from __future__ import annotations

import pytest

from apps.ldm import demo
from apps.ldm.formats.units_records import TermUnit
from apps.ldm.models import File
from apps.ldm.selectors import lookup_queries, memories
from apps.ldm.services import demo as service
from apps.tm.models import Entry, Memory, Term
from apps.tm.selectors.lookups import lookup_many
from tests.ldm.services.memories.builders import use_of

pytestmark = pytest.mark.django_db


def test_the_demo_is_made_once_with_its_memories() -> None:
    first = service.ensure()
    again = service.ensure()
    assert first["created"] and not again["created"] and first["file_id"] == again["file_id"]
    found = {memory.name: memory for memory in Memory.objects.all()}
    assert set(found) == {demo.MEMORY_NAME, demo.LEGACY_NAME, demo.TERMS_NAME}
    main, legacy, terms = (found[name] for name in (demo.MEMORY_NAME, demo.LEGACY_NAME, demo.TERMS_NAME))
    assert (main.entries, legacy.entries, terms.entries) == (600, 160, 42)
    assert 400 < main.confirmed < 600
    use = use_of(legacy)
    assert (use.penalty, use.writable, use.active, (use.place or ("",))[0]) == (4, False, True, "platform")
    assert Term.objects.filter(memory=terms, use="forbidden").count() == 5
    file = File.objects.select_related("project__platform").get(name="chapter_2.xml")
    assert [one.name for one in memories.for_file(file)] == [demo.MEMORY_NAME, demo.LEGACY_NAME]
    assert memories.writes_to(file) == main
    rows = list(file.rows.filter(target="").order_by("position").values_list("pk", flat=True)[:120])
    answers = lookup_many(memories.for_file(file), list(lookup_queries.of_rows(file, rows).values()), threshold=75)
    kinds = {proposal.kind for answer in answers.results for proposal in answer.proposals}
    assert {"context", "exact", "fuzzy"} <= kinds, kinds
    assert any(answer.earlier is not None for answer in answers.results)


def test_the_demo_memory_is_always_the_same_and_whole() -> None:
    units = demo.memory_units()
    assert units == demo.memory_units() and len(units) == 600
    assert len({(unit.source, unit.key) for unit in units}) == 600
    assert all(unit.source.strip() and unit.target.strip() for unit in [*units, *demo.legacy_units()])
    assert tuple(demo.terms()[0]._fields) == TermUnit._fields
    assert not Entry.objects.exists()
