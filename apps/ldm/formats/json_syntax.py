"""The grammar of JSON with comments: a tree of spans, and the escapes in both directions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from .base import FormatError, FormatWarning
from .sentences import Sentence
from .text_edits import SURROGATE, Lines

MAX_DEPTH = 200
_GAP = r"[ \t\r\n]*+(?:(?://[^\r\n]*+|/\*(?s:.*?)\*/)[ \t\r\n]*+)*+"
_STRING = r'"[^"\\\x00-\x08\x0a-\x1f]*+(?:\\[^\x00-\x1f][^"\\\x00-\x08\x0a-\x1f]*+)*+"'
_GAP_ONLY = re.compile(_GAP)
_STRING_ONLY = re.compile(_STRING)
_MEMBER = re.compile(rf"{_GAP}({_STRING}){_GAP}:{_GAP}({_STRING})?")
_AFTER_MEMBER = re.compile(rf"{_GAP}([,}}])")
_AFTER_ITEM = re.compile(rf"{_GAP}([,\]])")
_SCALAR = re.compile(
    r"(?:(true|false)|(null)|(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?)|(-?Infinity|NaN))(?![\w.+-])"
)
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_LENIENT = json.JSONDecoder(strict=False)
_COMMENT = re.compile(r"//([^\r\n]*+)|/\*((?s:.*?))\*/")

STRING, NUMBER, NULL, WORD = "string", "number", "null", "word"


@dataclass(slots=True)
class Scalar:
    """A value that holds no other; its span, quotes included."""

    kind: str
    start: int
    end: int


@dataclass(slots=True)
class Member:
    """A name and its value; `lead` is where the gap before the name begins, `key_end` is behind its quote."""

    lead: int
    key_start: int
    key_end: int
    value: Value


@dataclass(slots=True)
class JsonObject:
    start: int
    end: int
    members: dict[str, Member]


@dataclass(slots=True)
class JsonArray:
    start: int
    end: int
    items: list[Value]


Value = Scalar | JsonObject | JsonArray


class Parser:
    """Reads a whole text. Raises FormatError naming line, column and, for repeated keys, the pointer."""

    def __init__(self, text: str, lines: Lines) -> None:
        self.text = text
        self.lines = lines
        self.warnings: list[FormatWarning] = []
        self._path: list[str] = []

    def parse(self) -> Value:
        value = self._value(self._skip(0), 0)
        rest = self._skip(value.end)
        if rest < len(self.text):
            raise self._unexpected(rest, "the end of the file")
        return value

    def _value(self, at: int, depth: int) -> Value:
        first = self.text[at : at + 1]
        if first in ("{", "["):
            if depth >= MAX_DEPTH:
                raise FormatError("nested deeper than %(most)s", self.lines.place(at), most=MAX_DEPTH)
            return self._object(at, depth + 1) if first == "{" else self._array(at, depth + 1)
        if first == '"':
            return Scalar(STRING, at, self._string_end(at))
        found = _SCALAR.match(self.text, at)
        if found is None:
            raise self._unexpected(at, "a value")
        if found[4]:
            self._warn(at, Sentence("%(number)s is no JSON number; kept as it is", number=found[4]))
        kind = NULL if found[2] else NUMBER if found[3] or found[4] else WORD
        return Scalar(kind, at, found.end())

    def _object(self, start: int, depth: int) -> JsonObject:
        members: dict[str, Member] = {}
        node = JsonObject(start, start, members)
        lead = start + 1
        while True:
            found = _MEMBER.match(self.text, lead)
            if found is None:
                node.end = self._closing(lead, "}", bool(members))
                return node
            key_start, key_end = found.span(1)
            key = self._key(key_start, key_end)
            if key in members:
                pointer = "".join(map(escaped_token, [*self._path, key]))
                line = self.lines.number(members[key].key_start)
                raise FormatError(
                    "the key %(pointer)s is already there in line %(line)s",
                    self.lines.place(key_start),
                    pointer=pointer,
                    line=line,
                )
            self._path.append(key)
            value: Value
            if found.end(2) > 0:
                value = Scalar(STRING, found.start(2), found.end(2))
            else:
                value = self._value(found.end(), depth)
            self._path.pop()
            members[key] = Member(lead, key_start, key_end, value)
            separator = _AFTER_MEMBER.match(self.text, value.end)
            if separator is None:
                raise self._unexpected(self._skip(value.end), "a comma or }")
            lead = separator.end()
            if separator[1] == "}":
                node.end = lead
                return node

    def _array(self, start: int, depth: int) -> JsonArray:
        items: list[Value] = []
        node = JsonArray(start, start, items)
        lead = start + 1
        while True:
            at = self._skip(lead)
            if self.text[at : at + 1] == "]":
                node.end = self._closing(lead, "]", bool(items))
                return node
            self._path.append(str(len(items)))
            items.append(self._value(at, depth))
            self._path.pop()
            separator = _AFTER_ITEM.match(self.text, items[-1].end)
            if separator is None:
                raise self._unexpected(self._skip(items[-1].end), "a comma or ]")
            lead = separator.end()
            if separator[1] == "]":
                node.end = lead
                return node

    def _closing(self, lead: int, bracket: str, after_comma: bool) -> int:
        """The offset behind the bracket that must follow; a comma before it is only warned of."""
        at = self._skip(lead)
        if self.text[at : at + 1] != bracket:
            if bracket == "}" and self.text[at : at + 1] == '"':
                end = self._skip(self._string_end(at))
                raise self._unexpected(end, "a colon")
            raise self._unexpected(at, 'a name in "quotes"' if bracket == "}" else "a value")
        if after_comma:
            self._warn(lead - 1, Sentence("a comma before %(bracket)s", bracket=bracket))
        return at + 1

    def _key(self, start: int, end: int) -> str:
        raw = self.text[start + 1 : end - 1]
        if "\\" not in raw:
            return raw
        key = decoded(raw, lambda offset: self.bad_escape(start + 1 + offset))
        if SURROGATE.search(key):
            self._warn(start, Sentence("a name with half a surrogate pair; shown raw"))
            return raw
        return key

    def _string_end(self, at: int) -> int:
        found = _STRING_ONLY.match(self.text, at)
        if found is None:
            broken = re.compile(r'"(?:[^"\\\x00-\x08\x0a-\x1f]|\\[^\x00-\x1f])*+').match(self.text, at)
            end = broken.end() if broken else at
            broken_off = end >= len(self.text)
            what = Sentence("a text is not closed") if broken_off else Sentence("a control character in a text")
            if self.text[end : end + 1] in ("\n", "\r"):
                what = Sentence("a text is not closed in its line")
            raise FormatError(what, self.lines.place(min(end, len(self.text))))
        return found.end()

    def bad_escape(self, at: int) -> FormatError:
        return FormatError("the escape %(escape)r is no JSON", self.lines.place(at), escape=self.text[at : at + 2])

    def _skip(self, at: int) -> int:
        found = _GAP_ONLY.match(self.text, at)
        return found.end() if found else at

    def _warn(self, at: int, text: str) -> None:
        self.warnings.append(FormatWarning(self.lines.place(at), text))

    def _unexpected(self, at: int, wanted: str) -> FormatError:
        if self.text.startswith("/*", at):
            return FormatError("a comment is not closed", self.lines.place(at))
        there = repr(self.text[at]) if at < len(self.text) else Sentence("the file ends")
        return FormatError(
            "expected %(wanted)s, but there is %(there)s", self.lines.place(at), wanted=Sentence(wanted), there=there
        )


def escaped_token(token: str) -> str:
    """A name as a step of an RFC 6901 pointer."""
    if "~" in token or "/" in token:
        token = token.replace("~", "~0").replace("/", "~1")
    return "/" + token


def decoded(raw: str, fail: Callable[[int], FormatError]) -> str:
    """The text of a string without its quotes. `fail` makes the error for the offset of a wrong escape."""
    if "\\" not in raw:
        return raw
    try:
        return str(_LENIENT.decode(f'"{raw}"'))
    except json.JSONDecodeError:
        at = raw.find("\\")
        while at >= 0 and (found := _ESCAPE.match(raw, at)):
            at = raw.find("\\", found.end())
        raise fail(max(at, 0)) from None


def comment_text(gap: str, first: bool) -> str:
    """The comment in the gap before a name: the lines standing on their own, below the last empty line.

    `first`: the gap begins the object, so a comment behind the bracket is taken too.
    """
    if "/" not in gap:
        return ""
    texts: list[str] = []
    at = 0
    for found in _COMMENT.finditer(gap):
        between = gap[at : found.start()]
        line_ends = between.count("\n") or between.count("\r")
        if at and line_ends > 1:
            texts.clear()
        if at or first or line_ends:
            texts.append(found[1] if found[1] is not None else found[2])
        at = found.end()
    lines = [line.strip().strip("*").strip() for text in texts for line in text.splitlines()]
    return "\n".join(line for line in lines if line)
