"""What pure libraries and the outermost layers say reaches a person in the own language."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from apps.accounts.models import User
from apps.ldm import formats
from apps.ldm.formats import FormatError
from apps.ldm.formats.sentences import Sentence
from apps.ldm.services.files.import_many import Item, import_many
from locanext_project.desktop_gate import DesktopGate
from locanext_project.said import said, said_place, said_with_place
from tests.factories import client_for, user
from tests.ldm.services.tree import builders as make

NOTHING = "여기에는 아무것도 없거나 볼 수 없는 것이에요."


def refusal_of(name: str, data: bytes, options: dict[str, Any] | None = None) -> FormatError:
    with pytest.raises(FormatError) as caught:
        formats.read(name, data, options or {})
    return caught.value


def test_a_sentence_is_a_text_and_keeps_its_words() -> None:
    one = Sentence("%(count)s texts", count=3)
    assert one == "3 texts" and json.dumps(one) == '"3 texts"'
    assert Sentence("100 %") == "100 %"
    for again in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):  # noqa: S301 (our own)
        assert again == one and again.template == one.template and again.words == {"count": 3}


def test_an_error_keeps_its_words_when_it_is_raised_anew_or_sent_to_another_process() -> None:
    error = FormatError("unknown encoding %(name)r", "line 1", name="%s")
    assert str(error) == "line 1: unknown encoding '%s'"
    for other in (FormatError(error.message, "row 5"), pickle.loads(pickle.dumps(error))):  # noqa: S301 (our own)
        assert other.message == error.message
        with translation.override("ko"):
            assert said(other.message) == "모르는 인코딩이에요: '%s'"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.json", b"", "빈 파일이에요"),
        ("a.json", b'{"a": 1 2}', "줄 1:9: 있어야 할 것: 쉼표나 }. 실제로 있는 것: '2'"),
        ("a.json", b'{"a": "b"', "줄 1:10: 있어야 할 것: 쉼표나 }. 실제로 있는 것: 파일 끝"),
        ("a.xml", b"<a><b></a>", "줄 1, 열 9: 잘못된 XML이에요: 여는 태그와 닫는 태그가 달라요"),
        ("a.xlsx", b"PK nothing", "통합 문서가 손상되었거나 잘렸어요. zip 목록이 없어요"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_korean(name: str, data: bytes, sentence: str) -> None:
    error = refusal_of(name, data)
    with translation.override("en"):
        assert said_with_place(error.message, error.place) == str(error)
    with translation.override("ko"):
        assert said_with_place(error.message, error.place) == sentence


def test_the_error_of_the_other_file_is_said_whole() -> None:
    options = {"source_file": {"filename": "en.json", "data": b"["}, "add_missing": True}
    error = refusal_of("ko.json", b'{"a": "b"}', options)
    with translation.override("ko"):
        text = said(error.message)
    assert text.startswith("원문 언어 파일 'en.json': 읽을 수 없어요.") and "expected" not in text


def test_places_keep_the_names_in_them() -> None:
    with translation.override("ko"):
        assert said_place("Sheet1!C12") == "Sheet1!C12"
        assert said_place("Line items, row 5") == "Line items, 5행"
        assert said_place("") == ""
    with translation.override("en"):
        assert said_place("option sheets, sheet 'A, b'") == "option sheets, sheet 'A, b'"


@pytest.mark.django_db
def test_an_import_tells_the_person_in_korean_what_was_not_read(admin_user: User) -> None:
    project = make.project(admin_user, "Quests")
    items = [Item("a.json", b'{"a": }'), Item("b.zip", b"none"), Item("c.exe", b"none")]
    with translation.override("ko"):
        refused = import_many(actor=admin_user, project=project, folder=None, items=items).errors
    places = {one["path"]: one["place"] for one in refused}
    assert places == {"a.json": "줄 1:7", "b.zip": "b.zip", "c.exe": "c.exe"}
    assert all(any("가" <= character <= "힣" for character in one["message"]) for one in refused)


@pytest.mark.django_db
def test_the_api_refuses_in_the_language_of_the_person() -> None:
    person = user(username="mina", preferences={"ui_language": "ko"})
    answer = client_for(person).get("/api/v1/tasks?status=lost")
    assert answer.json()["error"]["message"].startswith("status에")
    answer = client_for(person).get("/api/v1/files/987654")
    assert answer.status_code == 404 and answer.json()["error"]["message"] == NOTHING


def test_a_request_that_is_too_long_is_refused_in_its_language() -> None:
    address = "/api/v1/me?" + "a" * 100_000
    assert Client().get(address).json()["error"]["message"] == "This address is too long."
    answer = Client().get(address, headers={"accept-language": "ko"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (414, "주소가 너무 길어요.")


@pytest.mark.parametrize(("asked", "word"), [("ko", "답해요"), ("en", "answers"), ("\xff;q=x", "answers")])
def test_the_gate_of_a_desktop_refuses_in_the_language_of_the_request(asked: str, word: str) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def nobody(*_: Any) -> None:
        raise AssertionError("the gate let it in")

    scope = {
        "type": "http", "path": "/", "client": ["192.0.2.1", 5], "server": ["127.0.0.1", 1], "query_string": b"\xff",
        "headers": [(b"host", b"127.0.0.1:1"), (b"accept-language", asked.encode("latin-1"))],
    }  # fmt: skip
    asyncio.run(DesktopGate(nobody)(scope, None, send))
    assert sent[0]["status"] == 403 and word in sent[1]["body"].decode()
