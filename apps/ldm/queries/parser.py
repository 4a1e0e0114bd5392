"""Reading a query: recursive descent, bounded, with the place of every error."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from apps.ldm.queries import dates
from apps.ldm.queries.bounded_regex import BadPattern, BoundedPattern
from apps.ldm.queries.errors import QueryError
from apps.ldm.queries.fields import FIELDS, VALUES, Kind
from apps.ldm.queries.tokens import Shape, Token, tokens
from apps.ldm.queries.tree import All, Node, Not, Op, Term, all_of, any_of

LONGEST = 2000
DEEPEST = 50
MOST_TERMS = 200
BARE = "text"
"""The field of a value without one."""

_MARKS = {"": Op.HAS, "=": Op.IS, ">": Op.GREATER, ">=": Op.AT_LEAST, "<": Op.LESS, "<=": Op.AT_MOST}
_COMPARED = {name: kind in (Kind.NUMBER, Kind.DATE) for name, kind in FIELDS.items()}
_NUMBER = re.compile(r"\d{1,9}\Z", re.ASCII)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# Only whether a date is one: which day it is now does not matter.
_ANY_DAY = date(2000, 6, 15)
_SLASH = re.compile(r"\\.", re.DOTALL)


def parse(text: str) -> Node:
    """The tree of a query; an empty one finds everything. Raises QueryError, and nothing else, for any text."""
    if len(text) > LONGEST:
        raise QueryError("A query has at most %(most)s characters.", LONGEST, len(text) - LONGEST, most=f"{LONGEST:,}")
    if found := _UNSTORABLE.search(text):
        raise QueryError("No row can hold %(character)s.", found.start(), 1, character=f"U+{ord(found[0]):04X}")
    return _Parser(tokens(text, _COMPARED)).whole()


class _Parser:
    """One reading of one query."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._depth = 0
        self._terms = 0

    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next()
        self._place += token.shape is not Shape.END
        return token

    def _is_word(self, *words: str) -> bool:
        return self._next().shape is Shape.WORD and self._next().text.upper() in words

    def whole(self) -> Node:
        if self._next().shape is Shape.END:
            return All()
        node = self._any()
        if self._next().shape is not Shape.END:
            raise _wrong(self._next(), "There is no ( for this ).")
        return node

    def _any(self) -> Node:
        parts = [self._all()]
        while self._is_word("OR"):
            self._take()
            parts.append(self._all())
        return any_of(parts)

    def _all(self) -> Node:
        parts = [self._one()]
        while True:
            if self._is_word("AND"):
                self._take()
            elif self._next().shape in (Shape.END, Shape.CLOSE) or self._is_word("OR"):
                return all_of(parts)
            parts.append(self._one())

    def _one(self) -> Node:
        token = self._take()
        self._depth += 1
        if self._depth > DEEPEST:
            raise _wrong(token, "A query is nested at most %(most)s deep.", most=DEEPEST)
        try:
            if token.shape is Shape.MINUS or (token.shape is Shape.WORD and token.text.upper() == "NOT"):
                return Not(self._one())
            if token.shape is Shape.OPEN:
                return self._group(token)
            return self._term(token)
        finally:
            self._depth -= 1

    def _group(self, opening: Token) -> Node:
        if self._next().shape is Shape.CLOSE:
            raise QueryError("There is nothing in these parentheses.", opening.at, self._next().end - opening.at)
        node = self._any()
        if self._next().shape is not Shape.CLOSE:
            raise _wrong(opening, "There is no ) for this (.")
        self._take()
        return node

    def _term(self, token: Token) -> Node:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise _wrong(token, "A query has at most %(most)s conditions.", most=MOST_TERMS)
        if token.shape is Shape.WORD and token.text.upper() in ("AND", "OR"):
            raise _wrong(
                token, "Something is missing before %(word)s. To look for the word, put it in quotes.", word=token.text
            )
        if token.shape is Shape.END:
            raise QueryError("Something is missing at the end.", token.at, 0)
        if token.shape is Shape.CLOSE:
            raise _wrong(token, "Something is missing before this ).")
        if token.shape is not Shape.FIELD:
            return _text_term(BARE, "", token, token)
        if token.text not in FIELDS:
            name = token.text
            raise QueryError(
                "There is no field “%(name)s”. The fields are %(fields)s. A text with a colon goes in quotes.",
                token.at,
                len(name),
                tuple(FIELDS),
                name=name,
                fields=", ".join(FIELDS),
            )
        if not token.joined:
            raise QueryError(
                "A value is missing behind %(field)s.",
                token.at,
                token.end - token.at,
                _valid(token),
                field=f"{token.text}:",
            )
        return _BY_KIND[FIELDS[token.text]](token, self._take())


def _wrong(token: Token, template: str, **words: Any) -> QueryError:
    return QueryError(template, token.at, token.end - token.at, **words)


def _valid(field: Token) -> tuple[str, ...]:
    if FIELDS[field.text] is Kind.DATE:
        return dates.EXAMPLES
    return VALUES.get(field.text, ())


def _made(field: Token, value: Token, op: Op, text: str, until: str = "", *, ignore_case: bool = False) -> Term:
    return Term(field.text, op, text, until, ignore_case, field.at, value.end - field.at)


def _text_of(field: Token, value: Token) -> Node:
    return _text_term(field.text, field.mark, field, value)


def _text_term(name: str, mark: str, field: Token, value: Token) -> Node:
    at, length = field.at, value.end - field.at
    if value.shape is Shape.REGEX:
        return Term(name, Op.REGEX, _pattern(value), ignore_case=bool(value.mark), at=at, length=length)
    return Term(name, _MARKS[mark], value.text, at=at, length=length)


def _pattern(value: Token) -> str:
    """The pattern of a regex, without the backslashes that only kept it open. Raises QueryError."""
    if value.mark not in ("", "i"):
        raise QueryError(
            "A regex has no flag “%(flag)s”. It has i, for any case. A text that begins with / goes in quotes.",
            value.end - len(value.mark),
            len(value.mark),
            ("i",),
            flag=value.mark,
        )
    pattern = _SLASH.sub(lambda found: "/" if found[0] == r"\/" else found[0], value.text)
    try:
        BoundedPattern(pattern, ignore_case=bool(value.mark))
    except BadPattern as error:
        # Every \/ before the place is one character longer in the query.
        shown = value.at + 1 + min(len(value.text), error.at + _escaped_before(value.text, error.at))
        raise QueryError("This regex is not valid: %(why)s", shown, 1, why=error) from None
    return pattern


def _escaped_before(written: str, at: int) -> int:
    count = 0
    for found in _SLASH.finditer(written):
        if found.start() - count >= at:
            break
        count += found[0] == r"\/"
    return count


def _choice(field: Token, value: Token) -> Node:
    valid = VALUES[field.text]
    name = value.text.lower()
    if value.shape is Shape.REGEX or name not in valid:
        raise QueryError(
            "%(field)s has no “%(value)s”. It has %(choices)s.",
            value.at,
            value.end - value.at,
            valid,
            field=field.text,
            value=value.text,
            choices=", ".join(valid),
        )
    return _made(field, value, Op.HAS, name)


def _number(field: Token, value: Token) -> Node:
    if value.shape is Shape.REGEX:
        raise _not_a(field, value, "number")
    first, between, last = value.text.partition("..")
    if between and not field.mark and _NUMBER.match(first) and _NUMBER.match(last):
        return _made(field, value, Op.BETWEEN, str(int(first)), str(int(last)))
    if between or not _NUMBER.match(value.text):
        raise _not_a(field, value, "number")
    return _made(field, value, _MARKS[field.mark] if field.mark != "=" else Op.HAS, str(int(value.text)))


def _date(field: Token, value: Token) -> Node:
    first, between, last = value.text.lower().partition("..")
    if value.shape is Shape.REGEX or (between and field.mark):
        raise _not_a(field, value, "date")
    try:
        for part in (first, last) if between else (first,):
            dates.span(part, _ANY_DAY)
    except ValueError:
        raise _not_a(field, value, "date") from None
    if between:
        return _made(field, value, Op.BETWEEN, first, last)
    return _made(field, value, _MARKS[field.mark] if field.mark != "=" else Op.HAS, first)


def _not_a(field: Token, value: Token, what: str) -> QueryError:
    template = (
        "%(field)s takes a date such as %(examples)s, a comparison such as >=, or a range such as a..b."
        if what == "date"
        else "%(field)s takes a number, a comparison such as >=, or a range such as a..b."
    )
    words = {"field": field.text} | ({"examples": ", ".join(dates.EXAMPLES)} if what == "date" else {})
    return QueryError(template, value.at, value.end - value.at, _valid(field), **words)


_BY_KIND = {
    Kind.TEXT: _text_of,
    Kind.PERSON: _text_of,
    Kind.CHOICE: _choice,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
}
