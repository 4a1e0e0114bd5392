"""Prints the segments found beside those counted, for every file: `python -m tests.ldm.formats.segment_table`."""

from __future__ import annotations

import sys
from collections import Counter

from apps.ldm.formats import FormatError, format_of, read

from .independent_counts import REFUSED, counted
from .test_shared_contract import SHARED, shared_files


def lines() -> list[str]:
    """The table, a line a file, then the sums by format."""
    if SHARED is None:
        return ["There is no shared data beside the repository."]
    rows: list[tuple[str, str, str, str]] = []
    files: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for name in shared_files():
        path = SHARED / name
        kind = format_of(path.name)
        if name in REFUSED:
            rows.append((kind, name, "refused", _refusal(name)))
            continue
        segments, count = len(read(path.name, path.read_bytes()).segments), counted(path, name)
        files[kind] += 1
        found[kind] += segments
        rows.append((kind, name, f"{segments:,}", f"{count:,}" + ("" if segments == count else "  DIFFERENT")))
    width = max(len(name) for _, name, _, _ in rows)
    result = [f"{'format':<11}{'file':<{width}}  {'found':>8}  counted"]
    result += [f"{kind:<11}{name:<{width}}  {segments:>8}  {count}" for kind, name, segments, count in sorted(rows)]
    result += ["", *(f"{kind}: {found[kind]:,} segments in {files[kind]} files" for kind in sorted(files))]
    return [*result, f"in all: {found.total():,} segments in {files.total()} files"]


def _refusal(name: str) -> str:
    assert SHARED is not None
    path = SHARED / name
    try:
        read(path.name, path.read_bytes())
    except FormatError as error:
        return str(error)
    return "DIFFERENT: it was read"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
