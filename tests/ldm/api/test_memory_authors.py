"""Entries and terms by the name of who changed them last: people that came with a file have no id here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.formats.units_records import TermUnit, Unit
from apps.ldm.services.memories.create import create
from apps.tm.models import Entry, Memory, Term
from apps.tm.services.entries.load import load
from apps.tm.services.terms.load import load_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def memory(lead: User) -> Memory:
    made = create(actor=lead, name="Old wiki", source_language="ko", target_language="en")
    units = [
        Unit(f"k{n}", f"등대 {n}", f"Light {n}", author=name) for n, name in enumerate(("Min-a", "Ji-ho", "Min-a"))
    ]
    load(actor=lead, memory_id=made.pk, units=units, mode="keep_all", origin="wiki.tmx")
    return made


def test_entries_are_found_by_a_part_of_a_name(client_for: Callable[..., Any], lead: User, memory: Memory) -> None:
    path = f"/api/v1/memories/{memory.pk}/entries"
    found = client_for(lead).get(path, {"author_name": "min"}).json()
    assert [entry["source"] for entry in found["results"]] == ["등대 0", "등대 2"]
    assert found["total"] == 2
    assert client_for(lead).get(path, {"author_name": "nobody"}).json()["total"] == 0
    both = client_for(lead).get(path, {"author_name": "MIN-A", "search": "등대 2"}).json()
    assert [entry["source"] for entry in both["results"]] == ["등대 2"]


def test_an_act_on_all_that_match_keeps_to_the_name(client_for: Callable[..., Any], lead: User, memory: Memory) -> None:
    path = f"/api/v1/memories/{memory.pk}/entries/act"
    answer = client_for(lead).post(path, {"act": "confirm", "author_name": "ji-ho"}, format="json").json()
    assert answer["changed"] == 1
    assert list(Entry.objects.filter(confirmed=True).values_list("source", flat=True)) == ["등대 1"]


def test_terms_are_found_by_a_part_of_a_name(client_for: Callable[..., Any], lead: User) -> None:
    base = create(actor=lead, name="Terms", kind=Memory.Kind.TERMS, source_language="ko", target_language="en")
    load_terms(actor=lead, memory_id=base.pk, units=[TermUnit("등대", "lighthouse")], mode="merge", origin="t.tbx")
    Term.objects.update(changed_by_name="Min-a", changed_by_id=None)
    path = f"/api/v1/memories/{base.pk}/terms"
    assert client_for(lead).get(path, {"author_name": "min"}).json()["total"] == 1
    assert client_for(lead).get(path, {"author_name": "ji"}).json()["total"] == 0
