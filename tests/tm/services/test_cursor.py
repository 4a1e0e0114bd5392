"""Writers of every kind at once, and a reader who follows the memory's revision: nothing missed, nothing twice."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest

from apps.tm.models import Entry, Memory
from apps.tm.selectors.entries import changed_since
from apps.tm.services import memories
from apps.tm.services.entries import ConfirmedText, upsert
from apps.tm.services.entries.act import ACTS, act
from apps.tm.services.entries.edit import EntryEdit, add, edit
from apps.tm.services.entries.load import MODES, load
from locanext_project.errors import Conflict, Invalid, NotFound
from tests import factories
from tests.ldm.services.rows.threads import run_all
from tests.tm.services.builders import check, live, memory_named
from tests.tm.services.test_load import unit

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.postgres
def test_a_reader_misses_nothing_and_sees_nothing_twice(transactional_db: None) -> None:
    lead = factories.user(username="lead", role="lead")
    memory = memory_named("Busy", lead)
    add(actor=lead, memory_id=memory.pk, source="s0", target="t")
    done = threading.Event()
    running = threading.Semaphore(0)
    seen: list[tuple[int, int]] = []

    def repeat(seed: int, times: int, one: Callable[[random.Random], object]) -> Callable[[], None]:
        def work() -> None:
            chance = random.Random(seed)
            try:
                for _ in range(times):
                    try:
                        one(chance)
                    except (Conflict, Invalid, NotFound):
                        continue
            finally:
                running.release()

        return work

    def texts(chance: random.Random, count: int) -> list[tuple[str, str, str]]:
        pick = chance.randrange
        return [(f"k{pick(9)}", f"s{pick(5)}", f"t{pick(99)}") for _ in range(count)]

    def confirm(chance: random.Random) -> None:
        upsert(actor=lead, memory_id=memory.pk, texts=[ConfirmedText(*text) for text in texts(chance, 3)])

    def bring(chance: random.Random) -> None:
        units = [unit(*text) for text in texts(chance, 12)]
        load(actor=lead, memory_id=memory.pk, units=units, mode=chance.choice(MODES))

    def bulk(chance: random.Random) -> None:
        ids = list(Entry.objects.filter(memory=memory).values_list("pk", flat=True))
        act(actor=lead, memory_id=memory.pk, act=chance.choice(ACTS), ids=chance.sample(ids, min(9, len(ids))))

    def one(chance: random.Random) -> None:
        entry = chance.choice(list(Entry.objects.filter(memory=memory, removed_at__isnull=True)))
        changes = EntryEdit(target=f"e{chance.random()}")
        edit(actor=lead, entry_id=entry.pk, seen_rev=entry.rev, changes=changes)

    def double(chance: random.Random) -> None:
        memories.copy(actor=lead, memory_id=memory.pk)

    works = [
        repeat(1, 30, confirm), repeat(2, 30, confirm), repeat(3, 12, bring), repeat(4, 12, bring),
        repeat(5, 20, bulk), repeat(6, 20, bulk), repeat(7, 25, one), repeat(8, 4, double),
    ]  # fmt: skip

    def read() -> None:
        rev, after = 0, None
        while True:
            last = done.is_set()
            changes = changed_since(memory.pk, rev, limit=4, after_id=after)
            seen.extend((entry.id, entry.rev) for entry in changes.entries)
            rev, after = changes.rev, changes.after_id
            if last and not changes.more:
                return

    def finish() -> None:
        for _ in works:
            running.acquire(timeout=110)
        done.set()

    assert run_all([*works, read, finish]) == []
    assert len(seen) == len(set(seen))
    assert [rev for _, rev in seen] == sorted(rev for _, rev in seen)
    assert dict(seen) == dict(Entry.objects.filter(memory=memory).values_list("pk", "rev"))
    for one_memory in Memory.objects.all():
        check(one_memory)


def test_confirms_and_imports_at_once_make_no_duplicates(transactional_db: None) -> None:
    lead = factories.user(username="lead", role="lead")
    memory = memory_named("Busy", lead)
    texts = [(f"k{n}", f"s{n}", "t") for n in range(40)]

    def confirm() -> None:
        for text in texts:
            upsert(actor=lead, memory_id=memory.pk, texts=[ConfirmedText(*text)])

    def bring() -> None:
        load(actor=lead, memory_id=memory.pk, units=[unit(*text) for text in texts], mode="overwrite")

    assert run_all([confirm, bring, confirm, bring]) == []
    assert live(check(memory)) == sorted(texts)
