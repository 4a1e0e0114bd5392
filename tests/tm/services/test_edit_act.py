"""Entries are added and edited one at a time, and acted on in bulk; every change has its history."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.tm.errors import DuplicateEntry, StaleEntry
from apps.tm.matching.normalise import key_hash, text_hash
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.selectors import entries as selectors
from apps.tm.selectors.entries import EntryFilter
from apps.tm.services.entries import ConfirmedText, purge, upsert
from apps.tm.services.entries.act import act
from apps.tm.services.entries.edit import EntryEdit, add, edit
from locanext_project.errors import Invalid, NotFound
from tests.ldm.services.rows.threads import run_all
from tests.tm.services.builders import check, live, memory_named

pytestmark = pytest.mark.django_db
Maker = Callable[..., list[Entry]]


def test_an_added_entry_is_not_confirmed_and_has_the_hash_of_all_others(lead: User, memory: Memory) -> None:
    """Defect 11 of the original: entries added one at a time hashed the raw text, bulk ones the normalised."""
    entry = add(actor=lead, memory_id=memory.pk, source="  등대 \\n Light", target="Leuchtturm", key="k", speaker="s")
    upsert(actor=lead, memory_id=memory.pk, texts=[ConfirmedText("k", "등대<br/>light", "Leuchtturm")])
    assert entry.source_hash == text_hash("등대\nlight")
    assert set(Entry.objects.values_list("source_hash", "key_hash")) == {(entry.source_hash, key_hash("k"))}
    assert len(selectors.by_hashes([memory.pk], [text_hash("등대\nLIGHT")])) == 2
    entry.refresh_from_db()
    assert (entry.confirmed, entry.created_by_name, entry.rev, entry.speaker) == (False, "Lea Lead", 1, "s")
    assert check(memory).confirmed == 1
    assert AuditEntry.objects.order_by("id")[0].action == "entry_added"


def test_one_source_and_key_may_have_several_targets_but_not_the_same_twice(lead: User, memory: Memory) -> None:
    first = add(actor=lead, memory_id=memory.pk, source="s", target="t")
    add(actor=lead, memory_id=memory.pk, source="s", target="u")
    with pytest.raises(DuplicateEntry) as refused:
        add(actor=lead, memory_id=memory.pk, source="s", target="t")
    assert (refused.value.details["id"], refused.value.status) == (first.pk, 409)
    assert check(memory).revision == 2


@pytest.mark.parametrize(
    ("field", "value"), [("source", ""), ("source", " \n"), ("target", ""), ("target", "a\0"), ("key", "\ud800"),
                         ("speaker", "x" * 256)]
)  # fmt: skip
def test_texts_that_cannot_be_are_refused(lead: User, memory: Memory, field: str, value: str) -> None:
    given = {"source": "s", "target": "t"} | {field: value}
    with pytest.raises(Invalid) as refused:
        add(actor=lead, memory_id=memory.pk, **given)
    assert refused.value.details["field"] == field
    entry = add(actor=lead, memory_id=memory.pk, source="s", target="t")
    with pytest.raises(Invalid):
        edit(actor=lead, entry_id=entry.pk, seen_rev=1, changes=EntryEdit(**{field: value}))
    assert check(memory).revision == 1


def test_a_segment_of_a_hundred_thousand_characters_is_one(lead: User, memory: Memory) -> None:
    long = "등대지기 " * 20_000
    entry = add(actor=lead, memory_id=memory.pk, source=long, target=long, key=long)
    edited = edit(actor=lead, entry_id=entry.pk, seen_rev=1, changes=EntryEdit(target=long + "!"))
    assert EntryRevision.objects.get().target_before == long
    for sort in selectors.SORTS:
        assert selectors.page(check(memory), sort=sort, limit=1).entries[0].target == edited.target


def test_an_edit_keeps_history_and_is_not_confirmed(
    lead: User, translator: User, memory: Memory, make_entries: Maker
) -> None:
    (entry,) = make_entries([("k", "등대", "Light")])
    changes = EntryEdit(source="등대지기", target="Keeper", key="k2", note="n")
    changed = edit(actor=translator, entry_id=entry.pk, seen_rev=1, changes=changes)
    stored = Entry.objects.get()
    assert stored.source == changed.source == "등대지기"
    assert (stored.source_hash, stored.key_hash, stored.note) == (text_hash("등대지기"), key_hash("k2"), "n")
    assert (stored.rev, stored.changed_by_name, stored.created_by_name) == (2, "Tran Slator", "Lea Lead")
    assert (stored.confirmed, stored.confirmed_at, stored.confirmed_by_name) == (False, None, "")
    history = selectors.history(stored)
    assert [(h["kind"], h["source_before"], h["target_before"]) for h in history] == [("edit", "등대", "Light")]
    assert history[0]["author"] == {"id": translator.pk, "name": "Tran Slator"}
    assert history[0]["note"] == "key: k, note: "
    assert check(memory).confirmed == 0


def test_a_note_does_not_touch_the_confirmation_and_nothing_writes_nothing(
    lead: User, memory: Memory, make_entries: Maker
) -> None:
    (entry,) = make_entries([("k", "s", "t")])
    edit(actor=lead, entry_id=entry.pk, seen_rev=1, changes=EntryEdit(note="look"))
    assert check(memory).confirmed == 1
    audits = AuditEntry.objects.count()
    edit(actor=lead, entry_id=entry.pk, seen_rev=2, changes=EntryEdit(note="look", source="s", target="t"))
    assert check(memory).revision == 2
    assert AuditEntry.objects.count() == audits


def test_an_edit_of_what_moved_is_stale_and_brings_the_present_one(
    lead: User, memory: Memory, make_entries: Maker
) -> None:
    (entry,) = make_entries([("k", "s", "t")])
    edit(actor=lead, entry_id=entry.pk, seen_rev=1, changes=EntryEdit(target="t2"))
    with pytest.raises(StaleEntry) as refused:
        edit(actor=lead, entry_id=entry.pk, seen_rev=1, changes=EntryEdit(target="t3"))
    assert (refused.value.code, refused.value.entry.target) == ("stale", "t2")
    act(actor=lead, memory_id=memory.pk, act="delete", ids=[entry.pk])
    for pk in (entry.pk, 2**62):
        with pytest.raises(NotFound):
            edit(actor=lead, entry_id=pk, seen_rev=3, changes=EntryEdit(target="t3"))


def test_an_edit_makes_no_duplicate(lead: User, memory: Memory, make_entries: Maker) -> None:
    one, two = make_entries([("a", "s", "t"), ("b", "s", "t")])
    with pytest.raises(DuplicateEntry):
        edit(actor=lead, entry_id=two.pk, seen_rev=two.rev, changes=EntryEdit(key="a"))
    assert check(memory).revision == 1


def test_acts_change_what_they_can_and_count_it(lead: User, translator: User, memory: Memory) -> None:
    ids = [add(actor=lead, memory_id=memory.pk, source=f"s{n}", target="t").pk for n in range(4)]
    other = memory_named("Other", lead)
    stranger = add(actor=lead, memory_id=other.pk, source="s", target="t")

    def do(what: str, ids: list[int]) -> int:
        changed = act(actor=translator, memory_id=memory.pk, act=what, ids=ids)  # type: ignore[arg-type]
        check(memory)
        return changed

    assert do("confirm", [*ids, ids[0], stranger.pk, 2**70]) == 4
    assert Entry.objects.get(pk=ids[0]).confirmed_by_name == "Tran Slator"
    assert do("confirm", ids) == 0
    assert do("unconfirm", ids[:1]) == 1
    assert do("delete", ids[:2]) == 2
    assert do("delete", ids) == 2
    assert do("confirm", ids) == 0
    assert do("restore", ids[1:]) == 3
    memory.refresh_from_db()
    assert (memory.entries, memory.confirmed, memory.revision) == (3, 3, 4 + 5)
    kinds = EntryRevision.objects.filter(entry_id=ids[1]).order_by("id").values_list("kind", "rev")
    assert list(kinds) == [("confirm", 5), ("remove", 7), ("restore", 9)]
    assert Entry.objects.get(pk=ids[1]).rev == 9
    assert AuditEntry.objects.filter(action="entries_changed").count() == 5
    assert check(other).revision == 1


def test_what_is_live_again_is_not_restored_twice(lead: User, memory: Memory, make_entries: Maker) -> None:
    (entry,) = make_entries([("k", "s", "t")])
    act(actor=lead, memory_id=memory.pk, act="delete", ids=[entry.pk])
    (_, again) = make_entries([("k", "s", "t")])
    assert act(actor=lead, memory_id=memory.pk, act="restore", ids=[entry.pk]) == 0
    act(actor=lead, memory_id=memory.pk, act="delete", ids=[again.pk])
    assert act(actor=lead, memory_id=memory.pk, act="restore", ids=[entry.pk, again.pk]) == 1
    assert live(check(memory)) == [("k", "s", "t")]


def test_acts_on_all_that_match(lead: User, memory: Memory, make_entries: Maker) -> None:
    make_entries([("a", "등대 하나", "Light"), ("b", "등대 둘", "light"), ("c", "고래", "whale")])
    assert act(actor=lead, memory_id=memory.pk, act="delete", matching=EntryFilter(search="등대")) == 2
    assert [key for key, _, _ in live(check(memory))] == ["c"]
    deleted = EntryFilter(search="LIGHT", state="deleted")
    assert act(actor=lead, memory_id=memory.pk, act="restore", matching=deleted) == 2
    assert act(actor=lead, memory_id=memory.pk, act="unconfirm", matching=EntryFilter()) == 3
    assert check(memory).confirmed == 0
    for wrong in ({}, {"ids": [1], "matching": EntryFilter()}):
        with pytest.raises(Invalid):
            act(actor=lead, memory_id=memory.pk, act="delete", **wrong)
    with pytest.raises(Invalid):
        act(actor=lead, memory_id=memory.pk, act="burn", ids=[1])  # type: ignore[arg-type]


def test_twenty_thousand_entries_at_once(lead: User, memory: Memory, make_entries: Maker) -> None:
    make_entries([("", f"s{n}", "t") for n in range(20_000)])
    steps: list[int] = []
    changed = act(actor=lead, memory_id=memory.pk, act="delete", matching=EntryFilter(),
                  progress=lambda done, total, step: steps.append(done))  # fmt: skip
    assert (changed, steps) == (20_000, [5000, 10_000, 15_000, 20_000])
    assert check(memory).revision == 2

    def stop(done: int, total: int | None, step: str) -> None:
        if done > 5000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        act(actor=lead, memory_id=memory.pk, act="restore", matching=EntryFilter(state="deleted"), progress=stop)
    assert check(memory).entries == 0


def test_old_tombstones_are_purged_and_followers_told(lead: User, memory: Memory, make_entries: Maker) -> None:
    one, two, three = make_entries([("a", "s", "t"), ("b", "s", "t"), ("c", "s", "t")])
    act(actor=lead, memory_id=memory.pk, act="delete", ids=[one.pk])
    act(actor=lead, memory_id=memory.pk, act="delete", ids=[two.pk])
    assert purge.purge_tombstones() == 0
    month = timezone.now() - timedelta(days=31)
    Entry.objects.filter(pk=one.pk).update(removed_at=month)
    assert purge.purge_tombstones() == 1
    assert list(Entry.objects.order_by("pk").values_list("pk", flat=True)) == [two.pk, three.pk]
    assert not EntryRevision.objects.filter(entry_id=one.pk).exists()
    assert check(memory).purged_revision == 2
    assert selectors.changed_since(memory.pk, 1).reset
    assert not selectors.changed_since(memory.pk, 0).reset
    assert [record.id for record in selectors.changed_since(memory.pk, 2).entries] == [two.pk]
    assert AuditEntry.objects.get(action="entries_purged").detail["count"] == 1


@pytest.mark.django_db(transaction=True)
def test_writers_in_two_memories_never_wait_for_each_other_forever(lead: User, memory: Memory) -> None:
    other = memory_named("Other", lead)
    both = [memory, other]
    for one in both:
        upsert(actor=lead, memory_id=one.pk, texts=[ConfirmedText(f"k{n}", f"s{n}", "t") for n in range(30)])
    ids = list(Entry.objects.values_list("pk", flat=True))

    def work(seed: int) -> Callable[[], None]:
        def run() -> None:
            chance = random.Random(seed)
            for _ in range(12):
                some = chance.sample(ids, len(ids))
                act(actor=lead, memory_id=chance.choice(both).pk, act=chance.choice(["delete", "restore"]), ids=some)
                texts = [ConfirmedText(f"k{n}", f"s{n}", str(chance.random())) for n in chance.sample(range(30), 20)]
                upsert(actor=lead, memory_id=chance.choice(both).pk, texts=texts)

        return run

    assert run_all([work(seed) for seed in range(4)]) == []
    for one in both:
        check(one)


def test_the_nightly_command_purges_tombstones(lead: User) -> None:
    memory = Memory.objects.create(name="Old", source_language="ko", target_language="en")
    long_ago = timezone.now() - timedelta(days=40)
    Entry.objects.create(
        memory=memory, source="가", target="a", source_hash=1, created_at=long_ago, changed_at=long_ago, rev=1,
        removed_at=long_ago,
    )  # fmt: skip
    output = StringIO()
    call_command("purge_trash", stdout=output)
    assert "1 deleted entries of memories" in output.getvalue()
    assert not Entry.objects.filter(memory=memory).exists()
