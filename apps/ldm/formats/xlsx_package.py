"""The zip container of a workbook: checked on opening, rewritten with untouched members byte for byte.

The standard library's writer would renew dates, flags and compression of every member, so the
container is taken apart and put together here: a member that does not change is copied raw,
from its local header to the next one (with a data descriptor or a gap, if there is one).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .base import FormatError

MAX_MEMBERS = 2_000
MAX_TOTAL_BYTES = 200 * 1024 * 1024
MAX_RATIO = 100
# A member this small cannot hurt, whatever its ratio.
SMALL_MEMBER_BYTES = 4 * 1024 * 1024
# The declared exception to the ratio: sheets and shared strings of honest files repeat themselves
# (status columns, styled empty rows) and may be packed tighter than 1:100, up to this size.
HONEST_SHEET_BYTES = 100 * 1024 * 1024

_EOCD = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTOR_FLAG = 0x0008
_ENCRYPTED_FLAG = 0x0001
_UTF8_FLAG = 0x0800
_ZIP64_MARK = 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(slots=True)
class Member:
    """One file of the container. Offsets and sizes are in bytes of the container."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    central: bytes
    """The member's whole entry in the central directory."""
    data_offset: int = 0
    end: int = 0
    """Where the next member (or the central directory) begins."""


class Packed(NamedTuple):
    """A changed member: local header, data and descriptor; checksum, packed and unpacked size."""

    piece: bytes
    crc: int
    packed: int
    size: int


@dataclass(slots=True)
class Package:
    """An opened container. `members` is in the order of the central directory."""

    data: bytes
    members: list[Member]
    directory_offset: int
    directory_end: int
    by_name: dict[str, Member] = field(default_factory=dict)

    def find(self, name: str) -> Member | None:
        """A member by its part name, with or without a leading slash; letter case is ignored."""
        return self.by_name.get(_normal(name))

    def inflate(self, member: Member) -> bytes:
        """A member's content. Raises FormatError when it is damaged or larger than declared."""
        packed = self.data[member.data_offset : member.data_offset + member.packed]
        if member.method == _STORED:
            content = packed
        else:
            unpacker = zlib.decompressobj(-15)
            try:
                content = unpacker.decompress(packed, member.size + 1)
            except zlib.error as error:
                raise FormatError("damaged compressed data (%(why)s)", member.name, why=str(error)) from None
            if not unpacker.eof and len(content) <= member.size:
                raise FormatError("compressed data ends too early", member.name)
        if len(content) != member.size:
            raise FormatError("the content is not as long as the zip directory says", member.name)
        if zlib.crc32(content) != member.crc:
            raise FormatError("the content does not fit its checksum", member.name)
        return content

    def rewrite(self, changed: Mapping[str, Packed]) -> bytes:
        """The container with the packed members of `changed` (by name), all else raw."""
        pieces: list[bytes] = []
        moved: dict[int, tuple[int, int, int, int]] = {}  # old offset -> new offset, crc, packed, size
        position = 0
        by_offset = sorted(self.members, key=lambda member: member.offset)
        if by_offset and by_offset[0].offset:
            pieces.append(self.data[: by_offset[0].offset])
            position = by_offset[0].offset
        for member in by_offset:
            if member.name in changed:
                new = changed[member.name]
                piece = new.piece
                moved[member.offset] = (position, new.crc, new.packed, new.size)
            else:
                piece = self.data[member.offset : member.end]
                moved[member.offset] = (position, member.crc, member.packed, member.size)
            pieces.append(piece)
            position += len(piece)
        directory_offset = position
        for member in self.members:
            entry = bytearray(member.central)
            offset, crc, packed, size = moved[member.offset]
            struct.pack_into("<3L", entry, 16, crc, packed, size)
            struct.pack_into("<L", entry, 42, offset)
            pieces.append(bytes(entry))
        tail = bytearray(self.data[self.directory_end :])
        end_record = _find_end_record(self.data) or 0
        struct.pack_into("<L", tail, end_record - self.directory_end + 16, directory_offset)
        pieces.append(bytes(tail))
        return b"".join(pieces)

    def pack(self, member: Member, content: bytes | bytearray) -> Packed:
        """A member with new content, its date, flags and extra fields kept."""
        crc = zlib.crc32(content)
        if member.method == _STORED:
            packed = bytes(content)
        else:
            # Level 1: a sheet is written again on every download, and speed counts more than size.
            packer = zlib.compressobj(1, zlib.DEFLATED, -15)
            packed = packer.compress(content) + packer.flush()
        header = bytearray(self.data[member.offset : member.data_offset])
        descriptor = b""
        if member.flags & _DESCRIPTOR_FLAG:
            struct.pack_into("<3L", header, 14, 0, 0, 0)
            descriptor = struct.pack("<4s3L", b"PK\x07\x08", crc, len(packed), len(content))
        else:
            struct.pack_into("<3L", header, 14, crc, len(packed), len(content))
        return Packed(bytes(header) + packed + descriptor, crc, len(packed), len(content))


def open_package(data: bytes, max_total_bytes: int = MAX_TOTAL_BYTES) -> Package:
    """Open a zip container and check it against the limits, before anything is unpacked.

    Raises FormatError for a legacy .xls or encrypted workbook, for zip64, for a damaged or
    overlapping directory and for anything beyond the limits of this module.
    """
    if not data:
        raise FormatError("The file is empty")
    if data.startswith(_OLE_MAGIC):
        raise FormatError("This is an old .xls workbook or one with a password. Save it as .xlsx without a password")
    if not data.startswith(b"PK"):
        raise FormatError("This is not an .xlsx workbook (no zip container)")
    end = _find_end_record(data)
    if end is None:
        raise FormatError("The workbook is damaged or cut off: its zip directory is missing")
    _, disk, directory_disk, here, total, size, offset, _ = _EOCD.unpack_from(data, end)
    if offset == _ZIP64_MARK or total == 0xFFFF or data[max(0, end - 20) : end - 16] == b"PK\x06\x07":
        raise FormatError("zip64 containers are not read. Save the workbook again with Excel or LibreOffice")
    if disk or directory_disk or here != total:
        raise FormatError("zip containers in several parts are not read")
    if offset + size > end:
        raise FormatError("The workbook is damaged: its zip directory does not fit", f"byte {end}")
    if total > MAX_MEMBERS:
        raise FormatError("%(total)s parts in the workbook; at most %(most)s are read", total=total, most=MAX_MEMBERS)
    members = _read_directory(data, offset, offset + size, total)
    _locate(data, members, offset)
    _check_limits(members, max_total_bytes)
    package = Package(data, members, offset, offset + size)
    for member in members:
        if package.by_name.setdefault(_normal(member.name), member) is not member:
            raise FormatError("two parts have the same name", member.name)
    return package


def _normal(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _find_end_record(data: bytes) -> int | None:
    """The offset of the end-of-directory record whose comment ends with the file."""
    at = len(data)
    lowest = max(0, len(data) - _EOCD.size - 0xFFFF)
    while (at := data.rfind(b"PK\x05\x06", lowest, at)) >= 0:
        if at + _EOCD.size <= len(data):
            comment = int.from_bytes(data[at + 20 : at + 22], "little")
            if at + _EOCD.size + comment == len(data):
                return at
    return None


def _read_directory(data: bytes, start: int, end: int, total: int) -> list[Member]:
    members: list[Member] = []
    at = start
    for _ in range(total):
        if at + _CENTRAL.size > end:
            raise FormatError("The workbook is damaged: its zip directory is cut off", f"byte {at}")
        (mark, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment_length,
         _, _, _, offset) = _CENTRAL.unpack_from(data, at)  # fmt: skip
        after = at + _CENTRAL.size + name_length + extra_length + comment_length
        if mark != b"PK\x01\x02" or after > end:
            raise FormatError("The workbook is damaged: its zip directory cannot be read", f"byte {at}")
        raw_name = data[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
        try:
            name = raw_name.decode("utf-8" if flags & _UTF8_FLAG else "cp437")
        except UnicodeDecodeError:
            raise FormatError("a part's name is not UTF-8", f"byte {at}") from None
        if _ZIP64_MARK in (packed, size, offset):
            raise FormatError("zip64 containers are not read. Save the workbook again with Excel or LibreOffice", name)
        if flags & _ENCRYPTED_FLAG:
            raise FormatError("encrypted. Save the workbook without a password", name)
        if method not in (_STORED, _DEFLATED):
            raise FormatError("compression method %(method)s is not read", name, method=method)
        members.append(Member(name, flags, method, crc, packed, size, offset, data[at:after]))
        at = after
    return members


def _locate(data: bytes, members: list[Member], directory_offset: int) -> None:
    """Fill in where each member's data is. Raises FormatError for overlapping members."""
    ordered = sorted(members, key=lambda member: member.offset)
    for member, following in zip(ordered, [*ordered[1:], None], strict=True):
        member.end = following.offset if following else directory_offset
        if member.offset + _LOCAL.size > member.end:
            raise FormatError("The workbook is damaged: parts overlap", member.name)
        mark, *_, name_length, extra_length = _LOCAL.unpack_from(data, member.offset)
        if mark != b"PK\x03\x04":
            raise FormatError("The workbook is damaged: a part's header is missing", member.name)
        member.data_offset = member.offset + _LOCAL.size + name_length + extra_length
        if member.data_offset + member.packed > member.end:
            raise FormatError("The workbook is damaged: parts overlap", member.name)


def _check_limits(members: list[Member], max_total_bytes: int) -> None:
    total = sum(member.size for member in members)
    if total > max_total_bytes:
        raise FormatError(
            "%(total)s bytes when unpacked; at most %(most)s are read", total=f"{total:,}", most=f"{max_total_bytes:,}"
        )
    for member in members:
        if member.size <= SMALL_MEMBER_BYTES or member.size <= member.packed * MAX_RATIO:
            continue
        name = member.name.lower()
        if ("worksheets/" in name or "sharedstrings" in name) and member.size <= HONEST_SHEET_BYTES:
            continue
        raise FormatError(
            "%(size)s bytes packed into %(packed)s: tighter than 1:%(most)s is not read",
            member.name,
            size=f"{member.size:,}",
            packed=f"{member.packed:,}",
            most=MAX_RATIO,
        )
