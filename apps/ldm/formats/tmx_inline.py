"""The content of a TMX `seg` as text with tokens: every code is one token, `hi` is a pair around text.

`bpt` and `ept` of one number are a pair where they nest with the others; codes that overlap stand
alone. What is inside `bpt`, `ept`, `it`, `ph` and `ut` (with any `sub`) is the code, not text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .base import FormatError
from .sentences import Sentence
from .xml_inline import Code, Codes
from .xml_scan import ATTRIBUTE, TOKEN
from .xml_text import unescape

CODES = frozenset((b"bpt", b"ept", b"it", b"ph", b"ut", b"sub"))
_OPEN = "⟦"
_CDATA = b"<![CDATA["


@dataclass(slots=True)
class _Piece:
    """A run of text, or a code with its raw markup. `partner` is the closing half's index in the list."""

    kind: str
    """text, open (of `hi` and the like), close, bpt, ept or alone."""
    raw: str
    name: str = ""
    number: str = ""
    mark: str = ""
    """What a code of the translation has in common with the source's: name, `x` or `i`, and inside."""
    partner: int = -1


def unbalanced(raw: bytes) -> tuple[int, Sentence] | None:
    """The offset of the first `bpt` or `ept` without its other half and what is wrong, None if all are right."""
    if b"<bpt" not in raw and b"<ept" not in raw:
        return None
    opened: dict[str, int] = {}
    for match in TOKEN.finditer(raw):
        if match.lastindex is None or match[1] or match[2] not in (b"bpt", b"ept"):
            continue
        number = _attributes(match[3]).get("i", "")
        if match[2] == b"bpt":
            if number in opened:
                return match.start(), Sentence('<bpt i="%(number)s"> is opened twice', number=number)
            opened[number] = match.start()
        elif opened.pop(number, None) is None:
            return match.start(), Sentence('<ept i="%(number)s"> closes no <bpt>', number=number)
    for number, at in opened.items():
        return at, Sentence('<bpt i="%(number)s"> is never closed by an <ept>', number=number)
    return None


def render(raw: bytes, known: Codes, place: str) -> tuple[str, dict[int, Code]]:
    """Text with tokens, and its codes by number; the same code takes the number it has in `known`.

    Raises FormatError for elements that close in the wrong order inside a code.
    """
    if b"<" not in raw:
        return unescape(raw.decode()).replace(_OPEN, _OPEN * 2), {}
    pieces = _pieces(raw, place)
    _pair(pieces)
    free = {number: _mark(code) for number, code in known.items()}
    following = max(free, default=0) + 1
    text: list[str] = []
    codes: dict[int, Code] = {}
    closing: dict[int, int] = {}
    for index, piece in enumerate(pieces):
        if piece.kind == "text":
            text.append(piece.raw.replace(_OPEN, _OPEN * 2))
        elif index in closing:
            text.append(f"⟦/{closing[index]}⟧")
        else:
            pair = piece.partner >= 0
            wanted = (piece.mark, pair)
            number = next((n for n, mark in free.items() if mark == wanted), 0)
            if number:
                del free[number]
            else:
                number, following = following, following + 1
            codes[number] = Code(piece.raw, pieces[piece.partner].raw if pair else "")
            if pair:
                closing[piece.partner] = number
            text.append(f"⟦{number}⟧" if pair else f"⟦{number}/⟧")
    return "".join(text), codes


def _pieces(raw: bytes, place: str) -> list[_Piece]:
    out: list[_Piece] = []
    last, start, depth = 0, 0, 0
    inside = b""
    for match in TOKEN.finditer(raw):
        whole = match.group()
        if depth:
            if match.lastindex is not None and match[2] == inside and not whole.endswith(b"/>"):
                depth += -1 if match[1] else 1
            if not depth:
                last = match.end()
                out.append(_code(raw[start:last]))
            continue
        if match.start() > last:
            out.append(_Piece("text", unescape(raw[last : match.start()].decode())))
        last = match.end()
        if match.lastindex is None:
            cdata = whole.startswith(_CDATA)
            out.append(
                _Piece("text", whole[9:-3].decode()) if cdata else _Piece("alone", whole.decode(), mark=whole.decode())
            )
        elif match[1]:
            out.append(_Piece("close", whole.decode()))
        elif whole.endswith(b"/>"):
            out.append(_code(whole))
        elif match[2] in CODES:
            start, depth, inside = match.start(), 1, match[2]
        else:
            out.append(_code(whole, "open"))
    if last < len(raw) and not depth:
        out.append(_Piece("text", unescape(raw[last:].decode())))
    if depth:
        raise FormatError("<%(name)s> is not closed", place, name=inside.decode())
    return out


def _code(raw: bytes, kind: str = "") -> _Piece:
    match = TOKEN.match(raw)
    name, inner = (match[2].decode(), match[3]) if match and match[2] else ("", b"")
    kind = kind or (name if name in ("bpt", "ept") else "alone")
    return _Piece(kind, raw.decode(), name, _attributes(inner).get("i", ""), _mark_of(raw))


def _mark(code: Code) -> tuple[str, bool]:
    return _mark_of(code.opening.encode()), bool(code.closing)


def _mark_of(raw: bytes) -> str:
    """Attributes may come in any order and quotes: only the number and the inside tell one code from another."""
    match = TOKEN.match(raw)
    if match is None or match.lastindex is None:
        return raw.decode()
    found = _attributes(match[3])
    number = found.get("x") or found.get("i", "")
    inside = raw[match.end() :].rpartition(b"</")[0]
    extra = "" if number else "".join(f" {n}={v}" for n, v in sorted(found.items()))
    return f"{match[2].decode()} {number} {inside.decode()}{extra}"


def _attributes(raw: bytes) -> Mapping[str, str]:
    return {name.decode(): unescape(value[1:-1].decode()) for name, value in ATTRIBUTE.findall(raw)}


def _pair(pieces: list[_Piece]) -> None:
    """Set the partner of every opening half that nests; `hi` always does, in a well-formed file."""
    stack: list[int] = []
    for index, piece in enumerate(pieces):
        if piece.kind in ("open", "bpt"):
            stack.append(index)
        elif piece.kind == "close":
            while stack:
                opener = stack.pop()
                if pieces[opener].kind == "open":
                    pieces[opener].partner = index
                    break
        elif piece.kind == "ept":
            for depth in range(len(stack) - 1, -1, -1):
                half = pieces[stack[depth]]
                if half.kind == "open":
                    break
                if half.number == piece.number:
                    half.partner = index
                    del stack[depth:]
                    break
