"""The checks on real translations: where there is no error, none is found."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from apps.ldm.checks.findings import CheckRules, Finding
from apps.ldm.checks.run import check_row

DATA = Path(__file__).resolve().parents[3] / "../shared/data"
TABLE = DATA / "spd" / "v3.3.6.tsv"
STARDEW = DATA / "stardew" / "new.tsv"
LANGUAGES = ("ko", "de", "fr", "ja", "zh", "ru")
PAIRS = [*(("en", one) for one in LANGUAGES), ("ko", "en"), ("ja", "en"), ("zh", "en"), ("ru", "de")]
_ESCAPES = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}

pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="the shared data is not here")


@cache
def table(path: Path) -> list[dict[str, str]]:
    lines = path.read_text("utf-8").split("\n")
    head = lines[0].split("\t")
    cells = (
        [re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), cell) for cell in line.split("\t")] for line in lines
    )
    return [dict(zip(head, row, strict=True)) for row in list(cells)[1:] if len(row) == len(head)]


def findings(path: Path, source: str, target: str) -> list[tuple[str, Finding]]:
    rules = CheckRules(source_language=source, target_language=target, format="properties")
    return [(row["key"], one) for row in table(path) for one in check_row(row[source], row[target], rules)]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_game_without_errors_in_its_codes_raises_no_alarm(source: str, target: str) -> None:
    assert len(table(TABLE)) > 4_800
    found = Counter(one.kind for _, one in findings(TABLE, source, target))
    assert found["placeholder"] == found["tag"] == 0
    # Line ends that really differ, and names or sentences that really are the English ones.
    assert found["line_break"] <= 18
    assert found["untranslated"] <= (9 if (source, target) == ("en", "ru") else 1)


def test_copied_texts_are_found_where_a_language_was_not_finished() -> None:
    found = {language: [key for key, one in findings(STARDEW, "en", language) if one.kind == "untranslated"]
             for language in LANGUAGES}  # fmt: skip
    copied = {language: sum(row["en"] == row[language] != "" for row in table(STARDEW)) for language in LANGUAGES}
    assert copied["ja"] >= len(found["ja"]) > 180
    assert copied["ru"] >= len(found["ru"]) > 90
    assert all(len(found[language]) < 20 for language in ("ko", "de", "fr", "zh"))


def test_lost_placeholders_of_the_other_game_are_found() -> None:
    found = {(language, key, one.code) for language in LANGUAGES
             for key, one in findings(STARDEW, "en", language) if one.kind == "placeholder"}  # fmt: skip
    assert found == {
        ("ko", "TractorMod:config.distance.tooltip", "missing"),
        ("ru", "LookupAnything:tree.next-growth.chance", "missing"),
        ("ru", "TractorMod:config.summon-key.tooltip", "extra"),
    }
