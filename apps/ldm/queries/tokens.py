"""The words of a query: parentheses, fields with their comparison, strings, regexes, plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from apps.ldm.queries.errors import QueryError


class Shape(Enum):
    """What a token looks like."""

    OPEN = "("
    CLOSE = ")"
    MINUS = "-"
    FIELD = "field"
    WORD = "word"
    STRING = "string"
    REGEX = "regex"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """`text`: the word, the string without quotes, the pattern, or the field's name in lower case."""

    shape: Shape
    text: str
    at: int
    end: int
    mark: str = ""
    """Of a field: what stands behind its colon ("=", ">", …). Of a regex: its flags."""
    joined: bool = False
    """Whether the next token stands directly behind it: a field and its value."""


_SPACE = re.compile(r"\s*")
_FIELD = re.compile(r"([A-Za-z_]+):")
_MARK = re.compile(r">=|<=|>|<|=")
_WORD = re.compile(r'[^\s"()]+')
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/", re.DOTALL)
_FLAGS = re.compile(r'[^\s()"]*')


def tokens(text: str, compared: dict[str, bool]) -> list[Token]:
    """The tokens of a query, END last. Raises QueryError.

    `compared`: of every field whether ">" and "<" compare its values; before the others they are text.
    A name before a colon that is not among them is still a field: the parser says which there are.
    """
    found: list[Token] = []
    at = _past_space(text, 0)
    while at < len(text):
        token = _next(text, at, found[-1] if found else None, compared)
        found.append(token)
        at = token.end if token.joined else _past_space(text, token.end)
    found.append(Token(Shape.END, "", len(text), len(text)))
    return found


def _past_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _next(text: str, at: int, before: Token | None, compared: dict[str, bool]) -> Token:
    character = text[at]
    valued = before is not None and before.shape is Shape.FIELD
    if character == "(" and not valued:
        return Token(Shape.OPEN, "(", at, at + 1)
    if character == ")" and not valued:
        return Token(Shape.CLOSE, ")", at, at + 1)
    if character == '"':
        return _string(text, at)
    if character == "/" and (before is None or not (valued and before.mark)):
        return _regex(text, at)
    if not valued:
        if character == "-" and at + 1 < len(text) and not text[at + 1].isspace():
            return Token(Shape.MINUS, "-", at, at + 1)
        if found := _FIELD.match(text, at):
            return _field(text, found, compared)
    word = _WORD.match(text, at)
    if word is None:
        raise QueryError("A value is missing before “%(character)s”.", at, 1, character=character)
    return Token(Shape.WORD, word[0], at, word.end())


def _field(text: str, found: re.Match[str], compared: dict[str, bool]) -> Token:
    name, end, mark = found[1].lower(), found.end(), ""
    if (follows := _MARK.match(text, end)) and (follows[0] == "=" or compared.get(name, True)):
        mark, end = follows[0], follows.end()
    joined = end < len(text) and not text[end].isspace()
    return Token(Shape.FIELD, name, found.start(), end, mark, joined)


def _string(text: str, at: int) -> Token:
    found = _STRING.match(text, at)
    if found is None:
        raise QueryError('This text has no end: a " is missing.', at, len(text) - at)
    return Token(Shape.STRING, _ESCAPE.sub(r"\1", found[1]), at, found.end())


def _regex(text: str, at: int) -> Token:
    found = _REGEX.match(text, at)
    if found is None:
        raise QueryError("This regex has no end: a / is missing. A text that begins with / goes in quotes.", at, 1)
    flags = _FLAGS.match(text, found.end())
    end = flags.end() if flags else found.end()
    return Token(Shape.REGEX, found[1], at, end, text[found.end() : end])
