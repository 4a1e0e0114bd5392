"""Who may manage which account, preferences, passwords, one's own sessions: every endpoint, every role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from apps.accounts import services
from apps.accounts.models import LoginSession, User
from apps.audit.models import AuditEntry
from locanext_project.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from tests.accounts.logins import V1, bearer, code_of, in_parallel, log_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., APIClient]


# ---- who may call what ----
@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        # path, then the status for: owner, lead, stranger, anonymous
        ("get", "auth/me", None, (200, 200, 200, 401)),
        ("patch", "auth/me/preferences", {"theme": "dark"}, (200, 200, 200, 401)),
        ("post", "auth/password", {"current": "x", "new": "y"}, (400, 400, 400, 401)),
        ("get", "auth/sessions", None, (200, 200, 200, 401)),
        ("delete", "auth/sessions", None, (200, 200, 200, 401)),
        ("delete", "auth/sessions/{session}", None, (204, 404, 404, 401)),
        ("post", "auth/logout", {}, (204, 204, 204, 204)),
        ("get", "users", None, (403, 200, 403, 401)),
        ("post", "users", {"username": "fresh"}, (403, 201, 403, 401)),
        ("get", "users/{id}", None, (200, 200, 404, 401)),
        ("patch", "users/{id}", {"display_name": "New"}, (200, 200, 404, 401)),
        ("patch", "users/{id}", {"role": "reviewer"}, (403, 200, 404, 401)),
        ("patch", "users/{id}", {"team": "Red"}, (403, 200, 404, 401)),
        ("post", "users/{id}/reset-password", {}, (403, 200, 403, 401)),
        ("post", "users/{id}/deactivate", {}, (403, 200, 403, 401)),
        ("post", "users/{id}/activate", {}, (403, 200, 403, 401)),
        ("get", "users/-4", None, (404, 404, 404, 401)),
        ("post", "users/999999999999999999/deactivate", {}, (403, 404, 403, 401)),
    ],
)
def test_every_endpoint_for_everybody(
    translator: User,
    lead: User,
    stranger: User,
    client_for: ClientFor,
    method: str,
    path: str,
    body: Any,
    expected: tuple[int, ...],
) -> None:
    got = []
    for person in (translator, lead, stranger, None):
        session = services.open_session(user=translator, kind="api")
        client = client_for(person)
        address = V1 + path.format(id=translator.pk, session=session.pk)
        got.append(getattr(client, method)(address, body, format="json").status_code)
    assert tuple(got) == expected


def test_a_token_may_do_what_a_page_session_may(lead: User) -> None:
    client = bearer(log_in(lead))
    assert client.get(V1 + "users").status_code == 200
    assert client.patch(V1 + "auth/me/preferences", {"theme": "light"}).json() == {"theme": "light"}


# ---- accounts ----
def test_a_new_account_must_choose_its_own_password(lead: User, client_for: ClientFor) -> None:
    body = {"username": "fresh", "role": "reviewer", "display_name": "Fre Sh", "language": "de", "team": "Red"}
    response = client_for(lead).post(V1 + "users", body)
    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "no-store"
    created = response.json()
    assert {name: created["user"][name] for name in body} == body
    temporary = created["temporary_password"]
    assert len(temporary) == 19
    user = User.objects.get(username="fresh")
    tokens = log_in(user, password=temporary)
    assert tokens["user"]["must_change_password"] is True
    client = bearer(tokens)
    for address in ("auth/sessions", "users"):
        refused = client.get(V1 + address)
        assert (refused.status_code, code_of(refused)) == (403, "must_change_password")
    assert client.get(V1 + "auth/me").status_code == 200
    assert client.post(V1 + "auth/password", {"current": temporary, "new": "a door of my own"}).status_code == 204
    assert client.get(V1 + "auth/sessions").status_code == 200
    entry = AuditEntry.objects.get(action="user_created")
    assert (entry.actor_name, entry.target_name) == ("Lea Lead", "Fre Sh")
    assert temporary not in str(AuditEntry.objects.values_list())


@pytest.mark.parametrize(
    ("actor", "role", "allowed"),
    [
        ("translator", "translator", False),
        ("reviewer", "translator", False),
        ("lead", "translator", True),
        ("lead", "reviewer", True),
        ("lead", "lead", True),
        ("lead", "admin", False),
        ("admin_user", "admin", True),
    ],
)
def test_who_makes_which_account(request: pytest.FixtureRequest, actor: str, role: str, allowed: bool) -> None:
    person = request.getfixturevalue(actor)
    if allowed:
        assert services.create_user(actor=person, username="fresh", role=role)[0].role == role
    else:
        with pytest.raises(Forbidden):
            services.create_user(actor=person, username="fresh", role=role)
        assert not User.objects.filter(username="fresh").exists()


@pytest.mark.parametrize("name", ["Translator", "TRANSLATOR", " translator ", "ｔranslator"])
def test_names_differ_by_more_than_case(lead: User, translator: User, name: str) -> None:
    with pytest.raises(Conflict):
        services.create_user(actor=lead, username=name)


def test_case_is_folded_beyond_ascii(lead: User) -> None:
    services.create_user(actor=lead, username="Éloïse")
    with pytest.raises(Conflict):
        services.create_user(actor=lead, username="éLOÏSE")
    User.objects.bulk_create([User(username="Bulk"), User(username="Load")])
    assert User.objects.get_by_natural_key("bULK").username_key == "bulk"


@pytest.mark.parametrize("username", ["ab", "a" * 51, "with space", "semi;colon", ""])
def test_a_name_that_breaks_the_rule(lead: User, client_for: ClientFor, username: str) -> None:
    with pytest.raises(Invalid):
        services.create_user(actor=lead, username=username)
    assert client_for(lead).post(V1 + "users", {"username": username}).status_code == 400


def test_the_list_is_paged_and_searched(lead: User, client_for: ClientFor) -> None:
    User.objects.bulk_create([User(username=f"user{n:02}", team="Blue", is_active=n % 2 == 0) for n in range(25)])
    client = client_for(lead)
    names, cursor = [], ""
    while cursor is not None:
        body = client.get(V1 + "users", {"limit": 10, "cursor": cursor, "search": "blue"}).json()
        names += [user["username"] for user in body["results"]]
        cursor = body["next"]
    assert names == [f"user{n:02}" for n in range(25)]
    assert len(client.get(V1 + "users", {"search": "USER0"}).json()["results"]) == 10
    assert len(client.get(V1 + "users", {"active": "false"}).json()["results"]) == 12
    assert [user["username"] for user in client.get(V1 + "users", {"role": "lead"}).json()["results"]] == ["lead"]
    for wrong in ({"role": "king"}, {"active": "perhaps"}, {"limit": "0"}, {"cursor": "x"}):
        assert client.get(V1 + "users", wrong).status_code == 400
    assert "password" not in client.get(V1 + "users").content.decode().replace("must_change_password", "")


def test_changing_an_account(lead: User, translator: User) -> None:
    services.update_user(actor=lead, user_id=translator.pk, changes={"role": "reviewer", "team": " Red "})
    translator.refresh_from_db()
    assert (translator.role, translator.team) == ("reviewer", "Red")
    entry = AuditEntry.objects.get(action="user_changed")
    assert entry.detail["changed"] == {"role": ["translator", "reviewer"], "team": ["", "Red"]}
    services.update_user(actor=lead, user_id=translator.pk, changes={"team": "Red"})
    assert AuditEntry.objects.filter(action="user_changed").count() == 1


@pytest.mark.parametrize("changes", [{"is_superuser": True}, {"password": "x"}, {"role": "king"}, {"email": "no"}])
def test_changes_that_are_refused(admin_user: User, translator: User, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        services.update_user(actor=admin_user, user_id=translator.pk, changes=changes)


def test_unknown_fields_of_a_request_change_nothing(lead: User, client_for: ClientFor) -> None:
    body = {"is_superuser": True, "is_active": False, "must_change_password": True}
    assert client_for(lead).patch(V1 + f"users/{lead.pk}", body).status_code == 200
    lead.refresh_from_db()
    assert (lead.is_superuser, lead.is_active, lead.must_change_password) == (False, True, False)


def test_leads_do_not_touch_admins(lead: User, admin_user: User) -> None:
    for act in (
        lambda: services.update_user(actor=lead, user_id=admin_user.pk, changes={"team": "x"}),
        lambda: services.reset_password(actor=lead, user_id=admin_user.pk),
        lambda: services.end_sessions_of(actor=lead, user_id=admin_user.pk),
        lambda: services.deactivate_user(actor=lead, user_id=admin_user.pk),
        lambda: services.activate_user(actor=lead, user_id=admin_user.pk),
        lambda: services.update_user(actor=lead, user_id=lead.pk, changes={"role": "admin"}),
    ):
        with pytest.raises(Forbidden):
            act()
    superuser = User.objects.create_superuser("root", PASSWORD, role="translator")
    assert superuser.is_staff
    with pytest.raises(Forbidden):
        services.reset_password(actor=lead, user_id=superuser.pk)


def test_nobody_locks_himself_out(admin_user: User) -> None:
    with pytest.raises(Forbidden):
        services.deactivate_user(actor=admin_user, user_id=admin_user.pk)
    with pytest.raises(Forbidden):
        services.update_user(actor=admin_user, user_id=admin_user.pk, changes={"role": "lead"})
    with pytest.raises(Forbidden):
        services.reset_password(actor=admin_user, user_id=admin_user.pk)


def test_the_last_admin_stays(admin_user: User) -> None:
    with pytest.raises(Conflict):
        services.deactivate_user(actor=None, user_id=admin_user.pk)
    with pytest.raises(Conflict):
        services.update_user(actor=None, user_id=admin_user.pk, changes={"role": "lead"})
    second = User.objects.create_user("second", PASSWORD, role="admin", is_active=False)
    with pytest.raises(Conflict):
        services.deactivate_user(actor=None, user_id=admin_user.pk)
    services.activate_user(actor=admin_user, user_id=second.pk)
    assert not services.deactivate_user(actor=second, user_id=admin_user.pk).is_active


@pytest.mark.django_db(transaction=True, databases=["default", "offline"])
def test_two_admins_cannot_remove_each_other() -> None:
    first = User.objects.create_user("first", PASSWORD, role="admin")
    second = User.objects.create_user("second", PASSWORD, role="admin")
    pairs = [(first, second), (second, first)]

    def act() -> Any:
        actor, other = pairs.pop()
        return services.deactivate_user(actor=actor, user_id=other.pk)

    results = in_parallel(2, act)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "User"]
    assert User.objects.filter(is_active=True).count() == 1


def test_deactivating_ends_every_session(lead: User, translator: User, client_for: ClientFor) -> None:
    page, api = client_for(translator), bearer(log_in(translator))
    assert client_for(lead).post(V1 + f"users/{translator.pk}/deactivate").json()["is_active"] is False
    assert page.get(V1 + "auth/me").status_code == 401
    assert api.get(V1 + "auth/me").status_code == 401
    assert set(LoginSession.objects.filter(user=translator).values_list("end_reason", flat=True)) == {"deactivated"}
    assert client_for(lead).post(V1 + f"users/{translator.pk}/activate").json()["is_active"] is True
    assert page.get(V1 + "auth/me").status_code == 401
    log_in(translator)


def test_resetting_ends_every_session(lead: User, translator: User, client_for: ClientFor) -> None:
    page, api = client_for(translator), bearer(log_in(translator))
    answer = client_for(lead).post(V1 + f"users/{translator.pk}/reset-password").json()
    assert page.get(V1 + "auth/me").status_code == 401
    assert api.get(V1 + "auth/me").status_code == 401
    assert log_in(translator, password=answer["temporary_password"])["user"]["must_change_password"]


def test_a_lost_laptop(lead: User, translator: User, client_for: ClientFor) -> None:
    page, api = client_for(translator), bearer(log_in(translator))
    address = V1 + f"users/{translator.pk}/end-sessions"
    assert client_for(translator).post(address).status_code == 403
    assert client_for(lead).post(address).json() == {"ended": 3}
    assert {page.get(V1 + "auth/me").status_code, api.get(V1 + "auth/me").status_code} == {401}
    assert AuditEntry.objects.get(action="user_sessions_ended").target_id == str(translator.pk)
    log_in(translator)


def test_acts_on_nobody(lead: User) -> None:
    for act in (services.reset_password, services.deactivate_user, services.activate_user, services.end_sessions_of):
        with pytest.raises(NotFound):
            act(actor=lead, user_id=-1)


# ---- one's own ----
@pytest.mark.parametrize(
    ("current", "new", "code"),
    [
        ("wrong", "a long enough phrase", "wrong_password"),
        (PASSWORD, "short", "weak_password"),
        (PASSWORD, "password1234", "weak_password"),
        (PASSWORD, "translator", "weak_password"),
        (PASSWORD, PASSWORD, "invalid"),
        (PASSWORD, "x" * 1025, "invalid"),
    ],
)
def test_a_password_that_is_not_changed(
    translator: User, client_for: ClientFor, current: str, new: str, code: str
) -> None:
    response = client_for(translator).post(V1 + "auth/password", {"current": current, "new": new})
    assert (response.status_code, code_of(response)) == (400, code)
    translator.refresh_from_db()
    assert translator.check_password(PASSWORD)


def test_guessing_the_present_password_is_throttled(translator: User, client_for: ClientFor) -> None:
    client = client_for(translator)
    body = {"current": "wrong", "new": "a long enough phrase"}
    statuses = [client.post(V1 + "auth/password", body).status_code for _ in range(6)]
    assert statuses == [400] * 5 + [429]


def test_changing_the_password_in_the_browser_keeps_it_signed_in(translator: User, client_for: ClientFor) -> None:
    client, other = client_for(translator), client_for(translator)
    body = {"current": PASSWORD, "new": "the tide table of 1921"}
    assert client.post(V1 + "auth/password", body).status_code == 204
    assert client.get(V1 + "auth/me").status_code == 200
    assert other.get(V1 + "auth/me").status_code == 401
    translator.refresh_from_db()
    assert translator.check_password("the tide table of 1921")


def test_preferences_merge_one_level_deep(translator: User, client_for: ClientFor) -> None:
    client = client_for(translator)
    address = V1 + "auth/me/preferences"
    client.patch(address, {"theme": "dark", "grid": {"columns": [1], "sort": "a"}})
    assert client.patch(address, {"grid": {"columns": [2]}, "density": "tight"}).json() == {
        "theme": "dark",
        "grid": {"columns": [2]},
        "density": "tight",
    }
    assert "theme" not in client.patch(address, {"theme": None}).json()
    assert client.get(V1 + "auth/me").json()["preferences"] == {"grid": {"columns": [2]}, "density": "tight"}


@pytest.mark.parametrize("body", [["a"], "text", {"ui_language": "xx"}, {"a": "\x00"}, {"a": "\ud800"}])
def test_preferences_that_cannot_be_kept(translator: User, client_for: ClientFor, body: Any) -> None:
    import json

    client = client_for(translator)
    raw = json.dumps(body)
    response = client.patch(V1 + "auth/me/preferences", raw, content_type="application/json")
    assert response.status_code == 400
    translator.refresh_from_db()
    assert translator.preferences == {}


def test_preferences_have_a_limit(translator: User) -> None:
    services.save_preferences(actor=translator, changes={"a": "x" * 60_000})
    with pytest.raises(TooLarge):
        services.save_preferences(actor=translator, changes={"b": "x" * 10_000})
    with pytest.raises(Invalid):
        services.save_preferences(actor=translator, changes={"b": float("nan")})
    translator.refresh_from_db()
    assert set(translator.preferences) == {"a"}


def test_the_interface_language_is_the_persons(translator: User, client_for: ClientFor) -> None:
    client = client_for(translator)
    client.patch(V1 + "auth/me/preferences", {"ui_language": "ko"})
    assert client.get(reverse("accounts:account")).headers["Content-Language"] == "ko"
    assert Client().get(reverse("accounts:login")).headers["Content-Language"] == "en"


def test_sessions_are_listed_and_ended(translator: User, client_for: ClientFor) -> None:
    client, other, page = bearer(log_in(translator)), bearer(log_in(translator)), client_for(translator)
    listed = client.get(V1 + "auth/sessions").json()["results"]
    assert len(listed) == 3
    assert sorted(session["kind"] for session in listed) == ["api", "api", "page"]
    assert sum(session["current"] for session in listed) == 1
    assert not any("hash" in name for name in listed[0])
    assert client.delete(V1 + "auth/sessions").json() == {"ended": 2}
    assert client.get(V1 + "auth/me").status_code == 200
    assert {other.get(V1 + "auth/me").status_code, page.get(V1 + "auth/me").status_code} == {401}
    current = next(session for session in listed if session["current"])
    assert client.delete(V1 + f"auth/sessions/{current['id']}").status_code == 204
    assert client.get(V1 + "auth/me").status_code == 401
