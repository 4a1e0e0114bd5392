"""Readers that begin with nothing, in a data folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.tm.indexes import reader
from apps.tm.services import indexes


@pytest.fixture(autouse=True)
def _fresh_readers(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    reader.forget()
    indexes.forget()
    yield
    reader.forget()
    indexes.forget()
