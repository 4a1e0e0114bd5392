"""Locks of rows, and who works on what, from a linked desktop: done on the server at once, and fetched from there.

They concern other people, so they never wait in a queue. Without the server the refusal says so, and nothing
changed. What waits for the server goes first: a lock must not shut out an edit that was made before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from apps.ldm.models import File
from apps.ldm.services import at_server
from apps.sync.client import link, peers, rounds, tree
from apps.sync.protocol import Refused, Unreachable
from locanext_project.chunks import chunks
from locanext_project.errors import Conflict, Invalid, Unavailable

AT_ONCE = 500
"""Rows of one request: what the server does without a task."""
UNKNOWN = "no_answer"
_AWAY = ("offline", "login", "busy", "certificate", "too_old")


class AtServer:
    """As `apps.ldm.services.at_server.Server`."""

    def change_rows(self, file_id: int, act: Mapping[str, Any], ids: Sequence[int], reason: str) -> dict[str, Any]:
        """As there. Of many rows each 500 are a request and a change set of the server's."""
        found: dict[str, Any] = {"changed": 0, "unchanged": 0, "refused": [], "refused_count": 0, "refused_by": {}}
        with asked() as peer:
            _bring_up_to_date(peer, file_id)
            try:
                with _perhaps():
                    for some in chunks(list(ids), AT_ONCE):
                        _add(found, peer.act(file_id, {**act, "scope": {"ids": some}, "reason": reason}))
            finally:
                # It is done; where its rows do not come now, the next round brings them.
                rounds.run(peer, files=[file_id])
        revision = File.objects.values_list("revision", flat=True).get(pk=file_id)
        # The change set is the server's, with an id that is another one's here.
        return {**found, "change_set": None, "revision": revision}

    def change_file(self, file_id: int, changes: Mapping[str, Any]) -> None:
        """As there."""
        with asked() as peer:
            link.greet(peer)
            with _perhaps():
                peer.change_file(file_id, changes)
                tree.mirror_path(peer, file_id)


def attach() -> None:
    """Have ldm ask the server through here; called once, when the apps are ready."""
    at_server.provide(AtServer())


@contextmanager
def asked() -> Iterator[peers.Server]:
    """The server, for what only it can say or do. Raises ServiceError, in words for people."""
    try:
        with peers.in_words(), _open() as peer:
            yield peer
    except Unavailable as error:
        if error.code == UNKNOWN:
            raise
        raise Unavailable(_away(), code=error.code, **error.details) from error


@contextmanager
def _perhaps() -> Iterator[None]:
    """What is under way when the answer does not come: it may have been done, and that is said."""
    try:
        yield
    except Unreachable as error:
        words = _("The server did not answer. Whether this was done shows when it answers again.")
        raise Unavailable(words, code=UNKNOWN) from error


@contextmanager
def _open() -> Iterator[peers.Server]:
    try:
        with peers.server() as peer:
            yield peer
    except Refused as refusal:
        if refusal.reason == "offline":
            raise Conflict(_away(), code="offline") from refusal
        if refusal.reason == "invalid":
            raise Invalid(refusal.message) from refusal
        raise


def _away() -> str:
    return _(
        "Locking rows, and who works on them, needs other people: it is done on the server, which is not reached now."
        " Nothing was changed."
    )


def _bring_up_to_date(peer: peers.Server, file_id: int) -> None:
    """Send what waits and fetch what came. Raises what stops it."""
    outcome = rounds.run(peer, files=[file_id])
    if outcome.trouble in _AWAY:
        raise Refused(outcome.trouble, outcome.message, outcome.retry_after)
    if outcome.trouble == "unreachable":
        raise Unreachable(outcome.message)


def _add(found: dict[str, Any], outcome: Mapping[str, Any]) -> None:
    for name in ("changed", "unchanged", "refused_count"):
        found[name] += int(outcome[name])
    found["refused"] += list(outcome["refused"])
    for code, count in dict(outcome["refused_by"]).items():
        found["refused_by"][code] = found["refused_by"].get(code, 0) + int(count)
