"""The built-in engine."""

from __future__ import annotations

import time

import numpy as np
import pytest

from apps.tm.vectors.ngram import DIMENSION, NgramEmbedder
from tests.tm.matching.corpora import invented

ENGINE = NgramEmbedder()


def cosine(one: str, other: str) -> float:
    vectors = ENGINE.embed([one, other])
    return float(vectors[0] @ vectors[1])


def test_vectors_have_length_one_and_nothing_has_none() -> None:
    vectors = ENGINE.embed(["안개가 걷힌다", "The gate", "門が開く", "x", "", "   \n"])
    assert vectors.shape == (6, DIMENSION) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors[:4], axis=1), 1.0, atol=1e-5)
    assert not vectors[4:].any()
    assert ENGINE.embed([]).shape == (0, DIMENSION)
    for nothing in ("", " ", "\n\t"):
        assert not ENGINE.embed([nothing]).any()


def test_a_vector_does_not_depend_on_its_neighbours() -> None:
    texts = invented(3000)
    together = ENGINE.embed(texts)
    for place in (0, 1, 1499, 2999):
        assert np.allclose(ENGINE.embed([texts[place]])[0], together[place], atol=1e-6)


def test_the_same_text_has_the_same_vector_for_ever() -> None:
    """Stored vectors are used by later versions: change `version` when this fails."""
    vector = ENGINE.embed(["안개가 걷히면 gate 門"])[0]
    assert ENGINE.version == "ngram-1"
    first = np.flatnonzero(np.abs(vector) > 1e-6)[:8]
    assert first.tolist() == [4, 15, 16, 20, 24, 27, 36, 46]
    assert np.allclose(vector[first], [0.128, 0.128, 0.128, -0.128, -0.128, 0.128, -0.128, 0.128], atol=1e-3)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        (
            "대장장이에게 말을 걸고 보상을 받으세요.",
            "보상을 받으려면 대장장이와 말을 하세요.",
            "안개가 걷히면 문이 열린다.",
        ),
        ("늑대를 잡았다", "늑대들이 잡혔다", "열쇠를 찾았다"),
        ("Talk to the smith for your reward.", "Your reward waits at the smith's.", "The gate opens at noon."),
        ("鍛冶屋に話しかけて報酬を受け取る", "報酬は鍛冶屋で受け取れる", "霧が晴れると門が開く"),
        ("与铁匠交谈以领取奖励", "奖励可从铁匠处领取", "雾散后大门打开"),
    ],
)
def test_word_order_and_endings_may_differ(text: str, near: str, far: str) -> None:
    assert cosine(text, near) > cosine(text, far) + 0.05


def test_case_and_spaces_do_not_count() -> None:
    assert cosine("The  Old\nGATE", "the old gate") > 0.999


@pytest.mark.parametrize("text", ["x" * 100_000, "\ud800", "👍👍", "{0} <b>%s</b>", "가" * 3])
def test_odd_texts_have_a_vector(text: str) -> None:
    vector = ENGINE.embed([text])[0]
    assert np.isfinite(vector).all() and abs(float(np.linalg.norm(vector)) - 1) < 1e-5


def test_it_is_fast() -> None:
    """Twenty thousand a second on a free processor; a quarter of it here, where others may be busy."""
    texts = invented(5000, seed=3)
    ENGINE.embed(texts[:200])
    begin = time.thread_time()
    ENGINE.embed(texts)
    assert len(texts) / (time.thread_time() - begin) > 1000
