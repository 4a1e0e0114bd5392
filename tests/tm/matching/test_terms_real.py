"""How many terms are found in real text, how many wrongly, and how fast.

The term base is the names of a game, the text its strings in two languages. That a term stands in a
string is known without the recognition: from a plain search for the whole word (English), or from
both languages naming it (all others).
"""

from __future__ import annotations

import random
import re
import statistics
import time
from functools import cache
from pathlib import Path

import pytest

from apps.tm.matching.candidates import CandidateRules, collect
from apps.tm.matching.terms import TermEntry, TermIndex

SPD = Path(__file__).resolve().parents[3] / "../shared/data/spd"
needs_data = pytest.mark.skipif(not SPD.is_dir(), reason="there is no shared data folder beside the project")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}


@cache
def table(name: str) -> list[dict[str, str]]:
    lines = (SPD / name).read_text(encoding="utf-8").splitlines()
    titles = lines[0].split("\t")
    cells = (
        [re.sub(r"\\(.)", lambda found: _ESCAPES[found[1]], cell) for cell in line.split("\t")] for line in lines[1:]
    )
    return [dict(zip(titles, row, strict=True)) for row in cells]


@cache
def hits(language: str) -> tuple[tuple[frozenset[int], ...], TermIndex]:
    """The numbers of the terms found in every string of a language."""
    names = table("glossary_v3.3.6.tsv")
    index = TermIndex.build([TermEntry(n, name[language]) for n, name in enumerate(names) if name[language]], language)
    rows = table("v3.3.6.tsv")
    return tuple(frozenset(hit.term.term_id for hit in index.hits(row[language])) for row in rows), index


def whole(text: str, ending: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(text)}{ending}(?![^\W_])", re.IGNORECASE)


@needs_data
def test_english_whole_words_and_inflected_forms() -> None:
    names, rows = table("glossary_v3.3.6.tsv"), table("v3.3.6.tsv")
    found, _ = hits("en")
    plain = inflected = lost = lost_inflected = 0
    for n, name in enumerate(names):
        exact, forms = whole(name["en"]), whole(name["en"], "(?:s|es|'s|ing)")
        for row, there in zip(rows, found, strict=True):
            if name["en"].lower() not in row["en"].lower():
                continue
            if exact.search(row["en"]):
                plain += 1
                lost += n not in there
            elif forms.search(row["en"]):
                inflected += 1
                lost_inflected += n not in there
    assert plain > 3500 and lost == 0
    # "Goo" is in "going" and "goes" is none of it; nothing else is lost.
    assert inflected > 250 and lost_inflected / inflected < 0.02


@needs_data
@pytest.mark.parametrize(
    ("language", "least", "recall"),
    [
        ("ko", 3000, 0.99),
        ("ja", 3000, 0.999),
        ("zh", 3000, 0.999),
        ("fr", 3000, 0.99),
        ("ru", 2000, 0.96),
        ("de", 3000, 0.94),
    ],
)
def test_terms_that_both_languages_name(language: str, least: int, recall: float) -> None:
    """What German loses is inside compounds, where a term is meant to be no hit."""
    names, rows = table("glossary_v3.3.6.tsv"), table("v3.3.6.tsv")
    (english, _), (found, _) = hits("en"), hits(language)
    there = lost = 0
    for row, known, own in zip(rows, english, found, strict=True):
        text = row[language].lower()
        for n in known:
            if names[n][language] and names[n][language].lower() in text:
                there += 1
                lost += n not in own
    assert there > least
    assert 1 - lost / there >= recall


@needs_data
def test_korean_terms_are_rarely_found_where_no_word_is() -> None:
    """A hit begins a word, but for the second part of a compound whose first part is a term too."""
    rows, (found, index) = table("v3.3.6.tsv"), hits("ko")
    inside = 0
    total = sum(map(len, found))
    for row in rows:
        for hit in index.hits(row["ko"]):
            before = row["ko"][hit.start - 1 : hit.start]
            inside += "가" <= before <= "힣"
    assert total > 3500
    assert inside / total < 0.005


@needs_data
def test_candidates_of_a_game_are_mostly_its_names() -> None:
    rows, names = table("v3.3.6.tsv"), table("glossary_v3.3.6.tsv")
    known = {name["ko"] for name in names}
    found = collect(lambda: ((row["ko"], row["en"]) for row in rows), "ko", CandidateRules())
    assert 500 < len(found) < 1200
    assert [one.occurrences for one in found] == sorted((one.occurrences for one in found), reverse=True)
    assert sum(one.source in known for one in found) / len(found) > 0.5


_SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"


def invented(rng: random.Random, language: str) -> str:
    if language == "ko":
        return "".join(rng.choices(_SYLLABLES, k=rng.randint(2, 5)))
    if language == "ja":
        return "".join(chr(rng.randrange(0x4E00, 0x5200)) for _ in range(rng.randint(2, 5)))
    words = ("".join(rng.choices("bdfglmnrstaeiou", k=rng.randint(3, 9))) for _ in range(rng.randint(1, 3)))
    return " ".join(words)


@pytest.mark.parametrize("language", ["ko", "en", "ja"])
def test_twenty_thousand_terms_are_not_scanned(language: str) -> None:
    rng = random.Random(7)
    terms = [invented(rng, language) for _ in range(20_000)]
    index = TermIndex.build([TermEntry(n, term) for n, term in enumerate(terms)], language)
    joint = {"ko": "을 ", "en": " ", "ja": "の"}[language]
    texts = [joint.join(rng.choice(terms) for _ in range(60))[:200] for _ in range(60)]
    assert all(len(text) == 200 for text in texts)
    assert sum(len(index.find(text)) for text in texts) > 600
    rounds = []
    for _ in range(3):
        times = []
        for text in texts:
            start = time.thread_time()
            index.find(text)
            times.append(time.thread_time() - start)
        rounds.append(statistics.median(times))
    # A guard against a scan of all terms, not a benchmark: it takes a tenth of this.
    assert min(rounds) <= 0.02
