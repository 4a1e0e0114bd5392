"""What is wrong with a pattern, marked for translation: the pure library that says it knows no languages."""

from __future__ import annotations

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

SENTENCES = frozenset(
    (
        _("A code stands anywhere in a text: ^ and $ are not understood."),
        _("A pattern has at most 200 characters."),
        _("A pattern is of the kind placeholder, tag, colour."),
        _("A repetition inside a repetition can take for ever. Repeat only one of them."),
        _("Brackets are nested more than ten deep."),
        _("Of the special groups only (?: is understood."),
        _("The name of a pattern is 1 to 40 letters and digits, a letter first."),
        _("The pattern is empty."),
        _("The second number is smaller than the first."),
        _("This bracket is never closed."),
        _("This closing bracket has no opening one."),
        _("This escape is not understood. There are \\d \\w \\s \\b \\n \\r \\t and \\u0000."),
        _("This is not a regular expression."),
        _("This pattern also matches nothing at all."),
        _("This repeats a repetition."),
        _("This repeats nothing. Write a backslash before a character that is meant as it is."),
        _("This repeats something that may be nothing."),
        _("Write a backslash before a brace that is meant as it is."),
        _("\\b is not a character."),
    )
)


def in_words(message: str) -> str:
    """The sentence in the language of this request."""
    return translated(message)
