"""XML read as a stream: one pass of expat over pieces, in any encoding, without entities or endless depth."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from . import encodings
from .base import FormatError
from .sentences import Sentence

MAX_DEPTH = 200
_PIECE = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]+)["']""")
_WIDE = (b"<\0", b"\0<", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE[:2])
_NAMES = {"windows-949": "cp949", "x-windows-949": "cp949", "x-sjis": "shift_jis", "x-euc-kr": "cp949"}


class Stream:
    """A pass over one XML file. Set the handlers of `parser`, then iterate `pieces()`.

    A start handler must call `down`, an end handler `up` for elements that may nest freely.
    """

    def __init__(self, data: bytes | bytearray | memoryview) -> None:
        view = memoryview(data).cast("B")
        if not len(view):
            raise FormatError("The file is empty")
        self.encoding, self._pieces = _utf8_pieces(view)
        self.guessed = self.encoding != "utf-8" and not (_declared(view) or bytes(view[:2]) in _WIDE)
        """No encoding is declared and the file is not UTF-8."""
        # The name given here overrides the declaration: the pieces are UTF-8 whatever that says.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.buffer_size = 1 << 16
        self.parser.EntityDeclHandler = self._entity
        self.parser.SkippedEntityHandler = self._skipped
        self.depth = 0
        self._texts: list[str] = []
        self._append = self._texts.append

    def pieces(self) -> Iterator[None]:
        """Parse piece by piece. Raises FormatError naming the line and column."""
        parse = self.parser.Parse
        try:
            for piece in self._pieces:
                parse(piece, False)
                yield
            parse(b"", True)
        except expat.ExpatError as error:
            raise self._explained(error) from None
        yield

    def place(self) -> str:
        """Line and column where the parser is, both from 1."""
        return f"line {self.parser.CurrentLineNumber}, column {self.parser.CurrentColumnNumber + 1}"

    def down(self) -> None:
        """One element deeper. Raises FormatError beyond the limit."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormatError("elements are nested deeper than %(most)s", self.place(), most=MAX_DEPTH)

    def up(self) -> None:
        """One element less deep."""
        self.depth -= 1

    def listen(self) -> None:
        """Collect character data until `heard` is called. An undefined entity stays as it is written."""
        self.parser.CharacterDataHandler = self._append

    def heard(self) -> str:
        """The character data since `listen`."""
        self.parser.CharacterDataHandler = None
        pieces = self._texts
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        return text

    def _skipped(self, name: str, parameter: int) -> None:
        if not parameter and self.parser.CharacterDataHandler is not None:
            self._texts.append(f"&{name};")

    def _entity(self, name: str, parameter: int, value: str | None, *_: object) -> None:
        if value is not None:
            if parameter:
                raise FormatError("the declaration of parameter entity %(name)r is refused", self.place(), name=name)
            raise FormatError("the declaration of entity %(name)r is refused", self.place(), name=name)

    def _explained(self, error: expat.ExpatError) -> FormatError:
        message = Sentence(expat.ErrorString(error.code) or "malformed")
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]:
            message = Sentence("a character or a bare & or < that XML does not allow here")
        return FormatError(
            "malformed XML: %(message)s", f"line {error.lineno}, column {error.offset + 1}", message=message
        )


def _utf8_pieces(view: memoryview) -> tuple[str, Iterator[bytes | memoryview]]:
    """The file's encoding and its content as UTF-8. Raises FormatError naming the encoding and the byte."""
    head = bytes(view[:512])
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, _raw(view) if name == "utf-8" else _converted(view[len(mark) :], name, len(mark))
    if head[:2] in _WIDE[:2]:
        name = "utf-16-le" if head[:1] == b"<" else "utf-16-be"
        return name, _converted(view, name, 0)
    declared = _declared(view)
    name = _codec(declared) if declared else ""
    if name and name != "utf-8" and not name.startswith("utf-16"):
        return name, _converted(view, name, 0)
    if name == "utf-8" or _is_utf8(view):
        return "utf-8", _raw(view)
    decoded = encodings.decode(bytes(view))
    return decoded.encoding, iter((decoded.text.encode("utf-8"),))


def _declared(view: memoryview) -> str:
    found = _DECLARED.match(bytes(view[:512]))
    return found[1].decode("ascii", "replace").strip() if found else ""


def _codec(declared: str) -> str:
    """Python's name of a declared encoding; a larger relative of one that files declare for it."""
    try:
        info = codecs.lookup(_NAMES.get(declared.lower(), declared))
    except (LookupError, ValueError):
        raise FormatError("unknown encoding %(declared)r", "line 1", declared=declared) from None
    if not getattr(info, "_is_text_encoding", True) or info.name.startswith(
        ("idna", "puny", "unicode", "raw", "utf-7")
    ):
        raise FormatError("%(declared)r is not an encoding of text files", "line 1", declared=declared)
    name = info.name.removesuffix("-sig")
    return encodings.LARGER.get(name, (name,))[-1]


def _raw(view: memoryview) -> Iterator[memoryview]:
    return (view[start : start + _PIECE] for start in range(0, len(view), _PIECE))


def _converted(view: memoryview, name: str, offset: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)()
    decode: Callable[[bytes, bool], str] = decoder.decode
    for start in range(0, len(view) + 1, _PIECE):
        piece = bytes(view[start : start + _PIECE])
        pending = len(decoder.getstate()[0])
        try:
            yield decode(piece, start + _PIECE >= len(view) + 1).encode("utf-8")
        except UnicodeError as error:
            at = getattr(error, "start", 0)
            raise FormatError("not %(name)s", f"byte {offset + start - pending + at}", name=name) from None


def _is_utf8(view: memoryview) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in _raw(view):
            decoder.decode(bytes(piece))
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True
