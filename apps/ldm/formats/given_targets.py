"""What somebody who writes a file asks for: which targets are new, and whether they are targets at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .base import FormatError, Segment


def new_targets(segments: Sequence[Segment], targets: Mapping[int, str]) -> Iterator[tuple[int, Segment, str]]:
    """Position, segment and text of the targets that differ from the present ones, in the order given.

    Raises FormatError for an unknown position, and for a value that is no text.
    """
    count = len(segments)
    for position, text in targets.items():
        if not is_position(position, count):
            raise no_segment(position, count)
        segment = segments[position]
        if not isinstance(text, str):
            raise no_text(text, segment.location)
        if text != segment.target:
            yield position, segment, text


def is_position(position: object, count: int) -> bool:
    """Whether it is the position of one of so many segments."""
    return type(position) is int and 0 <= position < count


def no_segment(position: object, count: int) -> FormatError:
    """What is wrong with a position that is none."""
    return FormatError("there is no segment %(position)r; the file has %(count)s", position=position, count=count)


def no_text(value: object, place: str) -> FormatError:
    """What is wrong with a target that is no text."""
    return FormatError("a target must be text, not %(kind)s", place, kind=type(value).__name__)
