"""Many distinct segments made from few: real translations, or the invented corpus, taken apart and recombined."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from apps.ldm.demo.corpus import corpus_rows

LANGUAGES = ("en", "ko", "ja", "zh", "fr")
SHARES = {"en": 0.4, "ko": 0.25, "ja": 0.125, "zh": 0.1, "fr": 0.125}
SHORTEST, LONGEST = 8, 200
EXTRAS = ("{0}", "{name}", "<b>{1}</b>", "%d", "%s", "%1$s", "<color=red>", "7", "12", "250", "1,000", "3.5")
Pools = dict[str, list[str]]
_ESCAPES = {"\\\\": "\\", "\\n": "\n", "\\r": "\r", "\\t": "\t"}
_ESCAPE = re.compile(r"\\[\\nrt]")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])|\n+")
_TOKEN = re.compile(r"\s+|[^\W\d_a-zA-Z\u00c0-\u024f]{1,2}|[\w']+|[^\w\s]")


def pools(folder: Path | None) -> Pools:
    """Sentences of each language: from the columns `en`, `ko`, ... of the *.tsv files below a folder, else invented."""
    found: dict[str, dict[str, None]] = {language: {} for language in LANGUAGES}
    for language, text in _table_texts(folder) if folder is not None else _invented():
        for sentence in _SENTENCE.split(text):
            if SHORTEST <= len(sentence.strip()) <= LONGEST:
                found[language][sentence.strip()] = None
    return {language: list(texts) for language, texts in found.items() if len(texts) >= 100}


def _table_texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.tsv")):
        lines = path.read_text(encoding="utf-8").split("\n")
        header = lines[0].split("\t")
        columns = [(place, name) for place, name in enumerate(header) if name in LANGUAGES]
        for line in lines[1:]:
            cells = line.split("\t")
            for place, language in columns:
                if place < len(cells) and cells[place]:
                    yield language, _ESCAPE.sub(lambda found: _ESCAPES[found[0]], cells[place])


def _invented() -> Iterator[tuple[str, str]]:
    for row in corpus_rows(20_000, seed=1, translated=1.0):
        yield "en", row.target
        yield "ko", row.source


def segments(found: Pools, count: int, seed: int = 1) -> dict[str, list[str]]:
    """`count` distinct segments in all, by language; 8 to 200 characters."""
    chance = random.Random(seed)
    whole = sum(SHARES[language] for language in found)
    return {
        language: _distinct(pool, round(count * SHARES[language] / whole), chance) for language, pool in found.items()
    }


def mixed(by_language: dict[str, list[str]], seed: int = 1) -> list[str]:
    """The segments of all languages in one shuffled list, each once."""
    texts = list(dict.fromkeys(text for some in by_language.values() for text in some))
    random.Random(seed).shuffle(texts)
    return texts


def _distinct(pool: Sequence[str], count: int, chance: random.Random) -> list[str]:
    tokens = [_TOKEN.findall(text) for text in pool]
    made = dict.fromkeys(pool[:count])
    while len(made) < count:
        text = _recombined(tokens, chance)
        if SHORTEST <= len(text) <= LONGEST:
            made[text] = None
    return list(made)


def _recombined(pool: Sequence[list[str]], chance: random.Random) -> str:
    """One sentence with words of others, the head of one with the tail of another, or with a code or number."""
    first, second = chance.choice(pool), chance.choice(pool)
    way = chance.random()
    if way < 0.45:
        words = list(first)
        for _ in range(chance.randint(1, 3)):
            words[chance.randrange(len(words))] = chance.choice(second)
    elif way < 0.8:
        words = first[: chance.randint(1, len(first))] + second[chance.randrange(len(second)) :]
    else:
        words = list(first)
        words.insert(chance.randint(0, len(words)), f" {chance.choice(EXTRAS)} ")
        words[chance.randrange(len(words))] = chance.choice(second)
    return "".join(words).strip()


def edited(text: str, chance: random.Random) -> str:
    """The text after one to three edits of words or characters."""
    words = _TOKEN.findall(text)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(words))
        edits: list[Callable[[], object]] = [
            lambda: words.insert(place, chance.choice(words)),  # noqa: B023 (called at once)
            lambda: words.__setitem__(place, chance.choice(words)),  # noqa: B023
            lambda: words.__setitem__(place, words[place][:-1]),  # noqa: B023
            lambda: words.__setitem__(place, words[place] + chance.choice("aeio가나の的")),  # noqa: B023
        ]
        chance.choice(edits)()
    return "".join(words)


def queries(found: Pools, by_language: dict[str, list[str]], count: int, seed: int = 2) -> list[str]:
    """60 % edited segments of the memory, 40 % that it does not have; languages in their shares."""
    chance = random.Random(seed)
    unseen = segments(found, count, seed + 1000)
    whole = sum(map(len, by_language.values()))
    made: list[str] = []
    for language, texts in by_language.items():
        known = set(texts)
        mine = max(1, round(count * len(texts) / whole))
        made += [edited(chance.choice(texts), chance) for _ in range(round(mine * 0.6))]
        made += [text for text in unseen[language] if text not in known][: mine - round(mine * 0.6)]
    chance.shuffle(made)
    return [text for text in made if text.strip()]
