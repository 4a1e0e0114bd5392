"""Counting look-ups and what became of matches."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.utils import timezone

from apps.tm.models import LookupDay, MatchDay, Memory
from apps.tm.models.usage import STEPS_MS
from apps.tm.selectors.quality import quality, quantile
from apps.tm.services import usage
from locanext_project import workspaces

pytestmark = pytest.mark.django_db


@pytest.fixture
def memory() -> Memory:
    usage._buffer.take()
    return Memory.objects.create(name="Ashen", source_language="ko", target_language="en")


def test_lookups_are_summed_by_day(memory: Memory) -> None:
    for ms, hit in ((0.3, True), (0.4, False), (3.2, True), (900.0, False)):
        usage.record_lookup([memory.pk], ms, [memory.pk] if hit else [])
    assert not LookupDay.objects.exists()
    assert usage.flush() == 1
    usage.record_lookup([memory.pk], 0.3, [memory.pk])
    usage.flush()
    day = LookupDay.objects.get(memory=memory)
    assert (day.lookups, day.hits, sum(day.times)) == (5, 3, 5)
    assert (day.times[0], day.times[6], day.times[-1]) == (3, 1, 1)
    assert usage.flush() == 0


def test_a_memory_that_went_meanwhile_is_left_out(memory: Memory) -> None:
    usage.record_lookup([memory.pk, memory.pk + 999], 1.0, [])
    assert usage.flush() == 1
    assert LookupDay.objects.get().memory_id == memory.pk


def test_each_workspace_gets_its_own(memory: Memory) -> None:
    usage.record_lookup([memory.pk], 1.0, [])
    here = workspaces.current()
    with workspaces.use(workspaces.OFFLINE if here == workspaces.SERVER else workspaces.SERVER):
        usage.record_lookup([memory.pk], 1.0, [])
    assert {place[0] for place in usage._buffer.take()} == {workspaces.SERVER, workspaces.OFFLINE}


def test_threads_lose_no_count(memory: Memory) -> None:
    def work() -> None:
        for _ in range(200):
            usage._buffer.add("server", [memory.pk], 1.0, [memory.pk])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (total,) = usage._buffer.take().values()
    assert (total.lookups, total.hits) == (800, 800)


@pytest.mark.parametrize(
    ("kind", "score", "band"),
    [
        ("exact", 102, "context"),
        ("exact", 101, "context"),
        ("exact", 100, "100"),
        ("fuzzy", 99, "95-99"),
        ("fuzzy", 85, "85-94"),
        ("repaired", 84, "75-84"),
        ("fuzzy", 50, "50-74"),
        ("fuzzy", 49, None),
        ("semantic", None, "semantic"),
        ("earlier", 60, "earlier"),
        ("fuzzy", None, None),
    ],
)
def test_bands(kind: str, score: int | None, band: str | None) -> None:
    assert usage.band_of(kind, score) == band


def test_matches_and_the_figures_made_of_them(memory: Memory) -> None:
    for band, outcome, times in (
        ("100", "as_is", 3),
        ("100", "not_used", 1),
        ("75-84", "as_is", 6),
        ("75-84", "edited", 4),
        ("75-84", "not_used", 50),
        ("semantic", "not_used", 9),
    ):
        for _ in range(times):
            usage.record_match(memory_id=memory.pk, band=band, outcome=outcome)
    assert MatchDay.objects.get(memory=memory, band="75-84").not_used == 50
    today = timezone.now().date()
    LookupDay.objects.create(memory=memory, day=today, lookups=80, hits=60, times=[0, 80] + [0] * (len(STEPS_MS) - 1))
    old = today - datetime.timedelta(days=31)
    LookupDay.objects.create(memory=memory, day=old, lookups=9, hits=9, times=[9] + [0] * len(STEPS_MS))
    figures = quality(memory, 30)
    assert (figures["hit_share"], figures["lookups"], figures["today"]) == (75, 80, 80)
    assert figures["as_is_share"] == round(100 * 9 / 64)
    assert next(band for band in figures["bands"] if band["band"] == "100")["as_is_share"] == 75
    assert len(figures["series"]) == 30
    assert figures["series"][-1] == {"day": today.isoformat(), "lookups": 80, "hit_share": 75}
    assert 0.5 < figures["p50"] < figures["p95"] <= 1.0
    assert figures["advice"] == {
        "band": "75-84",
        "threshold": 85,
        "as_is_share": 10,
        "hidden_unused": 50,
        "hidden_used": 10,
    }


def test_nothing_counted_says_nothing(memory: Memory) -> None:
    figures = quality(memory)
    assert (figures["hit_share"], figures["as_is_share"], figures["p50"], figures["advice"]) == (None, None, None, None)
    assert quantile([0] * len(STEPS_MS) + [4], 0.5) == STEPS_MS[-1]


def test_an_unknown_outcome_is_refused(memory: Memory) -> None:
    with pytest.raises(ValueError, match="band"):
        usage.record_match(memory_id=memory.pk, band="110", outcome="as_is")
