"""Short ways to do what the account tests do often."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.factories import PASSWORD

V1 = "/api/v1/"


def log_in(user: User, *, password: str = PASSWORD, client: APIClient | None = None, **extra: Any) -> dict[str, Any]:
    """The answer of a successful login of a program."""
    client = client or APIClient()
    body = {"username": user.username, "password": password, "device": "test"}
    response = client.post(V1 + "auth/login", body, **extra)
    assert response.status_code == 200, response.content
    return response.json()


def bearer(tokens: dict[str, Any]) -> APIClient:
    """A client that sends the access token, without cookies."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    return client


def refresh(token: str) -> Any:
    """The response to a refresh."""
    return APIClient().post(V1 + "auth/refresh", {"refresh": token})


def code_of(response: Any) -> str:
    """The error code of a refusal."""
    return response.json()["error"]["code"]
