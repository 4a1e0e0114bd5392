"""Defects of the original system in look-ups, over HTTP: what is read is what the memory holds now, for each person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.services.files.import_file import import_file
from apps.tm.indexes import reader
from apps.tm.models import Entry, Memory
from apps.tm.services import indexes
from apps.tm.services.entries import ConfirmedText, upsert
from tests.ldm.services.conftest import locstr
from tests.ldm.services.memories.builders import memory
from tests.ldm.services.tree import builders as make

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]
GATE, FOG = "성문을 열어라", "안개가 걷힌다"
ROWS = [
    ("S1", "대장장이에게 말을 걸고 보상을 받으세요", ""),
    ("S2", GATE, ""),
    ("S3", f"{GATE}&#10;고래가 노래하는 밤에만 들리는 이야기", ""),
]


@pytest.fixture(autouse=True)
def _fresh_readers() -> None:
    reader.forget()
    indexes.forget()


@pytest.fixture
def file(lead: User) -> File:
    return file_in_project(lead, "Passage")


@pytest.fixture
def base(lead: User, file: File) -> Memory:
    return memory(lead, "base", file.project)


def file_in_project(lead: User, name: str) -> File:
    project = make.project(lead, name=name)
    (made,) = import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=locstr(ROWS))
    return made


def confirmed(actor: User, into: Memory, *texts: ConfirmedText) -> None:
    upsert(actor=actor, memory_id=into.pk, texts=texts)


def look(client: Any, file: File, key: str, part: str = "proposals") -> list[dict[str, Any]]:
    """The proposals for a row, or those for its `lines`."""
    row = Row.objects.get(file=file, key=key)
    response = client.post(f"/api/v1/files/{file.pk}/lookup", {"row": row.pk})
    assert response.status_code == 200, response.content
    return list(response.json()[part])


@pytest.mark.parametrize("indexed", [False, True])
def test_defect_14_similar_texts_are_found_by_the_server(
    file: File, base: Memory, lead: User, client_for: Client, indexed: bool
) -> None:
    """The similarity search on the server named a column that the table has not: it never answered."""
    near = "대장장이에게 말을 걸고 보상을 받자"
    confirmed(lead, base, ConfirmedText("Q", near, "Talk to the smith", origin="old.xml"))
    confirmed(lead, base, *[ConfirmedText(f"F{n}", f"등대 {n}에 불이 켜졌다", f"Lit {n}") for n in range(50)])
    if indexed:
        indexes.build(memory_id=base.pk)
        reader.forget()
    client = client_for(lead)
    (best,) = look(client, file, "S1")
    assert (best["kind"], best["source"], best["target"]) == ("fuzzy", near, "Talk to the smith")
    assert 75 <= best["score"] < 100
    assert (best["key"], best["author"], best["origin"]) == ("Q", "Lea Lead", "old.xml")
    found = client.post(f"/api/v1/files/{file.pk}/concordance", {"text": "보상을", "fields": ["source"]}).json()
    assert [one["entry"]["source"] for one in found["results"]] == [near]
    grid = client.get(f"/api/v1/memories/{base.pk}/entries?search=SMITH&fields=target").json()
    assert [one["source"] for one in grid["results"]] == [near]


def test_defect_15_context_lines_and_index_follow_every_edit(
    file: File, base: Memory, lead: User, translator: User, client_for: Client
) -> None:
    """Contexts were cached for ever, lines not brought up to date, and the memory looked stale after each edit."""
    client, other = client_for(lead), client_for(translator)
    confirmed(lead, base, ConfirmedText("Other", GATE, "Open the gate", "앞", "뒤"))
    assert [(one["kind"], one["score"]) for one in look(client, file, "S2")] == [("exact", 100)]
    assert [(one["kind"], one["target"]) for one in look(client, file, "S3", "lines")] == [("line", "Open the gate")]
    # The neighbours of the entry become those of the row: the next look-up of somebody else knows.
    rows = {row.key: row for row in Row.objects.filter(file=file)}
    confirmed(lead, base, ConfirmedText("Other", GATE, "Open the gate", rows["S1"].source, rows["S3"].source))
    assert [(one["kind"], one["score"]) for one in look(other, file, "S2")] == [("context", 101)]
    entry = Entry.objects.get(memory=base)
    changes = {"source": FOG, "target": "The fog lifts", "rev": entry.rev}
    assert client.patch(f"/api/v1/entries/{entry.pk}", changes).status_code == 200
    assert look(other, file, "S2") == []
    assert look(other, file, "S3", "lines") == [], "no line of the old source is left"
    changes = {"source": GATE, "target": "Gate, open!", "rev": entry.rev + 1}
    assert client.patch(f"/api/v1/entries/{entry.pk}", changes).status_code == 200
    assert [one["target"] for one in look(other, file, "S3", "lines")] == ["Gate, open!"]
    client.post(f"/api/v1/memories/{base.pk}/entries/act", {"act": "delete", "ids": [entry.pk]})
    assert (look(other, file, "S2"), look(other, file, "S3", "lines")) == ([], [])
    index = client.get(f"/api/v1/memories/{base.pk}").json()["index"]
    assert index["state"] == "ready"


def test_defect_16_two_people_do_not_mix_their_data(lead: User, translator: User, client_for: Client) -> None:
    """Dictionaries were one for the whole process: who loaded last decided what all others were shown."""
    sides = []
    for person, name in ((lead, "North"), (translator, "South")):
        file = file_in_project(lead, name)
        confirmed(lead, memory(lead, name, file.project), ConfirmedText("", GATE, f"{name} gate"))
        sides.append((client_for(person), file, name))
    for _ in range(2):
        for client, file, name in sides:
            assert [(one["target"], one["memory"]["name"]) for one in look(client, file, "S2")] == [
                (f"{name} gate", name)
            ]
    # Also for one person who works on both, and after one of the two changed.
    confirmed(lead, Memory.objects.get(name="South"), ConfirmedText("", GATE, "Southern gate"))
    (north, first, _), (_, second, _) = sides
    assert [one["target"] for one in look(north, first, "S2")] == ["North gate"]
    assert [one["target"] for one in look(north, second, "S2")] == ["Southern gate"]
