"""Which module reads a file, and what reading leaves behind."""

from __future__ import annotations

import gc

import pytest

from apps.ldm.formats import FormatError, extensions, format_of, inspect, read

from .test_hostile_targets import FILES


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


@pytest.mark.parametrize("kind", [bytearray, memoryview])
@pytest.mark.parametrize("name", FILES)
def test_any_bytes_are_read(name: str, kind: type) -> None:
    """PostgreSQL's driver returns a memoryview for what a table keeps."""
    document = read(name, kind(FILES[name]))
    assert document.write({}) == FILES[name]
    assert inspect(name, kind(FILES[name])).total_segments == len(document.segments)
    with pytest.raises(TypeError):
        read(name, "text")  # type: ignore[arg-type]


@pytest.mark.parametrize("position", [-1, 10_000, True, "0", None, 0.0])
@pytest.mark.parametrize("name", FILES)
def test_positions_that_no_segment_has(name: str, position: object) -> None:
    with pytest.raises(FormatError, match="segment"):
        read(name, FILES[name]).write({position: "x"})  # type: ignore[dict-item]
