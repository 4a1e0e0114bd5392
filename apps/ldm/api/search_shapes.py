"""The shapes of searching rows and of saved filters in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.ldm.api.schemas import STATUS_NAMES
from apps.ldm.api.tree_shapes import StepShape


class FoundRowShape(serializers.Serializer[Any]):
    """A row that was found."""

    row_id = serializers.IntegerField()
    file_id = serializers.IntegerField()
    file_name = serializers.CharField()
    source_language = serializers.CharField()
    target_language = serializers.CharField()
    path = StepShape(many=True, help_text="From the top down to the file's folder; the file itself is not in it.")
    n = serializers.IntegerField(help_text="Number within the file, from 1.")
    key = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of the row, not of the serializer
    target = serializers.CharField()
    comment = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUS_NAMES)
    ranges = serializers.DictField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.IntegerField())),
        help_text="By field: [start, end] of each hit in code points, end exclusive.",
    )
    score = serializers.FloatField(required=False, help_text="mode=similar: the cosine, 0 to 1.")


class SimilarShape(serializers.Serializer[Any]):
    """How a search by meaning was made."""

    state = serializers.ChoiceField(choices=["ready", "no_memory", "no_engine", "loading"])
    message = serializers.CharField(help_text="What to say where the state is not ready, else empty.")
    memories = serializers.IntegerField(help_text="Memories that serve the files searched.")


class FoundRowsShape(serializers.Serializer[Any]):
    """A page of rows. A page may be short, even empty, and still have a `next`: it had no time to be filled."""

    results = FoundRowShape(many=True)
    next = serializers.CharField(allow_null=True)
    total = serializers.IntegerField(allow_null=True, help_text="Of the whole search, where that is known.")
    similar = SimilarShape(required=False)


class SavedFilterShape(serializers.Serializer[Any]):
    """A filter that somebody kept."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    name = serializers.CharField()
    query = serializers.CharField()
    shared = serializers.BooleanField()
    owner = serializers.DictField(help_text="id and name.")
    mine = serializers.BooleanField()
    may_edit = serializers.BooleanField()


class SavedFilterPage(serializers.Serializer[Any]):
    """The filters that a person sees in a project: the own and the shared ones, by name."""

    results = SavedFilterShape(many=True)
    next = serializers.CharField(allow_null=True)


class SavedFilterInput(serializers.Serializer[Any]):
    """What to keep."""

    name = serializers.CharField(max_length=100)
    query = serializers.CharField(max_length=2000)
    shared = serializers.BooleanField(required=False)


class SavedFilterChanges(serializers.Serializer[Any]):
    """What to change; what is left out stays."""

    name = serializers.CharField(max_length=100, required=False)
    query = serializers.CharField(max_length=2000, required=False)
    shared = serializers.BooleanField(required=False)
