"""What is decided on the server at once where a desktop has a copy of its things: flags of rows, who works on a file.

Texts wait in a queue until they can be sent. A lock, or whose a row is, concerns other people now: it is asked of
the server, and comes back with its rows. The part that knows the server registers itself here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from locanext_project import local_ids
from locanext_project.errors import Unavailable


class Server(Protocol):
    """Asks the server in the name of the desktop's person. Everything raises ServiceError, and then nothing changed.

    When a call returns, what it changed is here too.
    """

    def change_rows(self, file_id: int, act: Mapping[str, Any], ids: Sequence[int], reason: str) -> dict[str, Any]:
        """Do an act ({"act": "lock"}, …) to rows of a file; its outcome as the API gives it, without a change set."""

    def change_file(self, file_id: int, changes: Mapping[str, Any]) -> None:
        """Set fields of a file: assignee_id, due_date."""


_server: Server | None = None


def provide(server: Server) -> None:
    """Name who asks the server; called once, when the apps are ready."""
    global _server
    _server = server


def concerns(pk: int) -> bool:
    """Whether a file or a row with this id is a copy of the server's, on a desktop."""
    return pk > 0 and local_ids.is_desktop()


def server() -> Server:
    """Who asks the server. Raises Unavailable where nobody can."""
    if _server is None:
        raise Unavailable(_("The server does not answer. Your work is kept on this PC."), code="unreachable")
    return _server
