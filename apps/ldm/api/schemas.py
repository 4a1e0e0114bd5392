"""The shapes of rows, history and plans in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.ldm.api.tree_shapes import PersonShape
from apps.ldm.models import Status

STATUS_NAMES = [status.label for status in Status]


class RowSchema(serializers.Serializer[Any]):
    """A row."""

    id = serializers.IntegerField()
    n = serializers.IntegerField(help_text="Number within the file, from 1; 0 for a removed row.")
    key = serializers.CharField()
    plural = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of the row, not of the serializer
    target = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUS_NAMES)
    rev = serializers.IntegerField()
    text_rev = serializers.IntegerField(help_text="Send it back with an edit.")
    origin = serializers.CharField()
    score = serializers.IntegerField(allow_null=True)
    locked = serializers.BooleanField()
    source_changed = serializers.BooleanField()
    old_source = serializers.CharField(allow_null=True)
    blank_intended = serializers.BooleanField()
    context = serializers.CharField()  # type: ignore[assignment]
    comment = serializers.CharField()
    location = serializers.CharField()
    max_length = serializers.IntegerField(allow_null=True)
    codes = serializers.DictField(allow_null=True)
    edited_by = PersonShape(allow_null=True)
    edited_at = serializers.DateTimeField(allow_null=True)
    removed = serializers.BooleanField()


class WindowSchema(serializers.Serializer[Any]):
    """Some rows of a file or view."""

    revision = serializers.IntegerField()
    total = serializers.IntegerField()
    start = serializers.IntegerField()
    rows = RowSchema(many=True)


class ChangesSchema(serializers.Serializer[Any]):
    """Rows changed after a revision; ask again from `revision` while `more`."""

    revision = serializers.IntegerField()
    generation = serializers.IntegerField()
    rows = RowSchema(many=True)
    more = serializers.BooleanField()
    counts = serializers.DictField()
    total = serializers.IntegerField()


class FilterSchema(serializers.Serializer[Any]):
    """What a view shows: the rows for which all of it holds."""

    query = serializers.CharField(required=False, help_text="In the filter language.")
    status = serializers.ListField(child=serializers.ChoiceField(choices=STATUS_NAMES), required=False)
    text = serializers.CharField(required=False)
    fields_ = serializers.ListField(child=serializers.CharField(), required=False, source="fields")
    flags = serializers.ListField(child=serializers.CharField(), required=False)
    sort = serializers.CharField(required=False)
    row = serializers.IntegerField(required=False, help_text="A row whose place in the view is wanted.")


class RevisionSchema(serializers.Serializer[Any]):
    """One change of a row."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    rev = serializers.IntegerField()
    at = serializers.DateTimeField()
    author = PersonShape(allow_null=True)
    target_before = serializers.CharField()
    target = serializers.CharField()
    status_before = serializers.CharField()
    status = serializers.CharField()
    origin = serializers.CharField()
    score = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    change_set = serializers.IntegerField(allow_null=True)


class HistorySchema(serializers.Serializer[Any]):
    """A page of a row's history, newest first."""

    results = RevisionSchema(many=True)
    next = serializers.CharField(allow_null=True)
