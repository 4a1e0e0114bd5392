"""What is wrong with a query, in the person's language: the language itself is a pure library and speaks English."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from apps.ldm.queries import QueryError
from locanext_project.said import said as in_words

TEMPLATES = (
    gettext_noop("A query has at most %(most)s characters."),
    gettext_noop("A query has at most %(most)s conditions."),
    gettext_noop("No row can hold %(character)s."),
    gettext_noop("There is nothing in these parentheses."),
    gettext_noop("There is no ) for this (."),
    gettext_noop("There is no ( for this )."),
    gettext_noop("A query is nested at most %(most)s deep."),
    gettext_noop("Something is missing before %(word)s. To look for the word, put it in quotes."),
    gettext_noop("Something is missing before this )."),
    gettext_noop("Something is missing at the end."),
    gettext_noop("There is no field “%(name)s”. The fields are %(fields)s. A text with a colon goes in quotes."),
    gettext_noop("A value is missing behind %(field)s."),
    gettext_noop("A value is missing before “%(character)s”."),
    gettext_noop("A regex has no flag “%(flag)s”. It has i, for any case. A text that begins with / goes in quotes."),
    gettext_noop("This regex is not valid: %(why)s"),
    gettext_noop("%(field)s has no “%(value)s”. It has %(choices)s."),
    gettext_noop("%(field)s takes a date such as %(examples)s, a comparison such as >=, or a range such as a..b."),
    gettext_noop("%(field)s takes a number, a comparison such as >=, or a range such as a..b."),
    gettext_noop('This text has no end: a " is missing.'),
    gettext_noop("This regex has no end: a / is missing. A text that begins with / goes in quotes."),
)
"""Every template of the language; a test compares them."""


def said(error: QueryError) -> str:
    """The error's sentence in the language of the request."""
    return in_words(error)
