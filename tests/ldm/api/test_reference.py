"""The reference column over HTTP: matched by key near and far, only from files one may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Project, Row
from apps.ldm.selectors import reference
from tests.e2e.editing_pages import file_with
from tests.ldm.api.test_rows import url

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]

MINE = [
    ("K1", "등대", "Lighthouse"),
    ("K2", "여우", ""),
    ("K3", "여우", "Fox"),
    ("", "열쇠 없음", ""),
    ("K9", "새", ""),
]
OTHERS = [("K2", "여우", "Renard"), ("K1", "등대", "Phare"), ("K3", "늑대", "Loup"), ("", "다른 줄", "Sans")]


def french_with(lead: User, rows: list[tuple[str, str, str]]) -> File:
    return file_with(lead, rows, name="Passage FR", language="fr")


@pytest.fixture
def file(lead: User) -> File:
    return file_with(lead, MINE)


@pytest.fixture
def french(lead: User) -> File:
    return french_with(lead, OTHERS)


def ask(client: Any, file: File, other: File, match: str = "key") -> dict[str, str]:
    """{key: the reference's target}."""
    rows = {row.pk: row.key for row in Row.objects.filter(file=file)}
    body = {"reference": other.pk, "match": match, "ids": list(rows)}
    answer = client.post(url(f"files/{file.pk}/reference"), body).json()
    return {rows[int(pk)]: shown["target"] for pk, shown in answer["rows"].items()}


def test_rows_are_found_by_key_wherever_they_are(
    file: File, french: File, translator: User, client_for: Client
) -> None:
    assert ask(client_for(translator), file, french) == {"K1": "Phare", "K2": "Renard", "K3": "Loup"}


def test_key_and_source_leaves_out_other_sources(
    file: File, french: File, translator: User, client_for: Client
) -> None:
    assert ask(client_for(translator), file, french, "key_source") == {"K1": "Phare", "K2": "Renard"}


def test_far_rows_are_found_too(lead: User, file: File, client_for: Client) -> None:
    far = [(f"X{n}", "줄", "line") for n in range(reference.AROUND + 20)]
    assert ask(client_for(lead), file, french_with(lead, [*far, ("K9", "새", "Oiseau")])) == {"K9": "Oiseau"}


def test_of_a_key_used_twice_the_equal_source_counts(lead: User, file: File, client_for: Client) -> None:
    twice = french_with(lead, [("K1", "등불", "Lampe"), ("K5", "등대", "Phare")])
    Row.objects.filter(file=twice).update(key="K1")
    assert ask(client_for(lead), file, twice) == {"K1": "Phare"}


def test_a_file_one_may_not_see_is_no_reference(
    file: File, french: File, lead: User, translator: User, client_for: Client
) -> None:
    Project.objects.filter(pk=french.project_id).update(restricted=True)
    body = {"reference": french.pk, "ids": []}
    assert client_for(translator).post(url(f"files/{file.pk}/reference"), body).status_code == 404
    assert client_for(lead).post(url(f"files/{file.pk}/reference"), body).status_code == 200


def test_files_of_the_same_name_are_suggested(
    file: File, french: File, lead: User, translator: User, client_for: Client
) -> None:
    def offered() -> list[int]:
        return [one["id"] for one in client_for(translator).get(url(f"files/{file.pk}/reference")).json()["files"]]

    assert offered() == [french.pk]
    Project.objects.filter(pk=french.project_id).update(restricted=True)
    assert offered() == []


@pytest.mark.parametrize(
    "wrong", [{"reference": None}, {"reference": "x"}, {"ids": "all"}, {"ids": [1] * 501}, {"match": "near"}]
)
def test_what_cannot_be_understood_is_refused(
    file: File, french: File, lead: User, client_for: Client, wrong: dict[str, Any]
) -> None:
    body = {"reference": french.pk, "ids": []} | wrong
    assert client_for(lead).post(url(f"files/{file.pk}/reference"), body).status_code == 400
