"""What the pure libraries say in English, in the person's language: they know no languages and keep template and words.

The templates stand where they are used, as in `FormatError("expected %(wanted)s", …)`; their translations are in
`locale` like all others, and `tests/test_refusals.py` finds one without.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext, gettext_noop

# What a place is made of, such as "line 4, column 2"; names of sheets, cells and elements stay as they are.
_PIECES = {
    "line": gettext_noop("line %(which)s"),
    "column": gettext_noop("column %(which)s"),
    "row": gettext_noop("row %(which)s"),
    "row id": gettext_noop("row id %(which)s"),
    "byte": gettext_noop("byte %(which)s"),
    "string": gettext_noop("string %(which)s"),
    "segment": gettext_noop("segment %(which)s"),
    "unit": gettext_noop("unit %(which)s"),
    "sheet": gettext_noop("sheet %(which)s"),
    "option": gettext_noop("option %(which)s"),
}
_ALONE = {
    "file": gettext_noop("file"),
    "header": gettext_noop("header"),
    "workbook": gettext_noop("workbook"),
    "merged cells": gettext_noop("merged cells"),
}
_PIECE = re.compile(r"(line|column|row id|row|byte|string|segment|unit|sheet|option) (.+)", re.DOTALL)


def said(text: object) -> str:
    """A sentence, or an error that has one, in the active language.

    What has no template was translated already, and comes back as it is.
    """
    template = getattr(text, "template", None)
    if not template:
        return str(text)
    given: dict[str, object] = getattr(text, "words", {})
    words = {name: said(word) if hasattr(word, "template") else word for name, word in given.items()}
    sentence = gettext(template)
    return sentence % words if words else sentence


def said_place(place: str) -> str:
    """The place of an error in the active language: "line 4, column 2"."""
    return ", ".join(map(_piece_said, place.split(", "))) if place else ""


def _piece_said(piece: str) -> str:
    if piece in _ALONE:
        return gettext(_ALONE[piece])
    found = _PIECE.fullmatch(piece)
    return gettext(_PIECES[found[1]]) % {"which": found[2]} if found else piece


def said_with_place(message: str, place: str) -> str:
    """Both, the place first: "line 4: …"."""
    return f"{said_place(place)}: {said(message)}" if place else said(message)
