"""Terms and candidates over HTTP: pages, edits, acts, extraction and review; as owner, member, stranger and nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.ldm.api import terms_shapes
from apps.ldm.models import File, Folder, MemoryAssignment, Project
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.tree.access import add_grant
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Memory, Term, TermCandidate
from apps.tm.selectors import term_indexes
from apps.tm.services.terms.edit import add
from apps.tm.services.terms.values import TermEdit
from tests.factories import run_queued_tasks
from tests.ldm.services.conftest import locstr

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]

ROWS = [
    ("A1", "안개", "fog"),
    ("A2", "안개", "mist"),
    ("A3", "안개", "fog"),
    ("A4", "안개가 걷힌다.", "The fog lifts."),
    ("A5", "등대", ""),
    ("A6", "등대로 가라", "To the lighthouse"),
    ("A7", "검색하기", "Search"),
    ("A8", "한 번뿐", "Once"),
]


@pytest.fixture
def project(lead: User) -> Project:
    """A restricted project, Korean to English, the lead's."""
    platform = create_platform(actor=lead, name="Closed", restricted=True)
    return create_project(
        actor=lead, platform_id=platform.pk, name="Passage", source_language="ko", target_language="en"
    )


@pytest.fixture
def folder(lead: User, project: Project) -> Folder:
    return create_folder(actor=lead, project_id=project.pk, parent_id=None, name="Quests")


@pytest.fixture
def file(lead: User, project: Project, folder: Folder) -> File:
    (made,) = import_file(actor=lead, project=project, folder=folder, filename="fog.xml", data=locstr(ROWS))
    return made


@pytest.fixture
def base(lead: User, project: Project) -> Memory:
    """A term base of the project with three terms."""
    term_indexes.forget()
    made = create_memory(
        actor=lead, name="Terms", kind=Memory.Kind.TERMS, source_language="ko", target_language="en",
        to=Ref("project", project.pk),
    )  # fmt: skip
    for source, target, use in (
        ("검", "sword", "preferred"),
        ("검", "blade", "forbidden"),
        ("여우", "fox", "preferred"),
    ):
        add(actor=lead, memory_id=made.pk, term=TermEdit(source, target, use, "noun"))
    return made


@pytest.fixture
def member(translator: User, lead: User, project: Project) -> User:
    """A translator who sees the project."""
    add_grant(actor=lead, ref=Ref("project", project.pk), user_id=translator.pk)
    return translator


def url(base: Memory, path: str = "") -> str:
    return f"/api/v1/memories/{base.pk}/{path}"


# ---- terms ----
def test_a_page_of_terms(base: Memory, member: User, client_for: Client) -> None:
    client = client_for(member)
    first = client.get(url(base, "terms"), {"limit": 2, "sort": "-target"}).json()
    assert [term["target"] for term in first["results"]] == ["sword", "fox"]
    assert (first["total"], first["parts_of_speech"]) == (3, ["noun"])
    second = client.get(url(base, "terms"), {"limit": 2, "sort": "-target", "cursor": first["next"]}).json()
    assert [term["target"] for term in second["results"]] == ["blade"] and second["next"] is None
    shown = client.get(url(base, "terms"), {"use": "forbidden,admitted"}).json()
    assert [term["target"] for term in shown["results"]] == ["blade"] and shown["total"] == 1
    term = shown["results"][0]
    assert (term["source"], term["use"], term["created_by"]["name"], term["deleted"]) == (
        "검", "forbidden", "Lea Lead", False,
    )  # fmt: skip
    assert client.get(url(base, "terms"), {"search": "FOX"}).json()["total"] == 1
    assert client.get(url(base, "terms"), {"search": "검", "fields": "target"}).json()["total"] == 0
    assert client.get(url(base, "terms"), {"part_of_speech": ""}).json()["total"] == 0
    assert client.get(url(base, "terms"), {"state": "deleted"}).json()["total"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "size"},
        {"use": "x"},
        {"state": "x"},
        {"fields": "key"},
        {"limit": "0"},
        {"cursor": "x"},
        {"author": "x"},
    ],
)
def test_questions_about_terms_that_make_no_sense(
    base: Memory, lead: User, client_for: Client, query: dict[str, str]
) -> None:
    response = client_for(lead).get(url(base, "terms"), query)
    assert response.status_code == 400 and response.json()["error"]["message"]


def test_a_term_is_added_edited_and_deleted(base: Memory, member: User, client_for: Client) -> None:
    client = client_for(member)
    made = client.post(url(base, "terms"), {"source": "용", "target": "dragon", "case_sensitive": True})
    assert made.status_code == 201
    term = made.json()
    assert (term["use"], term["case_sensitive"], term["created_by"]["name"]) == ("preferred", True, "Tran Slator")
    assert client.post(url(base, "terms"), {"source": "용", "target": "dragon"}).json()["error"]["code"] == "duplicate"
    changed = client.patch(f"/api/v1/terms/{term['id']}", {"target": "wyrm", "rev": term["rev"]})
    assert changed.status_code == 200 and changed.json()["rev"] == term["rev"] + 1
    stale = client.patch(f"/api/v1/terms/{term['id']}", {"target": "drake", "rev": term["rev"]})
    assert stale.status_code == 409
    error = stale.json()["error"]
    assert (error["code"], error["details"]["term"]["target"]) == ("stale", "wyrm")
    assert client.patch(f"/api/v1/terms/{term['id']}", {"target": "drake"}).status_code == 400
    assert client.delete(f"/api/v1/terms/{term['id']}").status_code == 204
    assert client.delete(f"/api/v1/terms/{term['id']}").status_code == 404
    assert client.get(url(base, "terms"), {"state": "deleted"}).json()["results"][0]["id"] == term["id"]


@pytest.mark.parametrize(
    "body",
    [{}, {"source": ""}, {"source": 1}, {"source": "a", "use": "x"}, {"source": "a", "case_sensitive": "yes"}, [1]],
)
def test_terms_that_cannot_be(base: Memory, lead: User, client_for: Client, body: Any) -> None:
    assert client_for(lead).post(url(base, "terms"), body).status_code == 400


def test_acts_on_many_terms(base: Memory, member: User, client_for: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_for(member)
    ids = list(Term.objects.order_by("pk").values_list("pk", flat=True))
    assert client.post(url(base, "terms/act"), {"act": "delete", "ids": ids[:2]}).json() == {"changed": 2, "task": None}
    restore = {"act": "restore", "search": "sw", "fields": ["target"], "state": "deleted"}
    assert client.post(url(base, "terms/act"), restore).json()["changed"] == 1
    assert client.post(url(base, "terms/act"), {"act": "forbid", "use": ["preferred"]}).json()["changed"] == 2
    for wrong in (
        {"act": "burn", "ids": ids},
        {"ids": ids},
        {"act": "delete", "ids": "x"},
        {"act": "delete", "ids": [1.5]},
    ):
        assert client.post(url(base, "terms/act"), wrong).status_code == 400
    monkeypatch.setattr(terms_shapes, "MAX_IDS", 1)
    started = client.post(url(base, "terms/act"), {"act": "admit"})
    assert started.status_code == 202 and started.json()["changed"] is None
    assert run_queued_tasks() == 1
    done = client.get(f"/api/v1/tasks/{started.json()['task']['id']}").json()
    assert (done["status"], done["result"]["changed"]) == ("succeeded", 2)


# ---- candidates ----
def extract(client: Any, base: Memory, **body: Any) -> dict[str, Any]:
    """The result of an extraction."""
    return dict(finished(client, client.post(url(base, "candidates/extract"), body))["result"])


@pytest.mark.parametrize("place", ["files", "folder", "folders", "project"])
def test_candidates_are_found_reviewed_and_then_count(
    base: Memory, file: File, folder: Folder, project: Project, member: User, client_for: Client, place: str
) -> None:
    client = client_for(member)
    where: Any = {"files": [file.pk], "folder": folder.pk, "folders": [folder.pk], "project": project.pk}[place]
    result = extract(client, base, **{place: where})
    assert (result["files"], result["rows"], result["added"], result["skipped_files"]) == (1, 8, 2, 0)
    shown = client.get(url(base, "candidates")).json()
    assert [(one["source"], one["occurrences"], one["suggestion"], one["example"]) for one in shown["results"]] == [
        ("안개", 4, "fog", "안개가 걷힌다."),
        ("등대", 2, "", "등대로 가라"),
    ]
    fog, light = (one["id"] for one in shown["results"])
    assert client.get(url(base, "terms")).json()["total"] == 3
    body = {"ids": [fog, light], "decision": "accept", "targets": {str(light): "lighthouse"}}
    assert client.post(url(base, "candidates/decide"), body).json() == {"decided": 2, "terms": 2}
    terms = client.get(url(base, "terms"), {"sort": "-id", "limit": 2}).json()
    assert {(term["source"], term["target"]) for term in terms["results"]} == {("안개", "fog"), ("등대", "lighthouse")}
    assert terms["total"] == 5
    assert client.get(url(base, "candidates")).json() == {"results": [], "next": None, "total": 0}
    assert client.get(url(base, "candidates"), {"decision": "accepted"}).json()["total"] == 2


def test_what_was_refused_is_not_found_again(base: Memory, file: File, member: User, client_for: Client) -> None:
    client = client_for(member)
    extract(client, base, files=[file.pk])
    fog = TermCandidate.objects.get(source="안개").pk
    client.post(url(base, "candidates/decide"), {"ids": [fog], "decision": "refuse"})
    again = extract(client, base, files=[file.pk])
    assert (again["added"], again["updated"], again["known"]) == (0, 1, 0)
    assert [one["source"] for one in client.get(url(base, "candidates")).json()["results"]] == ["등대"]
    refused = client.get(url(base, "candidates"), {"decision": "refused", "sort": "-decided"}).json()
    assert [(one["source"], one["decided_by"]["name"]) for one in refused["results"]] == [("안개", "Tran Slator")]


def test_the_options_of_an_extraction(base: Memory, file: File, member: User, client_for: Client) -> None:
    client = client_for(member)
    assert extract(client, base, files=[file.pk], options={"min_occurrences": 3})["added"] == 1
    assert extract(client, base, files=[file.pk], options={"min_occurrences": 1, "max_length": 4})["added"] == 3
    more = extract(client, base, files=[file.pk], options={"min_occurrences": 1, "sentences": True})
    assert more["added"] == 2 and TermCandidate.objects.filter(source="안개가 걷힌다.").exists()
    for options in ({"max_length": 0}, {"max_length": 201}, {"min_occurrences": "2"}, {"sentences": 1}, {"x": 1}, [1]):
        response = client.post(url(base, "candidates/extract"), {"files": [file.pk], "options": options})
        assert response.status_code == 400, options


def test_pages_of_candidates(base: Memory, file: File, member: User, client_for: Client) -> None:
    client = client_for(member)
    extract(client, base, files=[file.pk], options={"min_occurrences": 1})
    first = client.get(url(base, "candidates"), {"limit": 2}).json()
    second = client.get(url(base, "candidates"), {"limit": 2, "cursor": first["next"]}).json()
    found = [one["occurrences"] for one in first["results"] + second["results"]]
    assert found == sorted(found, reverse=True) and len(found) == 4 and first["total"] == 5
    assert client.get(url(base, "candidates"), {"search": "등대", "sort": "source"}).json()["total"] == 2
    for wrong in ({"decision": "x"}, {"sort": "x"}, {"sort": "decided"}, {"cursor": "x"}):
        assert client.get(url(base, "candidates"), wrong).status_code == 400


def test_files_in_another_language_are_passed_over(
    base: Memory, file: File, project: Project, lead: User, client_for: Client
) -> None:
    client = client_for(lead)
    other = create_project(actor=lead, platform_id=None, name="French", source_language="fr", target_language="en")
    (french,) = import_file(actor=lead, project=other, folder=None, filename="fr.xml", data=locstr(ROWS))
    assert extract(client, base, files=[file.pk, french.pk])["skipped_files"] == 1
    refused = client.post(url(base, "candidates/extract"), {"files": [french.pk]})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "wrong_language" and "fr" in refused.json()["error"]["message"]
    # A target in another language is no suggestion.
    german = create_project(actor=lead, platform_id=None, name="German", source_language="ko", target_language="de")
    (ko_de,) = import_file(actor=lead, project=german, folder=None, filename="de.xml", data=locstr(ROWS))
    TermCandidate.objects.all().delete()
    extract(client, base, files=[ko_de.pk])
    assert set(TermCandidate.objects.values_list("suggestion", flat=True)) == {""}


def test_decisions_that_make_no_sense(base: Memory, lead: User, client_for: Client) -> None:
    for body in (
        {"ids": [1], "decision": "maybe"},
        {"decision": "accept"},
        {"ids": ["x"], "decision": "accept"},
        {"ids": list(range(5001)), "decision": "accept"},
        {"ids": [1], "decision": "accept", "targets": {"x": "y"}},
        {"ids": [1], "decision": "accept", "targets": {"1": 2}},
        {"ids": [1], "decision": "accept", "targets": [1]},
    ):
        assert client_for(lead).post(url(base, "candidates/decide"), body).status_code == 400, body


# ---- who may ----
CALLS = [
    ("get", "terms", {}),
    ("post", "terms", {"source": "a", "target": "b"}),
    ("post", "terms/act", {"act": "delete", "ids": []}),
    ("get", "candidates", {}),
    ("post", "candidates/extract", {"files": []}),
    ("post", "candidates/decide", {"ids": [], "decision": "refuse"}),
]


def test_strangers_and_nobody_have_no_terms(base: Memory, stranger: User, client_for: Client) -> None:
    pk = Term.objects.first().pk  # type: ignore[union-attr]
    for method, path, body in CALLS:
        assert getattr(client_for(stranger), method)(url(base, path), body).status_code == 404
        assert getattr(client_for(), method)(url(base, path), body).status_code == 401
    assert client_for(stranger).patch(f"/api/v1/terms/{pk}", {"target": "x", "rev": 1}).status_code == 404
    assert client_for(stranger).delete(f"/api/v1/terms/{pk}").status_code == 404
    assert client_for().delete(f"/api/v1/terms/{pk}").status_code == 401
    for number in (0, -1, 2**63, -(2**63) - 1):
        assert client_for(stranger).delete(f"/api/v1/terms/{number}").status_code == 404
    assert Term.objects.filter(removed_at__isnull=True).count() == 3


def test_a_read_only_base_is_only_read(base: Memory, member: User, client_for: Client) -> None:
    MemoryAssignment.objects.filter(memory=base).update(writable=False)
    client, term = client_for(member), Term.objects.order_by("pk").first()
    assert term is not None
    for method, path, body in CALLS:
        assert getattr(client, method)(url(base, path), body).status_code == (200 if method == "get" else 403), path
    assert client.patch(f"/api/v1/terms/{term.pk}", {"target": "x", "rev": term.rev}).status_code == 403
    assert client.delete(f"/api/v1/terms/{term.pk}").status_code == 403


def test_files_that_a_person_does_not_see_are_not_searched(
    base: Memory, file: File, folder: Folder, project: Project, stranger: User, lead: User, client_for: Client
) -> None:
    public = create_memory(actor=lead, name="Own", kind=Memory.Kind.TERMS, source_language="ko", target_language="en")
    Memory.objects.filter(pk=public.pk).update(owner_id=stranger.pk)
    client = client_for(stranger)
    for body in ({"files": [file.pk]}, {"folder": folder.pk}, {"folders": [folder.pk]}, {"project": project.pk}):
        assert client.post(url(public, "candidates/extract"), body).status_code == 404, body
    assert client.post(url(public, "candidates/extract"), {}).status_code == 400


def test_a_memory_has_no_terms(lead: User, project: Project, client_for: Client) -> None:
    memory = create_memory(
        actor=lead, name="Memory", source_language="ko", target_language="en", to=Ref("project", project.pk)
    )
    for method, path, body in CALLS:
        assert getattr(client_for(lead), method)(url(memory, path), body).status_code == 404


# ---- files, and the editor ----
def upload(client: Any, name: str, data: bytes) -> str:
    response = client.post("/api/v1/uploads", {"file": SimpleUploadedFile(name, data)}, format="multipart")
    return str(response.json()["uploads"][0]["id"])


def finished(client: Any, response: Any) -> dict[str, Any]:
    """The task of a response, run to its end."""
    assert response.status_code == 202, response.content
    run_queued_tasks()
    done = client.get(f"/api/v1/tasks/{response.json()['task']['id']}").json()
    assert done["status"] == "succeeded", done
    return dict(done)


@pytest.mark.parametrize("name", ["tbx", "xlsx", "tsv"])
def test_a_term_base_goes_out_and_comes_in_again(base: Memory, member: User, client_for: Client, name: str) -> None:
    client = client_for(member)
    done = finished(client, client.post(url(base, "export"), {"format": name}))
    (file,) = done["files"]
    data = b"".join(client.get(f"/api/v1/tasks/{done['id']}/files/{file['id']}").streaming_content)
    same = {"upload": upload(client, f"terms.{name}", data), "mode": "diff", "apply": False}
    counts = finished(client, client.post(url(base, "import"), same))["result"]["counts"]
    assert (counts["new"], counts["changed"], counts["gone"], counts["unchanged"]) == (0, 0, 0, 3)
    term = Term.objects.get(target="fox")
    client.delete(f"/api/v1/terms/{term.pk}")
    back = {"upload": upload(client, f"terms.{name}", data), "mode": "merge"}
    result = finished(client, client.post(url(base, "import"), back))["result"]
    assert (result["added"], result["unchanged"]) == (1, 2)
    assert set(Term.objects.filter(removed_at__isnull=True).values_list("source", "target", "use")) == {
        ("검", "sword", "preferred"), ("검", "blade", "forbidden"), ("여우", "fox", "preferred"),
    }  # fmt: skip


def test_a_broken_file_changes_no_term(base: Memory, member: User, client_for: Client) -> None:
    client = client_for(member)
    broken = (
        b'<?xml version="1.0"?><martif type="TBX"><text><body><termEntry><langSet xml:lang="ko"><tig><term>a</term>'
    )
    body = {"upload": upload(client, "terms.tbx", broken), "mode": "diff"}
    response = client.post(url(base, "import"), body)
    run_queued_tasks()
    done = client.get(f"/api/v1/tasks/{response.json()['task']['id']}").json()
    assert done["status"] == "failed" and done["error"]
    assert Term.objects.filter(removed_at__isnull=True).count() == 3


def test_the_editor_gets_the_terms_of_a_row(base: Memory, file: File, member: User, client_for: Client) -> None:
    client = client_for(member)
    shown = client.post(f"/api/v1/files/{file.pk}/lookup", {"source": "그 {0}의 검을 든 여우는"}).json()["terms"]
    assert [(term["source"], term["target"], term["use"], term["start"], term["end"]) for term in shown] == [
        ("검", "sword", "preferred", 7, 8),
        ("검", "blade", "forbidden", 7, 8),
        ("여우", "fox", "preferred", 12, 14),
    ]
    assert shown[0]["memory"] == {"id": base.pk, "name": "Terms"}
    MemoryAssignment.objects.filter(memory=base).update(active=False)
    assert client.post(f"/api/v1/files/{file.pk}/lookup", {"source": "검을"}).json()["terms"] == []
