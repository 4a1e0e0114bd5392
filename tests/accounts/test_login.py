"""Logging in: tokens and browser sessions, refusals that tell nothing, throttling by exact address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts import services
from apps.accounts.models import LoginAttempt, LoginSession, User
from apps.accounts.services import throttle
from apps.audit.models import AuditEntry
from locanext_project.errors import NotSignedIn, Throttled
from tests.accounts.logins import V1, bearer, code_of, in_parallel, log_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(username: str, password: str, ip: str = "192.0.2.1") -> LoginSession:
    return services.sign_in(username=username, password=password, kind="api", device="test", ip=ip)


def fail(username: str, ip: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            sign_in(username, "wrong", ip)


def test_a_login_gives_a_pair_that_works(translator: User) -> None:
    tokens = log_in(translator)
    assert tokens["token_type"] == "Bearer"
    assert 29 * 60 < tokens["expires_in"] <= 30 * 60
    assert tokens["user"]["username"] == "translator"
    me = bearer(tokens).get(V1 + "auth/me")
    assert me.status_code == 200
    assert me.json()["role"] == "translator"
    assert me.json()["preferences"] == {}


def test_user_names_have_no_case(translator: User) -> None:
    assert sign_in(" TRANSLATOR ", PASSWORD).user == translator


@pytest.mark.parametrize(
    ("username", "password"), [("translator", "wrong"), ("nobody", "wrong"), ("sleeper", PASSWORD), ("a\0b", "x")]
)
def test_every_refusal_reads_the_same(translator: User, username: str, password: str) -> None:
    User.objects.create_user("sleeper", PASSWORD, is_active=False)
    response = APIClient().post(V1 + "auth/login", {"username": username.replace("\0", ""), "password": password})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["error"] == {
        "code": "wrong_login",
        "message": "This name and password do not match.",
        "details": {},
    }
    with pytest.raises(NotSignedIn):
        sign_in(username, password)


def test_an_unknown_name_costs_a_hash_as_well(translator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    fail("nobody", "192.0.2.1", 1)
    unknown = len(hashed)
    hashed.clear()
    fail("translator", "192.0.2.1", 1)
    assert unknown == len(hashed) == 1


def test_a_failed_login_is_audited_without_what_was_typed(translator: User) -> None:
    fail("my-secret-password", "192.0.2.7", 1)
    fail("translator", "192.0.2.7", 1)
    unknown, known = AuditEntry.objects.filter(action="sign_in_failed").order_by("id")
    assert (unknown.target_name, unknown.ip) == ("", "192.0.2.7")
    assert known.target_name == translator.name
    assert "my-secret" not in str(unknown.detail)


def test_failures_are_counted_per_exact_address(translator: User) -> None:
    fail("translator", "10.0.0.12", settings.LOGIN_FAILURES_ALLOWED)
    with pytest.raises(Throttled) as refused:
        sign_in("translator", PASSWORD, "10.0.0.12")
    assert 0 < refused.value.details["retry_after"] <= settings.LOGIN_FAILURES_MINUTES * 60
    assert sign_in("translator", PASSWORD, "10.0.0.1").user == translator
    assert AuditEntry.objects.filter(action="sign_in_throttled").count() == 1


def test_many_names_from_one_address_are_throttled(translator: User) -> None:
    allowed = settings.LOGIN_FAILURES_ALLOWED * throttle.PER_ADDRESS
    for index in range(allowed):
        fail(f"name{index}", "10.0.0.1", 1)
    with pytest.raises(Throttled):
        sign_in("translator", PASSWORD, "10.0.0.1")
    assert sign_in("translator", PASSWORD, "10.0.0.12")


def test_the_throttle_answers_429_and_ends_with_the_window(translator: User) -> None:
    client = APIClient(REMOTE_ADDR="10.0.0.1")
    for _ in range(settings.LOGIN_FAILURES_ALLOWED):
        client.post(V1 + "auth/login", {"username": "translator", "password": "wrong"})
    response = client.post(V1 + "auth/login", {"username": "translator", "password": PASSWORD})
    assert response.status_code == 429
    assert code_of(response) == "throttled"
    assert int(response.headers["Retry-After"]) > 60
    past = timezone.now() - timedelta(minutes=settings.LOGIN_FAILURES_MINUTES, seconds=1)
    LoginAttempt.objects.update(at=past)
    log_in(translator, client=client)


def test_a_right_password_forgets_the_failures(translator: User) -> None:
    for _ in range(3):
        fail("translator", "10.0.0.1", settings.LOGIN_FAILURES_ALLOWED - 1)
        sign_in("translator", PASSWORD, "10.0.0.1")
    assert not LoginAttempt.objects.exists()


def test_refused_attempts_do_not_prolong_the_wait(translator: User) -> None:
    fail("translator", "10.0.0.1", settings.LOGIN_FAILURES_ALLOWED)
    for _ in range(10):
        with pytest.raises(Throttled):
            sign_in("translator", "wrong", "10.0.0.1")
    assert LoginAttempt.objects.count() == settings.LOGIN_FAILURES_ALLOWED


def test_a_temporary_password_is_over_after_a_week(lead: User) -> None:
    user, temporary = services.create_user(actor=lead, username="fresh")
    assert sign_in("fresh", temporary)
    User.objects.filter(pk=user.pk).update(password_changed_at=timezone.now() - timedelta(days=8))
    with pytest.raises(NotSignedIn) as refused:
        sign_in("fresh", temporary)
    assert refused.value.code == "password_expired"
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    assert sign_in("fresh", temporary)


@pytest.mark.django_db(transaction=True, databases=["default", "offline"])
def test_many_guesses_at_once_learn_no_more_than_one_after_the_other() -> None:
    """Every guess passes the first look before any has failed; the second look counts them."""
    User.objects.create_user("parallel", PASSWORD)
    results = in_parallel(12, lambda: sign_in("parallel", "wrong", "10.0.0.1"))
    assert sorted(type(result).__name__ for result in results) == ["NotSignedIn"] * 5 + ["Throttled"] * 7
    with pytest.raises(Throttled):
        sign_in("parallel", PASSWORD, "10.0.0.1")


@pytest.mark.django_db(transaction=True, databases=["default", "offline"])
def test_many_right_logins_at_once_are_let_in() -> None:
    User.objects.create_user("parallel", PASSWORD)
    results = in_parallel(12, lambda: sign_in("parallel", PASSWORD, "10.0.0.1"))
    assert [type(result).__name__ for result in results] == ["LoginSession"] * 12


# ---- access tokens ----
def signed(tokens: dict[str, Any], key: str | None = None, algorithm: str = "HS256", **changes: Any) -> APIClient:
    claims = jwt.decode(tokens["access"], options={"verify_signature": False}) | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    token = jwt.encode(claims, settings.JWT_SIGNING_KEY if key is None else key, algorithm=algorithm)
    return bearer({"access": token})


def test_a_token_signed_again_works_so_that_the_next_test_means_something(translator: User) -> None:
    assert signed(log_in(translator)).get(V1 + "auth/me").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": None},
        {"iss": "another"},
        {"typ": "refresh"},
        {"typ": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"sid": None},
        {"sid": "0" * 32},
        {"sub": "999999"},
        {"sub": "x"},
        {"key": "another key that is long enough for the algorithm"},
        {"key": "", "algorithm": "none"},
        {"algorithm": "HS384"},
    ],
)
def test_a_token_with_any_wrong_part_is_refused(translator: User, changes: dict[str, Any]) -> None:
    response = signed(log_in(translator), **changes).get(V1 + "auth/me")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "OFFLINE", "é", "x" * 9000])
def test_garbage_is_refused(db: None, token: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert client.get(V1 + "auth/me").status_code == 401


def test_a_token_never_outlives_its_session(translator: User) -> None:
    session = sign_in("translator", PASSWORD)
    session.ends_at = timezone.now() + timedelta(minutes=5)
    session.save()
    pair = services.issue_tokens(session=session)
    assert pair.access_expires_in <= 300


def test_an_access_token_of_a_deactivated_person_stops_at_once(translator: User, lead: User) -> None:
    client = bearer(log_in(translator))
    services.deactivate_user(actor=lead, user_id=translator.pk)
    assert client.get(V1 + "auth/me").status_code == 401


def test_a_person_made_inactive_by_any_way_is_out(translator: User) -> None:
    api, page = bearer(log_in(translator)), Client()
    page.force_login(translator)
    User.objects.filter(pk=translator.pk).update(is_active=False)
    assert LoginSession.objects.filter(ended_at=None).count() == 2
    assert {api.get(V1 + "auth/me").status_code, page.get(V1 + "auth/me").status_code} == {401}


def test_the_offline_prefix_is_403_and_audited(db: None) -> None:
    client = APIClient(REMOTE_ADDR="192.0.2.33")
    client.credentials(HTTP_AUTHORIZATION="Bearer OFFLINE_MODE_abcdef")
    response = client.get(V1 + "auth/me")
    assert response.status_code == 403
    entry = AuditEntry.objects.get(action="offline_prefix_refused")
    assert entry.ip == "192.0.2.33"
    assert "abcdef" not in str(entry.detail)


def test_the_offline_prefix_is_also_refused_by_the_authentication_class(db: None) -> None:
    from rest_framework.exceptions import PermissionDenied
    from rest_framework.request import Request
    from rest_framework.test import APIRequestFactory

    from apps.accounts.authentication import AccessTokenAuthentication

    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION="bearer OFFLINE_MODE_x", REMOTE_ADDR="192.0.2.34")
    with pytest.raises(PermissionDenied):
        AccessTokenAuthentication().authenticate(Request(request))
    assert AuditEntry.objects.filter(action="offline_prefix_refused", ip="192.0.2.34").count() == 1


def test_refused_prefixes_cannot_flood_the_log(db: None) -> None:
    client = APIClient(REMOTE_ADDR="192.0.2.35", HTTP_AUTHORIZATION="Bearer OFFLINE_MODE_x")
    assert {client.get(V1 + "auth/me").status_code for _ in range(30)} == {403}
    assert AuditEntry.objects.filter(action="offline_prefix_refused").count() == 20


# ---- the browser ----
def page_login(client: Client, username: str, password: str = PASSWORD, target: str = "") -> Any:
    return client.post(reverse("accounts:login"), {"username": username, "password": password, "next": target})


def test_a_browser_logs_in_and_out(translator: User) -> None:
    client = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")
    assert client.get(reverse("accounts:account")).status_code == 302
    before = client.cookies.get(settings.SESSION_COOKIE_NAME)
    response = page_login(client, "translator", target="/account")
    assert (response.status_code, response.headers["Location"]) == (302, "/account")
    assert before is None or before.value != client.cookies[settings.SESSION_COOKIE_NAME].value
    session = LoginSession.objects.get(user=translator)
    assert (session.kind, session.device) == ("page", "Chrome on Linux")
    assert client.get(reverse("accounts:account")).status_code == 200
    assert client.post(reverse("accounts:logout")).status_code == 302
    session.refresh_from_db()
    assert session.end_reason == "logout"
    assert client.get(reverse("accounts:account")).status_code == 302


def test_a_wrong_password_stays_on_the_page(translator: User) -> None:
    response = page_login(Client(), "translator", "wrong")
    assert response.status_code == 401
    assert b"This name and password do not match." in response.content
    assert b'value="translator"' in response.content


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_stays_on_this_server(translator: User, target: str) -> None:
    assert page_login(Client(), "translator", target=target).headers["Location"] == settings.LOGIN_REDIRECT_URL


def test_an_ended_session_signs_the_browser_out(translator: User) -> None:
    client = Client()
    page_login(client, "translator")
    LoginSession.objects.update(ended_at=timezone.now())
    assert client.get(V1 + "auth/me").status_code == 401
    assert client.get(reverse("accounts:account")).status_code == 302


@pytest.mark.parametrize("field", ["expires_at", "ends_at"])
def test_a_session_ends_by_time(translator: User, field: str) -> None:
    client = Client()
    page_login(client, "translator")
    LoginSession.objects.update(**{field: timezone.now() - timedelta(seconds=1)})
    assert client.get(V1 + "auth/me").status_code == 401


def test_use_prolongs_a_page_session_but_not_for_ever(translator: User) -> None:
    client = Client()
    page_login(client, "translator")
    now = timezone.now()
    LoginSession.objects.update(
        last_seen_at=now - timedelta(days=2), expires_at=now + timedelta(days=5), ends_at=now + timedelta(days=6)
    )
    response = client.get(V1 + "auth/me")
    session = LoginSession.objects.get()
    assert session.expires_at == session.ends_at
    assert now <= session.last_seen_at
    assert settings.SESSION_COOKIE_NAME in response.cookies


def test_last_seen_is_written_at_most_once_a_minute(translator: User, django_assert_num_queries: Any) -> None:
    client = Client()
    page_login(client, "translator")
    seen = LoginSession.objects.get().last_seen_at
    with django_assert_num_queries(2):  # the cookie's session, the login session with its person
        client.get(V1 + "auth/me")
    assert LoginSession.objects.get().last_seen_at == seen


def test_a_password_changed_behind_our_back_signs_the_browser_out(translator: User) -> None:
    client = Client()
    page_login(client, "translator")
    translator.set_password("another one entirely")
    translator.save()
    assert client.get(V1 + "auth/me").status_code == 401


def test_page_sessions_need_csrf_in_the_api(translator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(translator)
    body = {"theme": "light"}
    address = V1 + "auth/me/preferences"
    assert client.patch(address, body, content_type="application/json").status_code == 403
    token = client.get(reverse("accounts:account")).context["csrf_token"]
    response = client.patch(address, body, content_type="application/json", headers={"X-CSRFToken": str(token)})
    assert response.status_code == 200


def test_a_forced_login_has_a_login_session_too(translator: User) -> None:
    client = Client()
    client.force_login(translator)
    assert LoginSession.objects.get().user == translator
    assert client.get(V1 + "auth/me").json()["username"] == "translator"


def test_logging_in_again_replaces_the_session(translator: User, reviewer: User) -> None:
    client = Client()
    page_login(client, "translator")
    page_login(client, "reviewer")
    assert client.get(V1 + "auth/me").json()["username"] == "reviewer"
    assert LoginSession.objects.get(user=translator).end_reason == "replaced"


def test_the_admin_uses_our_login(admin_user: User) -> None:
    client = Client()
    response = client.get("/admin/", follow=True)
    assert response.request["PATH_INFO"] == reverse("accounts:login")
    client.force_login(admin_user)
    for address in ("/admin/", "/admin/accounts/user/", "/admin/accounts/loginsession/", "/admin/audit/auditentry/"):
        assert client.get(address).status_code == 200
