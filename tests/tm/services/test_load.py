"""Imports in every mode: what comes in, what wins, what is counted, and nothing half of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.tm.matching.normalise import key_hash, text_hash
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.selectors import entries as selectors
from apps.tm.services.entries import incoming
from apps.tm.services.entries import load as loading
from apps.tm.services.entries.act import act
from apps.tm.services.entries.diff import compare
from apps.tm.services.entries.edit import add
from apps.tm.services.entries.incoming import LoadResult, Unit
from apps.tm.services.entries.load import load
from locanext_project.errors import Invalid, NotFound
from tests.tm.services.builders import check, live, memory_named

pytestmark = pytest.mark.django_db
Maker = Callable[..., list[Entry]]


def unit(key: str, source: str, target: str, **more: Any) -> Unit:
    given = {
        "previous": None, "next": None, "speaker": "", "note": "", "author": "", "created": None, "changed": None,
        "confirmed": None, "place": f"line {source}",
    } | more  # fmt: skip
    return Unit(key=key, source=source, target=target, **given)


def at(day: int) -> datetime:
    return datetime(2024, 1, day, tzinfo=UTC)


@pytest.fixture
def put(lead: User, memory: Memory) -> Callable[..., LoadResult]:
    """`put(mode, units)`: import into the memory and see that the counters are right."""

    def run(mode: Any, units: list[Unit], **more: Any) -> LoadResult:
        result = load(actor=lead, memory_id=memory.pk, units=iter(units), mode=mode, **more)
        assert result.read == len(units)
        assert result.read == result.added + result.changed + result.unchanged + result.merged + result.skipped
        assert check(memory).revision == result.revision
        return result

    return run


Put = Callable[..., LoadResult]


def test_bulk_entries_have_the_hashes_of_single_ones(put: Put, lead: User, memory: Memory) -> None:
    """Defect 11 of the original: the hash of entries added one at a time differed from the bulk ones."""
    put("keep_all", [unit("K", "  등대 \\n Light", "t"), unit("", "ß", "t")])
    add(actor=lead, memory_id=memory.pk, key="K", source="등대<br/>LIGHT", target="t")
    bulk, other, single = Entry.objects.order_by("pk")
    assert bulk.source_hash == single.source_hash == text_hash("등대\nlight")
    assert bulk.key_hash == single.key_hash == key_hash("K")
    assert (other.source_hash, other.key_hash) == (text_hash("ss"), None)
    assert len(selectors.by_hashes([memory.pk], [text_hash("등대\nlight")])) == 2
    assert [record.key for record in selectors.by_keys([memory.pk], ["K", ""])] == ["K", "K"]


def test_what_the_file_knows_is_kept(put: Put, lead: User) -> None:
    """Defect 22, second half: the original dropped the key of XML and TXT files."""
    told = unit("Q_1", "s", "t", previous="p", next="", speaker="x" * 300, note="n", author="Kim", created=at(1),
                changed=at(2), confirmed=True)  # fmt: skip
    untold = unit("", "s2", "t2", created=at(3))
    put("keep_all", [told, untold], origin="old.tmx")
    first, second = Entry.objects.order_by("pk")
    assert (first.key, first.previous, first.next, first.speaker, first.note) == ("Q_1", "p", "", "x" * 255, "n")
    assert (first.created_at, first.changed_at, first.created_by_name, first.created_by_id) == (
        at(1),
        at(2),
        "Kim",
        None,
    )
    assert (first.confirmed, first.confirmed_at, first.confirmed_by_name) == (True, at(2), "Kim")
    assert (second.previous, second.changed_at, second.created_by_id) == (None, at(3), lead.pk)
    assert (second.confirmed, second.confirmed_at, second.origin, second.rev) == (False, None, "old.tmx", 1)
    audit = AuditEntry.objects.get()
    assert (audit.action, audit.detail["added"], audit.detail["mode"]) == ("memory_imported", 2, "keep_all")


def test_merging_really_merges(put: Put, memory: Memory, make_entries: Maker) -> None:
    """Defect 22: "duplicates are merged to the most frequent target" was said and never done."""
    make_entries([("k", "mine", "kept")])
    result = put("merge", [
        unit("k", "mine", "file's"),
        unit("", "a", "rare"), unit("", "a", "often"), unit("", "a", "often", author="Kim"),
        unit("", "b", "old", changed=at(1)), unit("", "b", "new", changed=at(3)), unit("", "b", "older", created=at(2)),
        unit("", "c", "first"), unit("", "c", "second"),
        unit("1", "a", "other key"),
    ])  # fmt: skip
    assert live(memory) == [
        ("", "a", "often"), ("", "b", "new"), ("", "c", "first"), ("1", "a", "other key"), ("k", "mine", "kept"),
    ]  # fmt: skip
    assert (result.added, result.merged, result.unchanged, result.changed) == (4, 5, 1, 0)
    assert Entry.objects.get(target="new").changed_at == at(3)
    assert not EntryRevision.objects.exists()
    again = put("merge", [unit("", "a", "rare")] * 3)
    assert (again.unchanged, again.revision) == (3, 2)


def test_overwriting_takes_the_last_target_of_the_file(put: Put, memory: Memory, make_entries: Maker) -> None:
    make_entries([("k", "s", "old"), ("k2", "s", "same")])
    result = put("overwrite", [
        unit("k", "s", "new"), unit("k2", "s", "same"), unit("", "s", "one"), unit("", "s", "two"),
        unit("", "s", "one"), unit("k", "s", "newest", author="Kim", changed=at(4)),
    ], origin="b.tmx")  # fmt: skip
    assert live(memory) == [("", "s", "one"), ("k", "s", "newest"), ("k2", "s", "same")]
    assert (result.added, result.changed, result.unchanged, result.merged) == (1, 1, 1, 3)
    entry = Entry.objects.get(key="k")
    assert (entry.changed_by_name, entry.changed_at, entry.created_by_name, entry.origin) == (
        "Kim", at(4), "Lea Lead", "b.tmx")  # fmt: skip
    assert (entry.confirmed, entry.rev) == (False, 2)
    assert [(h["kind"], h["target_before"]) for h in selectors.history(entry)] == [("import", "old")]
    assert AuditEntry.objects.filter(action="memory_imported").count() == 1


def test_overwriting_with_a_later_change_of_what_seemed_equal(put: Put, memory: Memory, make_entries: Maker) -> None:
    make_entries([("k", "s", "t")])
    result = put("overwrite", [unit("k", "s", "t"), unit("k", "s", "u")])
    assert (result.changed, result.unchanged, result.merged) == (1, 0, 1)
    assert live(memory) == [("k", "s", "u")]


def test_of_several_entries_of_one_source_and_key_one_stays(put: Put, lead: User, memory: Memory) -> None:
    for target in ("a", "b", "c"):
        add(actor=lead, memory_id=memory.pk, key="k", source="s", target=target)
    result = put("overwrite", [unit("k", "s", "b")])
    assert (live(memory), result.removed, result.unchanged, result.changed) == ([("k", "s", "b")], 2, 1, 0)
    assert Entry.objects.filter(removed_at__isnull=False, rev=4).count() == 2
    assert EntryRevision.objects.filter(kind="remove").count() == 2
    add(actor=lead, memory_id=memory.pk, key="k", source="s", target="d")
    assert put("overwrite", [unit("k", "s", "e")]).removed == 1
    assert EntryRevision.objects.get(kind="import").target_before == "d"


def test_context_and_notes_are_brought_in_and_the_unknown_takes_nothing_away(put: Put, memory: Memory) -> None:
    put("overwrite", [unit("k", "s", "t", previous="p", next="n", speaker="x", note="y", confirmed=True)])
    assert put("overwrite", [unit("k", "s", "t")]).unchanged == 1
    assert put("overwrite", [unit("k", "s", "t", previous="q", confirmed=False)]).changed == 1
    entry = Entry.objects.get()
    assert (entry.previous, entry.next, entry.speaker, entry.note, entry.confirmed) == ("q", "n", "x", "y", True)


def test_keeping_all_keeps_all_but_exact_duplicates(put: Put, memory: Memory, make_entries: Maker) -> None:
    make_entries([("k", "s", "t")])
    units = [unit("k", "s", "t"), unit("k", "s", "u"), unit("", "s", "t"), unit("k", "s", "u"), unit("k", "S", "t")]
    result = put("keep_all", units)
    assert live(memory) == [("", "s", "t"), ("k", "S", "t"), ("k", "s", "t"), ("k", "s", "u")]
    assert (result.added, result.unchanged, result.merged) == (3, 1, 1)


@pytest.mark.parametrize("mode", loading.MODES)
@pytest.mark.parametrize("filled", [False, True])
def test_what_is_empty_or_cannot_be_stored_is_skipped_with_its_place(
    put: Put, memory: Memory, make_entries: Maker, mode: str, filled: bool
) -> None:
    if filled:
        make_entries([("k", "good", "t")])
    texts = [("", "", "t"), ("", "s", " \n"), ("", "s\0", "t"), ("k\ud800", "s", "t"), ("", "\u3000", "t")]
    bad = [unit(*text, place=f"line {n}") for n, text in enumerate(texts, 1)]
    result = put(mode, [*bad, unit("k", "good", "t", note="a\0b\udc00", author="Kim\0")])
    assert (result.skipped, [warning.place for warning in result.warnings]) == (5, [f"line {n}" for n in range(1, 6)])
    assert live(memory) == [("k", "good", "t")]
    if not filled:
        assert (Entry.objects.get().note, Entry.objects.get().created_by_name) == ("ab", "Kim")


def test_texts_of_codes_only_and_very_long_ones_come_in(put: Put, memory: Memory) -> None:
    long = "고래기름 " * 20_000
    put("overwrite", [unit(long, long, long), unit("", "{0}%1$s", "{0}%1$s"), unit("", "\\n", "\\n")])
    assert len(live(memory)) == 3


def test_what_changes_nothing_leaves_no_trace(put: Put, memory: Memory, make_entries: Maker) -> None:
    make_entries([("k", "s", "t")])
    audits = AuditEntry.objects.count()
    for mode in loading.MODES:
        result = put(mode, [unit("k", "s", "t"), unit("k", "", "t")])
        assert (result.unchanged, result.skipped, result.revision) == (1, 1, 1)
    assert (AuditEntry.objects.count(), EntryRevision.objects.count()) == (audits, 0)


def test_warnings_are_limited_and_the_count_is_not(put: Put) -> None:
    result = put("merge", [unit("", "", "t")] * 500)
    assert (result.skipped, len(result.warnings)) == (500, incoming.MOST_WARNINGS)


@pytest.mark.parametrize("mode", loading.MODES)
@pytest.mark.parametrize("filled", [False, True])
def test_an_error_or_a_cancel_undoes_everything(
    lead: User, memory: Memory, make_entries: Maker, monkeypatch: pytest.MonkeyPatch, mode: Any, filled: bool
) -> None:
    monkeypatch.setattr(loading, "BATCH", 2)
    if filled:
        make_entries([("k1", "s", "t")])
    before = live(memory)

    def broken() -> Iterator[Unit]:
        for n in range(5):
            yield unit(f"k{n}", "s", "other")
        raise ValueError("line 6")

    def cancel(done: int, total: int | None, step: str) -> None:
        assert total == 9
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(ValueError, match="line 6"):
        load(actor=lead, memory_id=memory.pk, units=broken(), mode=mode)
    with pytest.raises(KeyboardInterrupt):
        load(actor=lead, memory_id=memory.pk, units=broken(), mode=mode, progress=cancel, total=9)
    assert live(check(memory)) == before
    assert not AuditEntry.objects.filter(action="memory_imported").exists()


def test_where_nothing_can_be_imported(lead: User, memory: Memory) -> None:
    terms = memory_named("Glossary", lead, Memory.Kind.TERMS)
    with pytest.raises(Invalid):
        load(actor=lead, memory_id=terms.pk, units=[], mode="merge")
    with pytest.raises(Invalid):
        load(actor=lead, memory_id=memory.pk, units=[], mode="guess")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        load(actor=lead, memory_id=2**40, units=[], mode="merge")


@pytest.mark.django_db(transaction=True)
def test_a_large_import_is_paged_in_the_order_of_an_index_at_once(
    lead: User, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL knew nothing of a million new entries yet, and sorted them all for each page."""
    monkeypatch.setattr(loading, "MANY", 3000)
    units = (unit(f"K{n}", f"s{n}", "t") for n in range(3000))
    load(actor=lead, memory_id=memory.pk, units=units, mode="merge")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'tm_entry'")
            assert cursor.fetchone()[0] >= 3000
    assert len(selectors.page(check(memory), limit=500).entries) == 500


# ---- diff ----
def test_a_diff_is_shown_before_it_is_applied(put: Put, lead: User, memory: Memory, make_entries: Maker) -> None:
    make_entries([("a", "one", "eins"), ("b", "two", "zwei"), ("c", "three", "drei"), ("d", "four", "vier")])
    file = [
        unit("a", "one", "eins"), unit("b", "two", "Zwei"), unit("c", "THREE", "drei"), unit("e", "five", "fünf"),
        unit("e", "five", "fünf"), unit("", "", "leer"),
    ]  # fmt: skip
    report = compare(memory_id=memory.pk, units=file)
    assert report.counts == {"new": 1, "changed": 2, "gone": 1, "unchanged": 1, "merged": 1, "skipped": 1}
    assert [sample["key"] for sample in report.samples["gone"]] == ["d"]
    assert report.samples["new"] == [{"key": "e", "source": "five", "target": "fünf"}]
    (two, three) = report.samples["changed"]
    assert (two["target_before"], two["target"], three["source_before"], three["source"]) == (
        "zwei", "Zwei", "three", "THREE")  # fmt: skip
    assert check(memory).revision == 1
    result = put("diff", file)
    assert (result.added, result.changed, result.removed, result.unchanged, result.merged) == (1, 2, 1, 1, 1)
    assert live(memory) == [("a", "one", "eins"), ("b", "two", "Zwei"), ("c", "THREE", "drei"), ("e", "five", "fünf")]
    entry = Entry.objects.get(key="c")
    assert entry.source_hash == text_hash("three")
    assert selectors.history(entry)[0]["source_before"] == "three"
    assert AuditEntry.objects.filter(action="memory_imported").count() == 1
    gone = Entry.objects.get(key="d")
    assert act(actor=lead, memory_id=memory.pk, act="restore", ids=[gone.pk]) == 1
    assert len(live(check(memory))) == 5


def test_where_a_key_does_not_tell_the_source_does(put: Put, memory: Memory, make_entries: Maker) -> None:
    (one, two, *_) = make_entries([("k", "1 apple", "t"), ("k", "apples", "t"), ("", "bare", "t"), ("x", "keyed", "t")])
    file = [unit("k", "apples", "t2"), unit("k", "one apple", "t"), unit("n", "bare", "t"), unit("", "keyed", "t")]
    result = put("diff", file)
    assert live(memory) == [("k", "apples", "t2"), ("k", "one apple", "t"), ("n", "bare", "t"), ("x", "keyed", "t")]
    assert (Entry.objects.get(pk=one.pk).source, Entry.objects.get(pk=two.pk).target) == ("one apple", "t2")
    assert (result.changed, result.unchanged, result.added, result.removed) == (3, 1, 0, 0)


def test_a_diff_against_nothing_adds_everything(put: Put, memory: Memory) -> None:
    file = [unit("", "s", "t"), unit("", "s", "u"), unit("", "s", "t")]
    assert compare(memory_id=memory.pk, units=file).counts["new"] == 2
    assert put("diff", file).added == 2
    assert put("diff", []).removed == 2
    assert check(memory).entries == 0
