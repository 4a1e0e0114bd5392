"""Whether the server answers at all, for who is not logged in: the start screen asks before it asks for a password."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx

from apps.sync.carriers.http import trouble_of
from apps.sync.client import lan_place, link, peers
from apps.sync.models import Link
from apps.sync.protocol import Refused, Unreachable

TIMEOUT = httpx.Timeout(3.0)
PLACE = "/api/v1/sync/hello"


@dataclass(frozen=True, slots=True)
class Probed:
    """reachable, unreachable, certificate, other (no LocaNext server), forbidden, offline or alone; and how fast."""

    state: str
    milliseconds: int | None = None


def probe() -> Probed:
    """Ask the server for nothing but an answer. No request goes out in offline mode, nor without a server."""
    here = link.current()
    if here.mode == Link.Mode.OFFLINE:
        return Probed("offline")
    if peers.is_lan():
        return _of_database()
    if not link.address_of(here):
        return Probed("alone")
    began = time.monotonic()
    try:
        response = httpx.get(here.server_url + PLACE, timeout=TIMEOUT, follow_redirects=False)
    except httpx.HTTPError as error:
        trouble = trouble_of(error)
        return Probed(trouble.reason if isinstance(trouble, Refused) else "unreachable")
    return Probed(_what_answers(response), round((time.monotonic() - began) * 1000))


def _of_database() -> Probed:
    try:
        return Probed("reachable", lan_place.milliseconds())
    except Unreachable:
        return Probed("unreachable")


def _what_answers(response: httpx.Response) -> str:
    """A server of ours asks strangers to log in, in its own words; anything else is another program, or none."""
    if response.status_code >= 500:
        return "unreachable"
    try:
        code = response.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return "other"
    return "forbidden" if code == "address_refused" else "reachable"
