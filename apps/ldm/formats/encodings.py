"""Strict decoding: the whole file, or an error that names the first offset that fails."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from .base import FormatError

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# cp949 before cp1252: cp1252 accepts almost anything, so it must be the last guess.
# euc-kr is a subset of cp949.
_GUESSES = ("utf-8", "cp949", "cp1252")
# Declared names that files use for a larger relative; MS tools write euc-kr and mean cp949.
LARGER: dict[str, tuple[str, ...]] = {
    "euc_kr": ("cp949",),
    "shift_jis": ("cp932",),
    "gb2312": ("gbk", "gb18030"),
    "gbk": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "iso8859-1": ("cp1252",),
}
# Python also lists transforms, host-name codecs and escapes, which are no files' encodings. In UTF-7
# a character's bytes depend on its neighbours, so that no edit could keep to its own span.
_UNFIT = {"idna", "punycode", "undefined", "utf-7", "unicode_escape", "raw_unicode_escape", "unicode-escape",
          "raw-unicode-escape", "mbcs", "oem"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text (without its byte-order mark), and how to get the same bytes back."""

    text: str
    encoding: str
    bom: bytes = b""

    def encode(self, text: str) -> bytes:
        """`text` as the file's bytes. Raises FormatError naming the character that does not fit."""
        return self.bom + self.encode_part(text)

    def encode_part(self, text: str, place: str = "") -> bytes:
        """A piece of text in the file's encoding, without a byte-order mark."""
        try:
            encoded = text.encode(self.encoding)
        except UnicodeEncodeError as error:
            at = error.start
        else:
            if self.encoding.startswith("utf-") or encoded.decode(self.encoding, "replace") == text:
                return encoded
            at = next(i for i, character in enumerate(text) if not holds(character, self.encoding))
        raise FormatError(
            "%(encoding)s has no %(character)r (U+%(code)s)",
            place,
            encoding=self.encoding,
            character=text[at],
            code=f"{ord(text[at]):04X}",
        )


def holds(text: str, encoding: str) -> bool:
    """Whether the encoding gives back every character of a text; Shift_JIS writes a yen sign as a backslash."""
    try:
        return encoding.startswith("utf-") or text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False


def decode(data: bytes, declared: str = "", *, forced: str = "") -> Decoded:
    """Decode strictly: byte-order mark, then `forced`, then `declared`, then the usual guesses.

    The text encoded again must give the same bytes, else the next candidate is tried.
    Raises FormatError naming the encoding and the first byte offset that failed.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            found = _try(data[len(bom) :], name, bom)
            if isinstance(found, Decoded):
                return found
            raise FormatError(
                "not %(name)s although the byte-order mark says so", f"byte {found + len(bom)}", name=name
            )
    if forced or declared:
        name = forced or declared
        try:
            info = codecs.lookup(name.strip())
        except (LookupError, ValueError):
            raise FormatError("unknown encoding %(name)r", name=name) from None
        if not info._is_text_encoding or info.name in _UNFIT:
            raise FormatError("%(name)r is not a text encoding", name=name)
        name = info.name.removesuffix("-sig")
        if name == "utf-16":  # declared without a mark: look at the zero bytes
            name = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        found = _try(data, name, b"")
        if isinstance(found, Decoded):
            return found
        if forced:
            raise FormatError("not %(name)s, as chosen", f"byte {found}", name=name)
        raise FormatError("not %(name)s, as declared", f"byte {found}", name=name)
    if wide := _utf16_without_mark(data):
        found = _try(data, wide, b"")
        if isinstance(found, Decoded):
            return found
    first_failure: int | None = None
    for name in _GUESSES:
        found = _try(data, name, b"")
        if isinstance(found, Decoded):
            return found
        if first_failure is None:
            first_failure = found
    raise FormatError("the encoding is none of UTF-8, UTF-16, cp949, cp1252", f"byte {first_failure}")


def _try(data: bytes, name: str, bom: bytes) -> Decoded | int:
    """The decoded text, or the byte offset at which it fails."""
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        return error.start
    again = text.encode(name)
    if again == data:
        return Decoded(text, name, bom)
    return next((i for i, (a, b) in enumerate(zip(again, data, strict=False)) if a != b), min(len(again), len(data)))


def _utf16_without_mark(data: bytes) -> str:
    """UTF-16 without a mark has zero bytes on one side: many, or the file is no UTF-8 either.

    A stray U+0000 in other text does not make it UTF-16.
    """
    head = data[:4096]
    if len(head) < 4 or len(data) % 2 or b"\0" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 5 < len(head) and isinstance(_try(data, "utf-8", b""), Decoded):
        return ""
    if odd > even * 4:
        return "utf-16-le"
    if even > odd * 4:
        return "utf-16-be"
    return ""
