"""The desktop's login at its server: logging in, and access tokens as they are needed."""

from __future__ import annotations

import platform
import threading
from typing import Any

import httpx
from django.utils.translation import gettext as _

from apps.sync.carriers.http import HttpPeer, in_language, refusal_of, trouble_of
from apps.sync.client import keychain, link
from apps.sync.protocol import Hello, Refused, Unreachable

TIMEOUT = httpx.Timeout(20.0, connect=5.0)


class Session:
    """Gives the access token of one server. Every renewal is kept before the new token is used."""

    def __init__(self, base_url: str, client: str, access: str = "") -> None:
        self.base_url = base_url
        self._client = client
        self._access = access
        self._lock = threading.Lock()

    def __call__(self, renew: bool = False) -> str:
        """The token to send. Raises Refused("login") where there is no login any more, and Unreachable."""
        with self._lock:
            if renew or not self._access:
                self._access = self._renewed()
            return self._access

    def _renewed(self) -> str:
        refresh = keychain.token(self._client)
        if not refresh:
            raise Refused("login", _("Log in to the server."))
        tokens = ask(self.base_url, "auth/refresh", {"refresh": refresh})
        keychain.keep(self._client, str(tokens["refresh"]))
        return str(tokens["access"])


def ask(base_url: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """An answer of the server's login addresses. Raises Refused and Unreachable."""
    try:
        response = httpx.post(
            f"{base_url}/api/v1/{path}", json=body, timeout=TIMEOUT, follow_redirects=False, headers=in_language()
        )
    except httpx.HTTPError as error:
        raise trouble_of(error) from error
    if not response.is_success:
        raise refusal_of(response)
    try:
        answer = response.json() if response.content else {}
        if not isinstance(answer, dict):
            raise ValueError
    except ValueError:
        raise Unreachable(_("There is no LocaNext server at this address.")) from None
    return answer


def log_in(*, username: str, password: str) -> Hello:
    """Log in at the server of this desktop; from then on its person is that of this desktop.

    Raises Refused ("login" where name and password do not match, "certificate", "busy" after too
    many failures) and Unreachable.
    """
    here = link.current()
    if not link.address_of(here):
        raise Refused("invalid", _("Name the server first."))
    body = {"username": username, "password": password, "device": f"LocaNext on {platform.node()}"[:200]}
    tokens = ask(here.server_url, "auth/login", body)
    if tokens["user"].get("must_change_password"):
        raise Refused("login", _("Change your password in the browser first: it was set by somebody else."))
    peer = HttpPeer(here.server_url, Session(here.server_url, str(here.client), str(tokens["access"])))
    try:
        hello = link.greet(peer)
    finally:
        peer.close()
    link.signed_in(hello=hello, tokens=tokens)
    return hello


def log_out() -> None:
    """Tell the server that the login is over, if it answers. The token goes either way, by `link.sign_out`."""
    here = link.current()
    refresh = keychain.token(str(here.client))
    if refresh and link.address_of(here):
        try:
            ask(here.server_url, "auth/logout", {"refresh": refresh})
        except (Refused, Unreachable):
            return
