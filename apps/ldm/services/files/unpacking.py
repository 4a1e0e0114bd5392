"""Zip archives as people send them: their members with readable names, each within limits."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from apps.ldm.formats import FormatError, extensions
from locanext_project.errors import TooLarge

MAX_MEMBERS = 2000
MAX_RATIO = 100
RATIO_COUNTS_FROM = 10 * 1024 * 1024
"""Bytes unpacked below which a member may be packed as well as it likes."""
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
# What the library raises for archives that are damaged or use what it does not know.
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, ValueError, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its bytes, or why it cannot be had."""

    path: str
    data: bytes = b""
    problem: str = ""


def members(path: str, data: bytes) -> Iterator[Member]:
    """The files of a zip that may be imported, in its order, with their paths as they are written there.

    A member that is damaged, encrypted or a zip itself comes with its problem. Raises FormatError
    for what is no zip at all, and TooLarge for one beyond the limits, before anything is unpacked.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN:
        raise FormatError("this is not a zip archive, or it is damaged", path) from None
    with archive:
        listed = [one for one in archive.infolist() if not one.is_dir() and not _is_litter(one.filename)]
        _check_limits(path, listed)
        known = 0
        for one in listed:
            name = readable_name(one)
            if name.lower().endswith(".zip"):
                known += 1
                yield Member(name, problem=_("A zip inside a zip is not unpacked. Send it by itself."))
            elif name.lower().endswith(tuple(extensions())):
                known += 1
                yield _read(archive, one, name)
        if not known:
            raise FormatError(
                "there is nothing in it that can be read: %(choices)s", path, choices=", ".join(extensions())
            )


def _read(archive: zipfile.ZipFile, one: zipfile.ZipInfo, name: str) -> Member:
    if one.flag_bits & _ENCRYPTED:
        return Member(name, problem=_("This file is protected by a password. Pack it without one."))
    try:
        return Member(name, archive.read(one))
    except BROKEN:
        return Member(name, problem=_("This file is damaged and cannot be unpacked."))


def readable_name(one: zipfile.ZipInfo) -> str:
    """A member's name: where it is not marked as UTF-8, archivers write it in the encoding of their system."""
    if one.flag_bits & _UTF8_NAME or one.filename.isascii():
        return one.filename
    try:
        raw = one.filename.encode("cp437")
    except UnicodeEncodeError:
        return one.filename
    # EUC-KR and not its extension: that one would take Western names for Korean ones.
    for encoding in ("utf-8", "euc-kr"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return one.filename


def _is_litter(name: str) -> bool:
    """What archivers and systems leave behind."""
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini") or parts[-1].startswith("._")


def _check_limits(path: str, listed: Sequence[zipfile.ZipInfo]) -> None:
    if len(listed) > MAX_MEMBERS:
        raise TooLarge(
            _("%(path)s holds %(count)s files. At most %(most)s are unpacked.")
            % {"path": path, "count": f"{len(listed):,}", "most": f"{MAX_MEMBERS:,}"}
        )
    if sum(one.file_size for one in listed) > settings.UPLOAD_MAX_MB * 1024 * 1024:
        raise TooLarge(_("%(path)s unpacks to more than %(most)s MB.") % {"path": path, "most": settings.UPLOAD_MAX_MB})
    for one in listed:
        if one.file_size > RATIO_COUNTS_FROM and one.file_size > MAX_RATIO * max(one.compress_size, 1):
            raise TooLarge(
                _("%(path)s: %(name)s unpacks to more than %(most)s times its size.")
                % {"path": path, "name": readable_name(one), "most": MAX_RATIO}
            )
