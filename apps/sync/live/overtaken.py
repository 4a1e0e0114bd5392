"""Telling the window whose save met another text on the server, while its person is still there to be asked."""

from __future__ import annotations

from typing import Any

from apps.ldm.live import feed
from apps.ldm.live.news import OvertakenNews
from apps.ldm.models import Row, Status
from apps.sync import clock
from apps.sync.models import PendingEdit
from apps.sync.protocol import OpAnswer
from locanext_project import workspaces

JUST_NOW = 20.0
"""An edit older than this (seconds) was not made by somebody who still looks at it: the inbox has it."""


def tell(edit: PendingEdit, answer: OpAnswer) -> None:
    """Ask who just made an edit that turned out to be concurrent; once the present transaction commits."""
    conflict = answer.conflict
    if conflict is None or not 0 <= clock.now() - edit.edited_at < JUST_NOW:
        return
    news = _news(edit, conflict, won=answer.status == "applied")
    workspaces.on_commit(lambda: feed.spread(news))


def _news(edit: PendingEdit, conflict: dict[str, Any], *, won: bool) -> OvertakenNews:
    theirs = "lost" if won else "kept"
    # The row here has the server's text by now; of a text that lost only the conflict knows the status.
    row = None if won else Row.objects.filter(pk=edit.row_id).values_list("status", flat=True).first()
    status = conflict["lost_status"] if won else (Status.TRANSLATED if row is None else row)
    return OvertakenNews(
        key=(workspaces.alias(), edit.file_id),
        row=edit.row_id,
        op=str(conflict["op"]),
        won=won,
        mine=edit.target,
        theirs=conflict[theirs],
        status=str(Status(status).label),
        by={"id": conflict[f"{theirs}_by_id"], "name": conflict[f"{theirs}_by_name"]},
    )
