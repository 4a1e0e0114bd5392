"""The person of a desktop: made once, replaced by the server's at a login, renamed where names meet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.accounts.models import LocalPerson, LoginSession, User
from apps.accounts.services.local_person import adopt, local_person, local_session
from apps.audit.models import AuditEntry
from locanext_project import workspaces

SERVED = {"id": 41, "name": "Kim Ha-neul", "username": "kim", "role": "reviewer", "language": "ko"}


@pytest.fixture(autouse=True)
def _offline(db: None) -> Iterator[None]:
    with workspaces.use(workspaces.OFFLINE):
        yield


def test_alone_there_is_one_person_with_a_name() -> None:
    person = local_person()
    assert person.pk == -1 and person.name and not person.has_usable_password()
    assert local_person().pk == -1
    assert User.objects.count() == LocalPerson.objects.count() == 1


def test_after_a_login_the_person_is_the_servers() -> None:
    before = local_session()
    adopt(SERVED)
    person = local_person()
    assert (person.pk, person.name, person.username, person.role) == (41, "Kim Ha-neul", "kim", "reviewer")
    assert not person.has_usable_password()
    assert not LoginSession.objects.get(pk=before.pk).is_live
    assert local_session().user == person
    assert AuditEntry.objects.filter(action="local_person_adopted").count() == 1
    # The server says it again at every login: what changed comes with it, and nobody is signed out.
    session = local_session()
    adopt(SERVED | {"name": "Kim H.", "role": "lead"})
    assert (local_person().name, local_person().role) == ("Kim H.", "lead")
    assert local_session().pk == session.pk
    assert AuditEntry.objects.filter(action="local_person_adopted").count() == 1


def test_a_name_that_another_person_has_here_goes_to_the_servers() -> None:
    local_person()
    adopt(SERVED | {"username": "LOCAL"})
    assert local_person().username == "LOCAL"
    assert User.objects.get(pk=-1).username == "LOCAL~-1"
    adopt(SERVED | {"id": 42, "username": "x" * 50})
    adopt(SERVED | {"id": 43, "username": "x" * 50})
    assert User.objects.get(pk=42).username == "x" * 47 + "~42"


def test_what_is_not_the_servers_is_refused() -> None:
    with pytest.raises(ValueError, match="no id of a server"):
        adopt(SERVED | {"id": -1})
    assert adopt(SERVED | {"role": "wizard"}).role == "translator"


def test_a_session_is_kept_and_replaced_when_over() -> None:
    first = local_session()
    assert local_session().pk == first.pk
    LoginSession.objects.filter(pk=first.pk).update(ends_at=first.created_at)
    assert local_session().pk != first.pk
