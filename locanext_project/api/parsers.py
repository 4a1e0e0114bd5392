"""JSON bodies: what no database can hold is refused where it comes in, once for every endpoint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.parsers import JSONParser

from locanext_project.errors import Invalid

DEEPEST = 50


class StrictJSONParser(JSONParser):
    """JSON without NUL characters, halves of surrogate pairs, infinite numbers and endless nesting."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body's value. Raises ParseError and Invalid."""
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise Invalid(_("This JSON is nested more than %(most)s deep.") % {"most": DEEPEST}) from None
        check(data)
        return data


def is_text(value: str) -> bool:
    """Whether a text can be kept: PostgreSQL takes no NUL, and half a surrogate pair has no encoding."""
    if "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check(value: Any, depth: int = 0) -> None:
    """Raises Invalid for a value that can be kept nowhere."""
    if depth > DEEPEST:
        raise Invalid(_("This JSON is nested more than %(most)s deep.") % {"most": DEEPEST})
    if isinstance(value, str):
        if not is_text(value):
            raise Invalid(_("This text holds a character that no database can hold."), code="bad_character")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Invalid(_("This JSON holds a number without an end."))
    elif isinstance(value, dict):
        for key, inner in value.items():
            check(key, depth)
            check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check(inner, depth + 1)
