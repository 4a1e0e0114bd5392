"""The index of a memory as of one revision: a few flat arrays, two fuzzy indexes and three text buffers.

In memory for small memories; for others a folder of files that all processes of the machine map.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from apps.tm.indexes.texts import TextBuffer
from apps.tm.matching import FuzzyIndex, IndexFileError
from apps.tm.matching.words import WordWeights

# Raised whenever what the files hold, or the functions that made it (normalise, masked, words, part hashes,
# fold), change their meaning. `text_hash` is in the database and changes with a migration only.
VERSION = 1

_KIND = "locanext memory index"
_MANIFEST = "manifest.json"
_SMALLEST_MAPPED = 4096
FIELDS = ("source", "target", "key")
_INT64 = ("hashes", "mask_hashes", "mask_starts", "word_hashes", "part_hashes", "part_entries", "ids")
_INT32 = ("entries_of", "mask_of", "mask_members", "word_counts", "places", "by_id")
_TYPES = dict.fromkeys(_INT64, np.dtype(np.int64)) | dict.fromkeys(_INT32, np.dtype(np.int32))
_TYPES |= {f"{field}_starts": np.dtype(np.int64) for field in FIELDS}


@dataclass(frozen=True, slots=True)
class Identity:
    """Which memory an index is of: ids come again where a database was restored or replaced."""

    memory_id: int
    created: str
    """When the memory was made, in ISO form with microseconds."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """Sources are numbered by rising hash, entries by (revision, id) at the time of building.

    Of sources: `hashes` (n,) rising; `entries_of` (n,) how many entries have it; `mask_of` (n,) the number
    of its mask, -1 without. Of masks: `mask_hashes` (m,) rising; the sources of mask k are
    `mask_members[mask_starts[k]:mask_starts[k + 1]]`. Of words: see `WordWeights`. Of parts of entries:
    `part_hashes` (k,) rising, with `part_entries` (k,) ids. Of entries: `ids` (e,), `places` (e,) the number
    of the source, `by_id` (e,) entries in the order of their ids.
    """

    hashes: NDArray[np.int64]
    entries_of: NDArray[np.int32]
    mask_of: NDArray[np.int32]
    mask_hashes: NDArray[np.int64]
    mask_starts: NDArray[np.int64]
    mask_members: NDArray[np.int32]
    word_hashes: NDArray[np.int64]
    word_counts: NDArray[np.int32]
    part_hashes: NDArray[np.int64]
    part_entries: NDArray[np.int64]
    ids: NDArray[np.int64]
    places: NDArray[np.int32]
    by_id: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Base:
    """`revision`: what the memory had before its entries were read. `witnesses`: some of the entries changed
    last, with the time of their change: tell a database that was restored from the one that was indexed."""

    identity: Identity
    revision: int
    witnesses: list[tuple[int, str]]
    arrays: Arrays
    plain: FuzzyIndex
    """Normalised sources by number."""
    masked: FuzzyIndex
    """Masks by number."""
    texts: dict[str, TextBuffer]
    """By field, in the order of `Arrays.ids`."""

    @property
    def entries(self) -> int:
        return len(self.arrays.ids)

    def weights(self) -> WordWeights:
        """The words of all sources."""
        return WordWeights(self.arrays.word_hashes, self.arrays.word_counts, len(self.arrays.hashes))

    def number(self, source_hash: int) -> int:
        """The number of a source, -1 where it is not in the base."""
        return _place(self.arrays.hashes, source_hash)

    def mask_number(self, mask_hash: int) -> int:
        """The number of a mask, -1 where it is not in the base."""
        return _place(self.arrays.mask_hashes, mask_hash)

    def entry(self, entry_id: int) -> int:
        """The place of an entry in `Arrays.ids`, -1 where it is not in the base."""
        arrays = self.arrays
        at = int(np.searchsorted(arrays.ids, entry_id, sorter=arrays.by_id))
        if at == len(arrays.ids):
            return -1
        place = int(arrays.by_id[at])
        return place if arrays.ids[place] == entry_id else -1

    def nbytes(self) -> dict[str, int]:
        """Bytes by part."""
        flat = sum(getattr(self.arrays, name).nbytes for name in Arrays.__slots__)
        texts = sum(len(buffer.data) + buffer.starts.nbytes for buffer in self.texts.values())
        return {"fuzzy": self.plain.nbytes, "masked": self.masked.nbytes, "arrays": flat, "texts": texts}


def _place(rising: NDArray[np.int64], wanted: int) -> int:
    at = int(np.searchsorted(rising, wanted))
    return at if at < len(rising) and rising[at] == wanted else -1


# ---- files ----
def write(base: Base, folder: Path) -> None:
    """Write everything but the texts, which `text_file` took, and the manifest last. Raises OSError, IndexFileError."""
    arrays = {name: getattr(base.arrays, name) for name in Arrays.__slots__}
    arrays |= {f"{field}_starts": base.texts[field].starts for field in FIELDS}
    for name, array in arrays.items():
        with (folder / f"{name}.npy").open("xb") as file:
            np.save(file, array, allow_pickle=False)
            _flush(file)
    base.plain.save(folder / "plain")
    base.masked.save(folder / "masked")
    files = [f"{name}.npy" for name in arrays] + [f"{field}.text" for field in FIELDS]
    manifest = {
        "kind": _KIND,
        "version": VERSION,
        "memory": base.identity.memory_id,
        "created": base.identity.created,
        "revision": base.revision,
        "witnesses": base.witnesses,
        "entries": base.entries,
        "bytes": {name: (folder / name).stat().st_size for name in files},
    }
    with (folder / _MANIFEST).open("x", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        _flush(file)


def text_file(folder: Path, field: str) -> IO[bytes]:
    """The file that takes the texts of a field while they are read."""
    return (folder / f"{field}.text").open("xb", buffering=1 << 20)


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def peek(folder: Path) -> tuple[Identity, int, int] | None:
    """(whose it is, revision, entries) of a written index, from its manifest alone; None where it cannot be used."""
    try:
        manifest = _manifest(folder)
        return _identity(manifest), int(manifest["revision"]), int(manifest["entries"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    if manifest["kind"] != _KIND or manifest["version"] != VERSION:
        raise ValueError(f"it is {manifest.get('kind')!r}, version {manifest.get('version')!r}")
    return manifest


def _identity(manifest: dict[str, Any]) -> Identity:
    return Identity(int(manifest["memory"]), str(manifest["created"]))


def read(folder: Path) -> Base:
    """Open a written index, mapped. Raises IndexFileError where it is incomplete, damaged or another version's."""
    try:
        manifest = _manifest(folder)
        for name, size in manifest["bytes"].items():
            found = (folder / name).stat().st_size
            if found != size:
                raise ValueError(f"{name} has {found} bytes, the manifest says {size}")
        loaded = {name: _map(folder / f"{name}.npy", dtype) for name, dtype in _TYPES.items()}
        texts = {field: TextBuffer(_text(folder / f"{field}.text"), loaded.pop(f"{field}_starts")) for field in FIELDS}
        base = Base(
            _identity(manifest),
            int(manifest["revision"]),
            [(int(pk), str(at)) for pk, at in manifest["witnesses"]],
            Arrays(**loaded),
            FuzzyIndex.open(folder / "plain"),
            FuzzyIndex.open(folder / "masked"),
            texts,
        )
        _check(base, int(manifest["entries"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexFileError(f"The index in {folder} cannot be used: {error}") from error
    return base


def _map(path: Path, dtype: np.dtype[Any]) -> Any:
    # An array of nothing cannot be mapped; its file is little more than a header.
    mapped = path.stat().st_size > _SMALLEST_MAPPED
    array = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    if array.dtype != dtype or array.ndim != 1:
        raise ValueError(f"{path.name} holds {array.dtype} {array.shape}")
    # Without the subclass, whose every slice is a Python object of some weight.
    return np.asarray(array)


def _text(path: Path) -> bytes | mmap.mmap:
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return b""  # nothing cannot be mapped
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with contextlib.suppress(AttributeError, OSError):  # where the system takes no advice
        data.madvise(mmap.MADV_SEQUENTIAL)
    return data


def _check(base: Base, entries: int) -> None:
    """Raise ValueError unless every number lies within the arrays that it points into."""
    a = base.arrays
    sources, masks = len(a.hashes), len(a.mask_hashes)
    if not len(a.ids) == len(a.places) == len(a.by_id) == entries:
        raise ValueError("the counts of entries differ")
    if not (len(a.entries_of) == len(a.mask_of) == sources and len(a.mask_starts) == masks + 1):
        raise ValueError("the counts of sources differ")
    if len(a.word_hashes) != len(a.word_counts) or len(a.part_hashes) != len(a.part_entries):
        raise ValueError("the counts of words or parts differ")
    if a.mask_starts[0] != 0 or a.mask_starts[-1] != len(a.mask_members) or (np.diff(a.mask_starts) < 0).any():
        raise ValueError("the members of the masks do not add up")
    for array, most in ((a.places, sources), (a.by_id, entries), (a.mask_members, sources), (a.mask_of, masks)):
        if len(array) and not -1 <= int(array.min()) <= int(array.max()) < most:
            raise ValueError("a number is beyond the last")
    if len(base.plain) != sources or len(base.masked) != masks:
        raise ValueError("the fuzzy indexes are of other sources")
    for field, buffer in base.texts.items():
        starts = buffer.starts
        if len(starts) != entries + 1 or starts[0] != 0 or starts[-1] != len(buffer.data):
            raise ValueError(f"the texts of {field} do not add up")
