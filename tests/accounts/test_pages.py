"""The account pages: who sees which, what their forms change, and that text stays text."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts import services
from apps.accounts.models import LoginSession, User
from tests.accounts.logins import V1, code_of

pytestmark = pytest.mark.django_db


def test_who_sees_which_page(lead: User, translator: User) -> None:
    client = Client()
    addresses = [
        reverse("accounts:account"),
        reverse("accounts:password"),
        reverse("accounts:people"),
        reverse("accounts:person", kwargs={"user_id": translator.pk}),
    ]
    assert [client.get(address).status_code for address in addresses] == [302] * 4
    client.force_login(translator)
    assert [client.get(address).status_code for address in addresses] == [200, 200, 403, 403]
    client.force_login(lead)
    assert [client.get(address).status_code for address in addresses] == [200] * 4
    assert client.get(reverse("accounts:person", kwargs={"user_id": -7})).status_code == 404


def test_a_lead_manages_people_in_pages(lead: User) -> None:
    client = Client()
    client.force_login(lead)
    people = reverse("accounts:people")
    response = client.post(people, {"username": "fresh", "role": "translator", "display_name": "Fre Sh"})
    assert response.status_code == 200
    user = User.objects.get(username="fresh")
    assert user.check_password(response.context["temporary_password"])
    assert response.context["temporary_password"].encode() in response.content
    again = client.post(people, {"username": "FRESH", "role": "translator"})
    assert again.status_code == 409
    assert b"is taken" in again.content
    assert client.post(people, {"username": "boss", "role": "admin"}).status_code == 403
    person = reverse("accounts:person", kwargs={"user_id": user.pk})
    assert client.post(person, {"username": "fresh", "role": "reviewer", "team": "Red"}).status_code == 302
    user.refresh_from_db()
    assert (user.role, user.team, user.display_name) == ("reviewer", "Red", "Fre Sh")
    reset = client.post(reverse("accounts:reset-password", kwargs={"user_id": user.pk}))
    user.refresh_from_db()
    assert user.check_password(reset.context["temporary_password"])
    client.post(reverse("accounts:deactivate", kwargs={"user_id": user.pk}))
    user.refresh_from_db()
    assert not user.is_active
    client.post(reverse("accounts:activate", kwargs={"user_id": user.pk}))
    user.refresh_from_db()
    assert user.is_active
    found = client.get(people, {"search": "red"})
    assert [found_user.username for found_user in found.context["people"]] == ["fresh"]
    assert client.get(people, {"cursor": "x"}).status_code == 302
    wrong = client.post(person, {"username": "x"}, follow=True)
    assert b"at least 3" in wrong.content


def test_a_temporary_password_comes_first_in_pages(lead: User) -> None:
    user, temporary = services.create_user(actor=lead, username="fresh")
    client = Client()
    password, account = reverse("accounts:password"), reverse("accounts:account")
    response = client.post(reverse("accounts:login"), {"username": "fresh", "password": temporary, "next": account})
    assert response.headers["Location"] == f"{password}?next=%2Faccount"
    assert client.get(account).headers["Location"] == f"{password}?next=%2Faccount"
    refused = client.get(V1 + "users")
    assert (refused.status_code, code_of(refused)) == (403, "must_change_password")
    assert client.get(V1 + "auth/me").status_code == 200
    form = {"current": temporary, "new": "a door of my own", "again": "a door of his own", "next": account}
    assert b"The two new passwords differ." in client.post(password, form).content
    response = client.post(password, form | {"again": "a door of my own"})
    assert response.headers["Location"] == account
    assert client.get(account).status_code == 200


def test_the_account_page_saves_settings_and_ends_logins(translator: User) -> None:
    client = Client()
    client.force_login(translator)
    account = reverse("accounts:account")
    form = {"display_name": "Neu", "email": "", "language": "de", "ui_language": "ko", "theme": "light"}
    assert client.post(account, form).status_code == 302
    translator.refresh_from_db()
    assert (translator.name, translator.language) == ("Neu", "de")
    assert translator.preferences == {"ui_language": "ko", "theme": "light"}
    other = services.open_session(user=translator, kind="api")
    client.post(reverse("accounts:end-session", kwargs={"session_id": other.pk}))
    other.refresh_from_db()
    assert other.ended_at
    services.open_session(user=translator, kind="api")
    client.post(reverse("accounts:end-others"))
    assert LoginSession.objects.filter(user=translator, ended_at=None).count() == 1
    wrong = client.post(account, form | {"email": "no mail"}, follow=True)
    assert wrong.status_code == 200
    assert 'role="alert"' in wrong.content.decode()


def test_the_language_can_be_chosen_before_the_login(translator: User) -> None:
    client = Client()
    login = reverse("accounts:login")
    assert client.post(reverse("accounts:language"), {"language": "ko", "next": login}).headers["Location"] == login
    assert client.get(login).headers["Content-Language"] == "ko"
    client.post(reverse("accounts:language"), {"language": "xx"})
    assert client.get(login).headers["Content-Language"] == "ko"
    client.force_login(translator)
    client.post(reverse("accounts:language"), {"language": "en"})
    translator.refresh_from_db()
    assert translator.preferences["ui_language"] == "en"


def test_pages_change_nothing_by_get_and_need_csrf(translator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(translator)
    for name in ("logout", "end-others", "language"):
        assert client.get(reverse(f"accounts:{name}")).status_code == 405
        assert client.post(reverse(f"accounts:{name}")).status_code == 403
    assert client.get(V1 + "auth/me").status_code == 200


def test_a_script_in_a_name_is_text(lead: User) -> None:
    services.create_user(actor=lead, username="fresh", display_name="<script>alert(1)</script>")
    client = Client()
    client.force_login(lead)
    page = client.get(reverse("accounts:people")).content
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert" in page
