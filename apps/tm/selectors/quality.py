"""What a memory is worth: hit rate, what people did with its matches, and the time of look-ups."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from apps.tm.models import LookupDay, MatchDay, Memory
from apps.tm.models.usage import BANDS, OUTCOMES, STEPS_MS

MAX_DAYS = 400
_ADVISED = (("75-84", 85), ("85-94", 95))
"""Bands in which a higher threshold may be worth it, and that threshold."""
_ENOUGH = 50
"""Matches in a band before advice is given."""


def quality(memory: Memory, days: int = 30) -> dict[str, Any]:
    """The figures of the last `days` days, today included; shares are percents of 0 to 100, None without data.

    {"days", "lookups", "today", "hit_share", "as_is_share",
     "bands": [{"band", "as_is", "edited", "not_used", "as_is_share"}],
     "series": [{"day", "lookups", "hit_share"}] oldest first, a day without look-ups has None,
     "times": [{"from", "to" (None: no end), "n"}] in milliseconds, "p50", "p95",
     "advice": {"band", "threshold", "as_is_share", "hidden_unused", "hidden_used"} | None}
    """
    days = max(1, min(days, MAX_DAYS))
    today = timezone.now().date()
    first = today - datetime.timedelta(days=days - 1)
    lookups = list(LookupDay.objects.filter(memory_id=memory.pk, day__gte=first).order_by("day"))
    bands = _bands(memory, first)
    known = [band for band in bands if band["band"] != "semantic"]
    used, total = sum(band["as_is"] for band in known), sum(_total(band) for band in known)
    times = [sum(step) for step in zip(*(day.times for day in lookups if day.times), strict=False)]
    return {
        "days": days,
        "lookups": sum(day.lookups for day in lookups),
        "today": next((day.lookups for day in lookups if day.day == today), 0),
        "hit_share": _share(sum(day.hits for day in lookups), sum(day.lookups for day in lookups)),
        "as_is_share": _share(used, total),
        "bands": bands,
        "series": _series(lookups, first, days),
        "times": [{"from": low, "to": high, "n": n} for (low, high), n in zip(_steps(), times, strict=False)],
        "p50": quantile(times, 0.5),
        "p95": quantile(times, 0.95),
        "advice": _advice(bands),
    }


def _bands(memory: Memory, first: datetime.date) -> list[dict[str, Any]]:
    rows: Any = (
        MatchDay.objects.filter(memory_id=memory.pk, day__gte=first)
        .values("band")
        .annotate(**{f"sum_{name}": Sum(name) for name in OUTCOMES})
    )
    sums = {row["band"]: row for row in rows}
    found: list[dict[str, Any]] = []
    for band in BANDS:
        counts = {name: int(sums.get(band, {}).get(f"sum_{name}") or 0) for name in OUTCOMES}
        found.append({"band": band, **counts, "as_is_share": _share(counts["as_is"], sum(counts.values()))})
    return found


def _total(band: dict[str, Any]) -> int:
    return sum(int(band[name]) for name in OUTCOMES)


def _share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def _series(lookups: Sequence[LookupDay], first: datetime.date, days: int) -> list[dict[str, Any]]:
    by_day = {day.day: day for day in lookups}
    series = []
    for n in range(days):
        day = first + datetime.timedelta(days=n)
        kept = by_day.get(day)
        share = _share(kept.hits, kept.lookups) if kept else None
        series.append({"day": day.isoformat(), "lookups": kept.lookups if kept else 0, "hit_share": share})
    return series


def _steps() -> list[tuple[float, float | None]]:
    return list(zip((0.0, *STEPS_MS), (*STEPS_MS, None), strict=True))


def quantile(times: Sequence[int], share: float) -> float | None:
    """The time below which `share` of the look-ups lie, evenly spread within a step; None without any.

    What took longer than the last step counts as that step's start.
    """
    wanted, seen = share * sum(times), 0.0
    if not wanted:
        return None
    for (low, high), n in zip(_steps(), times, strict=False):
        if n and seen + n >= wanted:
            return round(low if high is None else low + (high - low) * (wanted - seen) / n, 2)
        seen += n
    return STEPS_MS[-1]


def _advice(bands: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """What a higher threshold would hide, for the lowest band with enough data whose matches are seldom used."""
    for name, threshold in _ADVISED:
        band = next(found for found in bands if found["band"] == name)
        if _total(band) >= _ENOUGH and band["as_is_share"] is not None and band["as_is_share"] < 25:
            used = band["as_is"] + band["edited"]
            return {
                "band": name,
                "threshold": threshold,
                "as_is_share": band["as_is_share"],
                "hidden_unused": band["not_used"],
                "hidden_used": used,
            }
    return None
