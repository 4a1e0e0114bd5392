"""Look-ups over HTTP: proposals of the memories that serve a file, marks, concordance; who may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Folder, Project, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.ldm.services.tree.structure import Ref
from apps.tasks.models import TaskRun
from apps.tm.indexes import reader
from apps.tm.models import Entry, Memory
from apps.tm.services import indexes
from apps.tm.services.entries import ConfirmedText, upsert
from apps.tm.services.terms.edit import add as add_term
from apps.tm.services.terms.values import TermEdit
from tests.ldm.services.conftest import locstr

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]
ROWS = [
    ("S1", "성문을 열어라", ""),
    ("S2", "사과 3개를 가져와라", ""),
    ("S3", "안녕하세요 여행자님, 오늘 밤은 조심하세요", ""),
    ("S4", "끝", ""),
]


@pytest.fixture(autouse=True)
def _fresh_readers() -> None:
    reader.forget()
    indexes.forget()


@pytest.fixture
def project(lead: User) -> Project:
    return create_project(actor=lead, platform_id=None, name="Passage", source_language="ko", target_language="en")


@pytest.fixture
def folder(lead: User, project: Project) -> Folder:
    return create_folder(actor=lead, project_id=project.pk, parent_id=None, name="Quests")


@pytest.fixture
def file(lead: User, project: Project, folder: Folder) -> File:
    (made,) = import_file(actor=lead, project=project, folder=folder, filename="quest.xml", data=locstr(ROWS))
    return made


@pytest.fixture
def make_memory(lead: User) -> Callable[..., Memory]:
    """`make_memory(name, Ref, [(key, source, target), ...])`: a memory that serves a place, with confirmed entries."""

    def make(name: str, to: Ref | None, texts: list[tuple[Any, ...]], kind: str = Memory.Kind.MEMORY) -> Memory:
        memory = create_memory(actor=lead, name=name, source_language="ko", target_language="en", to=to, kind=kind)
        if texts:
            upsert(actor=lead, memory_id=memory.pk, texts=[ConfirmedText(*one, origin="old.xml") for one in texts])
        return memory

    return make


def rows_of(file: File) -> list[Row]:
    return list(Row.objects.filter(file=file).order_by("position"))


def look(client: Any, file: File, **body: Any) -> dict[str, Any]:
    response = client.post(f"/api/v1/files/{file.pk}/lookup", body)
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_all_memories_of_the_place_contribute_the_nearest_first(
    file: File,
    project: Project,
    folder: Folder,
    translator: User,
    client_for: Client,
    make_memory: Callable[..., Memory],
) -> None:
    far = make_memory("Far", Ref("project", project.pk), [("", "성문을 열어라", "Open the far gate")])
    near = make_memory("Near", Ref("folder", folder.pk), [("", "성문을 열어라", "Open the near gate")])
    make_memory("Nowhere", None, [("", "성문을 열어라", "Never")])
    body = look(client_for(translator), file, row=rows_of(file)[0].pk)
    assert [(one["target"], one["score"], one["kind"], one["memory"]) for one in body["proposals"]] == [
        ("Open the near gate", 100, "exact", {"id": near.pk, "name": "Near"}),
        ("Open the far gate", 100, "exact", {"id": far.pk, "name": "Far"}),
    ]
    best = body["proposals"][0]
    assert (best["author"], best["confirmed"], best["origin"]) == ("Lea Lead", True, "old.xml")
    assert best["changed_at"] and best["target_raw"] == best["target"] and best["line"] is None
    assert (body["memories"], body["building"], body["terms"], body["earlier"]) == (2, [], [], None)
    assert body["took_ms"] > 0


def test_a_row_is_asked_with_its_key_and_its_neighbours(
    file: File, folder: Folder, lead: User, client_for: Client, make_memory: Callable[..., Memory]
) -> None:
    sources = [source for _, source, _ in ROWS]
    make_memory(
        "Near",
        Ref("folder", folder.pk),
        [
            ("other", sources[1], "Bring 3 apples (other key)"),
            ("S2", sources[1], "Bring 3 apples", sources[0], sources[2]),
            ("S1", sources[0], "Open", "", sources[1]),
        ],
    )
    client = client_for(lead)
    body = look(client, file, row=rows_of(file)[1].pk)
    assert [(one["score"], one["kind"], one["target"]) for one in body["proposals"]] == [
        (102, "context", "Bring 3 apples"),
        (100, "exact", "Bring 3 apples (other key)"),
    ]
    assert body["proposals"][0]["parts"]["context"] > 0
    assert look(client, file, row=rows_of(file)[0].pk)["proposals"][0]["score"] == 102, "no row stands before it"
    same = look(client, file, source=sources[1], key="S2", previous=sources[0], next=sources[2])
    assert same["proposals"] == body["proposals"]


def test_numbers_are_repaired_and_the_earlier_translation_is_its_own_kind(
    file: File, folder: Folder, lead: User, client_for: Client, make_memory: Callable[..., Memory]
) -> None:
    texts = [("x", "사과 7개를 가져와라", "Bring 7 apples"), ("S4", "모험의 끝", "The end of the adventure")]
    make_memory("Near", Ref("folder", folder.pk), texts)
    body = look(client_for(lead), file, row=rows_of(file)[1].pk)
    best = body["proposals"][0]
    assert (best["kind"], best["target"], best["target_raw"]) == ("repaired", "Bring 3 apples", "Bring 7 apples")
    assert best["score"] < 100 and {"kind": "number", "from": "7", "to": "3"} in best["repairs"]
    body = look(client_for(lead), file, row=rows_of(file)[3].pk)
    assert body["earlier"]["target"] == "The end of the adventure" and body["earlier"]["kind"] == "earlier"


def test_terms_come_with_the_look_up(
    file: File, project: Project, lead: User, client_for: Client, make_memory: Callable[..., Memory]
) -> None:
    base = make_memory("Names", Ref("project", project.pk), [], Memory.Kind.TERMS)
    add_term(actor=lead, memory_id=base.pk, term=TermEdit(source="성문", target="castle gate"))
    body = look(client_for(lead), file, row=rows_of(file)[0].pk)
    assert [(one["source"], one["target"], one["start"], one["end"]) for one in body["terms"]] == [
        ("성문", "castle gate", 0, 2)
    ]
    assert body["memories"] == 0 and body["proposals"] == []


def test_what_is_confirmed_is_found_by_the_next_look_up(
    file: File, folder: Folder, lead: User, client_for: Client, make_memory: Callable[..., Memory]
) -> None:
    memory = make_memory("Near", Ref("folder", folder.pk), [])
    client = client_for(lead)
    row = rows_of(file)[0]
    assert look(client, file, row=row.pk)["proposals"] == []
    upsert(actor=lead, memory_id=memory.pk, texts=[ConfirmedText("k", row.source, "Open the gate")])
    assert look(client, file, row=row.pk)["proposals"][0]["target"] == "Open the gate"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"row": "1"},
        {"source": 3},
        {"source": "x", "threshold": 10},
        {"source": "x", "threshold": 101},
        {"source": "x", "limit": 0},
        {"source": "x", "limit": 1000},
        {"source": "x", "key": 1},
        {"source": "a\x00b"},
        [],
    ],
)
def test_a_request_that_says_nothing_useful_is_refused(file: File, lead: User, client_for: Client, body: Any) -> None:
    response = client_for(lead).post(f"/api/v1/files/{file.pk}/lookup", body)
    assert response.status_code == 400 and response.json()["error"]["code"] in ("invalid", "bad_character")


def test_a_row_of_another_file_is_not_there(file: File, lead: User, project: Project, client_for: Client) -> None:
    (other,) = import_file(actor=lead, project=project, folder=None, filename="other.xml", data=locstr(ROWS))
    response = client_for(lead).post(f"/api/v1/files/{file.pk}/lookup", {"row": rows_of(other)[0].pk})
    assert response.status_code == 404
    assert client_for(lead).post(f"/api/v1/files/{file.pk}/lookup", {"row": 2**62}).status_code == 404


def test_who_does_not_see_the_file_learns_nothing(
    lead: User, stranger: User, client_for: Client, make_memory: Callable[..., Memory]
) -> None:
    platform = create_platform(actor=lead, name="Closed", restricted=True)
    project = create_project(
        actor=lead, platform_id=platform.pk, name="Secret", source_language="ko", target_language="en"
    )
    (file,) = import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=locstr(ROWS))
    make_memory("Secret", Ref("project", project.pk), [("", "성문을 열어라", "Secret gate")])
    outside = client_for(stranger)
    for path, body in (
        ("lookup", {"source": "성문을 열어라"}),
        ("lookup/many", {"rows": [rows_of(file)[0].pk]}),
        ("concordance", {"text": "성문"}),
    ):
        response = outside.post(f"/api/v1/files/{file.pk}/{path}", body)
        assert response.status_code == 404 and "Secret" not in response.content.decode()


def test_odd_texts_are_answered(
    file: File, folder: Folder, lead: User, client_for: Client, make_memory: Callable[..., Memory]
) -> None:
    make_memory("Near", Ref("folder", folder.pk), [("", "{0}<b>%d</b>", "{0}<b>%d</b>"), ("", "가" * 100_000, "long")])
    client = client_for(lead)
    for source in ("", "   ", "\n\n", "{1}<b>%s</b>", "....", "\U0001f600" * 50, "a" * 100_000):
        look(client, file, source=source)
    found = look(client, file, source="가" * 100_000)
    assert found["proposals"][0]["score"] == 100
    almost = look(client, file, source="가" * 99_999 + "나")
    assert almost["took_ms"] < 5000


# ---- marks
def test_marks_say_the_best_match_of_each_row(
    file: File, folder: Folder, lead: User, client_for: Client, make_memory: Callable[..., Memory]
) -> None:
    make_memory(
        "Near",
        Ref("folder", folder.pk),
        [("", "성문을 열어라", "Open"), ("", "사과 7개를 가져와라", "Bring 7 apples"), ("S4", "끝", "End")],
    )
    rows = rows_of(file)
    ids = [row.pk for row in reversed(rows)]
    response = client_for(lead).post(f"/api/v1/files/{file.pk}/lookup/many", {"rows": [*ids, 2**60]})
    results = response.json()["results"]
    assert [one["row"] for one in results] == ids
    by_row = {one["row"]: one["best"] for one in results}
    assert by_row[rows[0].pk] == {"score": 100, "kind": "exact"}
    assert by_row[rows[1].pk]["kind"] == "repaired" and by_row[rows[1].pk]["score"] < 100
    assert by_row[rows[2].pk] is None
    assert by_row[rows[3].pk] == {"score": 101, "kind": "context"}
    for row in rows:
        single = look(client_for(lead), file, row=row.pk, limit=1)["proposals"]
        best = by_row[row.pk]
        assert (single[0]["score"] if single else None) == (best["score"] if best else None)


@pytest.mark.parametrize("rows", [None, "x", [True], ["1"], list(range(201))])
def test_marks_of_what_is_no_list_of_rows_are_refused(file: File, lead: User, client_for: Client, rows: Any) -> None:
    assert client_for(lead).post(f"/api/v1/files/{file.pk}/lookup/many", {"rows": rows}).status_code == 400


# ---- concordance
def test_concordance_finds_texts_with_their_places(
    file: File, project: Project, folder: Folder, lead: User, client_for: Client, make_memory: Callable[..., Memory]
) -> None:
    far = make_memory("Far", Ref("project", project.pk), [("", "Der Rand", "OPEN the edge, open it")])
    near = make_memory("Near", Ref("folder", folder.pk), [("a", "성문을 열어라", "Open the gate"), ("b", "끝", "End")])
    url = f"/api/v1/files/{file.pk}/concordance"
    client = client_for(lead)
    body = client.post(url, {"text": "oPEN"}).json()
    assert body["more"] is False
    assert [(one["memory"], one["entry"]["target"], one["places"]) for one in body["results"]] == [
        ({"id": near.pk, "name": "Near"}, "Open the gate", [{"field": "target", "start": 0, "end": 4}]),
        (
            {"id": far.pk, "name": "Far"},
            "OPEN the edge, open it",
            [{"field": "target", "start": 0, "end": 4}, {"field": "target", "start": 15, "end": 19}],
        ),
    ]
    assert client.post(url, {"text": "open", "fields": ["source"]}).json()["results"] == []
    assert len(client.post(url, {"text": "성문"}).json()["results"]) == 1
    first = client.post(url, {"text": "e", "limit": 1}).json()
    assert len(first["results"]) == 1 and first["more"] is True
    Entry.objects.filter(target="Open the gate").update(target="Nothing")
    assert [one["memory"]["name"] for one in client.post(url, {"text": "open"}).json()["results"]] == ["Far"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "  "},
        {"text": "x" * 1001},
        {"text": "x", "fields": ["key"]},
        {"text": "x", "limit": 101},
    ],
)
def test_a_concordance_of_nothing_is_refused(file: File, lead: User, client_for: Client, body: dict[str, Any]) -> None:
    assert client_for(lead).post(f"/api/v1/files/{file.pk}/concordance", body).status_code == 400


# ---- large memories
def test_a_large_memory_without_an_index_finds_equal_sources_and_starts_its_task_once(
    file: File,
    folder: Folder,
    lead: User,
    client_for: Client,
    make_memory: Callable[..., Memory],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "SMALL", 3)
    texts = [("", f"문 {n}호를 열어라", f"Open door {n}") for n in range(20)]
    memory = make_memory("Large", Ref("folder", folder.pk), [*texts, ("", "성문을 열어라", "Open the gate")])
    client = client_for(lead)
    for _ in range(3):
        body = look(client, file, row=rows_of(file)[0].pk)
        assert [one["target"] for one in body["proposals"]] == ["Open the gate"]
        assert body["building"] == [memory.pk]
        assert client.post(f"/api/v1/files/{file.pk}/concordance", {"text": "gate"}).json()["results"] != []
    assert TaskRun.objects.filter(kind="tm.index", subject_id=memory.pk).count() == 1


# ---- by meaning
def test_neighbours_by_meaning_are_asked_for_and_have_no_score(
    file: File, folder: Folder, lead: User, client_for: Client, make_memory: Callable[..., Memory]
) -> None:
    texts = [("", "성문을 열어라", "Open the gate"), ("", "성문을 빨리 열어 주세요", "Please open the gate quickly")]
    memory = make_memory("Near", Ref("folder", folder.pk), texts)
    client = client_for(lead)
    row = rows_of(file)[0]
    assert look(client, file, row=row.pk)["semantic"] is None
    near = look(client, file, row=row.pk, semantic=True)["semantic"]
    shown = [one["target"] for one in look(client, file, row=row.pk)["proposals"]]
    assert near is not None and all(one["kind"] == "semantic" and one["score"] is None for one in near)
    assert not {one["target"] for one in near} & set(shown)
    Memory.objects.filter(pk=memory.pk).update(engine="")
    assert look(client, file, row=row.pk, semantic=True)["semantic"] is None
