"""Texts for the tests of fuzzy matching, and the brute force that its answers are held against."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from apps.tm.matching import Match

SHARED = Path(__file__).resolve().parents[3] / "../shared/data"
LANGUAGES = ("ko", "en", "ja", "zh")
TABLES = ("spd/v3.3.6.tsv", "stardew/new.tsv")

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_SENTENCES = [
    "The old gate is closed until the festival ends.",
    "Talk to the smith before you leave for {place}.",
    "You gained %d gold and lost your way.",
    "안개가 걷히면 문이 열린다.",
    "대장장이에게 말을 걸고 {item}을 받으세요.",
    "霧が晴れると門が開く。",
    "铁匠在集市等你，带上三块矿石。",
    "Press <b>E</b> to open the chest, or walk on.",
    "Der Wächter schläft nur bei Regen.",
    "Only the lantern keeper knows which of the seven bridges still holds a loaded cart in winter.",
]


def similarity(one: str, other: str) -> float:
    """The score by its definition."""
    longer = max(len(one), len(other))
    return 1.0 - Levenshtein.distance(one, other) / longer if longer else 1.0


def brute_force(entries: dict[int, str], text: str, threshold: float, limit: int) -> list[Match]:
    """The right answer: every entry compared."""
    every = (Match(index, similarity(text, source)) for index, source in entries.items())
    return sorted((match for match in every if match.score >= threshold), key=lambda m: (-m.score, m.index))[:limit]


def edited(rng: random.Random, text: str, edits: int, letters: str) -> str:
    """A text some single-character edits away."""
    characters = list(text)
    for _ in range(edits):
        place = rng.randrange(len(characters) + 1)
        kind = rng.randrange(3)
        if kind == 0 or place == len(characters):
            characters.insert(place, rng.choice(letters))
        elif kind == 1:
            characters[place] = rng.choice(letters)
        else:
            del characters[place]
    return "".join(characters)


def recombined(rng: random.Random, texts: Sequence[str], count: int) -> list[str]:
    """Distinct texts made of parts of others, words (or runs of three characters) swapped between them."""
    words = [text.split(" ") if " " in text else re.findall(r".{1,3}", text, re.DOTALL) for text in texts]
    out: dict[str, None] = {}
    while len(out) < count:
        first, second = rng.choice(words), rng.choice(words)
        made = list(first)
        for _ in range(rng.randrange(1, 4)):
            made[rng.randrange(len(made))] = rng.choice(second)
        if rng.random() < 0.3:
            made = made[: len(made) // 2] + second[len(second) // 2 :]
        if rng.random() < 0.2:
            made += second
        out[(" " if " " in "".join(first) else "").join(made)] = None
    return list(out)


def invented(count: int, seed: int = 0) -> list[str]:
    """Recombined sentences of several languages, written for these tests."""
    return recombined(random.Random(seed), _SENTENCES, count)


def real_texts(language: str) -> list[str]:
    """The distinct texts of one language in the shared tables; empty where they are absent."""
    texts: dict[str, None] = {}
    for name in TABLES:
        path = SHARED / name
        if path.exists():
            header, *lines = path.read_text(encoding="utf-8").split("\n")
            column = header.split("\t").index(language)
            for line in lines:
                cell = line.split("\t")[column] if line else ""
                if cell:
                    texts[re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), cell)] = None
    return list(texts)


def share_found(answers: Sequence[Sequence[Match]], truths: Sequence[Sequence[Match]]) -> float:
    """Recall: the part of the right scores that came back."""
    wanted = found = 0
    for answer, truth in zip(answers, truths, strict=True):
        scores = [match.score for match in truth]
        wanted += len(scores)
        for match in answer:
            if match.score in scores:
                scores.remove(match.score)
                found += 1
    return found / wanted
