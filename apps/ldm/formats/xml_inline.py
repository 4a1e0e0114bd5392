"""Element content as text: CDATA joined, inline elements as numbered tokens, and back to markup."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .base import FormatError
from .xml_scan import TOKEN
from .xml_text import Style, has_undefined_entity, unescape

_OPEN = "⟦"
_TOKEN = re.compile(r"⟦⟦|⟦(/?)(\d{1,6})(/?)⟧|⟦")
_CDATA = b"<![CDATA["


@dataclass(frozen=True, slots=True)
class Code:
    """One inline element, comment or processing instruction."""

    opening: str
    closing: str
    """`""` for what stands alone: `<br/>`, a comment."""


Codes = Mapping[int, Code]


@dataclass(slots=True)
class Content:
    """An element's content. `start` and `end` bound the value within the raw content."""

    items: list[tuple[str, str]] = field(default_factory=list)
    """("text", decoded), ("open" | "close" | "alone", raw markup)."""
    start: int = 0
    end: int = 0
    cdata: bool = False
    markup: bool = False
    elements: bool = False
    undefined: bool = False

    @property
    def plain(self) -> str:
        """The text without its markup."""
        return "".join(text for kind, text in self.items if kind == "text")

    @property
    def container(self) -> bool:
        """Elements laid out on lines of their own, or without any text in them, are no text."""
        if not self.elements:
            return False
        depth, own = 0, ""
        for kind, text in self.items:
            depth += (kind == "open") - (kind == "close")
            if kind == "text" and not depth:
                own += text
        return not own.strip() and ("\n" in own or "\r" in own or not self.plain.strip())


def parse_content(raw: bytes) -> Content:
    """Split raw content. White space around CDATA that stands alone is layout, not value."""
    content = Content(end=len(raw))
    if b"<" not in raw:
        text = raw.decode()
        content.items.append(("text", unescape(text)))
        content.undefined = has_undefined_entity(text)
        return content
    pieces = _pieces(raw)
    content.markup = any(kind in ("open", "alone") for kind, _, _, _ in pieces)
    content.elements = any(
        kind == "open" or (kind == "alone" and piece[:2] not in (b"<!", b"<?")) for kind, piece, _, _ in pieces
    )
    content.cdata = not content.markup and any(kind == "cdata" for kind, _, _, _ in pieces)
    if content.cdata:
        pieces = _without_layout(pieces)
        content.start, content.end = pieces[0][2], pieces[-1][3]
    for kind, piece, _, _ in pieces:
        if kind == "cdata":
            content.items.append(("text", piece[9:-3].decode()))
        elif kind == "text":
            text = piece.decode()
            content.undefined = content.undefined or has_undefined_entity(text)
            content.items.append(("text", unescape(text)))
        else:
            content.items.append((kind, piece.decode()))
    return content


def _pieces(raw: bytes) -> list[tuple[str, bytes, int, int]]:
    """`(kind, raw, start, end)` of every piece of the content."""
    out: list[tuple[str, bytes, int, int]] = []
    last = 0
    for match in TOKEN.finditer(raw):
        if match.start() > last:
            out.append(("text", raw[last : match.start()], last, match.start()))
        last = match.end()
        piece = match.group()
        if match.lastindex is None:
            kind = "cdata" if piece.startswith(_CDATA) else "alone"
        elif match[1]:
            kind = "close"
        else:
            kind = "alone" if piece.endswith(b"/>") else "open"
        out.append((kind, piece, match.start(), last))
    if last < len(raw):
        out.append(("text", raw[last:], last, len(raw)))
    return out


def _without_layout(pieces: list[tuple[str, bytes, int, int]]) -> list[tuple[str, bytes, int, int]]:
    first, last = 0, len(pieces)
    if pieces[0][0] == "text" and not pieces[0][1].strip():
        first = 1
    if pieces[-1][0] == "text" and not pieces[-1][1].strip():
        last -= 1
    inner = pieces[first:last]
    # Text beside the section belongs to the value, and then so does the space around it.
    return inner if inner[0][0] == inner[-1][0] == "cdata" else pieces


def render(content: Content, known: Codes | None = None) -> tuple[str, dict[int, Code]]:
    """Text with tokens, and its codes. The same markup takes the number it has in `known`."""
    if not content.markup:
        return content.plain.replace(_OPEN, _OPEN * 2), {}
    closings = _closings(content.items)
    text: list[str] = []
    codes: dict[int, Code] = {}
    free = dict(known or {})
    following = max(free, default=0) + 1
    stack: list[int] = []
    for index, (kind, piece) in enumerate(content.items):
        if kind == "text":
            text.append(piece.replace(_OPEN, _OPEN * 2))
        elif kind == "close":
            text.append(f"⟦/{stack.pop()}⟧")
        else:
            closing = closings.get(index, "")
            number = next((n for n, c in free.items() if c.opening == piece and bool(c.closing) == bool(closing)), 0)
            if number:
                del free[number]
            else:
                number, following = following, following + 1
            codes[number] = Code(piece, closing)
            if kind == "open":
                stack.append(number)
                text.append(f"⟦{number}⟧")
            else:
                text.append(f"⟦{number}/⟧")
    return "".join(text), codes


def _closings(items: list[tuple[str, str]]) -> dict[int, str]:
    """The end tag's raw form by the index of its start tag."""
    out: dict[int, str] = {}
    stack: list[int] = []
    for index, (kind, piece) in enumerate(items):
        if kind == "open":
            stack.append(index)
        elif kind == "close":
            out[stack.pop()] = piece
    return out


def to_markup(text: str, codes: Codes, style: Style, raw: str, other: str, place: str) -> str:
    """Text with tokens as raw content. Raises FormatError for an unknown, repeated or unbalanced token.

    A token may be left out: a general XML file does not say which elements must stay.
    """
    out: list[str] = []
    plain: list[str] = []
    stack: list[int] = []
    used: set[int] = set()

    def flush() -> None:
        out.append(style.content("".join(plain), raw, other))
        plain.clear()

    last = 0
    for match in _TOKEN.finditer(text):
        plain.append(text[last : match.start()])
        last = match.end()
        if match.group() == _OPEN * 2:
            plain.append(_OPEN)
            continue
        flush()
        out.append(_markup_of(match, codes, stack, used, place))
    plain.append(text[last:])
    flush()
    if stack:
        raise FormatError("the token ⟦%(token)s⟧ is not closed", place, token=stack[-1])
    return "".join(out)


def _markup_of(match: re.Match[str], codes: Codes, stack: list[int], used: set[int], place: str) -> str:
    if match[2] is None:
        raise FormatError("⟦ starts no known token; a literal ⟦ is written ⟦⟦", place)
    number, token = int(match[2]), match.group()
    code = codes.get(number)
    alone = bool(match[3])
    if code is None or alone == bool(code.closing) or (match[1] and alone):
        raise FormatError("there is no token %(token)s in this segment", place, token=token)
    if match[1]:
        if not stack or stack.pop() != number:
            raise FormatError("the token %(token)s closes nothing here", place, token=token)
        return code.closing
    if number in used:
        raise FormatError("the token %(token)s stands twice", place, token=token)
    used.add(number)
    if not alone:
        stack.append(number)
    return code.opening


def has_tokens(text: str) -> bool:
    """Whether a text holds any token, known or not."""
    return any(match.group() != _OPEN * 2 for match in _TOKEN.finditer(text))


def plain_text(text: str, place: str) -> str:
    """Text of a value without codes: doubled brackets single again. Raises FormatError for a token."""
    if _OPEN not in text:
        return text
    for match in _TOKEN.finditer(text):
        if match.group() != _OPEN * 2:
            raise FormatError(
                "there is no token %(token)s in this segment; a literal ⟦ is written ⟦⟦", place, token=match.group()
            )
    return text.replace(_OPEN * 2, _OPEN)
