"""Bad input to memories through the API and the worker: a sentence that names the place, and nothing half done."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.ldm.models import Folder, MemoryAssignment
from apps.tasks.models import TaskRun
from apps.tm.models import Entry, EntryRevision, Memory, Term
from apps.tm.services.entries import ConfirmedText, upsert
from tests.factories import run_queued_tasks
from tests.ldm.services.memories.builders import memory, pairs, use_of
from tests.ldm.services.tree import builders as make

# No transaction around a test: in one, a task reports on its own connection, which a load on PostgreSQL keeps busy.
pytestmark = pytest.mark.django_db(transaction=True)
Client = Callable[..., Any]
TMX_FOLDER = Path(__file__).resolve().parents[3] / "../shared/data/formats/tmx"
HUGE_IDS = (-1, 0, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**70)
HEADER = (
    '<header creationtool="x" creationtoolversion="1" segtype="sentence" o-tmf="x" adminlang="en" srclang="ko"'
    ' datatype="plaintext"/>'
)


def unit(source: str, target: str, key: str = "") -> str:
    known = f' tuid="{key}"' if key else ""
    return f'<tu{known}><tuv xml:lang="ko"><seg>{source}</seg></tuv><tuv xml:lang="en"><seg>{target}</seg></tuv></tu>\n'


def tmx(body: str, header: str = HEADER) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">{header}<body>\n{body}</body></tmx>'.encode()


def xlsx_without_sheets() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
    return data.getvalue()


def bomb() -> bytes:
    """Entities that would grow to gigabytes."""
    lines = ['<!ENTITY a0 "가나다라마바사아">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    return tmx(unit("&a9;", "x")).replace(b"<tmx ", ("<!DOCTYPE tmx [" + "".join(lines) + "]><tmx ").encode(), 1)


MANY = "".join(unit(f"등대 {n}", f"lighthouse {n}") for n in range(3000))
BROKEN: dict[str, tuple[str, bytes, str]] = {
    # name of the case: (file name, bytes, what the sentence says)
    "cut after thousands": ("cut.tmx", tmx(MANY)[:-40], "line"),
    "a wrong end tag": ("tags.tmx", tmx(unit("등대", "light") + "<tu></tuv>"), "line 4"),
    "a control character": ("control.tmx", tmx(unit("등대", "light\x01house")), "line 3"),
    "NUL character by number": ("nul.tmx", tmx(unit("등대", "light&#0;house")), "line 3"),
    "a surrogate by number": ("surrogate.tmx", tmx(unit("등대", "&#xD800;")), "line 3"),
    "bytes that are no UTF-8": ("bytes.tmx", tmx(unit("등대", "X")).replace(b">X<", b">\xff\xfe\xfd<"), "line 3"),
    "an entity bomb": ("bomb.tmx", bomb(), "line 2"),
    "no body": ("body.tmx", b'<?xml version="1.0"?><tmx version="1.4">' + HEADER.encode() + b"</tmx>", "no text in ko"),
    "another root": ("root.tmx", b"<?xml version='1.0'?><html><body/></html>", "tmx"),
    "nothing": ("nothing.tmx", b" ", "line 1"),
    "only empty texts": ("empty.tmx", tmx(unit("", "") + unit(" ", "light") + unit("등대", " ")), "nothing"),
    "another source": ("source.tmx", tmx(unit("a", "b")).replace(b'"ko"', b'"fr"'), "ko"),
    "another target": ("target.tmx", tmx(unit("등대", "b")).replace(b'"en"', b'"de"'), "en"),
    "a picture": ("cat.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "cat.png"),
    "a picture called tmx": ("cat.tmx", b"\x89PNG\r\n\x1a\n" + bytes(64), "line 1"),
    "a workbook of nothing": ("book.xlsx", xlsx_without_sheets(), "workbook"),
    "text called workbook": ("text.xlsx", b"source\ttarget\n", "workbook"),
    "terms": ("words.tbx", b"<?xml version='1.0'?><martif type='TBX'><text><body/></text></martif>", ""),
}
UNEXPECTED = ("unexpected", "traceback", "error of the program", "exception", "keyerror", "errno")


@pytest.fixture
def client(translator: User, client_for: Client) -> Any:
    """A translator's client; an error of the program is an answer with 500 here, not an exception."""
    made = client_for(translator)
    made.raise_request_exception = False
    return made


@pytest.fixture
def folder(lead: User) -> Folder:
    return make.folder(lead, make.project(lead))


@pytest.fixture
def base(lead: User, folder: Folder) -> Memory:
    """A memory of three confirmed entries in a folder, the lead's."""
    made = memory(lead, "base", folder)
    texts = [ConfirmedText(f"K{n}", f"닻 {n}", f"anchor {n}") for n in range(3)]
    upsert(actor=lead, memory_id=made.pk, texts=texts)
    return made


def url(path: str) -> str:
    return f"/api/v1/{path}"


def send(client: Any, name: str, data: bytes) -> str:
    """The id of an upload."""
    body = {"file": SimpleUploadedFile(name, data)}
    response = client.post(url("uploads"), body, format="multipart")
    assert response.status_code == 201, response.content
    return str(response.json()["uploads"][0]["id"])


def run(client: Any, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The finished task that a request started."""
    response = client.post(url(path), body)
    assert response.status_code == 202, response.content
    run_queued_tasks()
    return dict(client.get(url(f"tasks/{response.json()['task']['id']}")).json())


def stock() -> dict[str, Any]:
    """Everything that an import may have written."""
    return {
        "entries": sorted(Entry.objects.values_list("id", "memory_id", "source", "target", "rev", "removed_at")),
        "memories": sorted(Memory.objects.values_list("id", "name", "revision", "entries", "confirmed")),
        "others": [model.objects.count() for model in (EntryRevision, Term, MemoryAssignment)],
    }


def refused(response: Any, *statuses: int) -> str:
    """The sentence of a clear refusal."""
    assert response.status_code in (statuses or (400,)), (response.status_code, response.content)
    error = response.json()["error"]
    assert error["code"] and error["message"]
    return str(error["message"])


def failed(task: dict[str, Any], told: str = "") -> None:
    """The task ended with a sentence of ours, not with an error of the program."""
    assert task["status"] == "failed", task
    error = str(task["error"])
    assert len(error) > 15 and told.lower() in error.lower(), error
    assert not [word for word in UNEXPECTED if word in error.lower()], error


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_changes_nothing(base: Memory, folder: Folder, client: Any, case: str) -> None:
    name, data, told = BROKEN[case]
    before, upload = stock(), send(client, name, data)
    for mode in ("merge", "overwrite", "keep_all", "diff"):
        failed(run(client, f"memories/{base.pk}/import", {"upload": upload, "mode": mode}), told)
        assert stock() == before, mode
    failed(run(client, f"memories/{base.pk}/import", {"upload": upload, "mode": "diff", "apply": False}), told)
    new = {"upload": upload, "scope": {"kind": "folder", "id": folder.pk}}
    failed(run(client, "memories/import", new | {"source_language": "ko", "target_language": "en"}))
    assert stock() == before


@pytest.mark.parametrize("path", sorted(TMX_FOLDER.glob("*.tmx")), ids=lambda path: path.name)
def test_files_of_other_programs_are_taken_whole_or_not_at_all(base: Memory, client: Any, path: Path) -> None:
    before, data, broken = stock(), path.read_bytes(), "invalid" in path.name
    task = run(client, f"memories/{base.pk}/import", {"upload": send(client, path.name, data), "mode": "merge"})
    failed(task, "line 12" if broken else "no text in ko")
    assert stock() == before
    task = run(client, "memories/import", {"upload": send(client, path.name, data)})
    if broken:
        failed(task, "line 12")
        assert stock() == before
        return
    result = task["result"]
    assert Memory.objects.get(pk=result["memory_id"]).entries == result["added"] > 0
    assert all(warning["place"] and warning["text"] for warning in result["warnings"])


def test_empty_segments_are_left_out_and_named(base: Memory, client: Any) -> None:
    data = tmx(unit("등대", "light") + unit("", "nothing") + unit("안개", "") + unit("바다", "sea"))
    task = run(client, f"memories/{base.pk}/import", {"upload": send(client, "a.tmx", data), "mode": "merge"})
    result = task["result"]
    assert (task["status"], result["added"], result["skipped"]) == ("succeeded", 2, 2), task
    assert Entry.objects.filter(memory=base).count() == 5


def test_segments_of_a_hundred_thousand_characters(base: Memory, client: Any) -> None:
    long = "안개 속의 등대 " * 12_000
    data = tmx(unit(long[:100_000], "x" * 100_000) + unit("등대", "light"))
    task = run(client, f"memories/{base.pk}/import", {"upload": send(client, "a.tmx", data), "mode": "merge"})
    assert (task["status"], task["result"]["added"]) == ("succeeded", 2), task
    assert Entry.objects.filter(memory=base, target="x" * 100_000).exists()
    address = url(f"memories/{base.pk}/entries")
    made = client.post(address, {"source": "가" * 100_000, "target": "y" * 100_000})
    assert made.status_code == 201
    assert client.get(f"{address}?search={'가' * 500}").json()["total"] == 1
    refused(client.post(address, {"source": "나" * 200_001, "target": "y"}))
    refused(client.get(f"{address}?search={'가' * 1001}"))
    assert Entry.objects.filter(memory=base).count() == 6


def test_texts_of_only_codes(base: Memory, client: Any) -> None:
    codes = "{0}%s&lt;PAOldColor&gt;\\n"
    data = tmx(unit(codes, codes) + unit('<ph x="1"/>', '<ph x="1"/>') + unit("{1}", "{1}"))
    task = run(client, f"memories/{base.pk}/import", {"upload": send(client, "a.tmx", data), "mode": "merge"})
    assert task["status"] == "succeeded", task
    assert task["result"]["added"] + task["result"]["skipped"] == 3
    kept = {source for _, source, _ in pairs(base)}
    assert {"{1}", "{0}%s<PAOldColor>\\n"} <= kept


def test_keys_that_are_huge(base: Memory, client: Any) -> None:
    key = "k" * 50_000
    data = tmx(unit("등대", "light", key=key) + unit("바다", "sea", key="S"))
    task = run(client, f"memories/{base.pk}/import", {"upload": send(client, "a.tmx", data), "mode": "merge"})
    assert task["result"]["added"] == 2
    assert {(key, "등대", "light"), ("S", "바다", "sea")} <= set(pairs(base))
    refused(client.post(url(f"memories/{base.pk}/entries"), {"source": "a", "target": "b", "key": "k" * 10_001}))


def test_activating_without_a_place(lead: User, client_for: Client) -> None:
    nowhere = memory(lead, "nowhere")
    response = client_for(lead).patch(url(f"memories/{nowhere.pk}"), {"active": True, "name": "renamed"})
    assert "place" in refused(response).lower()
    assert response.json()["error"]["code"] == "no_scope"
    nowhere.refresh_from_db()
    assert (nowhere.name, use_of(nowhere).active) == ("nowhere", False)


TEXTS = [r'"a\u0000b"', r'"\ud800"', r'"\udc00x"', "[]", "{}", "true", '" "', "null", "1e400"]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_that_are_none(base: Memory, lead: User, client_for: Client, text: str) -> None:
    client = client_for(lead)
    client.raise_request_exception = False
    entry = Entry.objects.filter(memory=base).earliest("id")
    one, rev = f"memories/{base.pk}", entry.rev
    bodies = [
        ("POST", f"{one}/entries", '{"source": %s, "target": "x"}'),
        ("POST", f"{one}/entries", '{"source": "x", "target": %s}'),
        ("PATCH", f"entries/{entry.pk}", '{"source": %s, "rev": ' + f"{rev}}}"),
        ("PATCH", f"entries/{entry.pk}", '{"target": %s, "rev": ' + f"{rev}}}"),
        ("PATCH", f"entries/{entry.pk}", '{"target": "x", "rev": %s}'),
        ("PATCH", one, '{"name": %s}'),
        ("PATCH", one, '{"priority": %s, "penalty": %s}'),
        ("POST", "memories", '{"name": %s, "source_language": "ko", "target_language": "en"}'),
        ("POST", "memories", '{"name": "n", "source_language": %s, "target_language": "en"}'),
        ("POST", "memories", '{"name": "n", "source_language": "ko", "target_language": "en", "scope": [%s]}'),
        ("POST", f"{one}/entries/act", '{"act": %s, "ids": [' + f"{entry.pk}]}}"),
        ("POST", f"{one}/entries/act", '{"act": "delete", "ids": [%s]}'),
        ("POST", f"{one}/import", '{"upload": %s, "mode": "merge"}'),
        ("POST", f"{one}/export", '{"format": %s}'),
        ("POST", "memories/move", '{"ids": [%s], "to": 7}'),
        ("POST", "memories/import", '{"upload": %s}'),
    ]  # fmt: skip
    before = stock()
    for method, path, body in bodies:
        content = body.replace("%s", text)
        refused(client.generic(method, url(path), content, content_type="application/json"), 400, 404)
        assert stock() == before, (path, content)


def test_ids_that_nothing_has(base: Memory, folder: Folder, lead: User, client_for: Client) -> None:
    client = client_for(lead)
    client.raise_request_exception = False
    before, upload = stock(), send(client, "a.tmx", tmx(unit("등대", "light")))
    for pk in HUGE_IDS:
        for path in ("memories/{}", "memories/{}/entries", "memories/{}/quality", "entries/{}/history"):
            refused(client.get(url(path.format(pk))), 404)
        refused(client.patch(url(f"memories/{pk}"), {"name": "x"}), 404)
        refused(client.patch(url(f"entries/{pk}"), {"target": "x", "rev": 1}), 404)
        refused(client.delete(url(f"memories/{pk}")), 404)
        refused(client.post(url(f"memories/{pk}/entries"), {"source": "x", "target": "y"}), 404)
        refused(client.post(url(f"memories/{pk}/import"), {"upload": upload, "mode": "merge"}), 404)
        refused(client.post(url(f"memories/{pk}/export"), {"format": "tmx"}), 404)
        refused(client.post(url(f"files/{pk}/memory"), {}), 404)
        refused(client.post(url("memories/move"), {"ids": [base.pk, pk], "to": None}), 400, 404)
        refused(client.post(url("memories/copy"), {"ids": [base.pk, pk], "to": None}), 400, 404)
        refused(client.post(url("memories/move"), {"ids": [base.pk], "to": {"kind": "folder", "id": pk}}), 400, 404)
        refused(
            client.post(url("memories/import"), {"upload": upload, "scope": {"kind": "folder", "id": pk}}), 400, 404
        )
        response = client.get(url(f"memories?scope=folder:{pk}"))
        assert response.status_code in (400, 404) or response.json()["results"] == []
        acted = client.post(url(f"memories/{base.pk}/entries/act"), {"act": "delete", "ids": [pk]})
        if -(2**63) <= pk < 2**63:
            assert (acted.status_code, acted.json()["changed"]) == (200, 0)
        else:
            refused(acted)
    assert stock() == before
    assert not TaskRun.objects.filter(kind__startswith="ldm.memory").exists()
    assert use_of(base).folder_id == folder.pk


@pytest.mark.parametrize("what", ["confirm", "unconfirm", "delete", "restore"])
def test_entries_of_another_memory_are_not_acted_on(base: Memory, admin_user: User, client: Any, what: str) -> None:
    secret = memory(admin_user, "secret")
    upsert(actor=admin_user, memory_id=secret.pk, texts=[ConfirmedText("K", "비밀", "secret")])
    others = list(Entry.objects.filter(memory=secret).values_list("id", flat=True))
    before = stock()
    address = url(f"memories/{base.pk}/entries/act")
    response = client.post(address, {"act": what, "ids": others})
    assert (response.status_code, response.json()["changed"]) == (200, 0)
    assert stock() == before
    for pk in others:
        refused(client.patch(url(f"entries/{pk}"), {"target": "seen", "rev": 1}), 404)
        refused(client.get(url(f"entries/{pk}/history")), 404)
    assert stock() == before


@pytest.mark.parametrize(
    "body",
    [
        {"act": "burn", "ids": [1]},
        {"act": "delete"},
        {"act": "delete", "ids": [1], "search": "x"},
        {"act": "delete", "ids": "1"},
        {"act": "delete", "ids": list(range(5001))},
        {"act": "delete", "search": "x" * 1001},
        {"act": "delete", "search": "x", "fields": ["password"]},
        {"act": "delete", "state": "lost"},
        {"act": "delete", "author": 2**63},
        [],
        "x",
        None,
    ],
    ids=lambda body: json.dumps(body)[:40],
)
def test_acts_that_cannot_be(base: Memory, client: Any, body: Any) -> None:
    before = stock()
    address = url(f"memories/{base.pk}/entries/act")
    refused(client.generic("POST", address, json.dumps(body), content_type="application/json"))
    assert stock() == before


def test_names_that_are_taken(base: Memory, lead: User, client_for: Client) -> None:
    client = client_for(lead)
    other = memory(lead, "other")
    before, upload = stock(), send(client, "a.tmx", tmx(unit("등대", "light")))
    languages = {"source_language": "ko", "target_language": "en"}
    for name in ("base", " base "):
        for response in (
            client.post(url("memories"), {"name": name, **languages}),
            client.patch(url(f"memories/{other.pk}"), {"name": name}),
            client.post(url("memories/import"), {"upload": upload, "name": name}),
        ):
            assert "base" in refused(response)
            assert response.json()["error"]["code"] == "name_taken"
    assert stock() == before


def test_modes_formats_and_options_that_are_unknown(base: Memory, client: Any) -> None:
    before, upload = stock(), send(client, "a.tmx", tmx(unit("등대", "light")))
    path = url(f"memories/{base.pk}/import")
    for body in (
        {"mode": "mix"}, {"mode": ""}, {"mode": None}, {"mode": ["merge"]}, {"mode": "merge", "apply": False},
        {"mode": "merge", "apply": "perhaps"}, {"mode": "merge", "options": 5}, {"mode": "merge", "options": ["x"]},
    ):  # fmt: skip
        refused(client.post(path, {"upload": upload, **body}))
    for options, told in (
        ({"nonsense": 1}, "nonsense"), ({"columns": {"x": "y"}}, "columns"), ({"columns": 5}, "columns"),
        ({"sheet": [1]}, "sheet"),
    ):  # fmt: skip
        failed(run(client, f"memories/{base.pk}/import", {"upload": upload, "mode": "merge", "options": options}), told)
    assert stock() == before


def test_options_of_a_table_that_cannot_be(base: Memory, client: Any) -> None:
    before, upload = stock(), send(client, "a.tsv", "등대\tlight\n".encode())
    path = f"memories/{base.pk}/import"
    for options, told in (
        ({"columns": {"0": "source"}}, "target"), ({"columns": {"x": "source"}}, "'x'"),
        ({"columns": {"0": "colour", "1": "target"}}, "colour"), ({"columns": 5}, "columns"),
        ({"columns": {"-1": "source", "1": "target"}}, "-1"), ({"columns": {str(2**70): "source"}}, "no column"),
        ({"columns": {"0": "source", "1": "source"}}, "more than one"),
        ({"columns": {"0": "source", "1": "target"}, "encoding": "klingon"}, "klingon"),
        ({"columns": {"0": "source", "9": "target"}}, ""),
    ):  # fmt: skip
        failed(run(client, path, {"upload": upload, "mode": "merge", "options": options}), told)
        assert stock() == before, options
