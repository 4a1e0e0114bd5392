"""The modes of an import against a model that holds everything in lists."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.selectors import entries as selectors
from apps.tm.services.entries import load as loading
from apps.tm.services.entries.diff import compare
from apps.tm.services.entries.incoming import Unit
from apps.tm.services.entries.load import load
from tests.tm.services.builders import check, live, memory_named
from tests.tm.services.test_load import at, unit

pytestmark = pytest.mark.django_db
Triple = tuple[str, str, str]
TRIPLES = st.tuples(st.sampled_from(["", "k", "k2"]), st.sampled_from(["s", "S", "u", ""]), st.sampled_from("tvw"))
UNITS = st.lists(st.builds(lambda triple, day: unit(*triple, changed=at(day)), TRIPLES, st.integers(1, 3)), max_size=14)
EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BATCH", 3)


def filled(lead: User, units: list[Unit]) -> Memory:
    """A new memory with what the units are as entries, exact duplicates once."""
    Memory.objects.all().update(trashed_at=at(1))
    memory = memory_named("Model", lead)
    load(actor=lead, memory_id=memory.pk, units=units, mode="keep_all")
    memory.refresh_from_db()
    return memory


def usable(units: list[Unit]) -> list[Unit]:
    return [one for one in units if one.source]


def triple(one: Unit) -> Triple:
    return one.key, one.source, one.target


def run(lead: User, memory: Memory, units: list[Unit], mode: str) -> list[Triple]:
    """Import; what is live then, after seeing that counts, counters and history agree with it."""
    before = {entry.pk: entry for entry in Entry.objects.filter(memory=memory, removed_at__isnull=True)}
    revision = memory.revision
    result = load(actor=lead, memory_id=memory.pk, units=iter(units), mode=mode)  # type: ignore[arg-type]
    check(memory)
    after = {entry.pk: entry for entry in Entry.objects.filter(memory=memory, removed_at__isnull=True)}
    assert result.read == len(units)
    assert result.read == result.added + result.changed + result.unchanged + result.merged + result.skipped
    assert (result.added, result.removed) == (len(after.keys() - before.keys()), len(before.keys() - after.keys()))
    moved = [pk for pk in before.keys() & after.keys() if after[pk].rev > before[pk].rev]
    assert result.changed == len(moved)
    touched = bool(result.added or result.changed or result.removed)
    assert memory.revision == result.revision == revision + touched
    history = EntryRevision.objects.filter(entry__memory=memory, rev=memory.revision) if touched else []
    assert sorted(row.entry_id for row in history) == sorted([*moved, *(before.keys() - after.keys())])
    changes = selectors.changed_since(memory.pk, revision, limit=10_000)
    assert {record.id for record in changes.entries} == {*moved, *(before.keys() ^ after.keys())}
    return live(memory)


@EXAMPLES
@given(UNITS, UNITS)
def test_keep_all(lead: User, there: list[Unit], file: list[Unit]) -> None:
    memory = filled(lead, there)
    expected = sorted({triple(one) for one in usable([*there, *file])})
    assert run(lead, memory, file, "keep_all") == expected


@EXAMPLES
@given(UNITS, UNITS)
def test_overwrite(lead: User, there: list[Unit], file: list[Unit]) -> None:
    memory = filled(lead, there)
    last = {(one.key, one.source): one.target for one in usable(file)}
    kept = {triple(one) for one in usable(there) if (one.key, one.source) not in last}
    assert run(lead, memory, file, "overwrite") == sorted([*kept, *((*pair, target) for pair, target in last.items())])


@EXAMPLES
@given(UNITS, UNITS)
def test_merge(lead: User, there: list[Unit], file: list[Unit]) -> None:
    memory = filled(lead, there)
    kept = {triple(one) for one in usable(there)}
    pairs = {(key, source) for key, source, _ in kept}
    expected = sorted(kept)
    for pair in {(one.key, one.source) for one in usable(file)} - pairs:
        group = [one for one in file if (one.key, one.source) == pair]
        times = Counter(one.target for one in group)
        latest = {target: max(one.changed for one in group if one.target == target) for target in times}
        order = list(dict.fromkeys(one.target for one in group))
        expected.append((*pair, max(order, key=lambda target: (times[target], latest[target], -order.index(target)))))
    assert run(lead, memory, file, "merge") == sorted(expected)


@EXAMPLES
@given(UNITS, UNITS)
def test_diff(lead: User, there: list[Unit], file: list[Unit]) -> None:
    memory = filled(lead, there)
    wanted = {triple(one) for one in usable(file)}
    old = live(memory)
    report = compare(memory_id=memory.pk, units=file)
    assert live(check(memory)) == old
    new = run(lead, memory, file, "diff")
    # An entry without a key in the file keeps its own.
    assert sorted((source, target) for _, source, target in new) == sorted((s, t) for _, s, t in wanted)
    assert {one for one in wanted if one[0]} <= set(new)
    if all(key for key, _, _ in [*old, *wanted]):
        assert new == sorted(wanted)
    counts = report.counts
    assert counts["gone"] == len(old) - counts["changed"] - counts["unchanged"]
    assert counts["new"] + counts["changed"] + counts["unchanged"] == len(wanted) == len(new)
    assert compare(memory_id=memory.pk, units=file).counts["unchanged"] == len(wanted)
