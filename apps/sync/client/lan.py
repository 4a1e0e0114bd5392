"""The LAN set-up: this desktop is a node of its server, and logs in at the server's own database."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from apps.accounts import services
from apps.accounts.models import LoginSession
from apps.sync.carriers.in_process import InProcessPeer, device
from apps.sync.carriers.refusals import of_service
from apps.sync.client import lan_place, link
from apps.sync.protocol import Hello, Refused, Unreachable
from locanext_project import workspaces
from locanext_project.errors import ServiceError


def log_in(*, username: str, password: str) -> Hello:
    """Prove who works here; from then on the desktop's own workspace is this person's.

    With each call the server asks anew whether the account may. Raises Refused ("login" where name and password
    do not match, "busy" after too many failures, "too_old") and Unreachable.
    """
    lan_place.require_same_version()
    try:
        with workspaces.use(workspaces.SERVER):
            opened = services.sign_in(
                username=username, password=password, kind=LoginSession.Kind.API, device=device(), ip=""
            )
            user_id, must_change = opened.user_id, opened.user.must_change_password
    except ServiceError as error:
        raise of_service(error) from error
    except (OperationalError, InterfaceError) as error:
        raise Unreachable(str(error)) from error
    if must_change:
        raise Refused("login", _("Change your password in the browser first: it was set by somebody else."))
    peer = InProcessPeer(user_id)
    link.move_to(lan_place.name(), epoch=peer.hello(link.caller()).epoch)
    hello = link.greet(peer)
    link.signed_in(hello=hello, tokens=None)
    return hello


def log_out() -> None:
    """End the logins of this desktop on the server, if its database answers."""
    user_id = link.current().user_id
    if user_id is None:
        return
    try:
        with workspaces.use(workspaces.SERVER):
            living = LoginSession.objects.filter(user_id=user_id, device=device(), ended_at=None)
            for session in living.select_related("user"):
                services.end_session(actor=session.user, session_id=session.pk, ip="")
    except (OperationalError, InterfaceError):
        return
