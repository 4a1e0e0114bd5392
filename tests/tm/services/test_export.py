"""What is exported comes back: through our own readers, entry by entry."""

from __future__ import annotations

import io
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm.formats.base import FormatError
from apps.ldm.formats.units import read_units
from apps.tm.models import Entry, Memory
from apps.tm.selectors.entries import EntryFilter
from apps.tm.services.entries import export as exporting
from apps.tm.services.entries.act import act
from apps.tm.services.entries.export import export
from apps.tm.services.entries.load import load
from locanext_project.errors import Invalid
from tests.tm.services.builders import check, live, memory_named
from tests.tm.services.test_load import at, unit

pytestmark = pytest.mark.django_db
ENTRIES = [
    ("Q_1", '등대지기 <b>{0}</b> & "a"', "Keeper\nsecond line"),
    ("Q_1", "another source", "t"),
    ("", "no key", " spaces "),
    ("Q_2", "=1+1", "+2"),
]


def fill(lead: User, memory: Memory) -> list[tuple[str, str, str]]:
    units = [unit(*entry, previous="p" if n else None, next="", speaker="x", note="n", author="Kim", created=at(1),
                  changed=at(2), confirmed=bool(n)) for n, entry in enumerate(ENTRIES)]  # fmt: skip
    load(actor=lead, memory_id=memory.pk, units=units, mode="keep_all")
    return live(memory)


def written(lead: User, memory: Memory, file_format: Any, **more: Any) -> bytes:
    stream = io.BytesIO()
    export(actor=lead, memory_id=memory.pk, stream=stream, file_format=file_format, **more)
    return stream.getvalue()


def test_tmx_brings_everything_back(lead: User, memory: Memory) -> None:
    expected = fill(lead, memory)
    data = written(lead, memory, "tmx")
    twin = memory_named("Twin", lead)
    reader = read_units("a.tmx", data, source_language="ko", target_language="en")
    result = load(actor=lead, memory_id=twin.pk, units=reader, mode="keep_all")
    assert (result.added, result.skipped) == (4, 0)
    assert live(check(twin)) == expected
    fields = ("key", "source", "target", "previous", "next", "speaker", "note", "confirmed", "confirmed_at",
              "created_at", "changed_at", "created_by_name", "changed_by_name", "source_hash", "key_hash")  # fmt: skip
    both = [Entry.objects.filter(memory=one).order_by("pk").values_list(*fields) for one in (memory, twin)]
    assert list(both[0]) == list(both[1])
    again = load(actor=lead, memory_id=memory.pk, units=read_units("a.tmx", data), mode="diff")
    assert (again.unchanged, again.added, again.removed) == (4, 0, 0)
    audit = AuditEntry.objects.get(action="memory_exported")
    assert (audit.detail["count"], audit.detail["format"]) == (4, "tmx")


@pytest.mark.parametrize("file_format", ["xlsx", "tsv"])
def test_tables_bring_texts_and_keys_back(lead: User, memory: Memory, file_format: str) -> None:
    expected = fill(lead, memory)
    data = written(lead, memory, file_format, columns=["key", "source", "target", "confirmed"])
    units = list(read_units(f"a.{file_format}", data, source_language="ko", target_language="en"))
    assert sorted((one.key, one.source, one.target) for one in units) == expected


def test_only_what_matches_is_written_and_what_is_deleted_is_not(
    lead: User, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(lead, memory)
    monkeypatch.setattr(exporting, "_REPORTED", 1)
    act(actor=lead, memory_id=memory.pk, act="delete", ids=[Entry.objects.order_by("pk")[0].pk])
    seen: list[tuple[int, int | None]] = []
    memory.refresh_from_db()
    data = written(lead, memory, "tsv", progress=lambda done, total, step: seen.append((done, total)))
    assert len(data.splitlines()) == 4
    assert seen == [(1, 3), (2, 3), (3, 3)]
    found = written(lead, memory, "tsv", wanted=EntryFilter(search="SOURCE"), columns=["key"])
    assert found.decode().splitlines()[1:] == ["another source\tt\tQ_1"]


def test_refusals(lead: User, memory: Memory) -> None:
    with pytest.raises(Invalid):
        written(lead, memory, "doc")
    with pytest.raises(FormatError):
        written(lead, memory, "tsv", columns=["colour"])
    assert not AuditEntry.objects.exists()


def test_what_the_reader_leaves_out_is_counted(lead: User, memory: Memory) -> None:
    data = "Source\tTarget\n하나\tone\n둘\t\n셋\tthree\n".encode()
    reader = read_units("a.tsv", data, source_language="ko", target_language="en")
    result = load(actor=lead, memory_id=memory.pk, units=reader, mode="merge")
    assert (result.read, result.added, result.skipped) == (3, 2, 1)
    assert "3" in result.warnings[0].place
