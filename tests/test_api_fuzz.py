"""Requests that fit the API's description, and requests that do not: no answer is an error of the server."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode

from apps.accounts.models import User
from locanext_project import workspaces
from tests.one_of_everything import World, make_world

pytestmark = pytest.mark.django_db
BASE = "http://testserver"
SEED = 20_261_121
SHORT, LONG = 2, 40
# Names of ids in bodies, by what they are of.
IDS = {"project_id": "project", "platform_id": "platform", "folder_id": "folder", "parent_id": "folder"}


class Caller:
    """Sends cases as a person, each in a savepoint that is rolled back: the world stays as it was."""

    def __init__(self, client: Any, world: World) -> None:
        client.raise_request_exception = False
        self.client, self.world = client, world
        self.cookies = {name: cookie.value for name, cookie in client.cookies.items()}
        self.dice = random.Random(SEED)
        self.sent: dict[int, int] = {}
        self.errors: dict[str, str] = {}

    def send(self, case: Any) -> None:
        """One request; an answer of 500 or above is kept with the request that caused it."""
        if self.dice.random() < 0.7:
            self._aim(case)
        asked = requests.Request(**_known(case.as_transport_kwargs(base_url=BASE))).prepare()
        headers = {f"HTTP_{name.upper().replace('-', '_')}": str(value) for name, value in asked.headers.items()}
        kind = headers.pop("HTTP_CONTENT_TYPE", "application/json")
        # Made-up tokens would be refused before anything else is looked at; a few are sent all the same.
        dropped = ("HTTP_CONTENT_LENGTH", "HTTP_COOKIE", "HTTP_AUTHORIZATION")
        for name in dropped if self.dice.random() < 0.95 else dropped[:2]:
            headers.pop(name, None)
        self.client.cookies.load(self.cookies)
        body = asked.body or b""
        with workspaces.atomic():
            path = str(asked.url).removeprefix(BASE)
            response = self.client.generic(asked.method, path, body, content_type=kind, **headers)
            if response.streaming:
                response.getvalue()
            transaction.set_rollback(True, using=workspaces.alias())
        status = response.status_code
        self.sent[status] = self.sent.get(status, 0) + 1
        label = case.operation.label
        if status >= 500:
            self.errors[label] = f"{status} {path} {kind} {body!r:.600}"
        elif status >= 400:
            error = response.json()["error"]
            if set(error) != {"code", "message", "details"}:
                self.errors[label] = f"{status} {path}: {response.content!r:.300}"

    def _aim(self, case: Any) -> None:
        """Put the ids of things that exist in place of made-up ones."""
        route = case.operation.path.removeprefix("/api/v1/")
        known = self.world.values(route)
        for name in case.path_parameters or {}:
            if name in known:
                value = known[name]
                case.path_parameters[name] = value if isinstance(value, int) else str(value)
        if isinstance(case.body, dict):
            for name, kind in IDS.items():
                if isinstance(case.body.get(name), int):
                    case.body[name] = getattr(self.world, kind).pk
            if isinstance(case.body.get("user_id"), int):
                case.body["user_id"] = self.world.owner.pk


def _known(options: dict[str, Any]) -> dict[str, Any]:
    names = {"method", "url", "headers", "files", "data", "params", "auth", "cookies", "json"}
    return {name: value for name, value in options.items() if name in names}


def operations(schema: Any) -> Iterator[Any]:
    """Every operation of the description."""
    for found in schema.get_all_operations():
        yield found.ok()


def run(caller: Caller, examples: int) -> None:
    """Send `examples` cases of each operation that fit its description, and as many that do not."""
    description = caller.client.get("/api/v1/schema").json()
    schema = schemathesis.openapi.from_dict(description)
    schema.config.update(base_url=BASE)
    calm = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    for operation in operations(schema):
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _each(operation.as_strategy(generation_mode=mode), caller.send, calm)


def _each(strategy: Any, send: Callable[[Any], None], calm: settings) -> None:
    @seed(SEED)
    @calm
    @given(case=strategy)
    def one(case: Any) -> None:
        send(case)

    one()


@pytest.fixture
def world(lead: User, client_for: Callable[..., Any]) -> World:
    """A restricted platform with one of everything, the lead's."""
    return make_world(lead, client_for)


@pytest.fixture
def caller(world: World, lead: User, client_for: Callable[..., Any]) -> Caller:
    """The lead's client."""
    return Caller(client_for(lead), world)


def test_no_request_breaks_the_server(caller: Caller) -> None:
    run(caller, SHORT)
    assert caller.errors == {}
    assert sum(caller.sent.values()) > 200


@pytest.mark.slow
def test_no_request_of_many_breaks_the_server(caller: Caller) -> None:
    run(caller, LONG)
    assert caller.errors == {}
