"""Which module reads a file, and what reading leaves behind."""

from __future__ import annotations

import gc

import pytest

from apps.ldm.formats import FormatError, extensions, format_of, inspect, read


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.XLSX", "xlsx"), ("b.loc.xml", "xml"), ("c.TSV", "txt"), ("folder/d.json", "json"), ("e.pot", "po")],
)
def test_format_of(name: str, expected: str) -> None:
    assert format_of(name) == expected


def test_unknown_endings_name_the_readable_ones() -> None:
    with pytest.raises(FormatError, match="picture.png.*xlsx"):
        read("picture.png", b"x")
    assert extensions() == sorted(extensions())


@pytest.mark.parametrize("data", [b'{"a": "x"}', b"{"])
def test_garbage_collection_is_on_again(data: bytes) -> None:
    for reader in (read, inspect):
        try:
            reader("a.json", data)
        except FormatError:
            assert data == b"{"
        assert gc.isenabled()
    gc.disable()
    try:
        read("a.json", b"{}")
        assert not gc.isenabled()
    finally:
        gc.enable()
