"""What is a name, and which name is free."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ldm.services.tree.names import clean_name, free_name
from locanext_project.errors import Invalid

NOT_NAMES = [
    *("", "   ", ".", "..", "a/b", "a\\b"),
    *("a\nb", "a\x00b", "a\x1b", "a\u2028b", "\ud800", "x" * 256),
]


@pytest.mark.parametrize("name", NOT_NAMES)
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_name(name)
    assert refused.value.details["field"] == "name"


def test_names_are_trimmed_and_composed() -> None:
    assert clean_name("  quest.txt ") == "quest.txt"
    assert clean_name("\u1112\u1161\u11ab") == "한"
    assert clean_name("x" * 255) == "x" * 255
    assert clean_name("...") == "..."


@pytest.mark.parametrize(
    ("taken", "name", "free"),
    [
        (set(), "a.txt", "a.txt"),
        ({"a.txt"}, "A.txt", "A.txt"),
        ({"a.txt"}, "a.txt", "a (2).txt"),
        ({"a.txt", "a (2).txt"}, "a.txt", "a (3).txt"),
        ({"a (2).txt"}, "a (2).txt", "a (3).txt"),
        ({"a"}, "a", "a (2)"),
        ({".po"}, ".po", ".po (2)"),
        ({"archive.tar.gz"}, "archive.tar.gz", "archive.tar (2).gz"),
        ({"Act 1. The very long title of it all"}, "Act 1. The very long title of it all",
         "Act 1. The very long title of it all (2)"),
    ],
)  # fmt: skip
def test_free_names_of_files(taken: set[str], name: str, free: str) -> None:
    assert free_name(taken, name) == free


def test_folders_have_no_ending() -> None:
    assert free_name({"v1.2"}, "v1.2", ending=False) == "v1.2 (2)"


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=85), st.integers(0, 12))
def test_a_free_name_is_free_and_short_enough(name: str, times: int) -> None:
    name = clean_name(unicodedata.normalize("NFC", name * 3)[:255])
    taken: set[str] = set()
    for _ in range(times):
        free = free_name(taken, name)
        assert free not in taken
        assert clean_name(free) == free
        taken.add(free)
