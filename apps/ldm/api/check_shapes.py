"""The shapes of findings, codes and rules of length in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.ldm.checks.custom import KINDS as CUSTOM_KINDS
from apps.ldm.checks.findings import KINDS
from apps.ldm.checks.patterns import FAMILIES
from apps.ldm.checks.patterns import KINDS as CODE_KINDS
from apps.ldm.selectors.issues import MOST_TYPED

_CHECKS = f"Of {', '.join(KINDS)}."


class FindingShape(serializers.Serializer[Any]):
    """One finding. Places are [start, end] in code points, the end not included."""

    id = serializers.IntegerField(allow_null=True, help_text="null for what is not kept.")
    kind = serializers.CharField(help_text=_CHECKS)
    code = serializers.CharField(help_text="What is wrong, for programs.")
    severity = serializers.CharField(help_text="error or warning.")
    message = serializers.CharField()
    source = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))  # type: ignore[assignment]
    target = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    dismissed = serializers.BooleanField()


class FindingInListShape(FindingShape):
    """A finding with its row."""

    row_id = serializers.IntegerField()
    n = serializers.IntegerField()
    key = serializers.CharField()
    source_text = serializers.CharField()
    target_text = serializers.CharField()


class FindingPage(serializers.Serializer[Any]):
    """A page of findings."""

    results = FindingInListShape(many=True)
    next = serializers.CharField(allow_null=True)


class FindingsOfRows(serializers.Serializer[Any]):
    """Findings by row id."""

    issues = serializers.DictField(child=FindingShape(many=True))


class LimitShape(serializers.Serializer[Any]):
    """What the rules of length allow a row."""

    characters = serializers.IntegerField(allow_null=True)
    lines = serializers.IntegerField(allow_null=True)


class FindingsOfTyped(FindingsOfRows):
    """The same, with the limits that rules of length give to the rows."""

    limits = serializers.DictField(child=LimitShape())


class FindingCounts(serializers.Serializer[Any]):
    """How many findings of each check are open, and how far the file was checked."""

    checked_revision = serializers.IntegerField(help_text="0: never.")
    revision = serializers.IntegerField()
    by_kind = serializers.DictField(child=serializers.IntegerField())
    open = serializers.IntegerField()
    dismissed = serializers.IntegerField()


class TypedRow(serializers.Serializer[Any]):
    """A target that somebody is typing."""

    id = serializers.IntegerField()
    target = serializers.CharField(allow_blank=True, trim_whitespace=False)


class TypedRows(serializers.Serializer[Any]):
    """Targets to check without keeping anything."""

    rows = serializers.ListField(child=TypedRow(), max_length=MOST_TYPED)


class DismissInput(serializers.Serializer[Any]):
    """Findings to dismiss, or to open again."""

    ids = serializers.ListField(child=serializers.IntegerField(), max_length=500)
    dismissed = serializers.BooleanField(required=False, help_text="True.")


class DismissDone(serializers.Serializer[Any]):
    """The findings that changed."""

    changed = serializers.ListField(child=serializers.IntegerField())


class CustomCode(serializers.Serializer[Any]):
    """A pattern of a project's own."""

    name = serializers.CharField(max_length=40)
    pattern = serializers.CharField(max_length=200)
    kind = serializers.CharField(help_text=f"One of {', '.join(CUSTOM_KINDS)}.")


class CodesInput(serializers.Serializer[Any]):
    """Which codes a project has; families that are left out are off."""

    builtin = serializers.ListField(
        child=serializers.CharField(), required=False, help_text=f"Of {', '.join(FAMILIES)}."
    )
    custom = CustomCode(many=True, required=False)


class CodePattern(serializers.Serializer[Any]):
    """A pattern as scripts compile it, with the flag u; of two at one place the earlier one wins."""

    name = serializers.CharField()
    family = serializers.CharField()
    kind = serializers.CharField(help_text=f"One of {', '.join(CODE_KINDS)}.")
    source = serializers.CharField()  # type: ignore[assignment]


class CodesShape(CodesInput):
    """The codes of a project."""

    families = serializers.ListField(child=serializers.CharField(), help_text="All that there are.")
    patterns = CodePattern(many=True)


class ChecksShape(serializers.Serializer[Any]):
    """The checks that a project uses, and those whose errors keep a row from being confirmed."""

    kinds = serializers.ListField(child=serializers.CharField(), required=False, help_text=_CHECKS)
    block_confirm = serializers.ListField(child=serializers.CharField(), required=False, help_text=_CHECKS)


class LengthRuleInput(serializers.Serializer[Any]):
    """A rule of length. `column` writes the filter that finds the rows of a sheet's column."""

    file = serializers.IntegerField(required=False, allow_null=True)
    query = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    column = serializers.CharField(required=False, write_only=True, max_length=3)
    characters = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    lines = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    position = serializers.IntegerField(required=False, min_value=0)


class LengthRuleShape(LengthRuleInput):
    """A rule of length as it is kept."""

    id = serializers.IntegerField()
    file_name = serializers.CharField(allow_null=True)


class LengthRulePage(serializers.Serializer[Any]):
    """The rules of a project."""

    results = LengthRuleShape(many=True)
    next = serializers.CharField(allow_null=True)
