"""Strict decoding: the whole file, or an error that names the first offset that fails."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from .base import FormatError

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# cp949 before cp1252: cp1252 accepts almost anything, so it must be the last guess.
# euc-kr is a subset of cp949.
_GUESSES = ("utf-8", "cp949", "cp1252")


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
            return text.encode(self.encoding)
        except UnicodeEncodeError as error:
            character = text[error.start]
            raise FormatError(
                f"{self.encoding} has no {character!r} (U+{ord(character):04X})", place
            ) from None


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
            raise FormatError(f"not {name} although the byte-order mark says so", f"byte {found + len(bom)}")
    if forced or declared:
        name = forced or declared
        try:
            info = codecs.lookup(name.strip())
        except (LookupError, ValueError):
            raise FormatError(f"unknown encoding {name!r}") from None
        # Python also lists transforms (hex, zip) and host-name codecs, which are no files' encodings.
        if not info._is_text_encoding or info.name in ("idna", "punycode", "undefined"):
            raise FormatError(f"{name!r} is not a text encoding")
        name = info.name
        if name == "utf-16":  # declared without a mark: look at the zero bytes
            name = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        found = _try(data, name, b"")
        if isinstance(found, Decoded):
            return found
        raise FormatError(f"not {name}, as {'chosen' if forced else 'declared'}", f"byte {found}")
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
    """A file of mostly zero high bytes is UTF-16 without a mark; text files hold no zero bytes else."""
    head = data[:4096]
    if len(head) < 4 or b"\0" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > even * 4:
        return "utf-16-le"
    if even > odd * 4:
        return "utf-16-be"
    return ""
