"""`manage.py pretranslate` and `manage.py analyse`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.tm.models import Memory

pytestmark = pytest.mark.django_db


def said(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_pretranslate_counts_then_fills(
    file: File, make_memory: Callable[..., Memory], translator: User, lead: User
) -> None:
    make_memory([("S3", "안개가 걷힌다", "The fog lifts")])
    begin = ("pretranslate", "--file", str(file.pk), "--user", translator.username, "--threshold", "100")
    assert "2 of 3 rows would be filled, 1 without a match" in said(*begin, "--dry-run")
    assert not Row.objects.filter(origin="tm").exists()
    told = json.loads(said(*begin, "--json"))
    assert (told["filled"], told["bands"]) == (2, {"101": 1, "100": 1})
    assert Row.objects.filter(origin="tm").count() == 2
    with pytest.raises(CommandError, match="no person"):
        said("pretranslate", "--file", str(file.pk), "--user", "nobody")
    with pytest.raises(CommandError, match="threshold"):
        said(*begin[:-1], "20")
    with pytest.raises(CommandError, match="[Ll]eads"):
        said(*begin, "--confirmed")


def test_analyse_prints_and_writes_the_tables(file: File, translator: User, tmp_path: Path) -> None:
    table, figures = tmp_path / "a.csv", tmp_path / "a.json"
    printed = said(
        "analyse", "--project", str(file.project_id), "--user", translator.username,
        "--csv", str(table), "--json", str(figures), "--xlsx", str(tmp_path / "a.xlsx"),
    )  # fmt: skip
    total = json.loads(figures.read_text(encoding="utf-8"))["total"]["total"]
    assert total[0] == 5
    assert [line.split()[1:3] for line in printed.splitlines() if line.strip().startswith("total")] == [
        [str(total[0]), str(total[1])]
    ]
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    assert (tmp_path / "a.xlsx").stat().st_size > 1000
