"""Text buffers find what a search of every text finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from apps.tm.indexes.texts import TextWriter, fold, places
from apps.tm.matching.normalise import search_form

LETTERS = st.text(alphabet="aAİıΣσςß한국어漢字 \n\U0001f600z", max_size=12)


@given(st.lists(LETTERS, max_size=12), LETTERS)
def test_a_buffer_finds_what_the_search_form_finds(texts: list[str], wanted: str) -> None:
    writer = TextWriter()
    writer.add(texts[:5])
    writer.add(texts[5:])
    buffer = writer.buffer()
    expected = [place for place, text in enumerate(texts) if wanted and search_form(wanted) in search_form(text)]
    assert list(buffer.find(fold(wanted))) == expected
    assert [buffer.text(place) for place in range(len(buffer))] == [fold(text) for text in texts]


@given(st.text(), st.text(max_size=3))
def test_folding_keeps_every_character_in_its_place(text: str, wanted: str) -> None:
    assert len(fold(text)) == len(text)
    for start, end in places(text, wanted):
        assert fold(text[start:end]) == fold(wanted)


def test_places_are_code_points_of_the_raw_text_without_overlaps() -> None:
    assert places("\U0001f600 İstanbul istanbul", "iST") == [(2, 5), (11, 14)]
    assert places("aaaa", "aa") == [(0, 2), (2, 4)]
    assert places("aaaa", "") == []
    assert len(places("a" * 100, "a")) == 20


def test_nothing_is_found_across_two_texts() -> None:
    writer = TextWriter()
    writer.add(["ab", "cd"])
    assert list(writer.buffer().find("bc")) == []
    assert list(writer.buffer().find("b\x00c")) == []
