"""Plural forms of a catalogue: how many it needs, what each translates, and how a missing one is inserted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import FormatError, FormatWarning
from .languages import guess_language
from .plurals import MAX_FORMS, gettext_forms, parse_plural_forms
from .po_syntax import Entry, Statement
from .text_edits import LINE_END


def language_of(filename: str, header: Mapping[str, str], options: Mapping[str, Any]) -> str:
    """The target language: option, header, file name; "" when none tells it."""
    language = options.get("target_language") or header.get("language", "").strip()
    return str(language or guess_language(filename))


def forms_needed(
    language: str, header: Mapping[str, str], options: Mapping[str, Any], warnings: list[FormatWarning]
) -> int | None:
    """The number of plural forms: option `nplurals`, the header's, the language's; None when unknown.

    The header goes before the language, because gettext's tools refuse a catalogue whose entries
    and header disagree. Raises FormatError for an `nplurals` out of range.
    """
    given = options.get("nplurals")
    if given is not None:
        if not 1 <= given <= MAX_FORMS:
            raise FormatError("option 'nplurals' must be from 1 to %(most)s", most=MAX_FORMS)
        return int(given)
    try:
        forms = parse_plural_forms(header.get("plural-forms", ""))
    except FormatError as error:
        warnings.append(FormatWarning("header", error.message))
        forms = None
    forms = forms or gettext_forms(language)
    return forms.nplurals if forms else None


def indexes(entry: Entry, needed: int | None) -> list[int]:
    """The forms that get a row: those needed and those present; without a known language at least two."""
    count = needed if needed is not None else max(2, max(entry.forms, default=0) + 1)
    return sorted({*range(count), *entry.forms})


def source_of(index: int, needed: int | None, singular: str, plural: str) -> str:
    """What a form translates.

    Form 0 is for the singular, all others for the plural; a language with one form uses it for
    every number, so that it translates the plural text (the one with the number in it).
    """
    return singular if index == 0 and needed != 1 else plural


def insertion_point(text: str, entry: Entry, index: int) -> tuple[int, str]:
    """Where a missing `msgstr[index]` goes, and what stands before its quotes."""
    below = [number for number in entry.forms if number < index]
    anchor = entry.forms[max(below)] if below else entry.plural
    if anchor is None:
        raise FormatError("a plural form without msgid_plural")
    line_end = LINE_END.search(text, anchor.end) or LINE_END.search(text)
    before = text[max(text.rfind("\n", 0, anchor.start), text.rfind("\r", 0, anchor.start)) + 1 : anchor.start]
    prefix = before if not before.strip() else ""
    return anchor.end, f"{line_end[0] if line_end else chr(10)}{prefix}msgstr[{index}]{_spacing(text, anchor)}"


def _spacing(text: str, statement: Statement) -> str:
    """The blanks between a keyword and its string."""
    keyword = text[statement.start : statement.strings]
    return keyword[len(keyword.rstrip()) :]
