"""Corpora: as many rows as asked for, readable by our own readers, the same for the same seed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.ldm.demo.corpus import FORMATS, corpus_rows, write_corpus
from apps.ldm.formats import read

ONE_LANGUAGE = ("json", "properties")


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_is_read_back_with_all_rows(format_name: str, tmp_path: Path) -> None:
    path = tmp_path / f"corpus.{format_name}"
    size = write_corpus(path, format_name, 700, seed=3, translated=0.5)
    assert size == path.stat().st_size
    document = read(path.name, path.read_bytes(), {"target_language": "en"})
    assert len(document.segments) == 700
    expected = list(corpus_rows(700, 3, 0.5))
    if format_name in ONE_LANGUAGE:
        assert [segment.target for segment in document.segments] == [row.target or row.source for row in expected]
    elif format_name in ("csv", "po", "xlsx"):
        assert [(s.source, s.target) for s in document.segments] == [(row.source, row.target) for row in expected]
    else:
        assert [bool(segment.target) for segment in document.segments] == [bool(row.target) for row in expected]
    assert document.write({}) == path.read_bytes()


def test_seed_and_share_decide_the_text() -> None:
    assert list(corpus_rows(200, 1, 0.5)) == list(corpus_rows(200, 1, 0.5))
    assert list(corpus_rows(200, 1, 0.5)) != list(corpus_rows(200, 2, 0.5))
    assert all(row.target for row in corpus_rows(200, 1, 1.0))
    assert not any(row.target for row in corpus_rows(200, 1, 0.0))


def test_texts_vary_and_some_repeat() -> None:
    sources = [row.source for row in corpus_rows(20_000, 1, 0.5)]
    assert 0.75 < len(set(sources)) / len(sources) < 0.95


def test_the_command_writes_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "c.txt"
    call_command("make_corpus", rows=100, format="txt", out=out)
    assert out.read_bytes().count(b"\r\n") == 100
    assert "100 rows" in capsys.readouterr().out
    with pytest.raises(CommandError, match="at most"):
        call_command("make_corpus", rows=2_000_000, format="xlsx", out=out)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("make_corpus", rows=1, format="txt", out=tmp_path / "missing" / "c.txt")
    with pytest.raises(ValueError, match="not one of"):
        write_corpus(out, "docx", 1)
