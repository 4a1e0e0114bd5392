"""Dates of the filter language: a day, a month, a year, today, yesterday, or so many days ago."""

from __future__ import annotations

import re
from datetime import date, timedelta

_FORM = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z", re.ASCII)
_DAYS = re.compile(r"(\d{1,5})d\Z", re.ASCII)
EXAMPLES = ("2026-11-01", "2026-11", "today", "yesterday", "7d")


def span(text: str, today: date) -> tuple[date, date]:
    """The first and the last day that a date means. Raises ValueError. Names in lower case."""
    if text == "today":
        return today, today
    if text == "yesterday":
        return today - timedelta(days=1), today - timedelta(days=1)
    if found := _DAYS.match(text):
        days = int(found[1])
        day = today - timedelta(days=days) if days < today.toordinal() - 1 else date.min
        return day, day
    found = _FORM.match(text)
    if found is None:
        raise ValueError(text)
    year, month, day_of_month = (int(part) if part else None for part in found.groups())
    assert year is not None  # noqa: S101 (the form has one)
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day_of_month is not None:
        exact = date(year, month, day_of_month)
        return exact, exact
    first = date(year, month, 1)
    return first, date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)


def is_ago(text: str) -> bool:
    """Whether it counts days back: by itself it means everything since then."""
    return _DAYS.match(text) is not None
