"""The person of a desktop: alone one of its own making, after a login the server's, from then on."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import Any

from apps.accounts.models import LocalPerson, LoginSession, Role, User, fold_username
from apps.accounts.services.sessions import end_all, open_session, touch
from apps.accounts.signals import tell
from locanext_project.workspaces import atomic

ALONE_ID = -1
ONLY = 1
DEVICE = "This PC"
LONGEST_NAME = 50


def local_person() -> User:
    """The person of this workspace, made at the first call: id -1, named as the system names its user."""
    found = LocalPerson.objects.select_related("user").filter(pk=ONLY).first()
    return found.user if found is not None else _settle()


def local_session() -> LoginSession:
    """A living login of the local person, for what is bound to one (sockets); no password stands behind it."""
    person = local_person()
    living = LoginSession.objects.filter(user=person, ended_at=None, device=DEVICE).order_by("-created_at")
    found = next((session for session in living if session.is_live), None)
    if found is None:
        return open_session(user=person, kind=LoginSession.Kind.PAGE, device=DEVICE)
    touch(session=found)
    return found


def adopt(user: Mapping[str, Any]) -> User:
    """Make a person of the server the local one, under the server's id; also brings what changed about them.

    `user` is {"id", "name", "username", "role", "language"}; roles that this version does not know count as
    translator. Logins of whoever was the local person before end. Raises ValueError for an id that is not the
    server's.
    """
    user_id = int(user["id"])
    if user_id <= 0:
        raise ValueError(f"{user_id} is no id of a server.")
    with atomic():
        before = local_person()
        person = User.objects.filter(pk=user_id).first() or _newcomer(user_id)
        person.username = _free_username(str(user["username"]), user_id)
        person.display_name = str(user.get("name") or "")[:100]
        role = str(user.get("role") or "")
        person.role = role if role in Role.values else Role.TRANSLATOR
        person.language = str(user.get("language") or "")[:35]
        person.is_active = True
        person.save()
        LocalPerson.objects.update_or_create(pk=ONLY, defaults={"user": person})
        if before.pk != person.pk:
            end_all(LoginSession.objects.filter(user=before), reason="other_person")
            tell("local_person_adopted", actor=person, user=person, detail={"before": before.pk})
    return person


def _settle() -> User:
    """Write down who this desktop's person is, before any login."""
    with atomic():
        person = User.objects.filter(pk=ALONE_ID).first()
        if person is None:
            name = _system_name()
            person = User(pk=ALONE_ID, username=_free_username("local", ALONE_ID), display_name=name, role=Role.ADMIN)
            person.set_unusable_password()
            person.save(force_insert=True)
        # A second request of the same first moment may have been faster.
        return LocalPerson.objects.get_or_create(pk=ONLY, defaults={"user": person})[0].user


def _newcomer(user_id: int) -> User:
    person = User(pk=user_id)
    person.set_unusable_password()
    return person


def _free_username(wanted: str, user_id: int) -> str:
    """`wanted`, which nobody else has from now on: a person mirrored earlier under it is renamed."""
    wanted = wanted[:LONGEST_NAME]
    other = User.objects.filter(username_key=fold_username(wanted)).exclude(pk=user_id).first()
    if other is not None:
        mark = f"~{other.pk}"
        other.username = wanted[: LONGEST_NAME - len(mark)] + mark
        other.save(update_fields=["username"])
    return wanted


def _system_name() -> str:
    try:
        return getpass.getuser()[:100]
    except (KeyError, OSError, ImportError):  # a system that knows no name for its user
        return DEVICE
