"""The comparison form of texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.tm.matching.normalise import normalise, search_form, text_hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("안개가 걷힌다", "안개가  걷힌다 "),
        ("a<br/>b", "a\nb"),
        ("a<BR />b", "a\\nb"),
        ("a&lt;br/&gt;b", "a\r\nb"),
        ("a \n b", "a\nb"),
        ("Straße", "STRASSE"),
        ("한", "\u1112\u1161\u11ab"),
        ("a\u00a0b", "a b"),
    ],
)
def test_the_same_text_in_other_spellings(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
    assert text_hash(one) == text_hash(other)


@pytest.mark.parametrize(("one", "other"), [("a b", "ab"), ("{0}", "{1}"), ("a", "á"), ("a\nb", "a b")])
def test_other_texts(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)
    assert text_hash(one) != text_hash(other)


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_a_hash_fits_a_bigint(text: str) -> None:
    assert -(2**63) <= text_hash(text) < 2**63


def test_two_korean_characters_make_trigrams() -> None:
    assert search_form("역사 ab") == "역역사사 ab"
    assert search_form("중국A") == "중중국국a"


@given(st.text(), st.text(), st.text())
def test_what_a_text_holds_its_search_form_holds(before: str, part: str, after: str) -> None:
    assert search_form(part) in search_form(before + part + after)
