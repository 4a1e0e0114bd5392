"""What every answer carries and what no request gets: headers, hosts, foreign forms, redirects, files, limits."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connections
from django.test import AsyncClient, Client
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import TaskFile
from locanext_project.middleware import ADMIN_POLICY, CONTENT_SECURITY_POLICY
from tests import factories
from tests.factories import run_queued_tasks
from tests.one_of_everything import World, make_world

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def world(lead: User, client_for: Callable[..., Any]) -> World:
    """A restricted platform with one of everything, the lead's."""
    return make_world(lead, client_for)


@pytest.fixture
def client(lead: User) -> Any:
    """The lead's client, which shows errors of the program as answers."""
    made = factories.client_for(lead)
    made.raise_request_exception = False
    return made


def in_shape(response: Any, code: str = "") -> bool:
    error = response.json()["error"]
    return set(error) == {"code", "message", "details"} and bool(error["message"]) and code in ("", error["code"])


# ---- headers
def answers(client: Any) -> Iterator[tuple[str, Any]]:
    """Answers of every sort, refusals included."""
    for address in ("/", "/login", "/account", "/tasks/", "/people", "/nothing", "/files/999/", "/api/", "/jsi18n/"):
        yield address, client.get(address)
    yield "api", client.get(API + "tree")
    yield "api 404", client.get(API + "nothing")
    yield "nobody", APIClient().get(API + "tree")
    yield "redirect", APIClient().get("/")
    yield "static", client.get("/static/css/base.css")
    yield "host", client.get("/login", HTTP_HOST="evil.example")
    yield "csrf", Client(enforce_csrf_checks=True).post("/login", {"username": "x", "password": "y"})
    yield "method", client.delete("/login")
    yield "too long", client.get("/login?" + "x" * 20_000)


def test_every_answer_carries_the_headers(client: Any) -> None:
    for name, response in answers(client):
        assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, name
        assert response["X-Content-Type-Options"] == "nosniff", name
        assert response["Referrer-Policy"] == "same-origin", name
        assert response["X-Frame-Options"] == "DENY", name
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=()" in response["Permissions-Policy"], name
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_the_admin_has_a_policy_with_scripts_from_files_only(admin_user: User) -> None:
    assert factories.client_for(admin_user).get("/admin/")["Content-Security-Policy"] == ADMIN_POLICY
    scripts = next(part for part in ADMIN_POLICY.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts and "http" not in scripts


def test_answers_of_the_api_are_kept_by_no_cache(client: Any) -> None:
    assert client.get(API + "tree")["Cache-Control"] == "private, no-store"


def test_https_is_kept_to_where_it_is_on(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    plain = Client().get("/login")
    assert plain.status_code == 301 and plain["Location"].startswith("https://")
    secure = Client().get("/login", secure=True)
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(lead: User) -> None:
    browser = Client()
    browser.get("/login")
    response = browser.post("/login", {"username": lead.username, "password": factories.PASSWORD})
    assert response.status_code == 302
    for name in ("sessionid", "csrftoken"):
        cookie = browser.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"]


# ---- hosts
def test_another_host_is_refused_without_naming_settings(client: Any) -> None:
    page = client.get("/login", HTTP_HOST="evil.example")
    assert page.status_code == 400 and b"ALLOWED_HOSTS" not in page.content and b"evil" not in page.content
    answer = client.get(API + "tree", HTTP_HOST="evil.example:80")
    assert answer.status_code == 400 and in_shape(answer, "bad_request")
    forwarded = client.get("/login", HTTP_X_FORWARDED_HOST="evil.example")
    assert forwarded.status_code == 302 and "evil" not in forwarded["Location"]


# ---- forms of other sites
def test_writing_with_the_session_takes_the_token_and_the_own_origin(lead: User) -> None:
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(lead)
    for path in ("platforms", "tree/delete", "uploads", "auth/logout", "auth/password"):
        response = browser.post(API + path, {"name": "x"})
        assert response.status_code == 403 and in_shape(response, "forbidden"), path
    browser.get("/")
    token = browser.cookies["csrftoken"].value
    own = browser.post(API + "platforms", {"name": "Own"}, HTTP_X_CSRFTOKEN=token)
    assert own.status_code == 201
    foreign = {"HTTP_X_CSRFTOKEN": token, "HTTP_ORIGIN": "https://evil.example"}
    assert browser.post(API + "platforms", {"name": "Foreign"}, **foreign).status_code == 403
    assert browser.patch(API + "auth/me/preferences", {"theme": "light"}, **foreign).status_code == 403
    # A form of another site can send these types without asking first; neither is JSON to us.
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        sent = browser.generic("POST", API + "platforms", '{"name": "F"}', content_type=kind, HTTP_X_CSRFTOKEN=token)
        assert sent.status_code in (400, 415) and in_shape(sent)


def test_a_token_of_a_program_needs_no_csrf_token_and_no_origin_is_let_in(lead: User, world: World) -> None:
    program = APIClient(enforce_csrf_checks=True)
    sent = program.post(API + "auth/login", {"username": lead.username, "password": factories.PASSWORD})
    access = sent.json()["access"]
    made = program.post(API + "platforms", {"name": "By token"}, HTTP_AUTHORIZATION=f"Bearer {access}")
    assert made.status_code == 201
    answer = program.get(API + "tree", HTTP_AUTHORIZATION=f"Bearer {access}", HTTP_ORIGIN="https://evil.example")
    assert "Access-Control-Allow-Origin" not in answer


def test_the_forms_of_pages_need_the_token(lead: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    name = {"username": lead.username, "password": factories.PASSWORD}
    refused = browser.post("/login", name)
    assert refused.status_code == 403 and b"<style" not in refused.content
    assert "sessionid" not in browser.cookies
    browser.force_login(lead)
    for page in ("/logout", "/account", "/password", "/language", "/people", "/account/sessions/end-others"):
        assert browser.post(page, {}).status_code == 403, page


# ---- redirects
@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "///evil.example", "https:evil.example",
     "javascript:alert(1)", "\thttps://evil.example", "http://testserver@evil.example", "/\t/evil.example"],
)  # fmt: skip
def test_next_leads_to_this_server_only(lead: User, target: str) -> None:
    browser = Client()
    response = browser.post("/login", {"username": lead.username, "password": factories.PASSWORD, "next": target})
    assert response.status_code == 302 and response["Location"] == "/"
    again = browser.get("/login", {"next": target})
    assert again["Location"] == "/"
    assert browser.post("/language", {"language": "ko", "next": target})["Location"] == "/"


# ---- files
@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "etc/passwd"), ("..\\..\\windows\\x.xml", "windows/x.xml"), ("/etc/passwd", "etc/passwd"),
     ("a/../../b.xml", "a/b.xml"), ("....//x.xml", "..../x.xml"), ("a\r\nSet-Cookie: x.xml", "aSet-Cookie: x.xml")],
)  # fmt: skip
def test_paths_of_uploads_lead_nowhere(client: Any, name: str, kept: str) -> None:
    file = SimpleUploadedFile("q.xml", b"<a/>")
    sent = client.post(API + "uploads", {"file": file, "path": name}, format="multipart")
    assert sent.json()["uploads"][0]["filename"] == kept


@pytest.mark.parametrize("name", ["evil.html", "evil.svg", 'a"; filename="b.html', "한국어.xml", "x\r\ny.html"])
def test_downloads_are_saved_and_never_shown(client: Any, world: World, name: str) -> None:
    client.post(f"{API}files/{world.file.pk}/download", {})
    run_queued_tasks()
    TaskFile.objects.update(name=name, content_type="text/html")
    task = client.get(API + "tasks").json()["results"][0]
    response = client.get(task["files"][0]["url"])
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert "\n" not in response["Content-Disposition"] and "\r" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


# ---- the database is gone
@contextmanager
def database_gone() -> Iterator[list[str]]:
    """Every statement fails as it does when the server has gone; what the other alias was asked is kept."""
    asked: list[str] = []

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        raise OperationalError("connection to server at 10.1.2.3 failed: password for user locanext")

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(refuse), connections["offline"].execute_wrapper(keep):
        yield asked


def test_without_its_database_the_server_says_so_and_takes_no_other(client: Any, world: World) -> None:
    pages = ("/", "/account", "/tasks/", f"/files/{world.file.pk}/", "/people", "/trash/", "/admin/")
    api = ("tree", f"files/{world.file.pk}/rows", "auth/me", "tasks", "search?q=x", "schema")
    with database_gone() as asked:
        for address in (*pages, *(API + path for path in api)):
            response = client.get(address)
            assert response.status_code == 503, address
            assert response["Retry-After"] == "10"
            assert response["Content-Security-Policy"] in (CONTENT_SECURITY_POLICY, ADMIN_POLICY)
            assert b"10.1.2.3" not in response.content and b"Traceback" not in response.content
            if address.startswith(API):
                assert in_shape(response, "unavailable"), address
            else:
                assert b"cannot reach its database" in response.content
        written = client.post(API + "platforms", {"name": "x"})
        login = APIClient(raise_request_exception=False).post(API + "auth/login", {"username": "a", "password": "b"})
        assert written.status_code == login.status_code == 503 and in_shape(login, "unavailable")
        assert APIClient().get("/login").status_code == 200
        assert asked == []
    assert client.get(API + "tree").status_code == 200


def test_the_same_under_asgi(lead: User) -> None:
    browser = AsyncClient(raise_request_exception=False)
    browser.force_login(lead)
    with database_gone():
        page, answer = async_to_sync(browser.get)("/"), async_to_sync(browser.get)(API + "tree")
    assert page.status_code == answer.status_code == 503
    assert in_shape(answer, "unavailable")


def test_an_error_of_the_program_shows_no_details(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.ldm.selectors import tree

    def broken(*args: Any, **options: Any) -> Any:
        raise RuntimeError("secret place")

    monkeypatch.setattr(tree, "roots", broken)
    response = client.get(API + "tree")
    assert response.status_code == 500 and in_shape(response, "server_error")
    assert b"secret" not in response.content and b"Runtime" not in response.content


# ---- limits
def test_bodies_above_the_limits_are_refused_by_their_length(client: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.UPLOAD_MAX_MB = 1024 * 1024, 2
    large = '{"name": "' + "x" * (1024 * 1024) + '"}'
    response = client.generic("POST", API + "platforms", large, content_type="application/json")
    assert response.status_code == 413 and in_shape(response, "too_large")
    assert response.json()["error"]["details"] == {"limit_mb": 1}
    files = [SimpleUploadedFile(f"{n}.xml", b"x" * (1900 * 1024)) for n in range(2)]
    response = client.post(API + "uploads", {"file": files}, format="multipart")
    assert response.status_code == 413 and in_shape(response, "too_large")
    one = client.post(API + "uploads", {"file": SimpleUploadedFile("a.xml", b"x" * 1900 * 1024)}, format="multipart")
    assert one.status_code == 201
    page = client.post("/login", "a=" + "x" * (1024 * 1024), content_type="application/x-www-form-urlencoded")
    assert page.status_code == 413 and page["Content-Type"].startswith("text/html")


def test_a_body_of_unknown_or_odd_length_is_refused(client: Any) -> None:
    chunked = client.generic("POST", API + "platforms", "", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
    assert chunked.status_code == 411 and in_shape(chunked, "length_required")
    for odd in ("-5", "5,5", "x", "１"):
        response = client.get(API + "tree", CONTENT_LENGTH=odd)
        assert response.status_code == 400 and in_shape(response, "bad_length")


def test_too_many_parts(client: Any) -> None:
    many = {f"field{n}": "x" for n in range(1200)}
    response = client.post(API + "uploads", many, format="multipart")
    assert response.status_code == 413 and in_shape(response, "too_large")
    response = client.get(API + "tree?" + "&".join(f"a{n}=1" for n in range(1500)))
    assert response.status_code in (200, 413)
    page = Client().post("/login", many)
    assert page.status_code == 413 and b"DATA_UPLOAD" not in page.content


def test_long_and_impossible_addresses(client: Any) -> None:
    response = client.get(API + "tree?q=" + "x" * 20_000)
    assert response.status_code == 414 and in_shape(response, "address_too_long")
    for address in (API + "search?q=%00", API + "users?search=a%00b", API + "tasks?cursor=%00", API + "tree/file%00/1"):
        response = client.get(address)
        assert response.status_code in (400, 404) and in_shape(response), address
    assert client.get("/people?search=%00").status_code == 400


def cursor_of(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


CURSORS = [
    "x", "\u20ac", "9" * 4000,
    *(base64.urlsafe_b64encode(b).decode() for b in (b"{}", b"null", b"5", b"[]", b"[1e400]", b"[NaN]", b"[" * 9000)),
    *(cursor_of(*[value] * count) for count in (1, 2, 3, 4) for value in (
        None, True, [], {}, {"a": 1}, "x", "\0", "\ud800", 2**63, -(2**70), 10**400, 1.5, "2026-01-01T00:00:00",
        "9999999999999-01-01", -1)),
    cursor_of("2026-01-01T00:00:00", "x"), cursor_of("2026-01-01T00:00:00+00:00", "x"), cursor_of("x", 2**63),
    cursor_of("file", "\0", 1), cursor_of("file", "x", 2**63), cursor_of("nothing", "x", 1),
    cursor_of("file", 1, "x", 1),
    cursor_of("file", 2**62, "\ud800", 1), cursor_of("file", 2**62, "x", 1), cursor_of("file", 0, "x", 2**64),
]  # fmt: skip


def test_cursors_that_are_none_of_ours(client: Any, world: World) -> None:
    lists = ["users", "tasks", "trash", "capabilities", "search?q=quest&kinds=file", f"tree/project/{world.project.pk}",
             f"files/{world.file.pk}/change-sets", f"change-sets/{world.change_set.pk}/items",
             f"rows/{world.row.pk}/history", f"plans/{world.plan.pk}/items"]  # fmt: skip
    for path, cursor in product(lists, CURSORS):
        response = client.get(f"{API}{path}{'&' if '?' in path else '?'}cursor={cursor}")
        assert response.status_code in (200, 400), (path, cursor, response.content)
        assert response.status_code == 200 or in_shape(response)


@pytest.mark.parametrize(
    "value",
    ['"\\ud800"', '"a\\u0000b"', "1e400", "NaN", "[" * 100_000, '{"a":' * 60 + "1" + "}" * 60, '{"\\udfff": 1}',
     "9" * 5000, "-Infinity"],
    ids=range(9),
)  # fmt: skip
def test_values_that_no_database_holds(client: Any, world: World, value: str) -> None:
    for method, path in (
        ("PATCH", "auth/me/preferences"), ("POST", "platforms"), ("POST", "auth/login"), ("POST", "users"),
        ("POST", f"uploads/{world.plan.pk}/inspect"), ("PATCH", f"rows/{world.row.pk}"), ("POST", "tree/move"),
    ):  # fmt: skip
        body = '{"name": %s, "theme": %s, "username": %s, "target": %s, "text_rev": 1}' % ((value,) * 4)
        response = client.generic(method, API + path, body, content_type="application/json")
        assert response.status_code == 400 and in_shape(response), (path, response.content)


# ---- the fall-back
def test_a_server_on_its_fall_back_says_so_on_every_page(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    banner = b"works on its own SQLite file"
    pages = ("/", "/tasks/", "/account", "/people", "/trash/")
    assert not any(banner in client.get(page).content for page in pages)
    monkeypatch.setenv("DATABASE_FALLBACK", "1")
    for page in pages:
        content = client.get(page).content
        assert banner in content and b'role="alert"' in content, page
