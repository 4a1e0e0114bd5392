"""The tree: platform > project > folder (any depth) > file, and its recycle bin."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from locanext_project.local_ids import EntityId

from .originals import Original
from .values import Counted, Stamped

NAME_LENGTH = 255
LIVE = Q(trash__isnull=True)


class TrashItem(models.Model):
    """One deletion: the thing itself and everything under it, marked, not moved.

    Restoring clears the mark, so ids, rows, history and assignments are what they were.
    """

    class Kind(models.TextChoices):
        PLATFORM = "platform"
        PROJECT = "project"
        FOLDER = "folder"
        FILE = "file"
        MEMORY = "memory"

    kind = models.CharField(max_length=10, choices=Kind)
    entity_id = models.BigIntegerField()
    name = models.CharField(max_length=NAME_LENGTH)
    path = models.TextField()
    """Where it lay, for people: "PC / Ashen Passage EN / quest"."""
    files = models.BigIntegerField(default=1)
    memories = models.IntegerField(default=0, db_default=0)
    """Memories and term bases that served the thing or what is under it, and lost their place with it."""
    deleted_at = models.DateTimeField(auto_now_add=True)
    deleted_by_id = models.BigIntegerField(null=True)
    deleted_by_name = models.CharField(max_length=150, default="", blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"]), models.Index(fields=["kind", "entity_id"])]

    def __str__(self) -> str:
        return f"{self.path} / {self.name}"


class Platform(Stamped, Counted):
    """A product line: PC, Mobile, Console."""

    id = EntityId(primary_key=True)
    name = models.CharField(max_length=NAME_LENGTH)
    restricted = models.BooleanField(default=False)
    trash = models.ForeignKey(TrashItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("name", condition=LIVE, name="platform_name_unique")]

    def __str__(self) -> str:
        return self.name


class Project(Stamped, Counted):
    """Typically one game in one target language."""

    id = EntityId(primary_key=True)
    platform = models.ForeignKey(Platform, null=True, blank=True, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=NAME_LENGTH)
    source_language = models.CharField(max_length=35, default="ko", blank=True)
    target_language = models.CharField(max_length=35, default="", blank=True)
    restricted = models.BooleanField(default=False)
    settings = models.JSONField(default=dict, blank=True)
    trash = models.ForeignKey(TrashItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(Coalesce("platform_id", 0), "name", condition=LIVE, name="project_name_unique")
        ]

    def __str__(self) -> str:
        return self.name


class Folder(Stamped, Counted):
    """A folder of a project, nested to any depth."""

    id = EntityId(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="folders")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    name = models.CharField(max_length=NAME_LENGTH)
    trash = models.ForeignKey(TrashItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "project_id", Coalesce("parent_id", 0), "name", condition=LIVE, name="folder_name_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name


class File(Stamped, Counted):
    """One variant (target language) of one original, as rows.

    `revision` is raised in the transaction of every change to the rows; a changed row carries
    the number. Sockets, sync and indexes all follow it.
    """

    id = EntityId(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="files")
    folder = models.ForeignKey(Folder, null=True, blank=True, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=NAME_LENGTH)
    original = models.ForeignKey(Original, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    variant = models.CharField(max_length=120, default="", blank=True)
    format = models.CharField(max_length=20)
    source_language = models.CharField(max_length=35, default="", blank=True)
    target_language = models.CharField(max_length=35, default="", blank=True)
    revision = models.BigIntegerField(default=0)
    generation = models.IntegerField(default=1)
    searchable_revision = models.BigIntegerField(default=0)
    """Rows changed up to this revision are in the search index; later ones are scanned."""
    checked_revision = models.BigIntegerField(default=0, db_default=0)
    """Rows changed up to this revision have been checked; 0 means never."""
    rows_removed = models.BigIntegerField(default=0)
    rows_flagged = models.BigIntegerField(default=0)
    """Live rows whose source changed and that nobody has confirmed since."""
    assignee_id = models.BigIntegerField(null=True, blank=True)
    assignee_name = models.CharField(max_length=150, default="", blank=True)
    due_date = models.DateField(null=True, blank=True)
    trash = models.ForeignKey(TrashItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "project_id", Coalesce("folder_id", 0), "name", condition=LIVE, name="file_name_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name
