"""Refresh tokens: rotation under a lock, lost replies, replays, and every way a login ends."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts import services
from apps.accounts.models import LoginSession, User
from apps.accounts.services.sessions import GRACE
from apps.accounts.signals import sessions_ended
from apps.accounts.tokens import TokenRefused, new_refresh_token, parse_refresh_token
from apps.audit.models import AuditEntry
from locanext_project.errors import NotSignedIn
from tests.accounts.logins import V1, bearer, in_parallel, log_in, refresh
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def later(delta: timedelta) -> None:
    """Let time pass for the rotation."""
    for session in LoginSession.objects.exclude(rotated_at=None):
        LoginSession.objects.filter(pk=session.pk).update(rotated_at=session.rotated_at - delta)


def test_a_refresh_replaces_the_token(translator: User) -> None:
    first = log_in(translator)
    response = refresh(first["refresh"])
    assert response.status_code == 200
    second = response.json()
    assert second["refresh"] != first["refresh"]
    assert second["session"] == first["session"]
    assert bearer(second).get(V1 + "auth/me").status_code == 200
    third = refresh(second["refresh"])
    assert third.status_code == 200


def test_nothing_of_a_token_is_stored(translator: User) -> None:
    tokens = log_in(translator)
    secret = tokens["refresh"].split(".")[1]
    row = LoginSession.objects.values().get()
    assert secret not in str(row)
    assert parse_refresh_token(tokens["refresh"]).secret.hex() not in str(row)


def test_a_lost_reply_is_answered_again_with_the_same_token(translator: User) -> None:
    first = log_in(translator)
    lost = refresh(first["refresh"]).json()
    again = refresh(first["refresh"])
    assert again.status_code == 200
    assert again.json()["refresh"] == lost["refresh"]
    assert refresh(again.json()["refresh"]).status_code == 200


def test_a_replay_ends_the_family_and_is_audited(translator: User) -> None:
    first = log_in(translator)
    second = refresh(first["refresh"]).json()
    later(GRACE + timedelta(seconds=1))
    assert refresh(first["refresh"]).status_code == 401
    assert refresh(second["refresh"]).status_code == 401
    assert bearer(second).get(V1 + "auth/me").status_code == 401
    assert LoginSession.objects.get().end_reason == "refresh_reused"
    entry = AuditEntry.objects.get(action="refresh_reused")
    assert entry.target_name == translator.name


def test_a_replay_of_an_older_token_has_no_grace(translator: User) -> None:
    first = log_in(translator)
    second = refresh(first["refresh"]).json()
    refresh(second["refresh"])
    assert refresh(first["refresh"]).status_code == 401
    assert LoginSession.objects.get().end_reason == "refresh_reused"


def test_a_replay_leaves_other_logins_alone(translator: User) -> None:
    first, other = log_in(translator), log_in(translator)
    refresh(first["refresh"])
    later(GRACE * 2)
    refresh(first["refresh"])
    assert bearer(other).get(V1 + "auth/me").status_code == 200
    assert refresh(other["refresh"]).status_code == 200


def test_an_invented_token_cannot_end_a_session(translator: User) -> None:
    tokens = log_in(translator)
    session, secret, seal = tokens["refresh"].split(".")
    for forged in (
        f"{session}.{'A' * len(secret)}.{seal}",
        f"{session}.{secret}.{'A' * len(seal)}",
        f"{session}.{secret}",
        session,
        "",
        "..",
        "é.é.é",
    ):
        assert refresh(forged).status_code in (400, 401)
        with pytest.raises(NotSignedIn):
            services.refresh(token=forged)
    assert refresh(tokens["refresh"]).status_code == 200
    assert not AuditEntry.objects.filter(action="refresh_reused").exists()


def test_a_token_of_another_key_is_refused(translator: User, settings: pytest.FixtureRequest) -> None:
    token = new_refresh_token(LoginSession().pk).text()
    assert parse_refresh_token(token).text() == token
    settings.JWT_SIGNING_KEY = "another key, as long as the algorithm wants it to be"  # type: ignore[attr-defined]
    with pytest.raises(TokenRefused):
        parse_refresh_token(token)


def test_a_refresh_token_is_no_access_token_and_the_other_way_round(translator: User) -> None:
    tokens = log_in(translator)
    assert bearer({"access": tokens["refresh"]}).get(V1 + "auth/me").status_code == 401
    assert refresh(tokens["access"]).status_code == 401


def test_refreshing_moves_the_expiry_but_not_the_absolute_end(translator: User) -> None:
    tokens = log_in(translator)
    ends_at = LoginSession.objects.get().ends_at
    assert (ends_at - timezone.now()).days in (settings.SESSION_ABSOLUTE_DAYS - 1, settings.SESSION_ABSOLUTE_DAYS)
    soon = timezone.now() + timedelta(days=1)
    LoginSession.objects.update(ends_at=soon)
    tokens = refresh(tokens["refresh"]).json()
    session = LoginSession.objects.get()
    assert session.expires_at == session.ends_at == soon
    LoginSession.objects.update(ends_at=timezone.now())
    assert refresh(tokens["refresh"]).status_code == 401


def test_an_expired_refresh_token_is_refused(translator: User) -> None:
    tokens = log_in(translator)
    LoginSession.objects.update(expires_at=timezone.now())
    assert refresh(tokens["refresh"]).status_code == 401


def test_logout_ends_both_tokens(translator: User) -> None:
    tokens = log_in(translator)
    client = bearer(tokens)
    assert client.post(V1 + "auth/logout").status_code == 204
    assert client.get(V1 + "auth/me").status_code == 401
    assert refresh(tokens["refresh"]).status_code == 401
    assert AuditEntry.objects.filter(action="signed_out").count() == 1


def test_logout_with_the_refresh_token_alone(translator: User) -> None:
    tokens = log_in(translator)
    assert APIClient().post(V1 + "auth/logout", {"refresh": "x.y.z"}).status_code == 204
    assert bearer(tokens).get(V1 + "auth/me").status_code == 200
    assert APIClient().post(V1 + "auth/logout", {"refresh": tokens["refresh"]}).status_code == 204
    assert bearer(tokens).get(V1 + "auth/me").status_code == 401


def test_a_deactivated_person_cannot_refresh(translator: User, lead: User) -> None:
    tokens = log_in(translator)
    services.deactivate_user(actor=lead, user_id=translator.pk)
    assert refresh(tokens["refresh"]).status_code == 401
    services.activate_user(actor=lead, user_id=translator.pk)
    assert refresh(tokens["refresh"]).status_code == 401


def test_a_password_change_ends_the_other_sessions_only(translator: User) -> None:
    mine, other = log_in(translator), log_in(translator)
    body = {"current": PASSWORD, "new": "the tide table of 1921"}
    assert bearer(mine).post(V1 + "auth/password", body).status_code == 204
    assert bearer(mine).get(V1 + "auth/me").status_code == 200
    assert refresh(mine["refresh"]).status_code == 200
    assert bearer(other).get(V1 + "auth/me").status_code == 401
    assert refresh(other["refresh"]).status_code == 401


def test_sessions_long_over_are_forgotten(translator: User) -> None:
    now = timezone.now()
    long_ago, lately = now - timedelta(days=91), now - timedelta(days=89)
    ends = [{"ended_at": long_ago}, {"expires_at": long_ago}, {"ended_at": lately}, {"expires_at": lately}, {}]
    sessions = [services.open_session(user=translator, kind="page") for _ in ends]
    for session, end in zip(sessions, ends, strict=True):
        LoginSession.objects.filter(pk=session.pk).update(**end)
    out = StringIO()
    call_command("accounts_clean", stdout=out)
    assert out.getvalue().strip() == "2 logins that were over are removed."
    assert set(LoginSession.objects.values_list("pk", flat=True)) == {session.pk for session in sessions[2:]}


def test_who_listens_hears_which_sessions_ended(translator: User, django_capture_on_commit_callbacks: object) -> None:
    heard: list[object] = []

    def receiver(sender: object, session_ids: list[object], **kwargs: object) -> None:
        heard.extend(session_ids)

    session = services.open_session(user=translator, kind="page")
    sessions_ended.connect(receiver)
    try:
        with django_capture_on_commit_callbacks(using="default", execute=True):  # type: ignore[operator]
            services.end_session(actor=translator, session_id=session.pk)
    finally:
        sessions_ended.disconnect(receiver)
    assert heard == [session.pk]


@pytest.mark.django_db(transaction=True, databases=["default", "offline"])
def test_parallel_refreshes_agree() -> None:
    user = User.objects.create_user("parallel", PASSWORD)
    session = services.open_session(user=user, kind="api")
    token = services.issue_tokens(session=session).refresh
    results = in_parallel(4, lambda: services.refresh(token=token).refresh)
    assert [type(result) for result in results] == [str] * 4
    assert len(set(results)) == 1
    assert services.refresh(token=results[0]).refresh != results[0]
    session.refresh_from_db()
    assert session.ended_at is None
