"""The server by HTTPS, with hints over a socket."""

from __future__ import annotations

import json
import os
import ssl
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.sync import wire
from apps.sync.carriers import hints
from apps.sync.carriers.ahead import Ahead
from apps.sync.carriers.refusals import refused
from apps.sync.protocol import (
    MOST_OPS,
    PAGE_NODES,
    PAGE_ROWS,
    Caller,
    Hello,
    Nodes,
    Op,
    Pushed,
    Refused,
    RowsPage,
    Unreachable,
)

T = TypeVar("T")
Tokens = Callable[[bool], str]
"""The access token to send; called with True when the server took the last one for over: then a new one.

May raise Refused("login") and Unreachable.
"""
API = "/api/v1/"
TIMEOUT = httpx.Timeout(30.0, connect=5.0)
LONG = httpx.Timeout(600.0, connect=5.0)
"""For making a large file or memory: asked again with the same key, the server makes no second one."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Packing for these takes longer than sending."""
MOST_BYTES = 4 * 1024 * 1024
"""Of one request with edits: half of what servers take as a rule."""


class HttpPeer:
    """`SyncPeer` by HTTPS. One for a thread; `close` when it is not needed any more."""

    def __init__(self, base_url: str, tokens: Tokens, *, verify: ssl.SSLContext | bool = True) -> None:
        self.base_url = base_url.rstrip("/")
        self._tokens = tokens
        self._verify = verify
        self._closed = False
        self._ahead: Ahead | None = None
        # A server that moved says so to people: a token is never sent after a redirect.
        try:
            self._client = httpx.Client(
                base_url=self.base_url, timeout=TIMEOUT, verify=_trusted(verify), follow_redirects=False,
                headers={"Accept-Encoding": _packing(self.base_url), "Accept": "application/json"},
            )  # fmt: skip
        except httpx.InvalidURL as error:
            raise Unreachable(_("%(address)s is not an address.") % {"address": base_url}) from error
        # Who forgets to close it leaves no connection behind.
        weakref.finalize(self, self._client.close)

    def close(self) -> None:
        """Give the connections back; hints end soon after."""
        self._closed = True
        self._client.close()

    # ---- requests ----
    def _ask(self, method: str, path: str, read: Callable[[Any], T], **options: Any) -> T:
        """The answer, read. Raises Refused and Unreachable, and nothing else."""
        return self._understood(self._send(method, path, **options), read)

    def _understood(self, response: httpx.Response, read: Callable[[Any], T]) -> T:
        try:
            return read(response.json())
        except (ValueError, KeyError, TypeError) as error:
            # A hotel's login page also answers 200.
            raise Unreachable(
                _("%(address)s does not answer as a LocaNext server does.") % {"address": self.base_url}
            ) from error

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        response = self._once(method, path, self._tokens(False), options)
        if response.status_code == 401:
            response = self._once(method, path, self._tokens(True), options)
        if response.is_success:
            return response
        raise refusal_of(response)

    def _once(self, method: str, path: str, token: str, options: Mapping[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", **in_language(), **options.get("headers", {})}
        try:
            return self._client.request(method, API + path, **{**options, "headers": headers})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise trouble_of(error) from error

    def ticket(self, file_id: int) -> str:
        """A ticket for one socket on one file, good once and for a short time. Raises Refused and Unreachable."""
        return self._ask("POST", f"files/{file_id}/ticket", lambda answer: str(answer["ticket"]))

    def act(self, file_id: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Do an act to rows of a file, 500 at most; what it did. Raises Refused and Unreachable."""
        return self._ask("POST", f"files/{file_id}/acts", dict, **_body(dict(wanted)))

    def change_file(self, file_id: int, changes: Mapping[str, Any]) -> None:
        """Set fields of a file. Raises Refused and Unreachable."""
        self._send("PATCH", f"files/{file_id}", **_body(dict(changes)))

    def people(self, search: str) -> list[dict[str, Any]]:
        """People with this in their name or team, 30 at most: {"id", "name", "username"}."""
        params = {"search": search, "active": "true", "limit": 30}
        return self._ask("GET", "users", lambda answer: wire.people_of(answer["results"]), params=params)

    # ---- reading ----
    def hello(self, caller: Caller) -> Hello:
        return self._ask("POST", "sync/hello", wire.hello_of, **_body({"caller": wire.caller_json(caller)}))

    def tree(
        self, cursor: str = "", limit: int = PAGE_NODES, *, below: Sequence[str] = (), only: Sequence[str] = ()
    ) -> Nodes:
        params: dict[str, Any] = {"cursor": cursor, "limit": limit}
        params |= {name: ",".join(places) for name, places in (("below", below), ("only", only)) if places}
        return self._ask("GET", "sync/tree", wire.nodes_of, params=params)

    def level(self, parent: str, cursor: str = "", limit: int = PAGE_NODES) -> Nodes:
        """What lies directly in a place of the tree ("root", "project:12"). Raises Refused and Unreachable."""
        params = {"parent": parent, "cursor": cursor, "limit": limit}
        return self._ask("GET", "sync/tree", wire.nodes_of, params=params)

    def path(self, file_id: int) -> list[dict[str, Any]]:
        return self._ask("GET", f"sync/files/{file_id}/path", _listed)

    def snapshot(self, file_id: int, token: str = "", limit: int = PAGE_ROWS) -> RowsPage:
        ahead, self._ahead = self._ahead, None
        page = ahead.page() if ahead is not None and ahead.asked == (file_id, token, limit) else None
        return page or self._ask("GET", *_snapshot(file_id), params={"token": token, "limit": limit})

    def read_ahead(self, file_id: int, token: str, limit: int = PAGE_ROWS) -> None:
        """Begin to fetch a page that `snapshot` will be asked for next. Raises nothing: that call will."""

        def fetch() -> RowsPage | None:
            path, read = _snapshot(file_id)
            given = {"params": {"token": token, "limit": limit}}
            response = self._once("GET", path, self._tokens(False), given)
            # What it refuses, a new login perhaps, is the business of the thread that asks.
            return self._understood(response, read) if response.is_success else None

        self._ahead = Ahead((file_id, token, limit), fetch)

    def changes(self, file_id: int, since: int, generation: int, epoch: str, limit: int = PAGE_ROWS) -> RowsPage:
        given = {"since": since, "generation": generation, "epoch": epoch, "limit": limit}
        return self._ask("GET", f"sync/files/{file_id}/changes", wire.page_of, params=given)

    def original(self, file_id: int) -> dict[str, Any]:
        return self._ask("GET", f"sync/files/{file_id}/original", _object)

    def blob(self, file_id: int, sha256: str, offset: int) -> bytes:
        response = self._send("GET", f"sync/files/{file_id}/blobs/{sha256}", params={"offset": offset})
        if response.headers.get("content-type") != "application/octet-stream":
            raise Unreachable(_("%(address)s does not answer as a LocaNext server does.") % {"address": self.base_url})
        return response.content

    def memories(self, file_id: int) -> list[dict[str, Any]]:
        return self._ask("GET", f"sync/files/{file_id}/memories", _listed)

    def entries(self, memory_id: int, token: str = "", since: int | None = None, limit: int = PAGE_ROWS) -> RowsPage:
        given: dict[str, Any] = {"token": token, "limit": limit}
        if since is not None:
            given["since"] = since
        return self._ask("GET", f"sync/memories/{memory_id}/entries", wire.page_of, params=given)

    def conflicts(self, file_id: int, known: Sequence[str] = ()) -> list[dict[str, Any]]:
        return self._ask("GET", f"sync/files/{file_id}/conflicts", _listed, params={"known": ",".join(known)})

    # ---- sending ----
    def push(self, caller: Caller, ops: Sequence[Op]) -> Pushed:
        """As every peer; edits with very long texts go in several requests."""
        if len(ops) > MOST_OPS:
            raise Refused("invalid", _("Send at most %(most)s edits at once.") % {"most": MOST_OPS})
        answers = [self._push(caller, part) for part in _parts(ops)]
        return wire.joined(answers)

    def _push(self, caller: Caller, texts: Sequence[str]) -> Pushed:
        body = f'{{"caller":{json.dumps(wire.caller_json(caller))},"ops":[{",".join(texts)}]}}'
        headers = {"Content-Type": "application/json"}
        return self._ask("POST", "sync/push", wire.pushed_of, content=body.encode(), headers=headers)

    def put_blob(self, sha256: str, offset: int, size: int, data: bytes) -> int:
        return self._ask(
            "PUT", f"sync/blobs/{sha256}", lambda answer: int(answer["have"]), content=data,
            params={"offset": offset, "size": size}, headers={"Content-Type": "application/octet-stream"},
        )  # fmt: skip

    def create(self, caller: Caller, key: str, thing: Mapping[str, Any]) -> dict[str, Any]:
        body = {"caller": wire.caller_json(caller), "key": key, "thing": dict(thing)}
        return self._ask("POST", "sync/things", _object, timeout=LONG, **_body(body))

    def resolve(self, caller: Caller, op: str, resolution: str) -> dict[str, Any]:
        body = {"caller": wire.caller_json(caller), "resolution": resolution}
        return self._ask("POST", f"sync/conflicts/{op}/resolution", _object, **_body(body))

    # ---- hints ----
    def subscribe(self, file_ids: Sequence[int]) -> Iterator[tuple[int, int]]:
        """First every file that the person sees, then whenever one moves; ends with Unreachable or Refused."""
        return hints.listen(self.base_url, self._tokens, file_ids, self._verify, lambda: self._closed)


def in_language() -> dict[str, str]:
    """The header by which refusals come in the language spoken here: that of the request, the task or the person."""
    return {"Accept-Language": get_language() or settings.LANGUAGE_CODE}


def _trusted(verify: ssl.SSLContext | bool) -> ssl.SSLContext | bool:
    """Whom to trust. The usual authorities are read once: a desktop makes a peer for each round."""
    if verify is True:
        return _authorities(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    return verify


@lru_cache(maxsize=2)
def _authorities(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    # Reading them takes 25 ms of the processor, beside the save that the round is for.
    return httpx.create_ssl_context()


def _packing(base_url: str) -> str:
    """What may be done to answers on their way."""
    try:
        return "identity" if urlsplit(base_url).hostname in LOOPBACK else "gzip"
    except ValueError:
        return "gzip"


def _snapshot(file_id: int) -> tuple[str, Callable[[Any], RowsPage]]:
    return f"sync/files/{file_id}/snapshot", wire.page_of


def _body(data: Any) -> dict[str, Any]:
    """JSON as a request's options. In ASCII: the server refuses half of a surrogate pair."""
    return {"content": json.dumps(data).encode(), "headers": {"Content-Type": "application/json"}}


def refusal_of(response: httpx.Response) -> Refused | Unreachable:
    """What an answer that is no success says."""
    try:
        error = response.json()["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        if response.status_code == 413:
            # A proxy's limit: sending the same again would be in vain.
            return Refused("invalid", _("This is larger than the way to the server lets through."))
        # Not one of ours: a proxy, or another program at this address. What it means is not known.
        return Unreachable(
            _("The address answered %(status)s, and not as a LocaNext server does.") % {"status": response.status_code}
        )
    wait = response.headers.get("retry-after", "")
    return refused(response.status_code, code, message, float(wait) if wait.isdecimal() else None)


def trouble_of(error: BaseException) -> Refused | Unreachable:
    """Why no answer came: a certificate that cannot be trusted is not a matter of waiting."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(cause):
            return Refused("certificate", _("The server's certificate cannot be trusted."))
        cause = cause.__cause__ or cause.__context__
    return Unreachable(str(error) or type(error).__name__)


def _parts(ops: Sequence[Op]) -> list[list[str]]:
    """The edits as JSON, in requests of MOST_BYTES at the most; at least one request."""
    parts: list[list[str]] = [[]]
    size = 0
    for op in ops:
        text = json.dumps(wire.op_json(op))
        if parts[-1] and size + len(text) > MOST_BYTES:
            parts.append([])
            size = 0
        parts[-1].append(text)
        size += len(text)
    return parts


def _listed(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, list):
        raise TypeError("a list was expected")
    return answer


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise TypeError("an object was expected")
    return answer
