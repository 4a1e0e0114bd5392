"""Index files: a manifest and a folder of numpy arrays, replaced as a whole and mapped into memory.

`FOLDER/manifest.json` names the folder of arrays that counts, `FOLDER/<generation>/*.npy`. A generation is
written beside the others, renamed when complete, and becomes the index by replacing the manifest, one
file, which every system does atomically. Arrays that are still mapped by a process elsewhere stay usable;
where the system refuses to delete them (Windows), the next save does.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.tm.matching.segment import FIRST_CODE, FIRST_ROW, FIRST_WORD, LENGTH, ROWS, Segment, layout
from apps.tm.matching.signatures import signature_words

# Raised whenever the arrays, or the bits that a text sets, change their meaning.
VERSION = 1

_KIND = "locanext fuzzy index"
_MANIFEST = "manifest.json"
_TYPES = {"codes": ("uint16", "uint32"), "words": ("uint64",), "ids": ("int32",), "groups": ("int64",)}
_ARRAYS = (*_TYPES, "alive")
_PARTIAL = ".partial"
_ABANDONED = 3600  # seconds after which an unfinished generation is taken for one whose writer died
_ATTEMPTS = 5


class IndexFileError(Exception):
    """The folder holds no index that this version can use, or one cannot be written; the message says why."""


def write(folder: Path, segment: Segment, alive: NDArray[np.bool_]) -> None:
    """Write a segment as the index of `folder`, which is made where it is missing. Raises IndexFileError."""
    arrays = {name: getattr(segment, name) for name in _TYPES} | {"alive": np.packbits(alive)}
    generation = secrets.token_hex(8)
    partial = folder / (generation + _PARTIAL)
    manifest = {
        "kind": _KIND,
        "version": VERSION,
        "generation": generation,
        "numbers": len(alive),
        "entries": len(segment),
        "alphabet": segment.alphabet,
        "arrays": {name: {"dtype": array.dtype.name, "shape": array.shape} for name, array in arrays.items()},
    }
    try:
        partial.mkdir(parents=True)
        for name, array in arrays.items():
            with (partial / f"{name}.npy").open("xb") as file:
                np.save(file, array, allow_pickle=False)
                _flush(file)
        manifest["bytes"] = {name: (partial / f"{name}.npy").stat().st_size for name in arrays}
        with (partial / _MANIFEST).open("x", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1)
            _flush(file)
        # Chosen before the replacement: what another writer makes current after it must not be among them.
        old = _superseded(folder)
        partial.rename(folder / generation)
        os.replace(folder / generation / _MANIFEST, folder / _MANIFEST)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise IndexFileError(f"The index could not be written to {folder}: {error}") from error
    for path in old:
        shutil.rmtree(path, ignore_errors=True)


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _superseded(folder: Path) -> list[Path]:
    """The generations that were or are current, and what writers that died left behind."""
    found = []
    for path in folder.iterdir():
        try:
            if not path.is_dir():
                continue
            # A partial folder, or one that still has its manifest, belongs to a writer who is not done.
            unfinished = path.suffix == _PARTIAL or (path / _MANIFEST).exists()
            if not unfinished or time.time() - path.stat().st_mtime > _ABANDONED:
                found.append(path)
        except OSError:  # another process deleted it
            continue
    return found


def read(folder: Path) -> tuple[list[Segment], NDArray[np.bool_]]:
    """The segment of a saved index, mapped, and which numbers have an entry. Raises IndexFileError."""
    for attempt in range(_ATTEMPTS):
        manifest = _manifest(folder)
        try:
            return _read(folder / manifest["generation"], manifest)
        except FileNotFoundError as error:
            # Replaced between reading the manifest and opening the arrays: the new manifest names others.
            if attempt == _ATTEMPTS - 1 or _manifest(folder)["generation"] == manifest["generation"]:
                raise IndexFileError(f"The index in {folder} is incomplete: {error.filename} is missing.") from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexFileError(f"The index in {folder} is damaged: {error}") from error
    raise IndexFileError(f"The index in {folder} is replaced faster than it can be opened.")


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise IndexFileError(f"{folder} holds no index: it has no manifest.") from error
    except (OSError, ValueError) as error:
        raise IndexFileError(f"The manifest of the index in {folder} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("kind") != _KIND:
        raise IndexFileError(f"The manifest in {folder} is not that of a fuzzy index.")
    if manifest.get("version") != VERSION:
        raise IndexFileError(
            f"The index in {folder} has version {manifest.get('version')}; this program reads version {VERSION}."
        )
    generation = manifest.get("generation")
    if not isinstance(generation, str) or not generation.isalnum():
        raise IndexFileError(f"The manifest in {folder} names no folder of arrays.")
    return manifest


def _read(folder: Path, manifest: dict[str, Any]) -> tuple[list[Segment], NDArray[np.bool_]]:
    arrays = {name: _map(folder / f"{name}.npy", name, manifest) for name in _ARRAYS}
    numbers = int(manifest["numbers"])
    if arrays["alive"].dtype != np.uint8 or len(arrays["alive"]) != (numbers + 7) // 8:
        raise ValueError("the bitmap of entries does not have the size that the manifest says")
    alive = np.unpackbits(arrays.pop("alive"), count=numbers).astype(np.bool_)
    segment = Segment(**arrays, alphabet=int(manifest["alphabet"]))
    _check(segment, alive, int(manifest["entries"]))
    return [segment], alive


def _map(path: Path, name: str, manifest: dict[str, Any]) -> NDArray[Any]:
    size = path.stat().st_size
    if size != manifest["bytes"][name]:
        raise ValueError(f"{path.name} has {size} bytes, the manifest says {manifest['bytes'][name]}")
    described = manifest["arrays"][name]
    # Copy on write: nothing is ever written, but the compiled scan has one form for all writable arrays.
    # A file of no elements cannot be mapped.
    empty = 0 in described["shape"] or name == "alive"
    array = np.load(path, mmap_mode=None if empty else "c", allow_pickle=False)
    if array.dtype.name != described["dtype"] or list(array.shape) != described["shape"]:
        raise ValueError(f"{path.name} holds {array.dtype.name} {array.shape}, the manifest says {described}")
    if name in _TYPES and array.dtype.name not in _TYPES[name]:
        raise ValueError(f"{path.name} holds {array.dtype.name}")
    return np.asarray(array)


def _check(segment: Segment, alive: NDArray[np.bool_], entries: int) -> None:
    """Raise ValueError unless every offset and number lies within the arrays: the scan trusts them."""
    groups, ids = segment.groups, segment.ids
    if groups.ndim != 2 or groups.shape[1] != 5 or (groups[:, (LENGTH, ROWS)] < [0, 1]).any():
        raise ValueError("the table of lengths is not one")
    rows, lengths = groups[:, ROWS], groups[:, LENGTH]
    if (np.diff(lengths) <= 0).any() or not 0 <= segment.alphabet <= 0x110000:
        raise ValueError("the table of lengths is not in order")
    if int(rows.sum()) != len(ids) or len(ids) != entries or len(ids) > len(alive):
        raise ValueError("the counts of entries differ")
    if len(groups):
        if not (groups == layout(np.repeat(lengths, rows))).all():
            raise ValueError("the table of lengths does not add up")
        last = groups[-1]
        ends = (
            last[FIRST_CODE] + last[ROWS] * last[LENGTH],
            last[FIRST_WORD] + last[ROWS] * signature_words(last[LENGTH]),
        )
        if ends != (len(segment.codes), len(segment.words)) or last[FIRST_ROW] + last[ROWS] != len(ids):
            raise ValueError("the arrays do not have the sizes that the table of lengths needs")
        if ids.min() < 0 or ids.max() >= len(alive):
            raise ValueError("an entry has a number beyond the last")
    elif len(segment.codes) or len(segment.words):
        raise ValueError("there are texts without a length")
