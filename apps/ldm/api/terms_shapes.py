"""The shapes of terms and candidates in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from apps.ldm.api.tree_shapes import PersonShape
from apps.tm.models import Term, TermCandidate
from apps.tm.selectors import terms as selectors
from apps.tm.services.terms.act import ACTS
from apps.tm.services.terms.candidates import DECISIONS

MAX_IDS = 5000
"""Terms or candidates that one request names; what matches a filter may be more, as a task."""


class TermInput(serializers.Serializer[Any]):
    """A term to add; a changed one is sent with the `rev` that was seen, and only what changes."""

    source = serializers.CharField(required=False)  # type: ignore[assignment]  # a field of the term
    target = serializers.CharField(required=False, allow_blank=True)
    use = serializers.ChoiceField(required=False, choices=Term.Use.values)
    part_of_speech = serializers.CharField(required=False, allow_blank=True)
    definition = serializers.CharField(required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    concept = serializers.CharField(required=False, allow_blank=True)
    case_sensitive = serializers.BooleanField(required=False)


class TermEditInput(TermInput):
    """What changes of a term, and the `rev` that was seen."""

    rev = serializers.IntegerField()


class TermSchema(serializers.Serializer[Any]):
    """A term with one translation."""

    id = serializers.IntegerField()
    memory_id = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    use = serializers.ChoiceField(choices=Term.Use.values)
    part_of_speech = serializers.CharField()
    case_sensitive = serializers.BooleanField()
    definition = serializers.CharField()
    note = serializers.CharField()
    concept = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = PersonShape(allow_null=True)
    changed_at = serializers.DateTimeField()
    changed_by = PersonShape(allow_null=True)
    rev = serializers.IntegerField(help_text="Send it back with an edit.")
    deleted = serializers.BooleanField()


class TermPage(serializers.Serializer[Any]):
    """A page of terms."""

    results = TermSchema(many=True)
    next = serializers.CharField(allow_null=True)
    total = serializers.IntegerField()
    parts_of_speech = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Those that the base uses; on the first page."
    )


class TermsActInput(serializers.Serializer[Any]):
    """An act on terms by id, or on all that match."""

    act = serializers.ChoiceField(choices=ACTS)
    ids = serializers.ListField(child=serializers.IntegerField(), max_length=MAX_IDS, required=False)
    search = serializers.CharField(required=False)
    fields_ = serializers.ListField(child=serializers.CharField(), required=False, source="fields")
    use = serializers.ListField(child=serializers.CharField(), required=False)
    part_of_speech = serializers.CharField(required=False)
    state = serializers.ChoiceField(choices=selectors.STATES, required=False)
    author = serializers.IntegerField(required=False)
    author_name = serializers.CharField(required=False)


class TermsActDone(serializers.Serializer[Any]):
    """How many terms changed; `task` where a task does it."""

    changed = serializers.IntegerField(allow_null=True)
    task = serializers.DictField(allow_null=True)


class CandidateSchema(serializers.Serializer[Any]):
    """A possible term that was found in files."""

    id = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    suggestion = serializers.CharField()
    occurrences = serializers.IntegerField(help_text="Rows that hold it.")
    example = serializers.CharField()
    decision = serializers.ChoiceField(choices=TermCandidate.Decision.values)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = PersonShape(allow_null=True)
    created_at = serializers.DateTimeField()


class CandidatePage(serializers.Serializer[Any]):
    """A page of candidates."""

    results = CandidateSchema(many=True)
    next = serializers.CharField(allow_null=True)
    total = serializers.IntegerField()


class ExtractOptions(serializers.Serializer[Any]):
    """What makes a candidate."""

    max_length = serializers.IntegerField(required=False, default=21, help_text="Characters of its source.")
    min_occurrences = serializers.IntegerField(required=False, default=2, help_text="Rows that hold it.")
    sentences = serializers.BooleanField(required=False, default=False, help_text="Also what ends as a sentence does.")


class ExtractInput(serializers.Serializer[Any]):
    """Where to search for candidates: any of files, folders and a project."""

    files = serializers.ListField(child=serializers.IntegerField(), required=False)
    folders = serializers.ListField(child=serializers.IntegerField(), required=False)
    folder = serializers.IntegerField(required=False)
    project = serializers.IntegerField(required=False)
    options = ExtractOptions(required=False)


class DecideInput(serializers.Serializer[Any]):
    """A decision about candidates; `targets` {id: translation} for accepted ones, else the suggestion."""

    ids = serializers.ListField(child=serializers.IntegerField(), max_length=MAX_IDS)
    decision = serializers.ChoiceField(choices=DECISIONS)
    targets = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)


class DecideDone(serializers.Serializer[Any]):
    """How many candidates were decided, and how many terms came of it."""

    decided = serializers.IntegerField()
    terms = serializers.IntegerField()


def _texts(*names: str) -> list[OpenApiParameter]:
    return [OpenApiParameter(name, str) for name in names]


TERM_QUERY = [
    *_texts("search", "fields", "use", "part_of_speech", "state", "sort", "cursor"),
    OpenApiParameter("author", int),
    OpenApiParameter("author_name", str),
    OpenApiParameter("limit", int),
]
CANDIDATE_QUERY = [*_texts("decision", "search", "sort", "cursor"), OpenApiParameter("limit", int)]
