"""The compiled and the numpy engine give the same answers, and the right one is chosen."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from apps.tm.matching import FuzzyIndex
from apps.tm.matching.bounds import LOSSLESS, LOSSLESS_CHARACTERS, allowed_edits, hamming_bound
from apps.tm.matching.engine import VARIABLE, default_engine, engine_named
from apps.tm.matching.segment import build_segment, encode
from apps.tm.matching.signatures import MAX_WORDS, MIN_WORDS, signature_words, signatures_numpy
from tests.tm.matching.corpora import edited, invented

ROOT = Path(__file__).resolve().parents[3]


def test_same_signatures_and_same_answers_where_the_filter_may_lose_matches() -> None:
    pytest.importorskip("numba")
    rng = random.Random(1)
    texts = invented(14_000, seed=1)
    compiled, plain = (FuzzyIndex.build(texts, engine_named(name)) for name in ("numba", "numpy"))
    one, other = compiled._state.segments[0], plain._state.segments[0]
    assert np.array_equal(one.words, other.words) and np.array_equal(one.codes, other.codes)
    # Otherwise both would be searching without loss and this test would compare little.
    assert int(one.groups[:, 2] @ one.groups[:, 0]) > 3 * LOSSLESS_CHARACTERS
    for _ in range(150):
        query = edited(rng, rng.choice(texts), rng.randrange(14), "abc 가나")
        for threshold, limit in ((0.75, 5), (0.6, 1), (0.8, 300)):
            assert compiled.search(query, threshold, limit) == plain.search(query, threshold, limit)


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(alphabet="ab가\U0001f600\ud800", min_size=1, max_size=90), min_size=1, max_size=12))
def test_signatures_are_equal(texts: list[str]) -> None:
    pytest.importorskip("numba")
    one, other = (build_segment(texts, None, engine_named(name).sign) for name in ("numba", "numpy"))
    assert np.array_equal(one.words, other.words)


@settings(max_examples=200, deadline=None)
@given(one=st.text(alphabet="abc가", max_size=80), other=st.text(alphabet="abc가", max_size=80), step=st.integers(0, 4))
def test_an_edit_changes_at_most_four_bits(one: str, other: str, step: int) -> None:
    words = MIN_WORDS << step
    first, second = (
        signatures_numpy(encode(text), len(text), words) if text else np.zeros(words, np.uint64)
        for text in (one, other)
    )
    different = int(np.bitwise_count(first ^ second).sum())
    edits = Levenshtein.distance(one, other)
    assert different <= LOSSLESS * edits
    longer = max(len(one), len(other))
    if edits <= 4 or edits <= longer // 8:
        assert different <= min(hamming_bound(edits, longer, words, cjk) for cjk in (True, False))


def test_signatures_grow_with_the_text() -> None:
    widths = [signature_words(length) for length in (0, 32, 33, 64, 65, 128, 129, 1_000, 10**6)]
    assert widths == [MIN_WORDS, 2, 4, 4, 8, 8, 32, 128, MAX_WORDS]


@given(longer=st.integers(0, 500), cutoff=st.floats(0, 1), strict=st.booleans())
def test_allowed_edits_are_those_whose_score_is_high_enough(longer: int, cutoff: float, strict: bool) -> None:
    scores = [1.0 - edits / longer if longer else 1.0 for edits in range(longer + 1)]
    enough = [edits for edits, score in enumerate(scores) if (score > cutoff if strict else score >= cutoff)]
    assert allowed_edits(longer, cutoff, strict) == max(enough, default=-1)


@pytest.mark.parametrize("name", ["numba", "numpy", " NumPy "])
def test_the_variable_chooses(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "numba":
        pytest.importorskip("numba")
    monkeypatch.setenv(VARIABLE, name)
    assert default_engine().name == name.strip().lower()


def test_an_unknown_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "cobol")
    with pytest.raises(ValueError, match="numba or numpy"):
        FuzzyIndex.build(["a"])


def run(code: str) -> str:
    """Run code in a fresh interpreter without the variable; its output."""
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_without_numba_everything_works() -> None:
    code = """
import sys
sys.modules["numba"] = None
from apps.tm.matching import FuzzyIndex, warm
from apps.tm.matching.engine import default_engine
warm()
index = FuzzyIndex.build(["the old gate", "the old game"])
index.add("an old gate")
print(default_engine().name, [tuple(match) for match in index.search("the old gate", 0.7)])
"""
    assert run(code) == f"numpy {[(0, 1.0), (1, 1 - 1 / 12), (2, 1 - 3 / 12)]}"


def test_normalisation_alone_loads_neither_numpy_nor_django() -> None:
    code = """
import sys
from apps.tm.matching.normalise import normalise
print([name for name in ("numpy", "numba", "rapidfuzz", "django") if name in sys.modules])
from apps.tm.matching import FuzzyIndex
print("django" in sys.modules)
"""
    assert run(code).split("\n") == ["[]", "False"]


def test_after_warming_no_search_compiles() -> None:
    pytest.importorskip("numba")
    code = """
from apps.tm.matching import FuzzyIndex, warm
warm()
from apps.tm.matching import scan
before = [len(kernel.signatures) for kernel in (scan.scan, scan.sign)]
for extra in ("", chr(0x1F600)):
    index = FuzzyIndex.build(["the old gate", "w" * 200 + extra] * 70)
    for _ in range(70):
        index.add("the lantern" + extra)
    index.search("the old gane")
    index.search("w" * 190, lossless=True)
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        index.save(folder)
        assert FuzzyIndex.open(folder).search("the lantern" + extra)
print(before == [len(kernel.signatures) for kernel in (scan.scan, scan.sign)] and min(before) > 0)
"""
    assert run(code) == "True"
