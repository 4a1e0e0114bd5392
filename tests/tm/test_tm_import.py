"""The command that imports a file into a memory: figures, and an exit code for every way to fail."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.tm.models import Memory
from tests.tm.services.builders import check, live, memory_named

pytestmark = pytest.mark.django_db
TSV = "Source\tTarget\tStringID\n등대\tlighthouse\tK1\n고래\twhale\tK2\n\tempty\tK3\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "old.tsv"
    path.write_text(TSV, encoding="utf-8")
    return path


def run(*words: Any) -> tuple[dict[str, str], str]:
    """The figures and what went to the error stream."""
    out, errors = io.StringIO(), io.StringIO()
    call_command("tm_import", *map(str, words), stdout=out, stderr=errors)
    return dict(line.split("\t", 1) for line in out.getvalue().splitlines()), errors.getvalue()


def test_a_new_memory_and_then_the_same_again(admin_user: User, file: Path) -> None:
    figures, errors = run(file, "--new", "Sea", "--source", "ko", "--target", "en")
    assert (figures["added"], figures["skipped"], figures["read"]) == ("2", "1", "3")
    assert "4" in errors
    memory = Memory.objects.get(name="Sea")
    assert (memory.owner_name, memory.target_language) == ("Ada Min", "en")
    assert live(check(memory)) == [("K1", "등대", "lighthouse"), ("K2", "고래", "whale")]
    for word in ("Sea", memory.pk):
        assert run(file, "--memory", word, "--mode", "merge")[0]["unchanged"] == "2"
    file.write_text(TSV.replace("whale", "Whale").replace("K1", "K9"), encoding="utf-8")
    shown = run(file, "--memory", "Sea", "--mode", "diff", "--dry-run")[0]
    assert (shown["new"], shown["changed"], shown["gone"]) == ("1", "1", "1")
    assert check(memory).revision == 1
    done = run(file, "--memory", "Sea", "--mode", "diff")[0]
    assert (done["added"], done["changed"], done["removed"]) == ("1", "1", "1")


def test_every_failure_has_its_code_and_leaves_nothing(
    admin_user: User, lead: User, file: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.tmx"
    broken.write_bytes(b'<?xml version="1.0"?><tmx version="1.4"><header srclang="ko"/><body><tu>')
    memory_named("Taken", lead)
    languages = ("--source", "ko", "--target", "en")
    cases: list[tuple[int, list[Any]]] = [
        (2, [tmp_path / "none.tmx", "--memory", "Taken"]),
        (2, [tmp_path, "--memory", "Taken"]),
        (3, [file, "--memory", "Nowhere"]),
        (3, [file, "--memory", "99999999"]),
        (3, [file, "--memory", "Taken", "--user", "nobody"]),
        (4, [broken, "--new", "Sea", *languages]),
        (5, [file, "--new", "Taken", *languages]),
        (5, [file, "--new", "Sea", "--source", "ko"]),
        (5, [file, "--new", "Sea", *languages, "--dry-run"]),
        (5, [file, "--memory", "Taken", "--options", "{"]),
    ]
    for code, words in cases:
        with pytest.raises(CommandError) as failed:
            run(*words)
        assert failed.value.returncode == code, words
        assert str(failed.value)
    assert [memory.entries for memory in Memory.objects.all()] == [0]
