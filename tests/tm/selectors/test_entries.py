"""Pages, searches and cursors of entries, against what a list in memory says."""

from __future__ import annotations

import base64
import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.tm.matching.normalise import search_form, text_hash
from apps.tm.models import Entry, Memory
from apps.tm.selectors import entries as selectors
from apps.tm.selectors import memories
from apps.tm.selectors.entries import EntryFilter, page
from apps.tm.selectors.search_entries import FIELDS, matching_ids
from apps.tm.services.entries.act import act
from apps.tm.services.entries.load import load
from locanext_project.errors import Invalid, NotFound
from tests.tm.services.builders import check, memory_named
from tests.tm.services.test_load import at, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def memory(lead: User, translator: User) -> Memory:
    """Forty entries: equal texts, two authors, some confirmed, some deleted; beside another memory."""
    memory, other = memory_named("Paged", lead), memory_named("Other", lead)
    for one, actor in ((other, lead), (memory, lead), (other, translator), (memory, translator)):
        units = [
            unit(f"K{n % 3}", f"{'등대 안개' if n % 2 else 'Whale Oil'} {n % 5}", f"{'x' * 130} {actor.pk} {n}",
                 changed=at(1 + n % 4), confirmed=n % 4 == 0)
            for n in range(20)
        ]  # fmt: skip
        load(actor=actor, memory_id=one.pk, units=units, mode="keep_all")
    ids = list(Entry.objects.filter(memory=memory).values_list("pk", flat=True))
    act(actor=lead, memory_id=memory.pk, act="delete", ids=ids[::7])
    return check(memory)


def walk(memory: Memory, limit: int, **more: Any) -> list[selectors.EntryRecord]:
    """Every page, one after the other."""
    found: list[selectors.EntryRecord] = []
    cursor = None
    for _ in range(100):
        one = page(memory, limit=limit, cursor=cursor, **more)
        assert len(one.entries) <= limit
        found += one.entries
        cursor = one.next
        if cursor is None:
            assert one.total == len(found)
            return found
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("sort", [sign + name for name in selectors.SORTS for sign in ("", "-")])
@pytest.mark.parametrize("more", [{}, {"state": "deleted"}, {"search": "안개"}, {"state": "unconfirmed"}])
def test_pages_are_the_list_in_order(memory: Memory, sort: str, more: dict[str, Any]) -> None:
    whole = page(memory, sort=sort, limit=500, **more).entries
    assert len(whole) > 4
    for limit in (1, 3, 500):
        assert walk(memory, limit, sort=sort, **more) == whole
    assert len({entry.id for entry in whole}) == len(whole)
    back = page(memory, sort=sort[1:] if sort[0] == "-" else f"-{sort}", limit=500, **more).entries
    assert back == whole[::-1]
    name = sort.removeprefix("-")
    if name in ("id", "created", "changed", "confirmed"):
        column = {"id": "id"}.get(name, f"{name}_at")
        values = [getattr(entry, column) for entry in (whole[::-1] if sort[0] == "-" else whole)]
        assert values == sorted(values, key=lambda value: (value is not None, value or 0))


def test_states_and_authors(memory: Memory, lead: User, translator: User) -> None:
    entries = list(Entry.objects.filter(memory=memory))
    live = [entry for entry in entries if entry.removed_at is None]
    cases: list[tuple[dict[str, Any], list[Entry]]] = [
        ({}, live),
        ({"state": "confirmed"}, [entry for entry in live if entry.confirmed]),
        ({"state": "unconfirmed"}, [entry for entry in live if not entry.confirmed]),
        ({"state": "deleted"}, [entry for entry in entries if entry.removed_at]),
        ({"author": lead.pk}, [entry for entry in live if entry.changed_by_id == lead.pk]),
        ({"author": lead.pk, "state": "confirmed"}, [e for e in live if e.changed_by_id == lead.pk and e.confirmed]),
        ({"search": "OIL 2", "fields": ["source", "key"]}, [entry for entry in live if "Oil 2" in entry.source]),
        ({"search": "안개", "state": "confirmed"}, [e for e in live if "안개" in e.source and e.confirmed]),
        ({"search": "k1", "fields": ["key"], "author": translator.pk},
         [entry for entry in live if entry.key == "K1" and entry.changed_by_id == translator.pk]),
    ]  # fmt: skip
    for given_, expected in cases:
        wanted = sorted(entry.pk for entry in expected)
        assert [entry.id for entry in walk(memory, 4, **given_)] == wanted, given_
        assert selectors.ids_of(memory, EntryFilter(**given_)) == wanted
        assert selectors.count(memory, EntryFilter(**given_)) == len(wanted)
        assert [entry.id for entry in selectors.live(memory, EntryFilter(**given_), chunk=3)] == wanted


def test_pages_go_on_while_entries_come_and_go(memory: Memory, lead: User) -> None:
    first = page(memory, sort="-changed", limit=10)
    load(actor=lead, memory_id=memory.pk, units=[unit("", "new", "t")], mode="merge")
    act(actor=lead, memory_id=memory.pk, act="delete", ids=[first.entries[-1].id])
    memory.refresh_from_db()
    second = page(memory, sort="-changed", limit=10, cursor=first.next)
    before = {entry.id for entry in first.entries}
    assert len(second.entries) == 10
    assert not before & {entry.id for entry in second.entries}


def test_a_search_sees_what_was_written_since(memory: Memory, lead: User) -> None:
    assert page(memory, search="brand new").total == 0
    load(actor=lead, memory_id=memory.pk, units=[unit("", "Brand New", "t")], mode="merge")
    memory.refresh_from_db()
    assert page(memory, search="brand new").total == 1


def test_a_search_with_very_many_hits_has_no_total(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "MAX_MATCHES", 5)
    assert page(memory, search="e").total is None
    monkeypatch.setattr(selectors, "IN_LIST", 2)
    monkeypatch.setattr(selectors, "MAX_MATCHES", 500)
    selectors._kept.cache_clear()
    found = page(memory, search="oil", limit=3)
    assert len(found.entries) == 3
    assert found.total == sum("Oil" in entry.source for entry in selectors.live(memory))


@pytest.mark.parametrize(
    "wrong",
    [{"sort": "colour"}, {"state": "lost"}, {"limit": 0}, {"limit": 501}, {"search": "x", "fields": ["note"]},
     {"search": "x", "fields": []}, {"cursor": "zzz"}, {"cursor": "W10"}, {"cursor": "/"}, {"cursor": "é"}],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(memory: Memory, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        page(memory, **wrong)


def test_cursors_of_other_lists_are_refused(memory: Memory) -> None:
    cursors = {sort: page(memory, sort=sort, limit=1).next for sort in ("id", "-id", "source", "changed", "confirmed")}
    for mine, other in itertools.permutations(cursors, 2):
        with pytest.raises(Invalid):
            page(memory, sort=mine, cursor=cursors[other])
    for bad in (["source", 5, 1], ["source", "a\0", 1], ["source", "a\ud800", 1], ["id", 4, 5], ["id", 2**64, 2**64],
                ["changed", "yesterday", 1], ["changed", "2024-01-01T00:00:00", 1], ["changed", None, 1]):  # fmt: skip
        with pytest.raises(Invalid):
            page(memory, sort=str(bad[0]), cursor=base64.urlsafe_b64encode(json.dumps(bad).encode()).decode())


SOME = ["등대", "안개 낀", "Ǆ", "İzmir", "ΣΊΣΥΦΟΣ", "ﬁn", "K (Kelvin) K", "100%_\\", "a\nb", "ß", "你好", "x\x1fy"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(st.one_of(st.sampled_from(SOME).flatmap(lambda text: st.sampled_from([text[i:j] for i in range(len(text))
                 for j in range(i + 1, len(text) + 1)])), st.text(max_size=3)), st.booleans())  # fmt: skip
def test_a_search_means_the_same_everywhere(lead: User, text: str, shout: bool) -> None:
    memory = Memory.objects.filter(name="Search").first()
    if memory is None:
        memory = memory_named("Search", lead)
        texts = [unit(one, one.swapcase(), f"<{one}>") for one in SOME]
        load(actor=lead, memory_id=memory.pk, units=texts, mode="keep_all")
    asked = text.upper() if shout else text
    form = search_form(asked)
    for fields in (FIELDS, ("source",), ("key", "target")):
        expected = [
            entry.pk
            for entry in Entry.objects.filter(memory=memory).order_by("pk")
            if form and any(form in search_form(getattr(entry, name)) for name in fields)
        ]
        if selectors.storable(asked):
            assert matching_ids(memory, asked, fields) == expected
            assert matching_ids(memory, asked, fields, limit=1) == expected[:1]


def test_two_korean_characters_are_found_in_any_field(memory: Memory) -> None:
    assert len(matching_ids(memory, "등대")) == len([e for e in selectors.live(memory) if "등대" in e.source])
    assert matching_ids(memory, "등대", ("target",)) == []
    assert matching_ids(memory, "") == []


def test_by_hash_key_and_id(memory: Memory) -> None:
    other = memories.by_name("Other")
    assert other is not None
    live = list(selectors.live(memory))
    wanted = [entry for entry in live if entry.source == "등대 안개 1"]
    hashes = [text_hash("등대 안개 1"), *range(2000)]
    assert wanted
    assert selectors.by_hashes([memory.pk], hashes) == wanted
    assert len(selectors.by_hashes([memory.pk, other.pk], hashes)) > len(wanted)
    assert selectors.by_keys([memory.pk], ["K1", "", "none"]) == [entry for entry in live if entry.key == "K1"]
    backwards = [entry.id for entry in live][::-1]
    assert [entry.id for entry in selectors.by_ids([*backwards, 2**40])] == backwards


def test_the_cursor_pages_within_one_revision(memory: Memory) -> None:
    expected = list(Entry.objects.filter(memory=memory).order_by("rev", "pk").values_list("pk", "rev"))
    for limit in (1, 3, 39, 40, 41):
        seen, rev, after, more = [], 0, None, True
        while more:
            changes = selectors.changed_since(memory.pk, rev, limit, after)
            seen += [(entry.id, entry.rev) for entry in changes.entries]
            rev, after, more = changes.rev, changes.after_id, changes.more
        assert seen == expected
        assert (rev, after) == (memory.revision, None)
        assert selectors.changed_since(memory.pk, rev).entries == []
    with pytest.raises(NotFound):
        selectors.changed_since(2**40, 0)


def test_what_the_api_shows(memory: Memory, lead: User) -> None:
    entry = Entry.objects.filter(memory=memory, confirmed=True, removed_at__isnull=True)[0]
    shown = selectors.present(entry)
    assert shown == selectors.present(selectors.by_ids([entry.pk])[0])
    assert set(shown) == {
        "id", "memory_id", "key", "source", "target", "previous", "next", "speaker", "note", "origin", "confirmed",
        "confirmed_at", "confirmed_by", "created_at", "created_by", "changed_at", "changed_by", "rev", "deleted",
    }  # fmt: skip
    assert shown["created_by"] == {"id": entry.created_by_id, "name": entry.created_by_name}
    assert selectors.present(Entry.objects.filter(memory=memory, removed_at__isnull=False)[0])["deleted"] is True


def test_memories_by_id_and_name(memory: Memory) -> None:
    assert memories.get(memory.pk).name == "Paged"
    assert memories.present(memory)["entries"] == memory.entries
    assert memories.by_name("Paged") == memories.by_ids([memory.pk, 2**40])[memory.pk] == memory
    with pytest.raises(NotFound):
        memories.get(memory.pk, Memory.Kind.TERMS)
