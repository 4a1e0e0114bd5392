"""Statements that write one row, and those prepared with texts and UUIDs, on both databases."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError
from django.utils import timezone

from apps.accounts.models import LoginSession, User
from apps.accounts.services import open_session
from apps.ldm.models import Platform
from locanext_project import one_row, workspaces
from locanext_project.prepared import Prepared

pytestmark = pytest.mark.django_db
SESSION = ("session_key", "session_data", "expire_date")


def test_a_row_is_written_as_its_fields_have_it(lead: User) -> None:
    with workspaces.atomic():
        login = open_session(user=lead, kind=LoginSession.Kind.PAGE)
    seen = timezone.now()
    one_row.update(LoginSession, login.pk, ("device", "last_seen_at", "rotated_at"), ("문 %s", seen, None))
    login.refresh_from_db()
    assert (login.device, login.last_seen_at, login.rotated_at) == ("문 %s", seen, None)
    one_row.update(User, lead.pk, ("preferences", "is_active"), ({"ui_language": "ko"}, False))
    lead.refresh_from_db()
    assert (lead.preferences, lead.is_active) == ({"ui_language": "ko"}, False)


def test_what_is_there_is_overwritten_only_where_that_is_asked() -> None:
    now = timezone.now()
    one_row.insert(Session, SESSION, ("k", "one", now))
    assert one_row.insert(Session, SESSION, ("k", "two", now), over="session_key") is None
    assert Session.objects.get(pk="k").session_data == "two"
    with pytest.raises(IntegrityError), workspaces.atomic():
        one_row.insert(Session, SESSION, ("k", "three", now))


@pytest.mark.parametrize(("workspace", "born_here"), [(workspaces.SERVER, False), (workspaces.OFFLINE, True)])
def test_an_id_comes_from_the_database_or_from_the_desktops_counter(workspace: str, born_here: bool) -> None:
    every = tuple(field.attname for field in Platform._meta.concrete_fields if not field.primary_key)
    with workspaces.use(workspace), workspaces.atomic():
        model = Platform(name="made")
        given = {"created_at": timezone.now(), "changed_at": timezone.now()}
        values = [given.get(name, getattr(model, name)) for name in every]
        made = one_row.insert(Platform, every, values, returning="id")
        assert Platform.objects.get(name="made").pk == made
    assert (made < 0) is born_here


def test_texts_and_uuids_are_put_in_each_time(lead: User, translator: User) -> None:
    logins = [open_session(user=user, kind=LoginSession.Kind.API) for user in (lead, translator)]
    of_login = Prepared(lambda pk: LoginSession.objects.filter(pk=pk).values_list("user_id", "family"))
    for login in logins:
        assert of_login(login.pk) == [(login.user_id, login.family)]
    assert of_login(uuid.uuid4()) == []
    both = Prepared(lambda pk, device: LoginSession.objects.filter(pk=pk, device=device).values_list("pk"))
    assert both(logins[0].pk, "") == [(logins[0].pk,)]
    assert both(logins[0].pk, "' OR 1=1 --") == []
    by_name: Any = Prepared(lambda name: User.objects.filter(username=name).values_list("pk"))
    assert by_name("lead") == [(lead.pk,)] and by_name("translator") == [(translator.pk,)]
    assert by_name("%s") == [] and by_name("\u2063prepared 0\u2063") == []
