"""The JSON of the tree: what comes in, checked, and what goes out, described."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.ldm.models import Capability, TrashItem
from apps.ldm.services.tree.structure import MAX_ITEMS, Ref

KINDS = ("platform", "project", "folder", "file")


class IdField(serializers.IntegerField):
    """An id; below zero for what was born offline. No database holds larger ones."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": -(2**63), "max_value": 2**63 - 1} | options)


class RefShape(serializers.Serializer[Any]):
    """A node by kind and id."""

    kind = serializers.ChoiceField(choices=KINDS)
    id = IdField()


class PersonShape(serializers.Serializer[Any]):
    """Somebody, by id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class StepShape(RefShape):
    """A step of a path."""

    name = serializers.CharField()


class CountsShape(serializers.Serializer[Any]):
    """Rows and source words, of the node and everything under it."""

    rows = serializers.IntegerField()
    words = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))


class NodeOutput(serializers.Serializer[Any]):
    """A node. Which of the later fields it has depends on its kind."""

    kind = serializers.ChoiceField(choices=KINDS)
    id = serializers.IntegerField()
    name = serializers.CharField()
    parent = RefShape(allow_null=True)
    counts = CountsShape()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    changed_by = PersonShape(allow_null=True)
    may = serializers.DictField(child=serializers.BooleanField())
    restricted = serializers.BooleanField(required=False)
    projects = serializers.IntegerField(required=False)
    platform_id = serializers.IntegerField(required=False, allow_null=True)
    project_id = serializers.IntegerField(required=False)
    folder_id = serializers.IntegerField(required=False, allow_null=True)
    format = serializers.CharField(required=False)
    source_language = serializers.CharField(required=False)
    target_language = serializers.CharField(required=False)
    variant = serializers.CharField(required=False)
    revision = serializers.IntegerField(required=False)
    assignee = PersonShape(required=False, allow_null=True)
    due_date = serializers.DateField(required=False, allow_null=True)
    rows_flagged = serializers.IntegerField(required=False)
    siblings = serializers.IntegerField(required=False)
    original_name = serializers.CharField(required=False)


class RootsOutput(serializers.Serializer[Any]):
    """The top of the tree."""

    platforms = NodeOutput(many=True)
    projects = NodeOutput(many=True)
    trash_count = serializers.IntegerField()
    may = serializers.DictField(child=serializers.BooleanField(), help_text="What belongs to no node.")


class OpenedOutput(serializers.Serializer[Any]):
    """A node, where it is and what is in it."""

    node = NodeOutput()
    path = StepShape(many=True)
    children = NodeOutput(many=True)
    next = serializers.CharField(allow_null=True)


class FolderLinkShape(serializers.Serializer[Any]):
    """A folder of the left tree."""

    id = serializers.IntegerField()
    parent_id = serializers.IntegerField(allow_null=True)
    project_id = serializers.IntegerField()
    name = serializers.CharField()


class FoldersOutput(serializers.Serializer[Any]):
    """Every folder below a node."""

    results = FolderLinkShape(many=True)
    next = serializers.CharField(allow_null=True)


class NameField(serializers.CharField):
    """A name; the service says what is wrong with it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 1000, "allow_blank": True, "trim_whitespace": False} | options)


class PlatformInput(serializers.Serializer[Any]):
    """A new platform."""

    name = NameField()
    restricted = serializers.BooleanField(default=False)


class ProjectInput(serializers.Serializer[Any]):
    """A new project."""

    platform_id = IdField(allow_null=True, default=None)
    name = NameField()
    source_language = serializers.CharField(max_length=35, allow_blank=True, default="ko")
    target_language = serializers.CharField(max_length=35, allow_blank=True, default="")
    restricted = serializers.BooleanField(default=False)


class FolderInput(serializers.Serializer[Any]):
    """A new folder."""

    project_id = IdField()
    parent_id = IdField(allow_null=True, default=None)
    name = NameField()


class NodeChanges(serializers.Serializer[Any]):
    """What to change; fields that are not sent stay. Not every kind has every field."""

    name = NameField(required=False)
    restricted = serializers.BooleanField(required=False)
    source_language = serializers.CharField(max_length=35, allow_blank=True, required=False)
    target_language = serializers.CharField(max_length=35, allow_blank=True, required=False)
    assignee_id = IdField(allow_null=True, required=False)
    due_date = serializers.DateField(allow_null=True, required=False)


class ItemsInput(serializers.Serializer[Any]):
    """Several nodes."""

    items = serializers.ListField(child=RefShape(), allow_empty=False, max_length=MAX_ITEMS)


class PlaceInput(ItemsInput):
    """Several nodes and where to; null is the top, for projects."""

    to = RefShape(allow_null=True)


class MovedShape(serializers.Serializer[Any]):
    """A node and the name it has now."""

    ref = RefShape()
    name = serializers.CharField()


class MovedOutput(serializers.Serializer[Any]):
    """What was moved."""

    items = MovedShape(many=True)


class CopiedOutput(MovedOutput):
    """What was copied, or the task that copies."""

    task = serializers.DictField(allow_null=True)


class TrashShape(serializers.Serializer[Any]):
    """An entry of the recycle bin."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=TrashItem.Kind.choices)
    entity_id = serializers.IntegerField()
    name = serializers.CharField()
    path = serializers.CharField()
    files = serializers.IntegerField()
    memories = serializers.IntegerField(help_text="Memories that served it and are unassigned since.")
    deleted_at = serializers.DateTimeField()
    deleted_by = PersonShape(allow_null=True)
    expires_at = serializers.DateTimeField()
    days_left = serializers.IntegerField()
    may = serializers.DictField(child=serializers.BooleanField())


class DeletedOutput(serializers.Serializer[Any]):
    """The bin entries of what was deleted."""

    trash = TrashShape(many=True)
    memories_unassigned = serializers.IntegerField(help_text="Memories that served what was deleted, all in all.")


class TrashPage(serializers.Serializer[Any]):
    """A page of the recycle bin, last deleted first."""

    results = TrashShape(many=True)
    next = serializers.CharField(allow_null=True)


class RestoredNode(NodeOutput):
    """A node, or a memory: of that only the fields that it has."""

    kind = serializers.ChoiceField(choices=TrashItem.Kind.choices)
    parent = RefShape(allow_null=True, help_text="Of a memory: the place it serves.")
    counts = CountsShape(required=False)


class RestoredOutput(serializers.Serializer[Any]):
    """What was restored."""

    node = RestoredNode()


class PurgedOutput(serializers.Serializer[Any]):
    """How many entries are gone for ever; much is removed by a task."""

    deleted = serializers.IntegerField()
    task = serializers.DictField(allow_null=True)


class MatchShape(serializers.Serializer[Any]):
    """Where a row's text matches."""

    field = serializers.CharField()
    snippet = serializers.CharField()


class HitShape(serializers.Serializer[Any]):
    """Something found."""

    kind = serializers.ChoiceField(choices=(*KINDS, "row"))
    id = serializers.IntegerField()
    name = serializers.CharField()
    path = StepShape(many=True)
    match = MatchShape(allow_null=True)
    file_id = serializers.IntegerField(required=False)
    position = serializers.IntegerField(required=False)


class HitPage(serializers.Serializer[Any]):
    """A page of what was found."""

    results = HitShape(many=True)
    next = serializers.CharField(allow_null=True)


class UserShape(PersonShape):
    """Somebody with the name they log in with."""

    username = serializers.CharField()


class GrantShape(serializers.Serializer[Any]):
    """A person who may see a restricted thing."""

    user = UserShape()
    granted_at = serializers.DateTimeField()
    granted_by = serializers.CharField()


class GrantPage(serializers.Serializer[Any]):
    """Everybody with a grant."""

    results = GrantShape(many=True)
    next = serializers.CharField(allow_null=True)


class GranteeInput(serializers.Serializer[Any]):
    """A person."""

    user_id = IdField()


class CapabilityKey(GranteeInput):
    """A person and a capability."""

    name = serializers.ChoiceField(choices=Capability.Name.choices)


class CapabilityInput(CapabilityKey):
    """A capability for a person; `expires_at` null is for ever."""

    expires_at = serializers.DateTimeField(allow_null=True, default=None)


class CapabilityShape(serializers.Serializer[Any]):
    """A capability somebody has."""

    user = UserShape()
    name = serializers.ChoiceField(choices=Capability.Name.choices)
    expires_at = serializers.DateTimeField(allow_null=True)
    expired = serializers.BooleanField()
    granted_at = serializers.DateTimeField()
    granted_by = serializers.CharField()


class CapabilityPage(serializers.Serializer[Any]):
    """A page of capabilities."""

    results = CapabilityShape(many=True)
    next = serializers.CharField(allow_null=True)


def ref(value: dict[str, Any]) -> Ref:
    """A checked reference."""
    return Ref(value["kind"], value["id"])
