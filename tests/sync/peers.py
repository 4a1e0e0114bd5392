"""Both carriers to the server of the tests, and edits to send through them."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from typing import Any

from apps.accounts.models import LoginSession, User
from apps.accounts.services.sessions import issue_tokens, open_session
from apps.ldm.models import Row, Status
from apps.sync.carriers.http import HttpPeer
from apps.sync.carriers.in_process import InProcessPeer
from apps.sync.protocol import BLOB_BYTES, Caller, Op, SyncPeer
from tests.browser import start_site

CARRIERS = ("in_process", "http")


def access_token(user: User) -> str:
    """An access token of a new login."""
    return issue_tokens(session=open_session(user=user, kind=LoginSession.Kind.API)).access


def peer_for(carrier: str, user: User) -> SyncPeer:
    """A peer of either kind for a person; by HTTP to the real program (the test must be transactional)."""
    if carrier == "in_process":
        return InProcessPeer(user.pk)
    token = access_token(user)
    return HttpPeer(start_site(), lambda renewed: token)


def caller(**values: Any) -> Caller:
    """An installation whose clock is right."""
    given: dict[str, Any] = {"client": str(uuid.uuid4()), "now": time.time()}
    return Caller(**(given | values))


def op(row: Row, target: Any, **values: Any) -> Op:
    """An edit of a row as it is."""
    given: dict[str, Any] = {
        "op": str(uuid.uuid4()), "row_id": row.pk, "base_rev": row.text_rev, "base_target": row.target,
        "target": target, "status": int(Status.TRANSLATED), "edited_at": time.time(),
    }  # fmt: skip
    return Op(**(given | values))


def put(peer: SyncPeer, data: bytes, piece: int = BLOB_BYTES) -> str:
    """Send bytes in pieces; their sum."""
    sha256, have = hashlib.sha256(data).hexdigest(), 0
    while have < len(data):
        have = peer.put_blob(sha256, have, len(data), data[have : have + piece])
    return sha256


def table(columns: list[str], rows: list[list[Any]]) -> bytes:
    """A table of rows or entries, as `create` takes them."""
    return json.dumps({"columns": columns, "rows": rows}).encode()
