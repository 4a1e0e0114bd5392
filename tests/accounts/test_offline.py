"""What a desktop cannot do about people says so, and changes nothing."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.accounts.services.local_person import local_person
from locanext_project import workspaces
from tests.desktop_site.conftest import offline_client

pytestmark = pytest.mark.django_db
SENTENCE = "There is nobody else on this computer"


@pytest.mark.parametrize("path", ["/people", "/people/-1", "/password", "/login", "/admin/"])
def test_pages(path: str) -> None:
    answer = offline_client().get(path)
    assert answer.status_code == 403
    assert SENTENCE in answer.content.decode()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "users"),
        ("post", "auth/login"),
        ("post", "auth/refresh"),
        ("post", "auth/password"),
        ("get", "auth/sessions"),
        ("post", "users/-1/deactivate"),
    ],
)
def test_api(method: str, path: str) -> None:
    answer = getattr(offline_client(), method)(f"/api/v1/{path}", {"username": "other"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "desktop")
    assert SENTENCE in answer.json()["error"]["message"]


def test_what_stays(translator: User) -> None:
    client = offline_client()
    page = client.get("/account").content.decode()
    assert SENTENCE in page and "/password" not in page and 'href="/people"' not in page
    assert client.get("/api/v1/auth/me").status_code == 200
    assert client.patch("/api/v1/auth/me/preferences", {"theme": "light"}, format="json").status_code == 200
    listed = client.get("/api/v1/users").json()["results"]
    with workspaces.use(workspaces.OFFLINE):
        assert [one["id"] for one in listed] == [local_person().pk] == [-1]
        assert local_person().preferences["theme"] == "light"
