"""Files into memories and memories into files, over HTTP and through the worker's tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.ldm.models import Folder
from apps.ldm.services.files.import_file import import_file
from apps.tm.models import Memory, Term
from tests.factories import run_queued_tasks
from tests.ldm.services.conftest import ROWS, locstr
from tests.ldm.services.memories.builders import memory, pairs, use_of
from tests.ldm.services.tree import builders as make

# No transaction around a test: in one, a task reports on its own connection, which a load on PostgreSQL keeps busy.
pytestmark = pytest.mark.django_db(transaction=True)
Client = Callable[..., Any]


def tmx(units: list[tuple[str, str]], target: str = "en") -> bytes:
    """A TMX 1.4 of (Korean, other)."""
    body = "".join(
        f'<tu><tuv xml:lang="ko"><seg>{one}</seg></tuv><tuv xml:lang="{target}"><seg>{other}</seg></tuv></tu>'
        for one, other in units
    )
    head = (
        '<header creationtool="x" creationtoolversion="1" segtype="sentence" o-tmf="x" adminlang="en" srclang="ko"'
        ' datatype="plaintext"/>'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><tmx version="1.4">{head}<body>{body}</body></tmx>'.encode()


UNITS = [("등대", "lighthouse"), ("안개", "fog"), ("고래기름", "whale oil")]


def url(path: str) -> str:
    return f"/api/v1/{path}"


def send(client: Any, name: str, data: bytes) -> str:
    """The id of an upload."""
    body = {"file": SimpleUploadedFile(name, data)}
    return str(client.post(url("uploads"), body, format="multipart").json()["uploads"][0]["id"])


def run(client: Any, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The finished task that a request started."""
    response = client.post(url(path), body)
    assert response.status_code == 202, response.content
    run_queued_tasks()
    return dict(client.get(url(f"tasks/{response.json()['task']['id']}")).json())


def done(task: dict[str, Any]) -> dict[str, Any]:
    assert task["status"] == "succeeded", task
    return dict(task["result"])


@pytest.fixture
def client(translator: User, client_for: Client) -> Any:
    return client_for(translator)


@pytest.fixture
def folder(lead: User) -> Folder:
    return make.folder(lead, make.project(lead))


@pytest.fixture
def base(lead: User, folder: Folder) -> Memory:
    """An empty memory in a folder, the lead's."""
    return memory(lead, "base", folder)


def test_a_tmx_is_imported_merged_and_taken_as_a_diff(base: Memory, client: Any) -> None:
    path = f"memories/{base.pk}/import"
    first = done(run(client, path, {"upload": send(client, "a.tmx", tmx(UNITS)), "mode": "merge"}))
    assert (first["added"], first["changed"], first["skipped"], first["memory_id"]) == (3, 0, 0, base.pk)
    newer = send(client, "b.tmx", tmx([("등대", "beacon"), ("안개", "fog"), ("닻", "anchor")]))
    dry = done(run(client, path, {"upload": newer, "mode": "diff", "apply": False}))
    assert {name: dry["counts"][name] for name in ("new", "changed", "gone", "unchanged")} == {
        "new": 1,
        "changed": 1,
        "gone": 1,
        "unchanged": 1,
    }
    assert dry["samples"]["gone"][0]["source"] == "고래기름"
    assert [target for _, _, target in pairs(base)] == ["whale oil", "lighthouse", "fog"]
    wet = done(run(client, path, {"upload": newer, "mode": "diff"}))
    assert (wet["added"], wet["changed"], wet["removed"], wet["unchanged"]) == (1, 1, 1, 1)
    assert {target for _, _, target in pairs(base)} == {"anchor", "beacon", "fog"}


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("broken.tmx", tmx(UNITS)[:-40], "line"),
        ("japanese.tmx", tmx(UNITS, "ja"), "ja"),
        ("empty.tmx", tmx([]), "no text in ko"),
        ("untranslated.tmx", tmx([("등대", "")]), "nothing in this file"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "picture.png"),
    ],
)
@pytest.mark.parametrize("mode", ["merge", "diff"])
def test_a_file_that_is_none_changes_nothing(
    base: Memory, lead: User, client: Any, name: str, data: bytes, told: str, mode: str
) -> None:
    from apps.tm.services.entries.edit import add

    add(actor=lead, memory_id=base.pk, source="닻", target="anchor")
    task = run(client, f"memories/{base.pk}/import", {"upload": send(client, name, data), "mode": mode})
    assert task["status"] == "failed" and told in task["error"], task
    assert "unexpected" not in task["error"].lower()
    assert pairs(base) == [("", "닻", "anchor")]
    fresh = run(client, "memories/import", {"upload": send(client, name, data), "target_language": "en"})
    assert fresh["status"] == "failed"
    assert list(Memory.objects.values_list("name", flat=True)) == ["base"]


def test_what_a_request_may_not_ask(base: Memory, client: Any, lead: User, client_for: Client) -> None:
    upload, path = send(client, "a.tmx", tmx(UNITS)), url(f"memories/{base.pk}/import")
    for body, status in (
        ({"upload": upload, "mode": "mix"}, 400),
        ({"upload": upload, "mode": "merge", "apply": False}, 400),
        ({"mode": "merge"}, 400),
        ({"upload": "00000000-0000-4000-8000-000000000000", "mode": "merge"}, 404),
    ):
        assert client.post(path, body).status_code == status, body
    assert client_for(lead).post(path, {"upload": upload, "mode": "merge"}).status_code == 404, "another's upload"
    for body, status in (
        ({"upload": upload, "name": "base"}, 400),
        ({"upload": upload, "scope": {"kind": "folder", "id": 0}}, 404),
        ({"upload": upload, "source_language": "klingon!"}, 400),
    ):
        assert client.post(url("memories/import"), body).status_code == status, body


def test_a_memory_out_of_a_file(folder: Folder, translator: User, client: Any) -> None:
    scope = {"kind": "folder", "id": folder.pk}
    task = run(client, "memories/import", {"upload": send(client, "sea/harbour.tmx", tmx(UNITS)), "scope": scope})
    result = done(task)
    made = Memory.objects.get(pk=result["memory_id"])
    assert (made.name, result["name"], result["added"]) == ("harbour", "harbour", 3)
    assert (made.source_language, made.target_language, made.owner_id) == ("ko", "en", translator.pk)
    assert (use_of(made).place, use_of(made).active) == (("folder", folder.pk), True)
    table = "등대\tlighthouse\n안개\tfog\n".encode()
    languages = {"source_language": "ko", "target_language": "en"}
    options = {"columns": {"0": "source", "1": "target"}, "header": False}
    body = {"upload": send(client, "pairs.tsv", table), "name": "Pairs", "options": options} | languages
    made = Memory.objects.get(pk=done(run(client, "memories/import", body))["memory_id"])
    assert (made.name, made.entries, use_of(made).active) == ("Pairs", 2, False)


@pytest.mark.parametrize("format", ["tmx", "xlsx", "tsv"])
def test_out_and_back_again(base: Memory, client: Any, format: str) -> None:
    run(client, f"memories/{base.pk}/import", {"upload": send(client, "a.tmx", tmx(UNITS)), "mode": "merge"})
    task = run(client, f"memories/{base.pk}/export", {"format": format})
    assert done(task)["entries"] == 3
    (file,) = task["files"]
    assert file["name"] == f"base.{format}"
    data = client.get(file["url"]).getvalue()
    languages = {"source_language": "ko", "target_language": "en"}
    back = done(run(client, "memories/import", {"upload": send(client, f"back.{format}", data)} | languages))
    assert pairs(Memory.objects.get(pk=back["memory_id"])) == pairs(base)


def test_which_formats_a_kind_has(base: Memory, lead: User, client_for: Client) -> None:
    words = memory(lead, "words", kind="terms")
    client = client_for(lead)
    for one, format in ((base, "tbx"), (words, "tmx"), (base, "docx")):
        assert client.post(url(f"memories/{one.pk}/export"), {"format": format}).status_code == 400
    task = run(client, f"memories/{base.pk}/export", {"format": "tsv", "columns": ["colour"]})
    assert task["status"] == "failed" and "colour" in str(task["error"])


def test_terms_in_and_out(lead: User, client_for: Client) -> None:
    client = client_for(lead)
    table = "source\ttarget\tuse\n등대지기\tkeeper\tpreferred\n등대지기\tguard\tforbidden\n".encode()
    body = {
        "upload": send(client, "words.tsv", table),
        "kind": "terms",
        "source_language": "ko",
        "target_language": "en",
    }
    words = Memory.objects.get(pk=done(run(client, "memories/import", body))["memory_id"])
    assert (words.kind, words.name, words.entries) == ("terms", "words", 2)
    more = send(client, "more.tsv", "source\ttarget\n닻\tanchor\n".encode())
    dry = done(run(client, f"memories/{words.pk}/import", {"upload": more, "mode": "diff", "apply": False}))
    assert (dry["counts"]["new"], dry["counts"]["gone"]) == (1, 2)
    done(run(client, f"memories/{words.pk}/import", {"upload": more, "mode": "merge"}))
    assert Term.objects.filter(memory=words, removed_at__isnull=True).count() == 3
    task = run(client, f"memories/{words.pk}/export", {"format": "tbx"})
    assert done(task)["entries"] == 3
    assert b"keeper" in client.get(task["files"][0]["url"]).getvalue()
    unknown = run(client, "memories/import", {"upload": send(client, "w.tsv", table), "kind": "terms"})
    assert "does not say its languages" in unknown["error"]


def test_a_file_of_the_tree_as_a_memory(folder: Folder, lead: User, translator: User, client: Any) -> None:
    (file,) = import_file(actor=lead, project=folder.project, folder=folder, filename="quest.xml", data=locstr(ROWS))
    result = done(run(client, f"files/{file.pk}/memory", {}))
    made = Memory.objects.get(pk=result["memory_id"])
    assert (made.name, made.entries, result["added"], use_of(made).place) == ("quest", 2, 2, ("folder", folder.pk))
    assert client.post(url(f"files/{file.pk}/memory"), {"name": "quest"}).status_code == 400
    assert client.post(url(f"files/{file.pk}/memory"), {"status": "new"}).status_code == 400
    nothing = run(client, f"files/{file.pk}/memory", {"status": "confirmed"})
    assert nothing["status"] == "failed" and "Nothing in it" in nothing["error"]
    assert Memory.objects.count() == 1
