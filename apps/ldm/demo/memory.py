"""The demo's memories and its glossary: entries near enough to its rows that every kind of match shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from .people import DEMO_USERS
from .rows import DemoRow, dialogues, quests
from .world import FOES, PEOPLE, PLACES, THINGS

MEMORY_NAME = "Ashen Passage EN"
LEGACY_NAME = "Harbor Tales (legacy)"
TERMS_NAME = "Terms EN"
LEGACY_PENALTY = 4
ENTRIES = 600
LEGACY_ENTRIES = 160

_FIRST_DAY = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)
_NUMBER = re.compile(r"(?<![\w{:#%])(\d+)(?=[가-힣 ])")
# What stood before a sentence, or at its end, in an earlier version of the game.
_LEADS = (("이제 ", "Now: "), ("다시 한번, ", "Once more: "), ("오늘 밤 ", "Tonight: "), ("서둘러라. ", "Make haste. "))
_FORBIDDEN = (
    ("등대지기", "lighthouse guard", "Guards wear swords; keepers carry lamps."),
    ("잿빛 항구", "Gray Harbor", "The name of the first game; never used since."),
    ("소금여우", "brine fox", ""),
    ("재 진주", "cinder pearl", "Trademark of another game."),
    ("유리 심지", "crystal wick", ""),
)


class DemoUnit(NamedTuple):
    """An entry to be: the fields that units of files have."""

    key: str
    source: str
    target: str
    previous: str | None = None
    next: str | None = None
    speaker: str = ""
    note: str = ""
    author: str = ""
    created: datetime | None = None
    changed: datetime | None = None
    confirmed: bool | None = None
    place: str = ""


class DemoTerm(NamedTuple):
    """A term to be: the fields that terms of files have."""

    source: str
    target: str
    use: str = "preferred"
    part_of_speech: str = "noun"
    definition: str = ""
    note: str = ""
    concept: str = ""
    case_sensitive: bool = False


def memory_units() -> list[DemoUnit]:
    """The project's memory: always the same ENTRIES units.

    Of four rows of the quests one is there with key and neighbours, one under another key, one in
    a version with small edits, and one as an earlier source under its own key.
    """
    found: dict[tuple[str, str], DemoUnit] = {}
    for chapter in _chapters():
        for number, row in enumerate(chapter):
            unit = _unit(chapter, number, row)
            if unit is not None:
                found.setdefault((unit.source, unit.key), unit)
    # From the end of the quests, where most rows still wait for their translation.
    return list(found.values())[-ENTRIES:]


def legacy_units() -> list[DemoUnit]:
    """The older game's memory: what people said in the harbor, edited, by nobody that is known; LEGACY_ENTRIES."""
    found: dict[str, DemoUnit] = {}
    for number, (_person, row) in enumerate(dialogues(share=_all)):
        source, target = _edited(row, number)
        if number % 3 == 0 and source not in found:
            changed = _FIRST_DAY - timedelta(days=700 - number % 300)
            found[source] = DemoUnit("", source, target, created=changed, changed=changed, confirmed=False)
    return list(found.values())[-LEGACY_ENTRIES:]


def terms() -> list[DemoTerm]:
    """The glossary: trades, places, creatures and things, and what they must not be called."""
    wanted = [DemoTerm(person.trade.korean, person.trade.english, note="Trade") for person in PEOPLE]
    wanted += [DemoTerm(place.korean, place.english, part_of_speech="name", case_sensitive=True) for place in PLACES]
    wanted += [DemoTerm(thing.korean, thing.english) for thing in (*FOES, *THINGS[:5])]
    wanted += [DemoTerm(source, target, use="forbidden", note=note) for source, target, note in _FORBIDDEN]
    return wanted


def _all(position: float) -> float:
    return 1.0


def _chapters() -> Iterator[list[DemoRow]]:
    """The quests' rows with all their targets, file by file."""
    rows = list(quests(share=_all))
    for first, last in ((1, 32), (33, 64)):
        yield [row for number, quest in rows if first <= number <= last for row in quest]


def _unit(chapter: Sequence[DemoRow], number: int, row: DemoRow) -> DemoUnit | None:
    """What the memory has of a row; None for every second one."""
    kind = number % 8
    if kind % 2:
        return None
    changed = _FIRST_DAY + timedelta(days=number * 53 % 430, minutes=number)
    author = DEMO_USERS[1 + number % 2].display_name
    shared: dict[str, Any] = {"author": author, "created": changed, "changed": changed, "confirmed": number % 5 != 0}
    if kind == 0:
        previous = chapter[number - 1].source if number else ""
        following = chapter[number + 1].source if number + 1 < len(chapter) else ""
        return DemoUnit(row.key, row.source, row.target, previous, following, row.speaker, **shared)
    if kind == 2:
        return DemoUnit(f"EA_{row.key}", row.source, row.target, **shared)
    source, target = _edited(row, number)
    return DemoUnit(f"EA_{row.key}" if kind == 4 else row.key, source, target, **shared)


def _edited(row: DemoRow, number: int) -> tuple[str, str]:
    """Source and target with a small difference: another number where there is one, else other words or marks."""
    if (digits := _NUMBER.search(row.source)) and (inside := re.search(rf"(?<!\w){digits[1]}(?!\w)", row.target)):
        other = str(int(digits[1]) + 2)
        source = row.source[: digits.start()] + other + row.source[digits.end() :]
        return source, row.target[: inside.start()] + other + row.target[inside.end() :]
    if number % 3 == 0 and row.source.endswith(".") and row.target.endswith("."):
        return row.source[:-1] + "!", row.target[:-1] + "!"
    lead, lead_english = _LEADS[number // 8 % len(_LEADS)]
    return lead + row.source, lead_english + row.target
