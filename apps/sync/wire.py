"""What peers say to each other as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from apps.sync.protocol import VERSION, Caller, Hello, Nodes, Op, OpAnswer, Pushed, RowsPage
from locanext_project.api.parsers import is_text
from locanext_project.errors import Invalid


def caller_json(caller: Caller) -> dict[str, Any]:
    """A caller in a request."""
    return asdict(caller)


def caller_of(data: Mapping[str, Any]) -> Caller:
    """The caller of a request's body; its values are checked where they are used. Raises Invalid."""
    given = data.get("caller")
    if not isinstance(given, dict):
        raise Invalid(_("caller says who sends: client, now, version."), field="caller")
    return Caller(given.get("client", ""), given.get("now", ""), given.get("version", VERSION))


def op_json(op: Op) -> dict[str, Any]:
    """An edit in a request."""
    return asdict(op)


def ops_of(data: Mapping[str, Any]) -> list[Op]:
    """The edits of a request's body; their values are checked one by one where they are used. Raises Invalid."""
    given = data.get("ops")
    if not isinstance(given, list) or not all(isinstance(one, dict) and _is_name(one.get("op")) for one in given):
        raise Invalid(_("ops is a list of edits, each with its id."), field="ops")
    return [_op(one) for one in given]


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 100 and is_text(value)


def _op(one: Mapping[str, Any]) -> Op:
    after = one.get("after", ())
    return Op(
        op=one["op"],
        row_id=one.get("row_id", ""),
        base_rev=one.get("base_rev", ""),
        base_target=one.get("base_target", ""),
        target=one.get("target", None),
        status=one.get("status", ""),
        edited_at=one.get("edited_at", ""),
        after=tuple(after) if isinstance(after, list) else (after,) if after else (),
        fields=one.get("fields", {}),
    )


def hello_json(hello: Hello) -> dict[str, Any]:
    """A greeting."""
    return asdict(hello)


def hello_of(data: Mapping[str, Any]) -> Hello:
    """A greeting that came. Raises KeyError, TypeError or ValueError where it is none; so do the others."""
    return Hello(str(data["epoch"]), float(data["server_time"]), int(data["oldest"]), dict(data["user"]))


def nodes_json(nodes: Nodes) -> dict[str, Any]:
    """A page of the tree."""
    return {"nodes": nodes.nodes, "next": nodes.next}


def nodes_of(data: Mapping[str, Any]) -> Nodes:
    """A page of the tree that came."""
    return Nodes(list(data["nodes"]), str(data["next"]))


def page_json(page: RowsPage) -> dict[str, Any]:
    """A page of rows. By hand: `asdict` copies every value."""
    return {
        "columns": page.columns, "rows": page.rows, "cursor": page.cursor, "generation": page.generation,
        "next": page.next, "more": page.more, "reset": page.reset,
    }  # fmt: skip


def page_of(data: Mapping[str, Any]) -> RowsPage:
    """A page of rows that came."""
    return RowsPage(
        tuple(data["columns"]), list(data["rows"]), int(data["cursor"]), int(data["generation"]), str(data["next"]),
        bool(data["more"]), bool(data["reset"]),
    )  # fmt: skip


def pushed_json(pushed: Pushed) -> dict[str, Any]:
    """The answers to edits."""
    return {
        "columns": pushed.columns,
        "answers": [
            {"op": one.op, "status": one.status, "row": one.row, "conflict": one.conflict, "message": one.message}
            for one in pushed.answers
        ],
        # JSON has texts only for names.
        "revisions": [[file_id, revision] for file_id, revision in pushed.revisions.items()],
    }


def pushed_of(data: Mapping[str, Any]) -> Pushed:
    """The answers to edits that came."""
    answers = [
        OpAnswer(one["op"], one["status"], one["row"], one["conflict"], one["message"]) for one in data["answers"]
    ]
    return Pushed(tuple(data["columns"]), answers, {int(pk): int(revision) for pk, revision in data["revisions"]})


def joined(parts: Sequence[Pushed]) -> Pushed:
    """The answers of requests that were one to the caller."""
    revisions: dict[int, int] = {}
    for part in parts:
        revisions |= part.revisions
    return Pushed(parts[0].columns, [answer for part in parts for answer in part.answers], revisions)


def people_of(listed: Any) -> list[dict[str, Any]]:
    """People of a server's answer, as far as they are chosen from. Raises KeyError and TypeError."""
    return [{"id": int(one["id"]), "name": str(one["name"]), "username": str(one["username"])} for one in listed]
