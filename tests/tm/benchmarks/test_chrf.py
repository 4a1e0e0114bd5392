"""chrF++ agrees with the reference implementation, whose answers are written down here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.tm.benchmarks.chrf import chrf, edit_similarity


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        # sacreBLEU 2.6.0, sentence level, word order 2.
        ("The cat sat.", "The cat sat.", 100.0),
        ("The cat sat on it.", "A cat sat on the mat!", 43.81430491578348),
        ("검을 든다.", "검은 든다", 24.71782468484315),
        ("巻物を読む。", "巻物を読まない。", 24.116554656279764),
        ("Wait, (now) go!", "wait now, go", 25.727386926260433),
        ("a", "ab", 27.77777777777778),
        ("abc", "xyz", 0.0),
        ("", "a", 0.0),
    ],
)
def test_figures_of_the_reference_implementation(text: str, reference: str, expected: float) -> None:
    assert chrf(text, reference) == pytest.approx(expected)


@given(st.text(alphabet="ab. 가!", max_size=20), st.text(alphabet="ab. 가!", max_size=20))
def test_bounds(text: str, reference: str) -> None:
    assert 0.0 <= chrf(text, reference) <= 100.0 + 1e-9
    if text.split():
        assert chrf(text, text) == pytest.approx(100.0)


def test_edit_similarity() -> None:
    assert edit_similarity("abcd", "abcx") == 75.0
    assert edit_similarity("", "") == 100.0
