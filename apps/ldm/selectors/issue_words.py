"""Findings in words, and as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.ldm.checks.findings import ERROR, Finding

KIND_NAMES = {
    "placeholder": _("Placeholders"),
    "tag": _("Tags and colours"),
    "line_break": _("Line breaks"),
    "length": _("Length"),
    "untranslated": _("Untranslated"),
}
"""What people call the checks."""
SEVERITIES = {True: "error", False: "warning"}
SEVERITY_NAMES = {"error": _("error"), "warning": _("warning")}

_MISSING = ngettext_lazy("%(text)s is missing.", "%(text)s is missing %(count)s times.", "count")
_EXTRA = ngettext_lazy(
    "%(text)s is not in the source.", "%(text)s is here %(count)s times more than in the source.", "count"
)
_MORE = ngettext_lazy(
    "%(text)s is here once more than in the source.",
    "%(text)s is here %(count)s times more than in the source.",
    "count",
)
_CHANGED = _("%(text)s became %(other)s.")
_SENTENCES: dict[tuple[str, str], Any] = {
    ("placeholder", "missing"): _MISSING,
    ("placeholder", "extra"): _EXTRA,
    ("placeholder", "more"): _MORE,
    ("placeholder", "changed"): _CHANGED,
    ("placeholder", "order"): _(
        "%(text)s stands where the source has %(other)s. Without numbers, as in %%1$s, the order must stay."
    ),
    ("placeholder", "brace"): _("%(text)s that belongs to no code: %(expected)s in the source, %(found)s here."),
    ("tag", "missing"): _MISSING,
    ("tag", "extra"): _EXTRA,
    ("tag", "more"): _MORE,
    ("tag", "changed"): _CHANGED,
    ("tag", "colour"): _("The source does not have the colour %(other)s."),
    ("tag", "wrong_closer"): _("%(other)s does not close %(text)s."),
    ("tag", "unclosed"): _("%(text)s is never closed."),
    ("tag", "unopened"): _("%(text)s closes nothing."),
    ("tag", "nesting"): _("%(other)s stands before %(text)s inside it is closed."),
    ("tag", "moved"): _("%(text)s is inside %(other)s in the source, and outside of it here."),
    ("tag", "empty"): _("%(text)s has no text in it any more."),
    ("line_break", "count"): _("Line breaks: %(expected)s in the source, %(found)s here."),
    ("line_break", "kind"): _("A line break is written %(other)s here, not %(text)s."),
    ("length", "too_long"): _("%(length)s characters of at most %(most)s."),
    ("length", "line_too_long"): _("A line of %(length)s characters; at most %(most)s fit."),
    ("length", "too_many_lines"): _("%(length)s lines of at most %(most)s."),
    ("untranslated", "same"): _("The target is the source."),
    ("untranslated", "left"): _("Still in the source language: %(text)s"),
}
_PA_CLOSER = _("%(other)s does not close a colour. %(wanted)s does.")
_REPLACED = _("The colour %(text)s became %(other)s.")


def sentence(kind: str, code: str, words: Mapping[str, Any]) -> str:
    """What is wrong, in the language of this request."""
    template = _SENTENCES.get((kind, code))
    if template is None:
        # Of a newer version, on another machine.
        return f"{KIND_NAMES.get(kind, kind)}: {code}"
    if words.get("wanted"):
        template = _PA_CLOSER
    elif (kind, code) == ("tag", "colour") and words.get("text"):
        template = _REPLACED
    return str(template % {"count": 1, **words})


def detail_of(finding: Finding) -> dict[str, Any]:
    """The places and words of a finding as they are kept."""
    return {
        "source": [list(place) for place in finding.source],
        "target": [list(place) for place in finding.target],
        **finding.words,
    }


def issue_json(
    pk: int | None, kind: str, code: str, severity: int, detail: Mapping[str, Any], dismissed: bool
) -> dict[str, Any]:
    """A finding as the API shows it; places count code points. `id` is null for what is not kept."""
    return {
        "id": pk,
        "kind": kind,
        "code": code,
        "severity": SEVERITIES[severity >= ERROR],
        "message": sentence(kind, code, detail),
        "source": detail.get("source", []),
        "target": detail.get("target", []),
        "dismissed": dismissed,
    }


def finding_json(finding: Finding, pk: int | None = None, dismissed: bool = False) -> dict[str, Any]:
    """A finding of this moment as the API shows it; `pk` where the same one is kept."""
    return issue_json(pk, finding.kind, finding.code, finding.severity, detail_of(finding), dismissed)
