"""Every address of the program and who may use it. A new address without a decision here fails."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from apps.accounts.models import User
from apps.ldm.models import File
from apps.ldm.services.tree.access import add_grant
from apps.ldm.services.tree.structure import Ref
from tests.one_of_everything import PREFIX, World, make_world

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]

# What is asked for by name in the table: nobody's access first.
OPEN = "open"  # answers nobody
LOGIN = "login"  # 401 or the login page for nobody; everybody else
SEES = "sees"  # as LOGIN, and 404 for those who may not see the thing
OWNER = "owner"  # as LOGIN, and 404 for everybody but the owner
DESKTOP = "desktop"  # as LOGIN, and 404 for everybody on a server
LEAD = "lead"  # as LOGIN, and 403 for those who are not leads
SEES_LEAD = "sees, lead"  # 404 for those who may not see it, 403 for members who are not leads
SEES_MAY = "sees, may"  # 404 for those who may not see it, 403 for members without the permission

PAGES = {
    "": LOGIN,
    "login": OPEN,
    "logout": OPEN,
    "password": LOGIN,
    "language": OPEN,
    "account": LOGIN,
    "account/sessions/<uuid:session_id>/end": LOGIN,
    "account/sessions/end-others": LOGIN,
    "people": LEAD,
    "people/<user_id>": LEAD,
    "people/<user_id>/reset-password": LEAD,
    "people/<user_id>/end-sessions": LEAD,
    "people/<user_id>/deactivate": LEAD,
    "people/<user_id>/activate": LEAD,
    "platforms/<signed:node_id>/": SEES,
    "projects/<signed:node_id>/": SEES,
    "folders/<signed:node_id>/": SEES,
    "trash/": LOGIN,
    "projects/<signed:node_id>/import/": SEES,
    "projects/<signed:node_id>/settings/": SEES,
    "folders/<signed:node_id>/import/": SEES,
    "memory/": LOGIN,
    "search/": LOGIN,
    "memory/<signed:memory_id>/": SEES,
    "analysis/<uuid:task_id>/": OWNER,
    "files/<signed:file_id>/": SEES,
    "files/<signed:file_id>/changes/": SEES,
    "files/<signed:file_id>/repeats/": SEES,
    "files/<signed:file_id>/new-version/": SEES,
    "files/<signed:file_id>/bilingual/": SEES,
    "tasks/": LOGIN,
    "inbox/": LOGIN,
    "start/": DESKTOP,
    "jsi18n/": OPEN,
    "api/": LOGIN,
}
# {address: {method: access}}
API: dict[str, dict[str, str]] = {
    "schema": {"GET": LOGIN},
    "auth/login": {"POST": OPEN},
    "auth/refresh": {"POST": OPEN},
    "auth/logout": {"POST": OPEN},
    "auth/me": {"GET": LOGIN},
    "auth/me/preferences": {"PATCH": LOGIN},
    "auth/password": {"POST": LOGIN},
    "auth/sessions": {"GET": LOGIN, "DELETE": LOGIN},
    "auth/sessions/<uuid:session_id>": {"DELETE": OWNER},
    "users": {"GET": LEAD, "POST": LEAD},
    "users/<user_id>": {"GET": OWNER, "PATCH": OWNER},
    "users/<user_id>/reset-password": {"POST": LEAD},
    "users/<user_id>/end-sessions": {"POST": LEAD},
    "users/<user_id>/deactivate": {"POST": LEAD},
    "users/<user_id>/activate": {"POST": LEAD},
    "tasks": {"GET": LOGIN},
    "tasks/<uuid:task_id>": {"GET": OWNER, "DELETE": OWNER},
    "tasks/<uuid:task_id>/cancel": {"POST": OWNER},
    "tasks/<uuid:task_id>/files/<uuid:file_id>": {"GET": OWNER},
    "tree": {"GET": LOGIN},
    "tree/move": {"POST": LOGIN},
    "tree/copy": {"POST": LOGIN},
    "tree/delete": {"POST": LOGIN},
    "tree/<str:kind>/<signed:node_id>": {"GET": SEES},
    "tree/<str:kind>/<signed:node_id>/folders": {"GET": SEES},
    "platforms": {"POST": LEAD},
    "projects": {"POST": LEAD},
    "folders": {"POST": LOGIN},
    "platforms/<signed:node_id>": {"PATCH": SEES_LEAD},
    "projects/<signed:node_id>": {"PATCH": SEES_LEAD},
    "folders/<signed:node_id>": {"PATCH": SEES},
    "files/<signed:file_id>": {"GET": SEES, "PATCH": SEES},
    "platforms/<signed:node_id>/grants": {"GET": SEES_LEAD, "POST": SEES_LEAD, "DELETE": SEES_LEAD},
    "projects/<signed:node_id>/grants": {"GET": SEES_LEAD, "POST": SEES_LEAD, "DELETE": SEES_LEAD},
    "capabilities": {"GET": LEAD, "POST": LEAD, "DELETE": LEAD},
    "trash": {"GET": LOGIN},
    "trash/empty": {"POST": LOGIN},
    "trash/<signed:item_id>": {"DELETE": SEES_MAY},
    "trash/<signed:item_id>/restore": {"POST": SEES},
    "search": {"GET": LOGIN},
    "search/rows": {"GET": LOGIN},
    "projects/<signed:project_id>/filters": {"GET": SEES, "POST": SEES},
    "filters/<signed:filter_id>": {"PATCH": SEES_LEAD, "DELETE": SEES_LEAD},
    "uploads": {"POST": LOGIN},
    "uploads/<uuid:upload_id>/inspect": {"POST": LOGIN},
    "imports": {"POST": LOGIN},
    "files/<signed:file_id>/reimport": {"POST": SEES},
    "files/<signed:file_id>/bilingual": {"POST": SEES},
    "files/<signed:file_id>/download": {"POST": SEES},
    "folders/<signed:node_id>/download": {"POST": SEES},
    "projects/<signed:node_id>/download": {"POST": SEES},
    "plans/<uuid:plan_id>/items": {"GET": OWNER},
    "plans/<uuid:plan_id>/apply": {"POST": OWNER},
    "files/<signed:file_id>/rows": {"GET": SEES},
    "files/<signed:file_id>/views": {"POST": SEES},
    "files/<signed:file_id>/locate": {"GET": SEES},
    "files/<signed:file_id>/changes": {"GET": SEES},
    "files/<signed:file_id>/reference": {"GET": SEES, "POST": SEES},
    "files/<signed:file_id>/ticket": {"POST": SEES},
    "files/<signed:file_id>/next-todo": {"GET": SEES},
    "rows/<signed:row_id>/lease": {"POST": SEES, "DELETE": SEES},
    "files/<signed:file_id>/lookup": {"POST": SEES},
    "files/<signed:file_id>/lookup/many": {"POST": SEES},
    "files/<signed:file_id>/concordance": {"POST": SEES},
    "files/<signed:file_id>/change-sets": {"GET": SEES},
    "files/<signed:file_id>/acts": {"POST": SEES},
    "files/<signed:file_id>/acts/preview": {"POST": SEES},
    "files/<signed:file_id>/copy-block": {"POST": SEES},
    "files/<signed:node_id>/repeats": {"GET": SEES},
    "files/<signed:node_id>/repeats/<signed:source_hash>/rows": {"GET": SEES},
    "projects/<signed:node_id>/repeats": {"GET": SEES},
    "projects/<signed:node_id>/repeats/<signed:source_hash>/rows": {"GET": SEES},
    "projects/<signed:node_id>/change-sets": {"GET": SEES_LEAD},
    "rows/<signed:row_id>/repeats": {"GET": SEES},
    "change-sets/<signed:change_set_id>": {"GET": SEES},
    "change-sets/<signed:change_set_id>/items": {"GET": SEES},
    "change-sets/<signed:change_set_id>/revert": {"POST": SEES},
    "memories": {"GET": LOGIN, "POST": LOGIN},
    "memories/tree": {"GET": LOGIN},
    "memories/move": {"POST": LOGIN},
    "memories/copy": {"POST": LOGIN},
    "memories/import": {"POST": LOGIN},
    "memories/<signed:memory_id>": {"GET": SEES, "PATCH": SEES_LEAD, "DELETE": SEES_LEAD},
    "memories/<signed:memory_id>/quality": {"GET": SEES},
    "memories/<signed:memory_id>/entries": {"GET": SEES, "POST": SEES},
    "memories/<signed:memory_id>/entries/act": {"POST": SEES},
    "memories/<signed:memory_id>/import": {"POST": SEES},
    "memories/<signed:memory_id>/export": {"POST": SEES},
    "memories/<signed:memory_id>/vectors": {"POST": SEES_LEAD},
    "engines": {"GET": LOGIN},
    "entries/<signed:entry_id>": {"PATCH": SEES},
    "entries/<signed:entry_id>/history": {"GET": SEES},
    "files/<signed:file_id>/memories": {"GET": SEES},
    "files/<signed:file_id>/memory": {"POST": SEES},
    "memories/<signed:memory_id>/terms": {"GET": SEES, "POST": SEES},
    "memories/<signed:memory_id>/terms/act": {"POST": SEES},
    "memories/<signed:memory_id>/candidates": {"GET": SEES},
    "memories/<signed:memory_id>/candidates/extract": {"POST": SEES},
    "memories/<signed:memory_id>/candidates/decide": {"POST": SEES},
    "terms/<signed:term_id>": {"PATCH": SEES, "DELETE": SEES},
    "pretranslate": {"POST": LOGIN},
    "analysis": {"POST": LOGIN},
    "files/<signed:node_id>/pretranslate": {"POST": SEES},
    "folders/<signed:node_id>/pretranslate": {"POST": SEES},
    "projects/<signed:node_id>/pretranslate": {"POST": SEES},
    "files/<signed:node_id>/analysis": {"POST": SEES},
    "folders/<signed:node_id>/analysis": {"POST": SEES},
    "projects/<signed:node_id>/analysis": {"POST": SEES},
    "projects/<signed:node_id>/rates": {"GET": SEES, "PUT": SEES_LEAD},
    "files/<signed:file_id>/check": {"POST": SEES},
    "files/<signed:file_id>/check-all": {"POST": SEES},
    "files/<signed:file_id>/issues": {"GET": SEES},
    "files/<signed:file_id>/issues/counts": {"GET": SEES},
    "files/<signed:file_id>/issues/rows": {"GET": SEES},
    "files/<signed:file_id>/issues/dismiss": {"POST": SEES},
    "files/<signed:file_id>/issues/export": {"POST": SEES},
    "projects/<signed:node_id>/check-all": {"POST": SEES},
    "projects/<signed:node_id>/codes": {"GET": SEES, "PUT": SEES_LEAD},
    "projects/<signed:node_id>/checks": {"GET": SEES, "PUT": SEES_LEAD},
    "projects/<signed:node_id>/length-rules": {"GET": SEES, "POST": SEES_LEAD},
    "projects/<signed:node_id>/length-rules/<signed:rule_id>": {"PATCH": SEES_LEAD, "DELETE": SEES_LEAD},
    "rows/status": {"POST": LOGIN},
    "rows/<signed:row_id>": {"GET": SEES, "PATCH": SEES},
    "rows/<signed:row_id>/history": {"GET": SEES},
    "sync/hello": {"POST": LOGIN},
    "sync/tree": {"GET": LOGIN},
    "sync/files/<signed:file_id>/path": {"GET": SEES},
    "sync/files/<signed:file_id>/snapshot": {"GET": SEES},
    "sync/files/<signed:file_id>/changes": {"GET": SEES},
    "sync/files/<signed:file_id>/original": {"GET": SEES},
    "sync/files/<signed:file_id>/blobs/<str:sha256>": {"GET": SEES},
    "sync/files/<signed:file_id>/memories": {"GET": SEES},
    "sync/files/<signed:file_id>/conflicts": {"GET": SEES},
    "sync/memories/<signed:memory_id>/entries": {"GET": SEES},
    "sync/push": {"POST": LOGIN},
    "sync/blobs/<str:sha256>": {"PUT": LOGIN},
    "sync/things": {"POST": LOGIN},
    "sync/conflicts/<uuid:op>/resolution": {"POST": OWNER},
    "link": {"GET": DESKTOP},
    "link/people": {"GET": DESKTOP},
    "link/probe": {"GET": DESKTOP},
    "link/server": {"POST": DESKTOP},
    "link/login": {"POST": DESKTOP},
    "link/logout": {"POST": DESKTOP},
    "link/mode": {"POST": DESKTOP},
    "link/sync": {"POST": DESKTOP},
    "link/pending": {"GET": DESKTOP},
    "link/pending/<signed:row_id>": {"DELETE": DESKTOP},
    "link/files": {"GET": DESKTOP},
    "link/tree": {"GET": DESKTOP},
    "link/open": {"POST": DESKTOP},
    "link/mirror": {"POST": DESKTOP},
    "link/subscriptions/<str:kind>/<signed:node_id>": {"PUT": DESKTOP, "DELETE": DESKTOP},
    "link/upload": {"POST": DESKTOP},
    "conflicts": {"GET": LOGIN},
    "conflicts/count": {"GET": LOGIN},
    "conflicts/resolve": {"POST": LOGIN},
    "conflicts/<uuid:op>/resolve": {"POST": OWNER},
}
ADMIN = "admin/"
# Bodies that get past the checks of their shape, so that the answer is about access.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("platforms", "POST"): {"name": "Second"},
    ("projects", "POST"): {"name": "Second", "target_language": "en"},
    ("users", "POST"): {"username": "somebody-new"},
    ("capabilities", "POST"): {"user_id": 1, "name": "empty_trash"},
    ("capabilities", "DELETE"): {"user_id": 1, "name": "empty_trash"},
    ("platforms/<signed:node_id>", "PATCH"): {"name": "Renamed"},
    ("projects/<signed:node_id>", "PATCH"): {"name": "Renamed"},
    ("folders/<signed:node_id>", "PATCH"): {"name": "Renamed"},
    ("files/<signed:file_id>", "PATCH"): {"name": "renamed.xml"},
    ("platforms/<signed:node_id>/grants", "POST"): {"user_id": 1},
    ("platforms/<signed:node_id>/grants", "DELETE"): {"user_id": 1},
    ("projects/<signed:node_id>/grants", "POST"): {"user_id": 1},
    ("projects/<signed:node_id>/grants", "DELETE"): {"user_id": 1},
    ("projects/<signed:project_id>/filters", "POST"): {"name": "Open", "query": "status:todo"},
    ("filters/<signed:filter_id>", "PATCH"): {"name": "Renamed"},
    ("rows/<signed:row_id>", "PATCH"): {"target": "x", "text_rev": 1},
    ("memories/<signed:memory_id>", "PATCH"): {"description": "x"},
    ("memories/<signed:memory_id>/entries", "POST"): {"source": "x", "target": "y"},
    ("entries/<signed:entry_id>", "PATCH"): {"target": "x", "rev": 1},
    ("sync/conflicts/<uuid:op>/resolution", "POST"): {
        "caller": {"client": str(uuid.UUID(int=7)), "now": 0},
        "resolution": "kept",
    },
    ("conflicts/<uuid:op>/resolve", "POST"): {"resolution": "kept"},
}
QUERIES = {
    "files/<signed:file_id>/changes": "?since=0",
    "files/<signed:file_id>/locate": "?n=1",
    "search": "?q=quest",
    "search/rows": "?q=e",
}


def routes() -> Iterator[tuple[str, Any]]:
    """(address with its converters, view) of everything the resolver knows, the admin's left out."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            route = prefix + re.sub(r"^\^|\$$", "", str(pattern.pattern))
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                yield re.sub(r"\^|\(\?P(<\w+>)[^)]*\)", r"\1", route), pattern.callback

    return ((route, view) for route, view in walk(get_resolver().url_patterns, "") if not route.startswith(ADMIN))


def methods_of(view: Any) -> set[str]:
    """The methods that a REST view answers."""
    known = {"get", "post", "put", "patch", "delete"}
    return {name.upper() for name in known if hasattr(view.view_class, name)}


def test_every_address_is_in_the_tables() -> None:
    found = dict(routes())
    pages = {route for route in found if not route.startswith(PREFIX)}
    api = {route.removeprefix(PREFIX): methods_of(view) for route, view in found.items() if route.startswith(PREFIX)}
    assert pages == set(PAGES)
    assert api == {route: set(methods) for route, methods in API.items()}


def test_the_description_is_complete_and_valid(tmp_path: Path) -> None:
    call_command("spectacular", file=str(tmp_path / "schema.yml"), validate=True, fail_on_warn=True)
    described = yaml.safe_load((tmp_path / "schema.yml").read_text())["paths"]
    methods = {path: {name.upper() for name in found} - {"PARAMETERS"} for path, found in described.items()}
    known = {"/" + PREFIX + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route): set(found) for route, found in API.items()}
    del known["/" + PREFIX + "schema"]
    assert methods == known


@pytest.fixture
def world(lead: User, client_for: Callable[..., Any]) -> World:
    """A restricted platform with one of everything, the lead's."""
    return make_world(lead, client_for)


def ask(client: Any, world: World, route: str, method: str) -> Any:
    client.raise_request_exception = False
    address = f"/{PREFIX}{world.fill(route)}{QUERIES.get(route, '')}"
    return client.generic(method, address, _json(BODIES.get((route, method), {})), content_type="application/json")


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body)


def in_shape(response: Any) -> bool:
    """Whether an answer is the one error shape."""
    error = response.json()["error"]
    return set(error) == {"code", "message", "details"} and bool(error["code"] and error["message"])


CALLS = [(route, method, access) for route, methods in API.items() for method, access in methods.items()]
# Logging out would end the client of the loop.
SIGNED_IN_CALLS = [call for call in CALLS if call[2] != OPEN]


def test_the_api_answers_nobody(world: World, client_for: Client) -> None:
    nobody = client_for()
    for route, method, access in CALLS:
        response = ask(nobody, world, route, method)
        if access == OPEN:
            assert response.status_code in (200, 204, 400), (route, method, response.content)
            continue
        assert response.status_code == 401, (route, method, response.content)
        assert in_shape(response) and response.json()["error"]["code"] == "not_signed_in"
        assert response["WWW-Authenticate"].startswith("Bearer")


def test_what_a_stranger_may_not_see_is_not_there(world: World, client_for: Client, stranger: User) -> None:
    outside = client_for(stranger)
    for route, method, access in SIGNED_IN_CALLS:
        response = ask(outside, world, route, method)
        assert response.status_code < 500, (route, method, response.content)
        if access in (SEES, SEES_LEAD, SEES_MAY, OWNER, DESKTOP):
            assert response.status_code == 404, (route, method, response.content)
        elif access == LEAD:
            assert response.status_code == 403, (route, method, response.content)
        if response.status_code >= 400:
            assert in_shape(response), (route, method, response.content)
        assert "Passage" not in response.content.decode("utf-8", "replace"), (route, method)


def test_a_stranger_changes_nothing_through_lists_of_ids(world: World, client_for: Client, stranger: User) -> None:
    outside = client_for(stranger)
    file, folder = {"kind": "file", "id": world.file.pk}, {"kind": "folder", "id": world.folder.pk}
    for path, body in (
        ("tree/move", {"items": [file], "to": folder}),
        ("tree/copy", {"items": [file], "to": folder}),
        ("tree/delete", {"items": [file]}),
        ("folders", {"project_id": world.project.pk, "name": "x"}),
        ("rows/status", {"ids": [world.row.pk], "status": "confirmed"}),
        ("imports", {"items": [{"upload": str(uuid.uuid4())}], "project_id": world.project.pk}),
        ("pretranslate", {"files": [world.file.pk]}),
        ("analysis", {"projects": [world.project.pk], "folders": [world.folder.pk]}),
        ("memories/move", {"ids": [world.memory.pk], "to": None}),
        ("memories/copy", {"ids": [world.memory.pk], "to": None}),
        (
            "memories",
            {"name": "x", "source_language": "ko", "target_language": "en", "scope": dict(folder)},
        ),
    ):
        response = outside.post(f"/{PREFIX}{path}", body)
        assert response.status_code == 404 and in_shape(response), (path, response.content)
    assert outside.get(f"/{PREFIX}search", {"q": "quest", "kinds": "file,row"}).json()["results"] == []
    under = outside.get(f"/{PREFIX}search", {"q": "quest", "under": f"project:{world.project.pk}"})
    assert under.status_code == 404 or under.json()["results"] == []
    assert outside.get(f"/{PREFIX}trash").json()["results"] == []
    assert outside.get(f"/{PREFIX}tree").json()["platforms"] == []
    assert File.objects.get(pk=world.file.pk).folder_id == world.folder.pk


def test_members_see_it_and_only_leads_manage_it(world: World, client_for: Client, translator: User) -> None:
    add_grant(actor=world.owner, ref=Ref("platform", world.platform.pk), user_id=translator.pk)
    member = client_for(translator)
    for route, method, access in SIGNED_IN_CALLS:
        if method != "GET" and access == SEES:
            continue
        response = ask(member, world, route, method)
        assert response.status_code < 500, (route, method, response.content)
        if access == SEES:
            assert response.status_code == 200, (route, method, response.content)
        elif access in (SEES_LEAD, SEES_MAY, LEAD):
            assert response.status_code == 403 and in_shape(response), (route, method, response.content)
    for route, method, access in SIGNED_IN_CALLS:
        if method != "GET" and access == SEES and route != "trash/<signed:item_id>/restore":
            response = ask(member, world, route, method)
            assert response.status_code in (200, 201, 202, 204, 400, 409), (route, method, response.content)


def test_the_owner_may_do_all_of_it(world: World, client_for: Client) -> None:
    owner = client_for(world.owner)
    for route, method, access in SIGNED_IN_CALLS:
        if method != "GET" or access == DESKTOP or route == "tasks/<uuid:task_id>/files/<uuid:file_id>":
            continue
        assert ask(owner, world, route, method).status_code == 200, (route, method)


# ---- pages
def page_address(world: World, route: str) -> str:
    return "/" + world.fill(route)


def test_pages_send_nobody_to_the_login(world: World, client_for: Client) -> None:
    nobody = client_for()
    for route, access in PAGES.items():
        for method in ("get", "post"):
            response = getattr(nobody, method)(page_address(world, route))
            if access == OPEN:
                assert response.status_code in (200, 302, 401, 405), (route, method)
                continue
            if response.status_code == 405:
                continue
            assert response.status_code == 302, (route, method, response.status_code)
            assert response["Location"].startswith("/login?next=/"), (route, response["Location"])


def test_pages_hide_what_a_stranger_may_not_see(world: World, client_for: Client, stranger: User) -> None:
    outside = client_for(stranger)
    outside.raise_request_exception = False
    for route, access in PAGES.items():
        for method in ("get", "post"):
            if method == "post" and route in ("logout", "account/sessions/end-others"):
                continue
            response = getattr(outside, method)(page_address(world, route))
            assert response.status_code < 500, (route, method)
            if response.status_code == 405:
                continue
            if access in (SEES, DESKTOP):
                assert response.status_code == 404, (route, response.status_code)
            if access == LEAD:
                assert response.status_code == 403, (route, response.status_code)
            assert b"Passage" not in response.content, route


def test_pages_show_it_to_its_owner(world: World, client_for: Client) -> None:
    owner = client_for(world.owner)
    for route, access in PAGES.items():
        if access in (LOGIN, SEES, LEAD):
            assert owner.get(page_address(world, route)).status_code in (200, 405), route


def test_ids_that_nothing_has_are_not_there(world: World, client_for: Client) -> None:
    owner = client_for(world.owner)
    owner.raise_request_exception = False
    for number in (0, -1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**19 - 1):
        for route in [*PAGES, *(PREFIX + route for route in API)]:
            if "<signed:" not in route and "<user_id>" not in route:
                continue
            address = "/" + re.sub(r"<(?:signed:\w+|user_id)>", str(number), route).replace("<str:kind>", "folder")
            if "<uuid" in address:
                continue
            assert owner.get(address).status_code in (404, 405), address


# ---- the admin
def test_the_admin_is_for_admins(client_for: Client, lead: User, admin_user: User) -> None:
    addresses = ["/admin/", "/admin/accounts/user/", "/admin/audit/auditentry/", "/admin/ldm/file/"]
    for address in addresses:
        assert client_for().get(address).status_code == 302
        assert client_for(lead).get(address).status_code in (302, 403)
        assert client_for(admin_user).get(address).status_code == 200


def test_addresses_that_do_not_exist_answer_in_the_shape_of_their_place(client_for: Client, lead: User) -> None:
    for client in (client_for(), client_for(lead)):
        for address in ("/api/v1/nothing", "/api/nothing", "/api/v1/tree/"):
            response = client.get(address)
            assert response.status_code == 404 and in_shape(response)
        response = client.get("/nothing")
        assert response.status_code == 404 and response["Content-Type"].startswith("text/html")
    refused = client_for(lead).put("/api/v1/tree", {})
    assert refused.status_code == 405 and in_shape(refused)
