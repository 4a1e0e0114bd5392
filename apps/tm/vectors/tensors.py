"""Tensors of a safetensors file, mapped into memory: a JSON header that says where each one lies."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
}  # fmt: skip
_LARGEST_HEADER = 100_000_000


class TensorFileError(Exception):
    """A file that is no safetensors file, or is cut short; the message says why."""


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Every tensor of a file by name; BF16 becomes float32, other types stay. Raises OSError, TensorFileError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(size - 8, _LARGEST_HEADER):
            raise TensorFileError(f"{path.name} has no header.")
        try:
            header = json.loads(file.read(length))
        except ValueError as error:
            raise TensorFileError(f"The header of {path.name} cannot be read.") from error
    if not isinstance(header, dict):
        raise TensorFileError(f"The header of {path.name} is not one.")
    data = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length) if size > 8 + length else np.empty(0, np.uint8)
    return {name: _tensor(path, name, entry, data) for name, entry in header.items() if name != "__metadata__"}


def _tensor(path: Path, name: str, entry: Any, data: NDArray[np.uint8]) -> NDArray[Any]:
    try:
        shape = [int(number) for number in entry["shape"]]
        start, end = (int(number) for number in entry["data_offsets"])
        kind = str(entry["dtype"])
    except (KeyError, TypeError, ValueError) as error:
        raise TensorFileError(f"{path.name} does not say what {name} is.") from error
    halved = kind == "BF16"
    if not halved and kind not in _TYPES:
        raise TensorFileError(f"{path.name} holds {name} as {kind}, which cannot be read.")
    dtype = np.dtype("<u2" if halved else _TYPES[kind])
    if min([0, *shape]) < 0 or not 0 <= start <= end <= len(data) or end - start != math.prod(shape) * dtype.itemsize:
        raise TensorFileError(f"{path.name} is cut short, or says the wrong place of {name}.")
    values = np.frombuffer(data[start:end], dtype=dtype) if end > start else np.empty(0, dtype)
    if halved:
        # The upper half of a float32.
        values = (values.astype(np.uint32) << np.uint32(16)).view(np.float32)
    return values.reshape(shape)
