"""Logging in through the API, and acts of many threads at once, for the account tests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections
from rest_framework.test import APIClient

from apps.accounts.models import User
from locanext_project import workspaces
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


def in_parallel(count: int, act: Callable[[], Any]) -> list[Any]:
    """What `count` threads got that all called `act` at the same moment: a result or the error it raised."""
    barrier = threading.Barrier(count)
    results: list[Any] = []

    def run() -> None:
        try:
            with workspaces.use(workspaces.SERVER):
                barrier.wait(20)
                results.append(act())
        except Exception as error:  # noqa: BLE001 (the caller looks at it)
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
