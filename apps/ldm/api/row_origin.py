"""Where an edited text came from, and which match was beside it, as the body of a row edit says."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.ldm.api import bodies
from apps.ldm.models import Origin
from apps.ldm.services.rows.match_use import MatchShown
from locanext_project.errors import Invalid

MAX_SCORE = 102
MAX_KIND = 20


def origin_and_score(data: dict[str, Any]) -> dict[str, Any]:
    """`origin` and `score` of the edit: a person's own text, or a match with its score. Raises Invalid."""
    origin = bodies.text(data, "origin") or str(Origin.HUMAN)
    if origin not in (Origin.HUMAN, Origin.MEMORY):
        raise Invalid(_("origin is human or tm."), field="origin")
    score = _score(data)
    if origin == Origin.HUMAN and score is not None:
        raise Invalid(_("A score belongs to a text from a memory: send origin tm with it."), field="score")
    return {"origin": Origin(origin), "score": score}


def match_shown(data: dict[str, Any]) -> MatchShown | None:
    """The best match that was beside the row, None where the client says nothing of one. Raises Invalid."""
    given = data.get("match")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise Invalid(_("match is an object."), field="match")
    kind = bodies.text(given, "kind") or ""
    target = bodies.text(given, "target")
    if target is None or not 0 < len(kind) <= MAX_KIND:
        raise Invalid(_("match has memory_id, kind, score and target."), field="match")
    memory_id = bodies.whole_number(given, "memory_id", _("the id of a memory"))
    return MatchShown(memory_id=memory_id, kind=kind, score=_score(given), target=target)


def _score(data: dict[str, Any]) -> int | None:
    if data.get("score") is None:
        return None
    score = bodies.whole_number(data, "score", _("a number from 0 to %(most)s") % {"most": MAX_SCORE})
    if not 0 <= score <= MAX_SCORE:
        raise Invalid(_("score is a number from 0 to %(most)s.") % {"most": MAX_SCORE}, field="score")
    return score
