"""A program that talks to a running desktop by its launch secret, as the check and the tests of the launcher do."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

TASK_SECONDS = 60.0


class Refusal(Exception):
    """The server answered with an error; `status` and its body as `text`."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text[:300]}")
        self.status = status
        self.text = text


class Api:
    """The API of the server on a port of this machine. An empty secret sends none."""

    def __init__(self, port: int, secret: str) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self._bearer = {"Authorization": f"Bearer OFFLINE_MODE_{secret}"} if secret else {}
        # A proxy of the system is no way to one's own machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def raw(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        """The body of an answer. Raises Refusal, OSError."""
        headers = {**self._bearer, "Content-Type": kind}
        request = urllib.request.Request(self.base + path, body, headers, method=method)  # noqa: S310 (our own address)
        try:
            with self._opener.open(request, timeout=30) as answer:
                found: bytes = answer.read()
                return found
        except urllib.error.HTTPError as error:
            with error:
                raise Refusal(error.code, error.read().decode("utf-8", "replace")) from None

    def get(self, path: str) -> Any:
        """GET /api/v1/…"""
        return json.loads(self.raw("GET", f"/api/v1/{path}"))

    def post(self, path: str, data: Any) -> Any:
        """POST /api/v1/…"""
        return json.loads(self.raw("POST", f"/api/v1/{path}", json.dumps(data).encode()))

    def patch(self, path: str, data: Any) -> Any:
        """PATCH /api/v1/…"""
        return json.loads(self.raw("PATCH", f"/api/v1/{path}", json.dumps(data).encode()))

    def upload(self, name: str, data: bytes) -> str:
        """The id of an uploaded file."""
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        body = head + data + f"\r\n--{mark}--\r\n".encode()
        answer = json.loads(self.raw("POST", "/api/v1/uploads", body, f"multipart/form-data; boundary={mark}"))
        return str(answer["uploads"][0]["id"])

    def wait(self, task: dict[str, Any]) -> dict[str, Any]:
        """The task when it is done. Raises Refusal where it failed, TimeoutError."""
        end = time.monotonic() + TASK_SECONDS
        while time.monotonic() < end:
            if task["status"] == "succeeded":
                return task
            if task["status"] in ("failed", "cancelled"):
                raise Refusal(500, str(task["error"]))
            time.sleep(0.05)
            task = self.get(f"tasks/{task['id']}")
        raise TimeoutError(f"The task {task['kind']} is still {task['status']}.")
