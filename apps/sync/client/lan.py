"""The LAN set-up: this desktop is a node of its server, and logs in at the server's own database."""

from __future__ import annotations

from apps.accounts import services
from apps.accounts.models import LoginSession
from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.client import link
from apps.sync.protocol import Hello
from locanext_project import workspaces

DEVICE = "LocaNext"


def log_in(*, username: str, password: str) -> Hello:
    """Prove who works here; from then on the desktop's own workspace is this person's.

    No login stays open for it: with each call the server asks anew whether the account may.
    Raises what logging in raises, and Refused.
    """
    with workspaces.use(workspaces.SERVER):
        opened = services.sign_in(
            username=username, password=password, kind=LoginSession.Kind.API, device=DEVICE, ip=""
        )
        services.end_session(actor=opened.user, session_id=opened.pk, ip="")
        user_id = opened.user_id
    hello = link.greet(InProcessPeer(user_id))
    link.signed_in(hello=hello, tokens=None)
    return hello
