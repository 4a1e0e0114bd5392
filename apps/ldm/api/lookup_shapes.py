"""The shapes of look-ups in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.ldm.api.memory_shapes import EntryShape

PROPOSAL_KINDS = ["context", "exact", "fuzzy", "line", "repaired", "earlier", "semantic"]


class LookupInput(serializers.Serializer[Any]):
    """A row of the file, or a text with what is known of its place."""

    row = serializers.IntegerField(required=False)
    source = serializers.CharField(required=False)  # type: ignore[assignment]
    key = serializers.CharField(required=False)
    previous = serializers.CharField(required=False, allow_null=True)
    next = serializers.CharField(required=False, allow_null=True)
    threshold = serializers.IntegerField(required=False, default=75)
    limit = serializers.IntegerField(required=False, default=5)
    semantic = serializers.BooleanField(required=False)


class NamedMemorySchema(serializers.Serializer[Any]):
    """A memory, by id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class LineSchema(serializers.Serializer[Any]):
    """Which line of the row a proposal answers, from 1."""

    n = serializers.IntegerField()
    of = serializers.IntegerField()


class PartsSchema(serializers.Serializer[Any]):
    """Why the score is what it is: agreement of 0 to 100; context and penalty in points."""

    words = serializers.IntegerField()
    numbers = serializers.IntegerField()
    codes = serializers.IntegerField()
    punctuation = serializers.IntegerField()
    context = serializers.IntegerField()  # type: ignore[assignment]
    penalty = serializers.IntegerField()


class ProposalSchema(serializers.Serializer[Any]):
    """A translation to offer."""

    entry_id = serializers.IntegerField()
    memory = NamedMemorySchema()
    kind = serializers.ChoiceField(choices=PROPOSAL_KINDS)
    score = serializers.IntegerField(allow_null=True, help_text="Percent; 101 and 102 with context; null by meaning.")
    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    target_raw = serializers.CharField(help_text="What the memory holds, before any repair.")
    key = serializers.CharField()
    author = serializers.CharField()
    confirmed = serializers.BooleanField()
    changed_at = serializers.DateTimeField(allow_null=True)
    line = LineSchema(allow_null=True)
    parts = PartsSchema(allow_null=True)
    repairs = serializers.ListField(child=serializers.DictField(), help_text="kind, from and to of each.")
    origin = serializers.CharField()
    cosine = serializers.FloatField(required=False, help_text="Of those by meaning only.")


class TermHitSchema(serializers.Serializer[Any]):
    """A term in the row's source; `start` and `end` are code points."""

    term_id = serializers.IntegerField()
    memory = NamedMemorySchema()
    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    use = serializers.CharField()
    note = serializers.CharField()
    part_of_speech = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class LookupAnswer(serializers.Serializer[Any]):
    """What the memories of a file know of a row."""

    proposals = ProposalSchema(many=True)
    lines = ProposalSchema(many=True)
    earlier = ProposalSchema(allow_null=True)
    semantic = ProposalSchema(many=True, allow_null=True, help_text="Null where not asked for, or nothing can answer.")
    semantic_loading = serializers.ListField(
        child=serializers.IntegerField(), help_text="Memories whose engine of meaning is being loaded."
    )
    terms = TermHitSchema(many=True)
    took_ms = serializers.FloatField()
    memories = serializers.IntegerField(help_text="How many serve the file.")
    building = serializers.ListField(
        child=serializers.IntegerField(), help_text="Memories whose index is being built: only equal sources yet."
    )


class ManyInput(serializers.Serializer[Any]):
    """Rows of the file."""

    rows = serializers.ListField(child=serializers.IntegerField(), max_length=200)
    threshold = serializers.IntegerField(required=False, default=75)


class BestSchema(serializers.Serializer[Any]):
    """The best match of a row."""

    score = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=PROPOSAL_KINDS)


class RowBestSchema(serializers.Serializer[Any]):
    """A row with its best match."""

    row = serializers.IntegerField()
    best = BestSchema(allow_null=True)


class ManyAnswer(serializers.Serializer[Any]):
    """The best match of each row; rows that the file does not have are left out."""

    results = RowBestSchema(many=True)


class ConcordanceInput(serializers.Serializer[Any]):
    """What to look for."""

    text = serializers.CharField(max_length=1000)
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.ChoiceField(choices=["source", "target"]), required=False
    )
    limit = serializers.IntegerField(required=False, default=100)


class PlaceSchema(serializers.Serializer[Any]):
    """Where the text stands in an entry: code points of the raw text."""

    field = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class ConcordanceHitSchema(serializers.Serializer[Any]):
    """An entry that holds the text."""

    entry = EntryShape()
    memory = NamedMemorySchema()
    places = PlaceSchema(many=True)


class ConcordanceAnswer(serializers.Serializer[Any]):
    """Entries that hold the text."""

    results = ConcordanceHitSchema(many=True)
    more = serializers.BooleanField()
