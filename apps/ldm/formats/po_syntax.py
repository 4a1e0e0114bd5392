"""The grammar of gettext catalogues: entries with the spans of their strings, and the escapes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .base import FormatError, FormatWarning
from .sentences import Sentence
from .text_edits import Lines

_SPACE = r"[ \t\f\v]*+"
_END = r"(?:\r\r?\n|\r|\n)"
_QUOTED = r'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"'
# Strings after a keyword go on over line ends, as xgettext wraps them.
_STRINGS = rf"{_QUOTED}(?:[ \t\f\v\r\n]*+{_QUOTED})*+"
_STATEMENT = re.compile(
    rf"(msgid_plural|msgid|msgctxt|msgstr|domain)(?:{_SPACE}\[{_SPACE}([0-9]{{1,4}}){_SPACE}\])?"
    rf"{_SPACE}({_STRINGS})"
)
_KEYWORD = re.compile(rf"(?:msgid_plural|msgid|msgctxt|msgstr|domain)(?:{_SPACE}\[[^\]\r\n]*\])?{_SPACE}")
_BLANK = re.compile(r"[ \t\f\v\r\n]*+")
MAX_FORMS = 100
_OBSOLETE = re.compile(rf"\#~[^\r\n]*+(?:{_END}|\Z)")
_COMMENTS = re.compile(rf"(?:\#(?!~)[^\r\n]*+(?:{_END}|\Z))++")
_SIMPLE = re.compile(
    rf"((?:\#(?!~)[^\r\n]*+{_END})*+)msgid{_SPACE}({_STRINGS})[ \t\f\v\r\n]*+(msgstr{_SPACE})({_STRINGS})"
)
_COMMENT_LINE = re.compile(rf"[ \t]*+(\#[^\r\n]*+)({_END}|\Z)")
_STRING = re.compile(_QUOTED)
_NAMED_ONLY = re.compile(r"(?:[^\\]++|\\[abfnrtv\\\"'?])*+")
_NO_FORMS: dict[int, Statement] = {}
_ESCAPE = re.compile(r"\\(?:([abfnrtv\\\"'?])|([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_BYTES = re.compile(r"(?:\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}))+")
_NAMED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_WRITTEN = {value: "\\" + name for name, value in _NAMED.items()} | {"\\": "\\\\", '"': '\\"'}


@dataclass(slots=True)
class Statement:
    """A keyword with its strings: offsets of the keyword, the first quote and behind the last quote."""

    start: int
    strings: int
    end: int


@dataclass(slots=True)
class CommentLine:
    """A comment line without its indentation; `start` is the line's beginning, `end` is behind its line end."""

    start: int
    text: str
    end: int


@dataclass(slots=True)
class Entry:
    """One message.

    `single` is the msgstr of a message without plural, `forms` are the msgstr[n] of one with.
    Its comments lie between `comments` and `first`, the offset of its first keyword.
    """

    comments: int
    first: int
    context: Statement | None
    msgid: Statement
    plural: Statement | None
    single: Statement | None
    forms: dict[int, Statement]
    domain: str


@dataclass(slots=True)
class _Open:
    """The entry that is being read."""

    first: int = -1
    context: Statement | None = None
    msgid: Statement | None = None
    plural: Statement | None = None
    single: Statement | None = None
    forms: dict[int, Statement] = field(default_factory=dict)

    def is_complete(self) -> bool:
        return self.single is not None or bool(self.forms)


class Scanner:
    """Reads a whole catalogue. Raises FormatError naming line and column."""

    def __init__(self, text: str, lines: Lines) -> None:
        self.text = text
        self.lines = lines
        self.warnings: list[FormatWarning] = []
        self._entries: list[Entry] = []
        self._open = _Open()
        self._comments = -1
        """Where the comments begin that the next entry owns; -1: there are none."""
        self._domain = ""

    def entries(self) -> list[Entry]:
        """Every entry that is not obsolete, the header among them."""
        text, size = self.text, len(self.text)
        blank, simple = _BLANK.match, _SIMPLE.match
        at = 0
        while True:
            skipped = blank(text, at)
            at = skipped.end() if skipped else at
            if at >= size:
                break
            found = simple(text, at) if self._open.context is None or self._open.msgid is not None else None
            if found is not None:
                self._take_simple(found)
            elif text[at] == "#":
                obsolete = _OBSOLETE.match(text, at)
                self._take_comments(at, obsolete is not None)
                # A block of comments at once: each line is looked at twice at most.
                found = obsolete or _COMMENTS.match(text, at)
            else:
                found = _STATEMENT.match(text, at)
                if found is not None:
                    self._take(found)
            if found is None:
                raise self._broken(at)
            at = found.end()
        self._finish()
        return self._entries

    def _take_simple(self, found: re.Match[str]) -> None:
        """The usual entry: comments, msgid, msgstr."""
        if self._open.msgid is not None:
            self._finish()
        start, first = found.start(), found.end(1)
        msgid = Statement(first, found.start(2), found.end(2))
        single = Statement(found.start(3), found.start(4), found.end(4))
        comments = self._comments if self._comments >= 0 else start
        self._comments = -1
        self._entries.append(Entry(comments, first, None, msgid, None, single, _NO_FORMS, self._domain))

    def _take_comments(self, at: int, obsolete: bool) -> None:
        is_open = self._open
        if is_open.msgid is not None:
            if not is_open.is_complete() and is_open.plural is None:
                raise FormatError("a comment stands between msgid and msgstr", self.lines.place(at))
            if is_open.is_complete():
                self._finish()
        if obsolete:
            # What stood above belongs to the obsolete entry.
            self._comments = -1
        elif self._comments < 0:
            self._comments = at

    def _take(self, found: re.Match[str]) -> None:
        keyword, index = found[1], found[2]
        place = found.start()
        if index is not None and keyword != "msgstr":
            raise FormatError("%(keyword)s takes no index", self.lines.place(place), keyword=keyword)
        if keyword == "msgstr":
            self._take_form(found, place)
            return
        if self._open.is_complete():
            self._finish()
        entry = self._open
        statement = Statement(place, found.start(3), found.end(3))
        if keyword == "domain":
            if entry.msgid is not None or entry.context is not None:
                raise FormatError("an entry lacks its msgstr before domain", self.lines.place(place))
            self._domain = self.decoded(statement)
            self._comments = -1
        elif keyword == "msgctxt" and entry.context is None and entry.msgid is None:
            entry.context, entry.first = statement, place
        elif keyword == "msgid" and entry.msgid is None:
            entry.msgid, entry.first = statement, entry.first if entry.first >= 0 else place
        elif keyword == "msgid_plural" and entry.msgid is not None and entry.plural is None:
            entry.plural = statement
        elif keyword == "msgid_plural":
            raise FormatError("msgid_plural without a msgid before it", self.lines.place(place))
        elif entry.plural is not None:  # all forms are missing: they can be inserted
            self._finish()
            self._take(found)
        else:
            wanted = "msgstr" if entry.msgid else "msgid"
            raise FormatError(
                "%(keyword)s where %(wanted)s is expected", self.lines.place(place), keyword=keyword, wanted=wanted
            )

    def _take_form(self, found: re.Match[str], place: int) -> None:
        entry, index = self._open, found[2]
        if entry.msgid is None:
            raise FormatError("msgstr without a msgid before it", self.lines.place(place))
        if (index is not None) != (entry.plural is not None):
            place_of = self.lines.place(place)
            if index is not None:
                raise FormatError("msgstr[n] without msgid_plural", place_of)
            raise FormatError("msgstr needs [n] after msgid_plural", place_of)
        statement = Statement(place, found.start(3), found.end(3))
        if entry.single is not None or (index is not None and int(index) in entry.forms):
            raise FormatError("a second msgstr of the same entry", self.lines.place(place))
        if index is None:
            entry.single = statement
        elif int(index) >= MAX_FORMS:
            raise FormatError("msgstr[%(index)s]: no language has so many forms", self.lines.place(place), index=index)
        else:
            entry.forms[int(index)] = statement

    def _finish(self) -> None:
        """Close the entry that is being read, if there is one."""
        entry = self._open
        if entry.msgid is None:
            if entry.context is not None:
                raise FormatError("msgctxt without a msgid", self.lines.place(entry.context.start))
            return
        if not entry.is_complete() and entry.plural is None:
            raise FormatError("this msgid has no msgstr", self.lines.place(entry.msgid.start))
        comments = entry.first
        if 0 <= self._comments < entry.first:
            comments, self._comments = self._comments, -1
        self._entries.append(
            Entry(
                comments, entry.first, entry.context, entry.msgid, entry.plural, entry.single, entry.forms, self._domain
            )
        )
        self._open = _Open()

    def decoded(self, statement: Statement, to_text: Callable[[bytes], str] | None = None) -> str:
        """The text of a statement's strings. `to_text` decodes `\\303\\251` as bytes of the file."""
        raw = self.text[statement.strings : statement.end]
        if raw.count('"') == 2:
            joined = raw[1:-1]
        else:
            joined = "".join(found[0][1:-1] for found in _STRING.finditer(raw))
        if "\\" not in joined:
            return joined
        if joined.count("\\") == joined.count("\\n"):
            return joined.replace("\\n", "\n")
        if _NAMED_ONLY.fullmatch(joined):
            return _ESCAPE.sub(lambda m: _NAMED.get(m[1], m[1]), joined)
        return self._decode_carefully(joined, statement, to_text)

    def _decode_carefully(self, raw: str, statement: Statement, to_text: Callable[[bytes], str] | None) -> str:
        place = self.lines.place(statement.strings)
        pieces: list[str] = []
        at = 0
        while at < len(raw):
            run = _BYTES.match(raw, at) if raw[at] == "\\" else None
            found = _ESCAPE.match(raw, at) if raw[at] == "\\" else None
            if run:
                pieces.append(self._bytes(run[0], place, to_text))
                at = run.end()
            elif found is None:
                end = raw.find("\\", at)
                end = len(raw) if end < 0 else end
                pieces.append(raw[at:end])
                at = end
            else:
                if found[1] is None:
                    self.warnings.append(
                        FormatWarning(place, Sentence("unknown escape %(escape)r; kept as text", escape=found[0]))
                    )
                pieces.append(_NAMED.get(found[1], found[1]) if found[1] is not None else found[0])
                at = found.end()
        return "".join(pieces)

    def _bytes(self, run: str, place: str, to_text: Callable[[bytes], str] | None) -> str:
        values = [int(m[2], 8) if m[2] else int(m[3], 16) for m in _ESCAPE.finditer(run)]
        if max(values) > 255:
            raise FormatError("the escape in %(run)r is above \\377", place, run=run)
        data = bytes(values)
        try:
            return data.decode("ascii") if data.isascii() or to_text is None else to_text(data)
        except UnicodeError:
            raise FormatError("the escapes %(run)r are no text in the file's encoding", place, run=run) from None

    def _broken(self, at: int) -> FormatError:
        place = self.lines.place(at)
        text = self.text
        keyword = _KEYWORD.match(text, at)
        if keyword and text[keyword.end() : keyword.end() + 1] != '"':
            return FormatError('%(keyword)s must be followed by a text in "quotes"', place, keyword=keyword[0].strip())
        if text[at] == '"' or keyword:
            if _STRING.match(text, keyword.end() if keyword else at) is None:
                return FormatError("a text is not closed in its line", place)
            return FormatError("a text without msgid or msgstr before it", place)
        word = text[at : at + 20].split()[0] if text[at : at + 20].split() else text[at]
        return FormatError("cannot read %(word)r", place, word=word)


def comment_lines(text: str, entry: Entry) -> list[CommentLine]:
    """The comments of an entry, in order."""
    if entry.comments == entry.first:
        return []
    result = []
    # A line's own indentation is part of it, so that removing the line leaves nothing.
    start = entry.comments
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    for found in _COMMENT_LINE.finditer(text, start, entry.first):
        result.append(CommentLine(found.start(), found[1], found.end()))
    return result


def escaped(text: str, raw_tab: bool) -> str:
    """A text as it stands between quotes. Raises FormatError for NUL, which no catalogue can hold."""
    if "\0" in text:
        raise FormatError("a PO file cannot hold the character U+0000")
    pieces = []
    for character in text:
        if character == "\t" and raw_tab:
            pieces.append(character)
        elif character in _WRITTEN:
            pieces.append(_WRITTEN[character])
        elif character < " " or character == "\x7f":
            pieces.append(f"\\{ord(character):03o}")
        else:
            pieces.append(character)
    return "".join(pieces)


def strings_of(raw: str) -> list[tuple[int, int]]:
    """The spans of the quoted strings in a statement's raw text."""
    return [found.span() for found in _STRING.finditer(raw)]
