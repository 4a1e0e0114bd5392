"""The rows of the demo, drawn from the sentences with a fixed seed: the same at every start."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from . import gear_text, quest_speech, quest_text, talk_text
from .korean import Name, Values, english, korean
from .quest_text import Line
from .world import FOES, GEAR, MATERIALS, PEOPLE, PLACES, THINGS, Person

SEED = 20417
SHORE_THINGS = tuple(THINGS[index] for index in (2, 3, 4, 6, 10))


@dataclass(frozen=True)
class DemoRow:
    """One string of the game: `target` is "" where nobody has translated it yet."""

    key: str
    source: str
    target: str
    speaker: str = ""
    note: str = ""
    max_length: int = 0
    lead_codes: str = ""


class Writer:
    """Draws sentences: source from the first text, target from any of the translations, or none."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.share = 1.0

    def pick(self, lines: Sequence[Line]) -> Line:
        return self.random.choice(lines)

    def text(self, line: Line, values: Values) -> tuple[str, str]:
        """Source and target. A later English stands for another translator: one time in four."""
        choice = line[1]
        if len(line) > 2 and self.random.random() < 0.25:
            choice = self.random.choice(line[2:])
        return korean(line[0], values), english(choice, values)

    def row(self, key: str, line: Line, values: Values, **fields: str | int) -> DemoRow:
        """A row whose target is there as often as the writer's `share` says."""
        source, target = self.text(line, values)
        kept = target if self.random.random() < self.share else ""
        return DemoRow(key, source, kept, **fields)  # type: ignore[arg-type]


def translated_share(position: float) -> float:
    """Work goes from the front to the back: about 55 % of all rows have a target."""
    if position < 0.38:
        return 0.98
    return 0.45 if position < 0.72 else 0.08


Share = Callable[[float], float]
"""What part of the rows at a position of a file, 0 to 1, have a target."""


def quests(count: int = 64, share: Share = translated_share) -> Iterator[tuple[int, list[DemoRow]]]:
    """Quest by quest: (number, its rows in the order in which a player meets them)."""
    writer = Writer(SEED)
    kinds = quest_text.KINDS
    for number in range(count):
        writer.share = share(number / count)
        person = PEOPLE[number % len(PEOPLE)]
        yield number + 1, list(_quest(writer, number, kinds[(number * 5 + number // 12) % len(kinds)], person))


def _quest(writer: Writer, number: int, kind: str, person: Person) -> Iterator[DemoRow]:
    other = PEOPLE[(number * 7 + 5) % len(PEOPLE)]
    if other is person:
        other = PEOPLE[(number * 7 + 6) % len(PEOPLE)]
    values: dict[str, Name | str | int] = {
        "giver": person.name,
        "trade": person.trade,
        "place": PLACES[(number * 5 + 2) % len(PLACES)],
        "item": _thing(kind, number, person.tone),
        "foe": FOES[(number * 3 + 1) % len(FOES)],
        "other": other.name,
        "n": writer.random.choice((3, 4, 5, 6, 8, 10, 12)),
    }
    key = f"QST_{number + 1:03d}"
    tone = person.tone
    voice = {"speaker": person.name.korean}
    yield writer.row(
        f"{key}_TITLE", quest_text.TITLES[kind][number // 6 % 4], values, note="퀘스트 제목", max_length=40
    )
    yield writer.row(f"{key}_SUMMARY", quest_text.SUMMARIES[kind], values, note="퀘스트 요약, 한 줄")
    yield writer.row(f"{key}_JOURNAL", _journal(writer, kind, number), values, note="일지")
    for index, line in enumerate(quest_text.OBJECTIVES[kind], 1):
        yield writer.row(f"{key}_OBJ_{index}", line, values, note="목표, 화면 오른쪽", max_length=80)
    for index, line in enumerate(quest_text.NOTICES[kind], 1):
        yield writer.row(f"{key}_NOTICE_{index}", line, values, note="알림")
    accept, decline = quest_speech.ANSWERS[number % len(quest_speech.ANSWERS)]
    warnings = quest_speech.WARNINGS[tone]
    talk = [
        ("GREET", quest_speech.GREETINGS[tone][number // 3 % 4]),
        ("PROBLEM", quest_speech.PROBLEMS[kind][tone]),
        ("REQUEST", quest_speech.REQUESTS[kind][tone]),
        ("WARN", warnings[number % len(warnings)]),
    ]
    for part, line in talk:
        yield writer.row(f"{key}_{part}", line, values, **voice)
    yield writer.row(f"{key}_ACCEPT", accept, values, speaker="주인공", note="선택지")
    yield writer.row(f"{key}_DECLINE", decline, values, speaker="주인공", note="선택지")
    for index in (1, 2):
        line = quest_speech.PROGRESS[tone][(number + index) % 3]
        yield writer.row(f"{key}_PROGRESS_{index}", line, values, **voice)
    yield writer.row(f"{key}_THANKS", quest_speech.THANKS[tone][number // 2 % 3], values, **voice)
    yield writer.row(f"{key}_FAREWELL", quest_speech.FAREWELLS[tone][number // 4 % 2], values, **voice)
    yield writer.row(f"{key}_REWARD", quest_text.REWARDS[number % 2], values, note="보상 알림")
    yield writer.row(f"{key}_FAIL", quest_text.FAILURES[number % 3], values, note="알림")


def _thing(kind: str, number: int, tone: str) -> Name:
    """What the quest is about: only some things lie on a shore, and a lamp needs oil or a wick."""
    if kind == "light":
        return THINGS[1] if tone == "polite" else THINGS[7]
    choice = SHORE_THINGS if kind == "gather" else THINGS
    return choice[(number * 7 + number // 12) % len(choice)]


def _journal(writer: Writer, kind: str, number: int) -> Line:
    """A long text: three or four sentences with line breaks between them."""
    parts = [
        quest_text.JOURNAL_OPENINGS[number % len(quest_text.JOURNAL_OPENINGS)],
        quest_text.JOURNAL_BODIES[kind],
        quest_text.JOURNAL_ENDINGS[number // 2 % len(quest_text.JOURNAL_ENDINGS)],
    ]
    if number % 3 == 0:
        parts.insert(1, quest_text.SUMMARIES[kind])
    return ("<br/>".join(part[0] for part in parts), "<br/>".join(part[1] for part in parts))


def dialogues(count: int = 1200, share: Share = translated_share) -> Iterator[tuple[Person, DemoRow]]:
    """What people say, scene by scene: (who, row); line ends are line feeds, lines begin with ▶."""
    writer = Writer(SEED + 1)
    scene = 0
    while scene * 6 < count:
        writer.share = share(scene * 6 / count)
        yield from _scene(writer, scene)
        scene += 1


def _scene(writer: Writer, scene: int) -> Iterator[tuple[Person, DemoRow]]:
    person = PEOPLE[(scene * 5 + 3) % len(PEOPLE)]
    other = PEOPLE[(scene * 5 + 3 + 1 + scene % 10) % len(PEOPLE)]
    place = PLACES[(scene * 7 + scene // 12) % len(PLACES)]
    values: dict[str, Name | str | int] = {"place": place, "other": other.name, "hours": 2 + scene % 4}
    pairs = writer.random.sample(range(len(talk_text.TALK[person.tone])), 4)
    for index, pair in enumerate(pairs):
        values["item"] = THINGS[(scene * 5 + index * 3) % len(THINGS)]
        values["foe"] = FOES[(scene * 3 + index) % len(FOES)]
        values["n"] = writer.random.choice((3, 4, 5, 7, 12, 15, 20, 30))
        lines = list(talk_text.TALK[person.tone][pair])
        if index == 3:
            lines.append(writer.pick(talk_text.CLOSINGS[person.tone]))
        yield person, _spoken(writer, scene, index, person, lines, values)
    for index in (4, 5):
        line = talk_text.SHORT[(scene * 2 + index) % len(talk_text.SHORT)]
        yield person, writer.row(f"{scene} {index}", line, values, speaker="주인공")


def _spoken(writer: Writer, scene: int, index: int, person: Person, lines: Sequence[Line], values: Values) -> DemoRow:
    """One utterance: the scene's first opens it with a camera code, every one names its voice file."""
    texts = [writer.text(line, values) for line in lines]
    codes = f"{{ChangeScene(Harbor_{scene % 24:02d})}}" if index == 0 else ""
    codes += f"{{AudioVoice(VO_{person.code}_{scene:03d}{index})}}"
    kept = writer.random.random() < writer.share
    source, target = ("\n▶".join(text[side] for text in texts) for side in (0, 1))
    return DemoRow(
        f"{scene} {index}", codes + source, codes + target if kept else "", person.name.korean, lead_codes=codes
    )


def items() -> Iterator[DemoRow]:
    """Equipment: name, description, effect, and what stands on the shop's label."""
    writer = Writer(SEED + 2)
    total = len(MATERIALS) * len(GEAR)
    for number in range(total):
        writer.share = translated_share(number / total)
        material = MATERIALS[number // len(GEAR)]
        gear = GEAR[number % len(GEAR)]
        yield from _item(writer, number, material, gear)


def _item(writer: Writer, number: int, material: tuple[str, str], gear: tuple[str, str, str]) -> Iterator[DemoRow]:
    smith = PEOPLE[(6 + number * 5) % len(PEOPLE)].name
    # As a string: "Boots" takes no article, and the name is what the text is about.
    name = Name(f"{material[0]} {gear[0]}", f"{material[1]} {gear[1]}", f"{material[1]} {gear[1]}")
    values: dict[str, Name | str | int] = {
        "gear": Name(gear[0], gear[1].lower() if gear[1] != "Boots" else "pair of boots"),
        "smith": smith,
        "place": PLACES[(number * 5 + 1) % len(PLACES)],
        "foe": FOES[(number * 3 + 2) % len(FOES)],
        "n": 3 + number % 5,
    }
    key = f"ITEM_{5000 + number}"
    vendor = smith.korean
    note = gear_text.NOTES[number % len(gear_text.NOTES)]
    yield writer.row(f"{key}_NAME", (name.korean, name.english), values, speaker=vendor, note=note, max_length=24)
    description = gear_text.DESCRIPTIONS[gear[2]][(number + number // 12) % 4]
    yield writer.row(f"{key}_DESC", description, values, speaker=vendor, note="", max_length=160)
    effect = gear_text.EFFECTS[gear[2]][(number // 2) % 3]
    yield writer.row(f"{key}_EFFECT", effect, values, speaker=vendor, note="수치는 코드 그대로", max_length=60)


def pitches(count: int = 180) -> Iterator[DemoRow]:
    """The item table's second sheet: merchants praising their goods."""
    writer = Writer(SEED + 3)
    for number in range(count):
        writer.share = translated_share(number / count)
        person = PEOPLE[(number * 5 + 1) % len(PEOPLE)]
        gear = GEAR[(number * 7) % len(GEAR)]
        values: dict[str, Name | str | int] = {
            "gear": Name(gear[0], gear[1].lower() if gear[1] != "Boots" else "pair of boots"),
            "place": PLACES[number % len(PLACES)],
            "foe": FOES[number % len(FOES)],
        }
        line = gear_text.PITCHES[person.tone][(number // 2) % 4]
        yield writer.row(f"SHOP_{person.code}_{number:03d}", line, values, speaker=person.name.korean, max_length=80)
