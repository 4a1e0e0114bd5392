"""Find and replace in one text: matches, groups, words of every script, and codes that stay as they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ldm.checks.codes import EVERYTHING
from apps.ldm.queries.bounded_regex import BadPattern, RunawayPattern
from apps.ldm.services.rows.acts.code_spans import reader
from apps.ldm.services.rows.acts.replace_text import BadReplacement, Replacer, Wish

READ = reader(EVERYTHING)


def replaced(text: str, find: str, by: str = "", **options: bool) -> str:
    """The text with every hit replaced that can be."""
    engine = Replacer(Wish(find, by, **options), READ)
    return engine.apply(text, [hit for hit in engine.hits(text) if not hit.codes])


@pytest.mark.parametrize(
    ("text", "find", "by", "options", "expected"),
    [
        ("Cat and cat", "cat", "dog", {}, "dog and dog"),
        ("Cat and cat", "cat", "dog", {"case": True}, "Cat and dog"),
        ("category cat", "cat", "dog", {"words": True}, "category dog"),
        ("$1 for .*", ".*", "$1", {}, "$1 for $1"),
        ("a-b", "-", "\\n", {"codes": True}, "a\\nb"),
        ("a-b", "-", "\\n", {}, "a-b"),
        ("2026-11-21", r"(\d+)-(\d+)-(\d+)", r"$3.\2.${1}", {"regex": True}, "21.11.2026"),
        ("key=value", r"(?P<k>\w+)=(?P<v>\w+)", r"${v}=\g<k>", {"regex": True}, "value=key"),
        ("price 5", r"\d", "$$$0", {"regex": True}, "price $5"),
        ("a b", " ", r"\n", {"regex": True}, "a\nb"),
        ("a b", " ", r"\\n", {"regex": True, "codes": True}, "a\\nb"),
        ("abc", "b", "$12", {"regex": True, "case": True}, None),
        ("abc", "(b)", "$12", {"regex": True}, "ab2c"),
        ("aaa", "x*", "-", {"regex": True}, "-a-a-a-"),
        ("안개가 걷힌다", "안개", "구름", {}, "구름가 걷힌다"),
        # A Korean particle belongs to its word: the noun alone is no whole word there.
        ("안개가 걷힌다 안개", "안개", "구름", {"words": True}, "안개가 걷힌다 구름"),
        ("café cafés", "café", "bar", {"words": True}, "bar cafés"),
        ("cafe\u0301 cafe", "cafe", "bar", {"words": True}, "cafe\u0301 bar"),
        ("x2 x", "x", "y", {"words": True}, "x2 y"),
        ("snake_case", "case", "b", {"words": True}, "snake_b"),
    ],
)
def test_what_is_replaced(text: str, find: str, by: str, options: dict[str, bool], expected: str | None) -> None:
    if expected is None:
        with pytest.raises(BadReplacement):
            replaced(text, find, by, **options)
    else:
        assert replaced(text, find, by, **options) == expected


@pytest.mark.parametrize(
    ("text", "find", "codes"),
    [
        ("{name} has a name", "name", ["inside", ""]),
        ("<PAColor0xffaa0000>red<PAOldColor>", "red", [""]),
        ("<PAColor0xffaa0000>red<PAOldColor>", "PA", ["inside", "inside"]),
        ("%1# coins", "1", ["inside"]),
        ("one\\ntwo", "n", ["", "inside"]),
        ("a{0}b", "a{0}", ["spans"]),
        ("a{0}b", "{0}", ["inside"]),
        ("a<br/>b", "<", ["inside"]),
        ("5 %s", "%", ["inside"]),
        ("a\nb", "\n", [""]),
    ],
)
def test_hits_know_the_codes_that_they_touch(text: str, find: str, codes: list[str]) -> None:
    assert [hit.codes for hit in Replacer(Wish(find, "x"), READ).hits(text)] == codes
    assert all(not hit.codes for hit in Replacer(Wish(find, "x", codes=True), READ).hits(text))


def test_defect_1_colours_stay_when_the_words_between_them_change() -> None:
    """It searched texts without their colours and wrote them back so."""
    text = "The <PAColor0xffe9bd23>Keeper<PAOldColor> of {Lighthouse#the lighthouse}\\nwaits for %1#."
    assert replaced(text, "keeper", "Warden") == text.replace("Keeper", "Warden")
    # What reaches over a colour is left, and says so.
    assert replaced(text, "The Keeper", "A Warden") == text
    hits = Replacer(Wish("The .*Keeper", "A Warden", regex=True), READ).hits(text)
    assert [hit.codes for hit in hits] == ["spans"]


def test_a_replacement_that_would_make_a_code_is_marked() -> None:
    assert [hit.codes for hit in Replacer(Wish("x", "{0}"), READ).hits("an x")] == ["adds"]
    assert [hit.codes for hit in Replacer(Wish("x", "%"), READ).hits("an xs")] == ["adds"]


@pytest.mark.parametrize(("find", "at"), [("(", 0), ("a(b", 1), ("[", 0), ("*a", 0), ("a\\", 2), ("", 0)])
def test_an_invalid_expression_says_where(find: str, at: int) -> None:
    with pytest.raises(BadPattern) as refusal:
        Replacer(Wish(find, "", regex=True), READ)
    assert abs(refusal.value.at - at) <= 2 and refusal.value.at <= len(find)


@pytest.mark.parametrize(("by", "at"), [("a$2", 1), ("${no}", 0), ("x\\g<9>", 1)])
def test_a_group_that_is_not_there_says_where(by: str, at: int) -> None:
    with pytest.raises(BadReplacement) as refusal:
        Replacer(Wish("(a)", by, regex=True), READ)
    assert refusal.value.at == at


def test_a_runaway_expression_is_stopped() -> None:
    engine = Replacer(Wish("(a|aa)+$", "", regex=True), READ)
    with pytest.raises(RunawayPattern):
        engine.hits("a" * 60 + "b")


PIECES = st.sampled_from(
    ["a", "b ", "Keeper", "안개", "{0}", "{name}", "<b>", "</b>", "%s", "%1#", "\\n", "\n", "<PAColor0xffe9bd23>",
     "<PAOldColor>", "&amp;", "[b]", "%", "{", "}", "<", "\\", "$", "⟦1⟧", "1", "n"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join)
FINDS = st.lists(PIECES, min_size=1, max_size=2).map("".join)


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, find=FINDS, by=TEXTS, words=st.booleans(), regex=st.booleans())
def test_codes_never_change_unless_asked(text: str, find: str, by: str, words: bool, regex: bool) -> None:
    if regex:
        find, by = f"(?:{re.escape(find)})+|[a-c]", by.replace("$", "$$").replace("\\", "\\\\")
    engine = Replacer(Wish(find, by, regex=regex, words=words), READ)
    usable = [hit for hit in engine.hits(text) if not hit.codes]
    after = engine.apply(text, usable)
    # Together hits may make what none makes alone; the act then leaves the row, and here that is seen.
    if engine.keeps_codes(text, after):
        assert READ(text).texts == READ(after).texts
    for hit in usable:
        assert READ(engine.apply(text, [hit])).texts == READ(text).texts
        assert not any(left < hit.end and hit.start < right for left, right in READ(text).spans)
