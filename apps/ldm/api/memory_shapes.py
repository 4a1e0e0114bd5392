"""The JSON of memories and entries: what comes in, checked, and what goes out, described."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.ldm.api.tree_shapes import IdField, NameField, PersonShape, RefShape, StepShape, TrashShape
from apps.ldm.services.memories.assign import MAX_MEMORIES
from apps.ldm.services.memories.settings import LOWEST_PRIORITY, MOST_PENALTY
from apps.tm.models import EntryRevision, Memory
from apps.tm.services.entries.act import ACTS
from apps.tm.services.entries.load import MODES

PLACE_KINDS = ("platform", "project", "folder")
MOST_IDS = 5000
LONGEST = 200_000
"""Characters of a text of an entry."""
STATES = ("confirmed", "unconfirmed", "deleted")
FIELDS = ("source", "target", "key")


class PlaceShape(serializers.Serializer[Any]):
    """A place that memories serve."""

    kind = serializers.ChoiceField(choices=PLACE_KINDS)
    id = IdField()


class ScopeShape(serializers.Serializer[Any]):
    """Where a memory serves, with what is above; all empty while it is unassigned."""

    kind = serializers.ChoiceField(choices=PLACE_KINDS, allow_null=True)
    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    path = StepShape(many=True)


class IndexShape(serializers.Serializer[Any]):
    """The index that look-ups use; what it lacks is read from the database beside it."""

    state = serializers.ChoiceField(choices=("ready", "stale", "none"))
    revision = serializers.IntegerField()
    entries = serializers.IntegerField()


class VectorsShape(serializers.Serializer[Any]):
    """The vectors of meaning; `why` says in words what keeps them from being there."""

    engine = serializers.CharField()
    state = serializers.ChoiceField(choices=("ready", "building", "none", "unavailable"))
    revision = serializers.IntegerField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    why = serializers.CharField()


class MemoryShape(serializers.Serializer[Any]):
    """A memory, or a term base."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Memory.Kind.choices)
    name = serializers.CharField()
    description = serializers.CharField()
    source_language = serializers.CharField()
    target_language = serializers.CharField()
    owner = PersonShape(allow_null=True)
    entries = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    revision = serializers.IntegerField()
    engine = serializers.CharField()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    changed_by = PersonShape(allow_null=True)
    scope = ScopeShape()
    active = serializers.BooleanField()
    priority = serializers.IntegerField(help_text="Among memories of one place the lower number comes first.")
    penalty = serializers.IntegerField(help_text="Points of a hundred taken off every score.")
    writable = serializers.BooleanField()
    index = IndexShape()
    vectors = VectorsShape()
    may = serializers.DictField(child=serializers.BooleanField())


class MemoryPage(serializers.Serializer[Any]):
    """A page of memories, by name."""

    results = MemoryShape(many=True)
    next = serializers.CharField(allow_null=True)


class TreePlaceShape(StepShape):
    """A platform, a project, or a folder in which there is a memory."""

    kind = serializers.ChoiceField(choices=PLACE_KINDS)
    parent = RefShape(allow_null=True)
    restricted = serializers.BooleanField()


class MemoryTree(serializers.Serializer[Any]):
    """Every memory that one sees, and the places of the tree they can be in."""

    places = TreePlaceShape(many=True)
    memories = MemoryShape(many=True)


class MemoryInput(serializers.Serializer[Any]):
    """A new memory; with a scope it is active there at once."""

    name = NameField()
    kind = serializers.ChoiceField(choices=Memory.Kind.choices, default=Memory.Kind.MEMORY)
    source_language = serializers.CharField(max_length=35, allow_blank=True)
    target_language = serializers.CharField(max_length=35, allow_blank=True)
    description = serializers.CharField(max_length=10_000, allow_blank=True, default="")
    scope = PlaceShape(allow_null=True, default=None)


class MemoryChanges(serializers.Serializer[Any]):
    """What to change; fields that are not sent stay."""

    name = NameField(required=False)
    description = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    source_language = serializers.CharField(max_length=35, allow_blank=True, required=False)
    target_language = serializers.CharField(max_length=35, allow_blank=True, required=False)
    active = serializers.BooleanField(required=False)
    priority = serializers.IntegerField(required=False, min_value=0, max_value=LOWEST_PRIORITY)
    penalty = serializers.IntegerField(required=False, min_value=0, max_value=MOST_PENALTY)
    writable = serializers.BooleanField(required=False)
    engine = serializers.CharField(max_length=200, allow_blank=True, required=False)


class MemoriesInput(serializers.Serializer[Any]):
    """Several memories and where to; null is no place."""

    ids = serializers.ListField(child=IdField(), allow_empty=False, max_length=MAX_MEMORIES)
    to = PlaceShape(allow_null=True)


class MovedMemories(serializers.Serializer[Any]):
    """The memories as they are now."""

    memories = MemoryShape(many=True)


class TrashedMemory(serializers.Serializer[Any]):
    """The entry of the recycle bin."""

    trash = TrashShape()


class TaskShape(serializers.Serializer[Any]):
    """A task that was started."""

    task = serializers.DictField()


class ServingShape(serializers.Serializer[Any]):
    """A memory that serves a file; with `mismatch` its languages are not the file's, and nobody asks it."""

    memory = MemoryShape()
    place = StepShape()
    distance = serializers.IntegerField()
    mismatch = serializers.BooleanField()


class FileMemories(serializers.Serializer[Any]):
    """What serves a file, the nearest first."""

    memories = ServingShape(many=True)
    terms = ServingShape(many=True)
    writes_to = serializers.IntegerField(allow_null=True)


# ---- entries ----
class EntryShape(serializers.Serializer[Any]):
    """An entry."""

    id = serializers.IntegerField()
    memory_id = serializers.IntegerField()
    key = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of the entry, not of the serializer
    target = serializers.CharField()
    previous = serializers.CharField(allow_null=True, help_text='null is unknown, "" that there was none.')
    next = serializers.CharField(allow_null=True)
    speaker = serializers.CharField()
    note = serializers.CharField()
    origin = serializers.CharField()
    confirmed = serializers.BooleanField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    confirmed_by = PersonShape(allow_null=True)
    created_at = serializers.DateTimeField()
    created_by = PersonShape(allow_null=True)
    changed_at = serializers.DateTimeField()
    changed_by = PersonShape(allow_null=True)
    rev = serializers.IntegerField(help_text="Send it back with an edit.")
    deleted = serializers.BooleanField()


class EntryPage(serializers.Serializer[Any]):
    """A page of entries; `total` null: a search that matches very many."""

    results = EntryShape(many=True)
    next = serializers.CharField(allow_null=True)
    total = serializers.IntegerField(allow_null=True)


class TextField(serializers.CharField):
    """A text as it is, spaces and line breaks included; the service says what is wrong with it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST, "allow_blank": True, "trim_whitespace": False} | options)


class EntryInput(serializers.Serializer[Any]):
    """A new entry."""

    source = TextField()  # type: ignore[assignment]
    target = TextField()
    key = TextField(max_length=10_000, default="")
    note = TextField(max_length=10_000, default="")
    speaker = TextField(max_length=255, default="")


class EntryChanges(serializers.Serializer[Any]):
    """What to change, and the `rev` of the entry that was seen."""

    source = TextField(required=False)  # type: ignore[assignment]
    target = TextField(required=False)
    key = TextField(max_length=10_000, required=False)
    note = TextField(max_length=10_000, required=False)
    speaker = TextField(max_length=255, required=False)
    rev = IdField()


class EntryActInput(serializers.Serializer[Any]):
    """An act on entries by id, or on all that match."""

    act = serializers.ChoiceField(choices=ACTS)
    ids = serializers.ListField(child=IdField(), max_length=MOST_IDS, required=False, allow_empty=False)
    search = TextField(max_length=1000, required=False)
    fields = serializers.ListField(child=serializers.ChoiceField(choices=FIELDS), required=False, allow_empty=False)  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=STATES, required=False, allow_null=True)
    author = IdField(required=False, allow_null=True)
    author_name = TextField(max_length=150, required=False)


class EntriesChanged(serializers.Serializer[Any]):
    """How many entries an act changed, or the task that does it."""

    changed = serializers.IntegerField()
    task = serializers.DictField(allow_null=True)


class EntryRevisionShape(serializers.Serializer[Any]):
    """A change of an entry; texts from before only where they changed."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EntryRevision.Kind.choices)
    rev = serializers.IntegerField()
    at = serializers.DateTimeField()
    author = PersonShape(allow_null=True)
    source_before = serializers.CharField(allow_null=True)
    target_before = serializers.CharField(allow_null=True)
    note = serializers.CharField()


class EntryHistory(serializers.Serializer[Any]):
    """Changes of an entry, the latest first."""

    results = EntryRevisionShape(many=True)


# ---- files in and out ----
class ImportInput(serializers.Serializer[Any]):
    """A file into a memory. The mode diff with `apply` false is a dry run."""

    upload = serializers.UUIDField()
    mode = serializers.ChoiceField(choices=MODES, default="merge")
    apply = serializers.BooleanField(default=True)
    options = serializers.DictField(required=False, allow_null=True)


class NewFromFileInput(serializers.Serializer[Any]):
    """A memory out of a file; what is not said is taken from the file."""

    upload = serializers.UUIDField()
    name = NameField(required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=Memory.Kind.choices, default=Memory.Kind.MEMORY)
    scope = PlaceShape(allow_null=True, default=None)
    source_language = serializers.CharField(max_length=35, allow_blank=True, default="")
    target_language = serializers.CharField(max_length=35, allow_blank=True, default="")
    options = serializers.DictField(required=False, allow_null=True)


class ExportInput(serializers.Serializer[Any]):
    """A memory as a file: tmx, xlsx or tsv; a term base as tbx, xlsx or tsv. Columns are of tables only."""

    format = serializers.ChoiceField(choices=("tmx", "tbx", "xlsx", "tsv"))
    columns = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=40)


class RegisterInput(serializers.Serializer[Any]):
    """A memory out of a file's rows that have both texts; `status`: only from this one on."""

    name = NameField(required=False, allow_null=True)
    status = serializers.ChoiceField(choices=("translated", "confirmed"), required=False, allow_null=True)
