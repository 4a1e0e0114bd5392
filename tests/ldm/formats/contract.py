"""Checks of the byte contract that every format's tests share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from apps.ldm.formats import Document, FormatError, Segment, open_for_writing, read

_TOKEN = re.compile(r"⟦⟦|⟦/?\d+/?⟧")
# An edit may also touch the segment's own unfinished mark and its delimiters, nothing bigger.
SLACK = 64


def shared_data() -> Path | None:
    """The folder of real files lying beside the repository, or None."""
    folder = Path(__file__).resolve().parents[3] / "../shared/data"
    return folder.resolve() if folder.is_dir() else None


def fixtures(name: str) -> Path:
    """`tests/data/<name>`."""
    return Path(__file__).resolve().parents[2] / "data" / name


def edited_text(segment: Segment, mark: str = "Zq7") -> str:
    """A text unlike the present one, that any encoding holds, with the inline tokens it needs."""
    shown = (segment.target, segment.source) if segment.codes else ()
    found = ([token for token in _TOKEN.findall(text) if token != "⟦⟦"] for text in shown)
    tokens = next((tokens for tokens in found if tokens), [])
    return mark + "".join(f" {token}" for token in tokens)


def identity(segment: Segment) -> tuple[str, str, str]:
    return segment.key, segment.plural, segment.variant


def differing(original: bytes, written: bytes) -> tuple[int, int, int]:
    """The bytes that differ: `(start, end in the original, end in the written)`."""
    limit = min(len(original), len(written))
    start = _common(original, written, limit)
    tail = _common(original[start:][::-1], written[start:][::-1], limit - start)
    return start, len(original) - tail, len(written) - tail


def _common(left: bytes, right: bytes, limit: int) -> int:
    """Length of the common prefix, at most `limit`."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if left[:middle] == right[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def assert_same_but(
    before: Iterable[Segment], after: Iterable[Segment], changed: Mapping[int, str], places: bool = False
) -> None:
    """Every field of every segment is as it was, except the targets in `changed`.

    `places=True` compares locations too (an edit may move what follows it).
    """
    left, right = list(before), list(after)
    assert len(left) == len(right), f"{len(left)} segments became {len(right)}"
    for position, (old, new) in enumerate(zip(left, right, strict=True)):
        for field in fields(Segment):
            was, now = getattr(old, field.name), getattr(new, field.name)
            if position in changed:
                if field.name == "target":
                    was = changed[position]
                # Monolingual files show the value as the source; edited codes are the target's own.
                elif field.name == "codes" or (field.name == "source" and old.source == old.target):
                    continue
            if field.name == "location" and not places:
                continue
            # An edit takes the mark away, from the whole entry where plural forms share one.
            if field.name == "unfinished" and changed and was and not now:
                continue
            assert now == was, f"segment {position} ({old.location}): {field.name} {was!r} became {now!r}"


def assert_contract(
    filename: str,
    data: bytes,
    options: Mapping[str, Any] | None = None,
    sample: int | None = None,
    *,
    slack: int | None = SLACK,
) -> int:
    """Check the byte contract on one file and return its number of segments.

    Identity without edits and with equal targets, refused positions, unique identities, the same
    read under the document's own options, every segment (or `sample` of them, evenly spread)
    edited alone, emptied alone, and all edited together. The bytes that an edit changes must be
    a run about as long as the old value (six bytes a character, plus `slack`; None: not checked,
    for containers whose bytes are compressed).
    """
    document = read(filename, data, options)
    segments = list(document.segments)
    count = len(segments)
    assert document.write({}) == data, "write({}) changed the file"
    assert document.write({i: s.target for i, s in enumerate(segments)}) == data, "equal targets changed the file"
    assert len({identity(s) for s in segments}) == count, "identities are not unique"
    for wrong in (-1, count):
        with pytest.raises(FormatError):
            document.write({wrong: "x"})
    effective = {**dict(options or {}), **document.options}  # a source_file is not kept
    assert list(read(filename, data, effective).segments) == segments, "the effective options read something else"

    everything: dict[int, str] = {}
    step = max(1, count // sample) if sample else 1
    for position, segment in enumerate(segments):
        if segment.locked:
            with pytest.raises(FormatError):
                document.write({position: segment.target + "Zq"})
            continue
        everything[position] = edited_text(segment, f"Zq{position}")
        if position % step == 0:
            _assert_one(document, filename, data, effective, position, slack)
    if everything:
        written = document.write(everything)
        assert_same_but(segments, read(filename, written, effective).segments, everything)
        opened = open_for_writing(filename, data, effective)
        assert list(opened.targets) == [segment.target for segment in segments], "opened for writing: other targets"
        assert opened.write(everything) == written, "opened for writing: other bytes"
    assert document.write({}) == data, "writing changed the document"
    return count


def _assert_one(
    document: Document, filename: str, data: bytes, options: Mapping[str, Any], position: int, slack: int | None
) -> None:
    """One segment edited alone, then emptied alone."""
    segment = document.segments[position]
    text = edited_text(segment)
    written = document.write({position: text})
    assert written != data, f"segment {position}: the edit is lost"
    assert_same_but(document.segments, read(filename, written, options).segments, {position: text})
    if slack is not None:
        start, end, _ = differing(data, written)
        # A code point is at most six bytes as `&#x1F3B2;` or `🎲`-like escapes double that.
        budget = 12 * len(segment.target) + sum(len(c) for c in segment.codes.values()) * 4 + slack
        assert end - start <= budget, f"segment {position}: {end - start} bytes of the original changed"
    if segment.target and not segment.codes:
        emptied = read(filename, document.write({position: ""}), options).segments
        now = {identity(s): s.target for s in emptied}
        assert now.get(identity(segment), "") == "", f"segment {position} cannot be emptied"
